"""Reader studies against MRMCaov 0.3.0 (Van Dyke), and against brute force where R has no word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score
from statsmodels.stats.anova import AnovaRM

from validation.binary.discrimination import paired_auroc_difference
from validation.readers import compare_modalities
from validation.reading.reader_setting import Setting
from validation.reading.standalone import against_readers

if TYPE_CHECKING:
    from validation.estimate import Result, Test

DATA = Path(__file__).parents[1] / "data" / "vandyke_mrmc"
ORACLE: dict[str, Any] = json.loads((DATA / "oracle.json").read_text())
COVARIANCES = {"jackknife": "jackknife", "delong": "DeLong", "unbiased": "unbiased"}
COMPONENTS = (
    "variance-reader",
    "variance-modality-reader",
    "variance-error",
    "covariance-1",
    "covariance-2",
    "covariance-3",
)


def _vandyke() -> pd.DataFrame:
    return pd.read_csv(DATA / "vandyke.csv", dtype={"case2": str, "case3": str})


def _analyse(d: pd.DataFrame, case: str = "case", at: float | None = None, **how: Any) -> Result:
    return compare_modalities(
        d.truth, d.rating, d.reader, d[case], d.treatment, setting=Setting(**how), threshold=at
    )


def _same(found: Any, theirs: Any) -> None:
    assert found == pytest.approx(theirs, rel=1e-6, abs=1e-9)


def _check_pair(test: Test, theirs: dict[str, Any]) -> None:
    _same(test.estimate, theirs["Estimate"])
    _same(test.details["error"], theirs["StdErr"])
    _same([test.low, test.high], theirs["CI"])
    _same(test.statistic, theirs.get("t", theirs.get("z")))
    _same(test.p, theirs["p-value"])
    assert (
        test.df is None if "df" not in theirs else test.df == pytest.approx(theirs["df"], rel=1e-6)
    )


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize(
    ("fixed", "suffix"), [("", ""), ("readers", "_fixed_readers"), ("cases", "_fixed_cases")]
)
def test_van_dyke_agrees_with_mrmcaov(covariance: str, fixed: str, suffix: str) -> None:
    """Difference, interval, df, p, overall test, means: random, fixed readers, fixed cases."""
    how: dict[str, Any] = {fixed: "fixed"} if fixed else {}
    found = _analyse(_vandyke(), covariance=covariance, **how)
    theirs = ORACLE["results"][COVARIANCES[covariance] + suffix]
    pair, overall = found.tests[:2]
    assert (pair.test, pair.endpoint) == ("obuchowski-rockette", "auroc-difference")
    assert pair.between == "modality=1 − modality=2"
    _check_pair(pair, theirs["test_diffs"]["1"])
    equality = theirs["test_equality"]["1"]
    _same(overall.statistic, equality.get("F", equality.get("X2")))
    _same(overall.p, equality["p-value"])
    df = (equality["df1"], equality["df2"]) if "df1" in equality else equality["df"]
    _same(overall.df, df)
    for modality in "12":
        mean, their_mean = (
            found.find("auroc", f"modality={modality}"),
            theirs["test_means"][modality],
        )
        _same(mean.value, their_mean["Estimate"])
        _same(mean.error, their_mean["StdErr"])
        _same([mean.low, mean.high], their_mean["CI"])


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_van_dyke_components_and_single_readers_agree_with_mrmcaov(covariance: str) -> None:
    """Variance components, each reader's AUC with interval, each reader's difference."""
    found = _analyse(_vandyke(), covariance=covariance, readers="fixed")
    theirs = ORACLE["results"][COVARIANCES[covariance] + "_fixed_readers"]
    for name, each in zip(COMPONENTS, theirs["vcov_comps"].values(), strict=True):
        _same(found.find(name).value, each["Estimate"])
    for each in theirs["reader_means"].values():
        cell = found.find("auroc", f"modality={each['treatment']} & reader={each['reader']}")
        _same(cell.value, each["empirical_auc"])
        _same(cell.error, each["StdErr"])
        _same([cell.low, cell.high], each["CI"])
    singles = [test for test in found.tests if test.test == "obuchowski-rockette-reader"]
    for test, each in zip(singles, theirs["reader_test_diffs"].values(), strict=True):
        assert f"reader={each['Reader']}" in test.between
        _check_pair(test, each)


@pytest.mark.parametrize("metric", ["sensitivity", "specificity"])
def test_binary_ratings_agree_with_mrmcaov(metric: str) -> None:
    """Sensitivity and specificity at a rating of 3 or more."""
    found = _analyse(_vandyke(), at=3, metric=metric)
    theirs = ORACLE[f"{metric}_rating_ge_3"]
    _check_pair(found.tests[0], theirs["test_diffs"]["1"])
    for name, each in zip(COMPONENTS, theirs["vcov_comps"].values(), strict=True):
        _same(found.find(name).value, each["Estimate"])
    for modality in "12":
        mean = found.find(metric, f"modality={modality}")
        _same([mean.low, mean.high], theirs["test_means"][modality]["CI"])
    binary = _vandyke().assign(rating=lambda d: (d.rating >= 3).astype(int))
    assert _analyse(binary, metric=metric).tests[0] == found.tests[0]


def test_cases_nested_in_readers_or_modalities_are_detected_and_agree_with_mrmcaov() -> None:
    """Manuscript of MRMCaov: case2 is nested in readers, case3 in modalities."""
    found = _analyse(_vandyke(), case="case2")
    assert found.warnings[0].code == "nested-design"
    _same([found.tests[0].p, found.tests[0].df], [0.04195875, 4])
    for name, value in zip(
        COMPONENTS, (1.293517e-03, 9.213005e-05, 8.079682e-04, 3.490676e-04, 0, 0), strict=True
    ):
        _same(found.find(name).value, value)
    found = _analyse(_vandyke(), case="case3")
    test = found.tests[0]
    _same([test.p, test.df, test.low, test.high], [0.1514363, 68.42325, -0.10404242, 0.01644178])
    for name, value in zip(
        COMPONENTS, (1.642585e-03, 9.078969e-05, 8.058382e-04, 0, 3.455973e-04, 0), strict=True
    ):
        _same(found.find(name).value, value)
    mean = found.find("auroc", "modality=1")
    _same([mean.low, mean.high], [0.8251827, 0.9688914])


def _study(modalities: int, readers: int, cases: int, seed: int = 1) -> pd.DataFrame:
    """A factorial study with reader and case effects."""
    draw = np.random.default_rng(seed)
    truth = (np.arange(cases) % 3 == 0).astype(int)
    rows = [
        pd.DataFrame(
            {
                "treatment": m,
                "reader": r,
                "case": np.arange(cases),
                "truth": truth,
                "rating": np.round(4 * (truth * (1 + 0.2 * m) + draw.normal(size=cases))),
            }
        )
        for m in range(modalities)
        for r in range(readers)
    ]
    return pd.concat(rows, ignore_index=True)


def test_with_fixed_cases_the_overall_test_is_a_repeated_measures_anova() -> None:
    """Four modalities: F and p of statsmodels' AnovaRM on the readers' AUCs; pairs carry Holm's p."""
    d = _study(4, 5, 90)
    found = _analyse(d, cases="fixed")
    rows = [
        {"treatment": m, "reader": r, "auc": roc_auc_score(g.truth, g.rating)}
        for (m, r), g in d.groupby(["treatment", "reader"])
    ]
    theirs = AnovaRM(pd.DataFrame(rows), "auc", "reader", ["treatment"]).fit().anova_table
    overall = next(test for test in found.tests if test.test == "obuchowski-rockette-f")
    _same([overall.statistic, overall.p], theirs.iloc[0][["F Value", "Pr > F"]].tolist())
    pairs = [test for test in found.tests if test.test == "obuchowski-rockette"]
    assert len(pairs) == 6
    assert all(test.details["comparisons"] == 6 for test in pairs)
    assert all((test.p or 0) <= test.details["p_holm"] for test in pairs)


def test_partly_read_studies_are_jackknifed_over_all_cases_as_by_brute_force() -> None:
    """MRMCaov's way: a case that a reader did not read leaves that reader's value as it is."""
    d = _study(2, 3, 60, seed=5)
    d = d[~((d.reader == 1) & (d.treatment == 0) & (d.case < 7))]
    found = _analyse(d)
    assert (found.warnings[0].code, found.warnings[0].count) == ("unbalanced-readings", 7)
    groups = [g for _, g in d.groupby(["treatment", "reader"])]
    pseudo = np.array(
        [
            [
                roc_auc_score(*g[g.case != case][["truth", "rating"]].T.to_numpy())
                for case in range(60)
            ]
            for g in groups
        ]
    )
    matrix = 59 / 60 * np.cov(pseudo, ddof=0) * 60
    _same(found.find("variance-error").value, np.diag(matrix).mean())
    m, r = np.divmod(np.arange(6), 3)
    for number, where in enumerate(
        (
            (m[:, None] != m) & (r[:, None] == r),
            (m[:, None] == m) & (r[:, None] != r),
            (m[:, None] != m) & (r[:, None] != r),
        ),
        start=1,
    ):
        _same(found.find(f"covariance-{number}").value, matrix[where].mean())


def test_the_unbiased_covariance_of_a_partly_read_study_is_that_of_all_quadruples() -> None:
    """Gallas: mean product over all pairs of pairs, less its mean over those that share no case."""
    d = _study(1, 2, 12, seed=3)
    d = d[~((d.reader == 1) & (d.case.isin([0, 4])))]
    found = _analyse(d, covariance="unbiased")
    kernels = []
    for _, g in d.groupby("reader"):
        one, none = (g[g.truth == t][["case", "rating"]].to_numpy() for t in (1, 0))
        pairs = [(p, q, (np.sign(x - y) + 1) / 2) for p, x in one for q, y in none]
        kernels.append(pairs)

    def covariance(a: list[Any], b: list[Any]) -> float:
        every = [(x[2] * y[2], x[0] != y[0] and x[1] != y[1]) for x in a for y in b]
        return float(np.mean([v for v, _ in every]) - np.mean([v for v, apart in every if apart]))

    _same(found.find("covariance-2").value, covariance(*kernels))
    _same(found.find("variance-error").value, np.mean([covariance(k, k) for k in kernels]))


def test_delong_covariances_of_unbalanced_studies_are_refused_with_what_is_missing() -> None:
    """The message names the reader, the modality and how many cases."""
    d = _vandyke()
    d = d[~((d.reader == 3) & (d.treatment == 2) & (d.case <= 12))]
    with pytest.raises(
        ValueError, match=r"12 readings are missing \(reader 3 in modality 2: 12 of 114 cases\)"
    ):
        _analyse(d, covariance="delong")
    with pytest.raises(ValueError, match="cases-nested-in-modalities"):
        _analyse(_vandyke(), case="case3", covariance="delong")
    d = _vandyke()
    nested = d[(d.reader < 3) == (d.treatment == 1)]
    with pytest.raises(ValueError, match="is readers-nested-in-modalities. Use the jackknife"):
        _analyse(nested, covariance="delong")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda d: pd.concat([d, d.iloc[:2]]), "2 readings are there more than once"),
        (
            lambda d: d.assign(truth=d.truth.where(d.index != 5, 1 - d.truth)),
            "1 cases have both truths",
        ),
        (lambda d: d.assign(rating=d.rating.where(d.index != 5)), "1 ratings are missing"),
        (lambda d: d.assign(truth=d.truth + 1), "neither 0 nor 1"),
        (lambda d: d[(d.reader > 1) | (d.treatment == 1)], "reader 1 read nothing in modality 2"),
        (lambda d: d[d.reader == 1], "analyse readers as fixed"),
    ],
)
def test_what_is_no_reader_study_is_refused_in_plain_words(spoil: Any, said: str) -> None:
    """Duplicates, contradicting truths, missing ratings, missing cells, one random reader."""
    with pytest.raises(ValueError, match=said):
        _analyse(spoil(_vandyke()))


def test_words_that_do_not_fit_are_refused() -> None:
    """Both fixed; DeLong of sensitivity; sensitivity of ratings without a threshold."""
    with pytest.raises(ValueError, match="only one of readers and cases"):
        _analyse(_vandyke(), readers="fixed", cases="fixed")
    with pytest.raises(ValueError, match="use jackknife"):
        _analyse(_vandyke(), at=3, metric="sensitivity", covariance="delong")
    with pytest.raises(ValueError, match="needs a threshold"):
        _analyse(_vandyke(), metric="sensitivity")


def test_one_class_only_is_not_evaluable_with_its_reason() -> None:
    """No exception: every modality has an estimate without a value."""
    d = _vandyke()
    found = _analyse(d[d.truth == 1])
    assert [e.value for e in found.estimates] == [None, None]
    assert "read 0 negative cases; 2 are needed" in found.estimates[0].reason


def test_one_fixed_reader_with_delong_covariances_is_the_paired_delong_test() -> None:
    """Obuchowski-Rockette with one reader has nothing but the cases."""
    d = _vandyke()
    wide = d[d.reader == 5].pivot_table(index="case", columns="treatment", values="rating")
    truth = d.groupby("case").truth.first()
    theirs = paired_auroc_difference(truth, wide[1], wide[2])
    found = _analyse(d[d.reader == 5], readers="fixed", covariance="delong").tests[0]
    _same(
        [found.estimate, found.low, found.high, found.p],
        [theirs.value, theirs.low, theirs.high, theirs.p],
    )


def test_negative_cov2_minus_cov3_is_taken_as_zero_and_said() -> None:
    """Then the denominator is the mean square of modality by reader."""
    for seed in range(50):
        found = _analyse(_study(2, 3, 30, seed=seed))
        warned = [w for w in found.warnings if w.code == "negative-covariance"]
        overall = found.tests[1].details
        negative = overall["covariance-2"] < overall["covariance-3"]
        assert bool(warned) == negative
        if negative:
            assert overall["denominator"] == overall["ms_interaction"]
            return
    pytest.fail("no study with a negative difference was drawn")


def test_readers_nested_in_modalities_are_compared_as_independent_groups_when_cases_are_fixed() -> (
    None
):
    """Welch aside, it is the analysis of variance of the readers' AUCs: the pooled t test."""
    from scipy.stats import ttest_ind

    d = _study(2, 6, 60)
    d = d[(d.reader < 4) == (d.treatment == 0)]
    found = _analyse(d, cases="fixed")
    assert found.warnings[0].message.startswith("the design was found to be readers-nested")
    values = [
        [roc_auc_score(g.truth, g.rating) for _, g in d[d.treatment == m].groupby("reader")]
        for m in (0, 1)
    ]
    theirs = ttest_ind(*values)
    _same(
        [found.tests[0].statistic, found.tests[0].p, found.tests[0].df],
        [theirs.statistic, theirs.pvalue, 4],
    )
    assert _analyse(d).tests[0].p is not None


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    monotone=st.sampled_from([np.exp, lambda x: 3 * x - 7, lambda x: x**3]),
)
def test_row_order_and_monotone_scales_leave_a_study_as_it_is(seed: int, monotone: Any) -> None:
    """AUCs are of ranks; a row stands anywhere."""
    d = _study(2, 3, 30, seed=seed)
    moved = d.sample(frac=1, random_state=seed).assign(rating=lambda x: monotone(x.rating))
    one, other = _analyse(d).tests[0], _analyse(moved).tests[0]
    _same([one.estimate, one.p, one.low], [other.estimate, other.p, other.low])


def test_the_model_alone_against_one_fixed_reader_is_the_paired_delong_test() -> None:
    """And against several, the difference is to their mean."""
    d = _vandyke()
    d = d[d.treatment == 1].replace({"treatment": {1: "people"}})
    model = d[d.reader == 4].assign(treatment="model", reader="net")
    truth = d.groupby("case").truth.first()
    wide = d.pivot_table(index="case", columns="reader", values="rating")

    def against(people: pd.DataFrame, **how: Any) -> Test:
        both = pd.concat([people, model])
        return against_readers(
            both.truth,
            both.rating,
            both.reader,
            both.case,
            both.treatment,
            standalone="model",
            setting=Setting(covariance="delong", **how),
        ).tests[0]

    found = against(d[d.reader == 5], readers="fixed")
    theirs = paired_auroc_difference(truth, wide[4], wide[5])
    _same(
        [found.estimate, found.low, found.high, found.p],
        [theirs.value, theirs.low, theirs.high, theirs.p],
    )
    found = against(d)
    people = [roc_auc_score(truth, wide[r]) for r in range(1, 6)]
    _same(found.estimate, people[3] - np.mean(people))
    assert (found.low or 0) < (found.estimate or 0) < (found.high or 0)
    assert found.between == "modality=model (alone) − modality=people (mean reader)"


def test_the_model_alone_is_one_reader_in_a_modality_of_its_own() -> None:
    """Otherwise the words do not fit."""
    d = _vandyke()
    columns = (d.truth, d.rating, d.reader, d.case, d.treatment)
    with pytest.raises(ValueError, match="read by 5 readers"):
        against_readers(*columns, standalone="2")
    with pytest.raises(ValueError, match="one modality among several"):
        against_readers(*columns, standalone="3")


def test_perfect_readers_have_no_variance_and_no_test() -> None:
    """Every AUC is 1: a reason, not a division by zero."""
    d = _study(2, 3, 30)
    found = _analyse(d.assign(rating=d.truth))
    assert [e.value for e in found.estimates[:2]] == [1.0, 1.0]
    assert [test.p for test in found.tests] == [None] * 5
    assert "no variance" in found.tests[0].reason


def test_one_modality_has_means_and_no_tests() -> None:
    """Its interval is the one that it has among two, since each is analysed on its own."""
    d = _vandyke()
    one, both = _analyse(d[d.treatment == 1]), _analyse(d)
    assert one.tests == ()
    alone, among = one.find("auroc", "modality=1"), both.find("auroc", "modality=1")
    _same([alone.value, alone.low, alone.high], [among.value, among.low, among.high])
