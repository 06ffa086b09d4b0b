"""Gaps and fairness criteria: values are Fairlearn's, intervals those of the row bootstrap."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from fairlearn import metrics as theirs
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, fisher_exact, rankdata
from sklearn.metrics import precision_score, recall_score, roc_auc_score
from statsmodels.stats.multitest import multipletests

from policies.criteria import Minimum
from validation import endpoints
from validation.cases import Cases
from validation.fairness.disparities import compare
from validation.fairness.group_counts import RATES, resample, tabulate
from validation.fairness.group_scores import resample_scores
from validation.fairness.group_spreads import Plan
from validation.fairness.groups import cross, cut, grouping

if TYPE_CHECKING:
    from validation.estimate import Result

AT = 0.5
NONE = Minimum(cases=1, positives=1, negatives=1)


def _people(n: int = 3000, seed: int = 7) -> pd.DataFrame:
    """People of three sites whose scores are better at some sites than at others."""
    draw = np.random.default_rng(seed)
    site = draw.choice(["a", "b", "c"], size=n, p=[0.5, 0.3, 0.2])
    label = draw.binomial(1, np.where(site == "b", 0.5, 0.3))
    pull = np.where(site == "c", 0.8, 1.8)
    score = np.round(1 / (1 + np.exp(-(pull * (label - 0.5) + draw.normal(size=n)))), 2)
    patient = draw.integers(0, n // 2, n)
    sex = draw.choice(["f", "m"], size=n)
    return pd.DataFrame(
        {
            "label": label,
            "score": score,
            "site": site,
            "sex": sex,
            "patient": patient,
            "age": draw.uniform(20, 90, n),
        }
    )


def _compare(d: pd.DataFrame, by: str = "site", **plan: Any) -> Result:
    settings_: dict[str, Any] = {"thresholds": [AT], "minimum": NONE, "replicates": 400} | plan
    return compare(
        d.label, d.score, groupings=[grouping(by, d[by].to_list())], plan=Plan(**settings_)
    )


def _site(d: pd.DataFrame) -> Any:
    return grouping("site", d.site.to_list())


def test_fairness_criteria_have_fairlearns_values() -> None:
    """Demographic parity, equal opportunity, equalised odds, predictive parity."""
    d = _people()
    called = (d.score >= AT).astype(int)
    found = _compare(d)
    args = {"y_true": d.label, "y_pred": called, "sensitive_features": d.site}
    for name, theirs_of in {
        "demographic-parity-difference": theirs.demographic_parity_difference,
        "demographic-parity-ratio": theirs.demographic_parity_ratio,
        "equal-opportunity-difference": theirs.equal_opportunity_difference,
        "equal-opportunity-ratio": theirs.equal_opportunity_ratio,
        "equalized-odds-difference": theirs.equalized_odds_difference,
        "equalized-odds-ratio": theirs.equalized_odds_ratio,
    }.items():
        estimate = found.find(name, "site")
        assert estimate.value == pytest.approx(theirs_of(**args)), name
        assert (estimate.low or 0) < (estimate.value or 0) < (estimate.high or 0)
    frame = theirs.MetricFrame(metrics=precision_score, **args)
    assert found.find("predictive-parity-difference", "site").value == pytest.approx(
        frame.difference()
    )
    assert found.find("predictive-parity-ratio", "site").value == pytest.approx(frame.ratio())


def test_gaps_and_the_worst_group_have_fairlearns_values() -> None:
    """To overall, between extremes, the worst; sensitivity and AUROC."""
    d = _people()
    found = _compare(d)
    called = (d.score >= AT).astype(int)
    for name, metric, predicted in (
        ("sensitivity", recall_score, called),
        ("auroc", roc_auc_score, d.score),
    ):
        frame = theirs.MetricFrame(
            metrics=metric, y_true=d.label, y_pred=predicted, sensitive_features=d.site
        )
        assert found.find(f"{name}-widest-difference", "site").value == pytest.approx(
            frame.difference()
        )
        assert found.find(f"{name}-widest-ratio", "site").value == pytest.approx(frame.ratio())
        worst = frame.by_group.idxmin()
        assert found.find(f"worst-group-{name}", f"site={worst}").value == pytest.approx(
            frame.group_min()
        )
        for site, value in frame.by_group.items():
            gap = found.find(f"{name}-difference", f"site={site} − overall")
            assert gap.value == pytest.approx(value - frame.overall)
            assert found.find(f"{name}-ratio", f"site={site} / overall").value == pytest.approx(
                value / frame.overall
            )


def _bootstrap(d: pd.DataFrame, patient: np.ndarray | None, replicates: int = 1000) -> pd.DataFrame:
    """Sensitivity, PPV and AUROC by site and overall, rows (or patients) drawn again."""
    draw = np.random.default_rng(1)
    label, score, site = d.label.to_numpy(), d.score.to_numpy(), d.site.to_numpy()
    rows = np.arange(len(d)) if patient is None else patient
    owned = [np.flatnonzero(rows == p) for p in np.unique(rows)]
    found = []
    for _ in range(replicates):
        picked = np.concatenate([owned[i] for i in draw.integers(0, len(owned), len(owned))])
        value = {}
        for name in ("a", "b", "c", "overall"):
            mine = picked if name == "overall" else picked[site[picked] == name]
            y, s = label[mine], score[mine]
            value[f"sensitivity {name}"] = (s >= AT)[y == 1].mean()
            value[f"ppv {name}"] = y[s >= AT].mean()
            ranks, hits = rankdata(s), y.sum()
            wins = ranks[y == 1].sum() - hits * (hits + 1) / 2
            value[f"auroc {name}"] = wins / (hits * (len(y) - hits))
        found.append(value)
    return pd.DataFrame(found)


@pytest.mark.parametrize("copies", [1, 3])
def test_intervals_are_those_of_the_row_bootstrap_within_monte_carlo_error(copies: int) -> None:
    """Counts have the distribution of rows (or patients) drawn again: gaps to overall, widest.

    With three copies of every case patients are drawn; a bound's Monte Carlo error is 0.1 SD.
    """
    d = pd.concat([_people(600)] * copies, ignore_index=True)
    patient = None if copies == 1 else d.patient.to_numpy()
    naive = _bootstrap(d, patient)
    plan = Plan(endpoints=("sensitivity", "ppv", "auroc"), thresholds=[AT])
    found = compare(d.label, d.score, groupings=[_site(d)], plan=plan, patient=patient)
    for name in ("sensitivity", "ppv", "auroc"):
        groups = naive[[f"{name} {site}" for site in "abc"]]
        for subgroup, kind, draws in (
            ("site=c − overall", "difference", naive[f"{name} c"] - naive[f"{name} overall"]),
            ("site", "widest-difference", groups.max(axis=1) - groups.min(axis=1)),
        ):
            e = found.find(f"{name}-{kind}", subgroup)
            theirs = draws.quantile([0.025, 0.975]).tolist()
            assert [e.low, e.high] == pytest.approx(theirs, abs=0.4 * draws.std())
            drawn = "bootstrap-percentile" + ("-clustered" if copies > 1 else "")
            part = copies == 1 and kind == "difference" and name != "auroc"
            assert e.method == ("newcombe-part-of-whole" if part else drawn)


def test_with_patients_every_interval_is_of_patients_drawn_again() -> None:
    """Tripled cases: a naive interval would be narrower by the square root of three."""
    d = _people(900).assign(patient=lambda x: np.arange(len(x)))
    tripled = pd.concat([d, d, d], ignore_index=True)
    plan = Plan(thresholds=[AT], endpoints=("sensitivity", "auroc", "brier"), replicates=1000)
    once = compare(d.label, d.score, groupings=[_site(d)], plan=plan)
    thrice = compare(
        tripled.label, tripled.score, groupings=[_site(tripled)], plan=plan, patient=tripled.patient
    )
    for name in ("sensitivity", "auroc"):
        a, b = once.find(name, "site=b"), thrice.find(name, "site=b")
        assert b.value == pytest.approx(a.value)
        assert b.method == "bootstrap-percentile-clustered"
        assert (b.high or 0) - (b.low or 0) == pytest.approx((a.high or 0) - (a.low or 0), rel=0.12)
    assert thrice.find("brier", "overall").low is None
    assert "patients repeat" in thrice.find("brier", "overall").reason
    assert {t.test for t in thrice.tests} == {"wald-bootstrap"}
    with pytest.raises(ValueError, match="counts and patients"):
        compare(
            d.label, d.score, np.ones(len(d)), groupings=[_site(d)], plan=plan, patient=d.patient
        )


def test_differences_of_two_subgroups_are_newcombes_and_delongs_with_holms_p() -> None:
    """The same as `endpoints.difference`; p as SciPy's; Holm over all tests of the run."""
    d = _people()
    found = _compare(d, endpoints=("sensitivity", "specificity", "auroc"))
    by = {
        (e.endpoint, e.subgroup): e
        for s, g in d.groupby("site")
        for e in endpoints.evaluate(
            g.label,
            g.score,
            endpoints=["sensitivity", "auroc"],
            thresholds=[AT],
            subgroup=f"site={s}",
        )
    }
    for test in found.tests:
        if test.endpoint == "specificity-difference":
            continue
        name = test.endpoint.removesuffix("-difference")
        a, b = (by[name, group] for group in test.between.split(" − "))
        gap = endpoints.difference(a, b)
        assert [test.estimate, test.low, test.high] == pytest.approx([gap.value, gap.low, gap.high])
        if name == "auroc":
            assert test.test == "delong-unpaired"
            assert test.p == pytest.approx(gap.p)
        else:
            table = [[e.events or 0, e.n - (e.events or 0)] for e in (a, b)]
            assert test.p == pytest.approx(chi2_contingency(table, correction=False).pvalue)
    assert len(found.tests) == 9
    holm = multipletests([test.p for test in found.tests], method="holm")[1]
    assert [test.details["p_holm"] for test in found.tests] == pytest.approx(holm.tolist())
    (said,) = (w for w in found.warnings if w.code == "multiplicity")
    assert said.count == 9


def test_few_expected_cases_are_tested_exactly() -> None:
    """Fisher's exact test where an expected count is below 5."""
    d = pd.DataFrame(
        {
            "label": [1] * 14 + [0] * 4,
            "score": [1] * 5 + [0] * 9 + [0] * 4,
            "site": ["a"] * 6 + ["b"] * 8 + ["a", "b"] * 2,
        }
    )
    (test,) = _compare(d, endpoints=("sensitivity",)).tests
    table = [[5, 1], [0, 8]]
    assert test.test == "fisher-exact"
    assert test.p == pytest.approx(fisher_exact(table)[1])


def test_a_subgroup_of_three_is_shown_without_a_value_and_takes_no_part_in_gaps() -> None:
    """What it lacks is said; the widest gap says whom it leaves out."""
    d = _people()
    tiny = pd.DataFrame({"label": [1, 0, 0], "score": [0.1, 0.9, 0.2], "site": ["tiny"] * 3})
    found = _compare(pd.concat([d, tiny]), minimum=Minimum(cases=10, positives=5, negatives=5))
    estimate = found.find("sensitivity", "site=tiny")
    assert (estimate.value, estimate.low, estimate.n) == (None, None, 1)
    assert (
        estimate.reason
        == "3 cases, 10 required; 1 positives, 5 required; 2 negatives, 5 required (the stated minimum)"
    )
    assert not any("tiny" in e.subgroup for e in found.estimates if "difference" in e.endpoint)
    assert (
        found.find("sensitivity-widest-difference", "site").reason
        == "without site=tiny (not evaluable)"
    )
    assert [w.count for w in found.warnings if w.code == "too-few-cases"] == [3]


def test_a_wished_half_width_says_how_many_people_it_needs() -> None:
    """Width goes with the square root: the need is the n times the squared excess."""
    d = _people(400)
    found = _compare(d, endpoints=("sensitivity",), half_width=0.02)
    each = found.find("sensitivity", "site=c")
    half = ((each.high or 0) - (each.low or 0)) / 2
    said = next(
        w for w in found.warnings if w.code == "wide-interval" and "of site=c:" in w.message
    )
    assert said.count == int(np.ceil(each.n * (half / 0.02) ** 2))
    assert not [w for w in _compare(d, half_width=1.0).warnings if w.code == "wide-interval"]


def test_scores_on_any_scale_are_compared_as_their_ranks() -> None:
    """Logits with a threshold of 0 are probabilities with 0.5; calibration of logits is refused."""
    d = _people().assign(score=lambda x: x.score.clip(0.01, 0.99))
    logits = d.assign(score=np.log(d.score / (1 - d.score)))
    names = ("sensitivity", "ppv", "auroc")
    one, other = _compare(d, endpoints=names), _compare(logits, endpoints=names, thresholds=[0.0])
    shared = [e for e in one.estimates if e.endpoint != "calibration-within-groups"]
    for a, b in zip(shared, other.estimates, strict=True):
        assert (a.endpoint, a.subgroup, a.n) == (b.endpoint, b.subgroup, b.n)
        assert [a.value, a.low, a.high] == pytest.approx([b.value, b.low, b.high])
    assert {e.threshold for e in other.estimates} == {0.0, None}
    with pytest.raises(ValueError, match="probabilities"):
        _compare(logits, endpoints=("brier",))


def test_calibration_within_groups_is_the_largest_absolute_observed_minus_expected() -> None:
    """Of mean label and mean score of each site."""
    d = _people()
    by = (d.groupby("site").label.mean() - d.groupby("site").score.mean()).abs()
    found = _compare(d).find("calibration-within-groups", "site")
    assert found.value == pytest.approx(by.max())


def test_scores_are_resampled_over_cells_whose_auroc_is_the_ranks() -> None:
    """The first row is the data themselves: scikit-learn's AUROC, and one class has none."""
    d = _people(500)
    d = pd.concat(
        [d, pd.DataFrame({"label": [1], "score": [0.3], "site": ["z"]})], ignore_index=True
    )
    found = resample_scores(Cases.of(d.label, d.score), _site(d), replicates=50, seed=1)
    expected = [roc_auc_score(g.label, g.score) for s, g in d.groupby("site") if s != "z"]
    assert found.auroc[0, :3] == pytest.approx(expected)
    assert np.isnan(found.auroc[0, 3])
    assert found.auroc[0, 4] == pytest.approx(roc_auc_score(d.label, d.score))
    assert found.auroc[1:, 4].std() > 0


CELL = st.tuples(
    st.integers(0, 1),
    st.integers(0, 10).map(lambda x: x / 10),
    st.sampled_from(["f", "m"]),
    st.integers(1, 40),
)


@settings(max_examples=8, deadline=None)
@given(st.lists(CELL, min_size=2, max_size=20), st.lists(CELL, min_size=2, max_size=20))
def test_merging_sites_counts_is_pooling_their_rows(one: list[Any], other: list[Any]) -> None:
    """Tables add up; estimates, gaps and intervals of merged counts are those of all rows, expanded."""

    def arrays(rows: list[Any]) -> tuple[np.ndarray, np.ndarray, Any, np.ndarray]:
        label, score, sex, count = zip(*rows, strict=True)
        return np.array(label), np.array(score), grouping("sex", sex), np.array(count)

    def table(rows: list[Any], sexes: tuple[str, ...]) -> np.ndarray:
        label, score, sex, count = arrays(rows)
        found = dict(zip(sex.names, tabulate(Cases.of(label, score, count), sex, AT), strict=True))
        return np.array([found.get(name, np.zeros(4, dtype=int)) for name in sexes])

    label, score, sex, count = arrays([*one, *other])
    sexes = sex.names
    assert (table(one, sexes) + table(other, sexes) == table([*one, *other], sexes)).all()
    plan = Plan(thresholds=[AT], replicates=120)
    merged = compare(label, score, count, groupings=[sex], plan=plan)
    rows = np.repeat(np.arange(len(label)), count)
    expanded = dataclasses.replace(sex, codes=sex.codes[rows])
    pooled = compare(label[rows], score[rows], groupings=[expanded], plan=plan)
    assert [t.to_dict() for t in merged.tests] == [t.to_dict() for t in pooled.tests]
    for a, b in zip(merged.estimates, pooled.estimates, strict=True):
        assert (a.endpoint, a.subgroup, a.n, a.events) == (b.endpoint, b.subgroup, b.n, b.events)
        for mine, its in ((a.value, b.value), (a.low, b.low), (a.high, b.high)):
            assert mine == pytest.approx(its, abs=1e-9) if mine is not None else its is None


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1000))
def test_row_order_leaves_everything_as_it_is_and_intervals_stay_within_the_scale(
    seed: int,
) -> None:
    """The same seed gives the same draws, since cells are sorted."""
    d = _people(200, seed=seed)
    one = _compare(d, replicates=150)
    other = _compare(d.sample(frac=1, random_state=seed), replicates=150)
    assert one == other
    for e in one.estimates:
        if e.low is None or e.high is None:
            continue
        assert e.low <= e.high
        if e.unit == "ratio":
            assert e.low >= 0
        elif "difference" in e.endpoint:
            assert -1 <= e.low <= e.high <= 1
        else:
            assert 0 <= e.low <= e.high <= 1


def test_intersections_and_cuts_are_compared_like_any_attribute() -> None:
    """Named by both attributes; counts and draws are over the crossed cells."""
    d = _people()
    age = cut("age", d.age.to_list(), [40, 65])
    both = cross(grouping("sex", d.sex.to_list()), age)
    found = compare(d.label, d.score, groupings=[both], plan=Plan(thresholds=[AT], replicates=200))
    part = d[(d.sex == "f") & (d.age >= 40) & (d.age < 65)]
    expected = recall_score(part.label, part.score >= AT)
    assert found.find("sensitivity", "sex=f & age=[40, 65)").value == pytest.approx(expected)
    assert found.find("sensitivity-widest-difference", "sex & age").n == len(d)


def test_no_cases_and_one_class_have_no_values_and_raise_nothing() -> None:
    """An empty file; positives only."""
    assert (
        compare([], [], groupings=[grouping("site", [])], plan=Plan(thresholds=[AT])).estimates
        == ()
    )
    d = _people()
    found = _compare(d[d.label == 1])
    assert found.find("auroc", "site=a").value is None
    assert found.find("specificity", "overall").reason == "no cases in the denominator"


def test_rates_are_functions_of_the_table_that_fairlearn_agrees_with() -> None:
    """Selection and false positive rates, F1, balanced accuracy, of one table and of many."""
    table = np.array([[30, 10, 5, 55], [0, 0, 2, 8]])
    expected = {"selection-rate": [0.4, 0], "false-positive-rate": [10 / 65, 0], "f1": [60 / 75, 0]}
    for name, values in expected.items():
        assert RATES[name](table).tolist() == pytest.approx(values)
    assert RATES["balanced-accuracy"](table)[0] == pytest.approx((30 / 35 + 55 / 65) / 2)
    drawn = resample(table, replicates=3000, seed=1)
    assert drawn.drawn.sum(axis=(1, 2)).tolist() == [110] * 3000
    assert drawn.drawn.mean(axis=0) == pytest.approx(table, abs=0.6)
