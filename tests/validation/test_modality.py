"""Conditions on the same items: R's McNemar, Cochran's and Bonett's numbers, and three answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validation.count_bootstrap import Resampling
from validation.designs.multiplicity import step_down
from validation.designs.pairs import Discordance
from validation.estimate import Estimate, Result, Test
from validation.fairness.groups import cross, grouping
from validation.modality.cochran import cochran_q, wald
from validation.modality.comparison import compare
from validation.modality.contribution import judge
from validation.modality.groups import compare_groups
from validation.modality.layout import arrange
from validation.modality.names import contents, full, withheld
from validation.modality.ratio import bonett_price
from validation.modality.scores import compare_scores
from validation.modality.setting import Setting
from validation.modality.verdicts import contributions, judge_modalities

DATA = Path(__file__).parents[2] / "demo" / "data" / "worldmedqa_v"
ORACLE: dict[str, Any] = json.loads((DATA / "oracle.json").read_text())["models"]
PAIR = "condition=image+text − condition=text_only"


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    """23,856 real answers; an extracted option outside A to D is unparsable."""
    columns = ["model", "condition", "country", "language", "item", "extracted", "correct"]
    read = pd.read_csv(DATA / "responses.csv.gz", dtype=str, usecols=columns, keep_default_na=False)
    read["key"] = read.country + "/" + read["item"]
    read["lost"] = (~read.extracted.isin(list("ABCD"))).astype(int)
    return read.assign(correct=read.correct.astype(int))


def _of(answers: pd.DataFrame, model: str, language: str, **more: Any) -> Result:
    part = answers[(answers.model == model) & (answers.language == language)]
    return compare(
        part.key, part.condition, part.correct,
        reference="image+text", unparsable=part.lost, **more,
    )  # fmt: skip


def _test(result: Result, name: str, endpoint: str = "accuracy-difference") -> Test:
    return next(t for t in result.tests if (t.test, t.endpoint) == (name, endpoint))


def _cells(right: str) -> tuple[list[str], list[str], list[int]]:
    """Long columns from rows such as '110 101', one an item, conditions a, b, c ..."""
    rows = right.split()
    where = [(i, c) for i in range(len(rows)) for c in range(len(rows[0]))]
    return (
        [str(i) for i, _ in where],
        ["abcdefg"[c] for _, c in where],
        [int(rows[i][c]) for i, c in where],
    )


@pytest.mark.parametrize("language", ["english", "local"])
@pytest.mark.parametrize("model", [m for m in ORACLE if not m.startswith("paligemma")])
def test_every_model_and_language_gives_r_its_numbers(
    answers: pd.DataFrame, model: str, language: str
) -> None:
    """Accuracies with Wilson, discordant pairs, exact McNemar and Cochran's Q (R 4.2.2)."""
    found, known = _of(answers, model, language), ORACLE[model][language]
    for condition, key in (("image+text", "image_text"), ("text_only", "text_only")):
        accuracy = found.find("accuracy", f"condition={condition}")
        assert (accuracy.events, accuracy.n) == (known[key]["x"], known[key]["n"])
        assert [accuracy.low, accuracy.high] == pytest.approx(known[key]["wilson95"], abs=1e-9)
        lost = found.find("unparsable-rate", f"condition={condition}")
        assert lost.events == known[f"unparsable_{key}"]
    exact = _test(found, "mcnemar-exact")
    assert exact.p == pytest.approx(known["paired"]["exact_p"], rel=1e-8)
    assert exact.estimate == pytest.approx(known["paired"]["diff"], abs=1e-10)
    assert exact.details["right-to-wrong"] == known["paired"]["image_only_right"]
    assert exact.details["wrong-to-right"] == known["paired"]["text_only_right"]
    q = _test(found, "cochran-q-paired", "accuracy")  # of two conditions: McNemar's chi-squared
    assert q.statistic or pytest.approx(known["paired"]["mcnemar_chisq"], rel=1e-8) == 0
    shares = [found.find(name, PAIR).events for name in ("both-right", "both-wrong")]
    assert sum(x or 0 for x in shares) == 568 - sum(
        known["paired"][k] for k in ("image_only_right", "text_only_right")
    )


def test_gpt_4o_in_english_shows_no_evidence_that_the_image_helps(answers: pd.DataFrame) -> None:
    """0.685 against 0.662, 52 against 39, p = 0.2081744224."""
    found = _of(answers, "GPT4o", "english")
    verdict = _test(found, "modality-contribution")
    assert verdict.details["words"] == "no evidence that the image helps"
    assert verdict.details["verdict-among-parsable"] == "no evidence"
    assert found.warnings == ()


def test_refusals_are_not_taken_for_lost_knowledge(answers: pd.DataFrame) -> None:
    """Gemini-1.5-Pro: 155 unparsable without the image; Yi-VL-34B: 526; both told, not judged."""
    gemini = _of(answers, "GeminiPro1-5", "english")
    verdict = _test(gemini, "modality-contribution")
    assert verdict.details["verdict"] == "not evaluable"
    assert verdict.details["verdict-counting-unparsable-as-wrong"] == "contributes"
    assert "155 of 568 answers of 'text_only' are unparsable" in verdict.reason
    assert [(w.code, w.count) for w in gemini.warnings] == [("refusals", 155)]
    assert gemini.find("accuracy-difference-parsable", PAIR).n == 568 - 160
    yi = _of(answers, "Yi_VL_34B", "english")
    among = yi.find("accuracy-difference-parsable", PAIR)
    assert (among.n, yi.find("unparsable-rate", "condition=text_only").events) == (42, 526)
    assert _test(yi, "modality-contribution").details["verdict-among-parsable"] == "no evidence"


def test_a_verdict_that_depends_on_unparsable_answers_is_none(answers: pd.DataFrame) -> None:
    """Yi-VL-6B: 51 refusals, below the limit, and yet they decide."""
    verdict = _test(_of(answers, "Yi_VL_6B", "english"), "modality-contribution")
    assert verdict.details["verdict"] == "not evaluable"
    assert "depends on 51 items" in verdict.reason


def test_by_model_and_language_each_group_is_its_own_and_the_family_is_told(
    answers: pd.DataFrame,
) -> None:
    """22 groups, 20 with both conditions; Holm over all 20 for each test."""
    parts = [grouping(name, answers[name].tolist()) for name in ("model", "language")]
    how = Setting(reference="image+text")
    found = compare_groups(
        answers.key, answers.condition, answers.correct, cross(*parts), how,
        unparsable=answers.lost,
    )  # fmt: skip
    exact = [t for t in found.tests if (t.test, t.endpoint[-4:]) == ("mcnemar-exact", "ence")]
    assert len(exact) == 20
    smallest = min(exact, key=lambda t: t.p or 1)
    assert smallest.details["p_holm_all"] == pytest.approx(20 * (smallest.p or 0))
    assert [w.count for w in found.warnings if w.code == "multiplicity"] == [20]
    alone = found.find(
        "accuracy", "model=paligemma-3b-mix-448 & language=english & condition=text_only"
    )
    assert (alone.value, alone.reason) == (None, "no cases in the denominator")
    judged = {t.between: t.details["verdict"] for t in found.tests if "verdict" in t.details}
    name = f"model=paligemma-3b-mix-448 & language=local & {PAIR}"
    assert (len(judged), judged[name]) == (22, "not evaluable")


CONOVER = "111 111 010 110 000 111 111 110 001 010 111 111"
WEB = "0001 0001 0001 1111 1001 0101 1001 0001 0100 0000 1001 0011"


@pytest.mark.parametrize(
    ("rows", "statistic", "p"), [(CONOVER, 2.8, 0.246597), (WEB, 13.2857143, 0.00405776)]
)
def test_cochrans_q_is_the_published_one(rows: str, statistic: float, p: float) -> None:
    """Conover, Practical Nonparametric Statistics, p. 253 (as in NIST Dataplot); statsmodels' own."""
    found = compare(*_cells(rows))
    q = _test(found, "cochran-q-paired", "accuracy")
    assert q.statistic == pytest.approx(statistic)
    assert q.p == pytest.approx(p, abs=1e-6)
    assert q.df == len(rows.split(maxsplit=1)[0]) - 1
    pairs = [t for t in found.tests if t.test == "mcnemar-exact"]
    ordered = sorted(pairs, key=lambda t: t.p or 0)
    assert ordered[0].details["p_holm"] == pytest.approx(min(1.0, len(pairs) * (ordered[0].p or 0)))


def test_the_paired_ratio_is_bonetts_and_prices() -> None:
    """Cavo 2012 (59, 6, 16, 80): 0.8667, 0.7579 to 0.9910 (R package contingencytables)."""
    table = Discordance(both=59, a_only=6, b_only=16, neither=80)
    found = bonett_price(table, "retained-accuracy")
    assert found.value == pytest.approx(0.8667, abs=5e-5)
    assert [found.low, found.high] == pytest.approx([0.7579, 0.9910], abs=5e-5)
    never = bonett_price(Discordance(both=0, a_only=3, b_only=0, neither=2), "x")
    assert (never.value, never.reason) == (None, "the full condition is never right")
    lost = bonett_price(Discordance(both=0, a_only=0, b_only=9, neither=1), "x")
    assert (lost.value, lost.low) == (0.0, 0.0)
    assert 0 < (lost.high or 0) < 1


def _difference(value: float | None, low: float | None, high: float | None) -> Estimate:
    return Estimate(
        endpoint="accuracy-difference", value=value, low=low, high=high, n=9, positives=0,
        method="tango", reason="" if low is not None else "no interval here",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("low", "high", "margin", "verdict", "words"),
    [
        (0.01, 0.20, 0.00, "contributes", "the image helps"),
        (0.00, 0.20, 0.00, "no evidence", "no evidence that the image helps"),
        (0.05, 0.20, 0.05, "contributes", "the image contributes at least 0.05"),
        (0.04, 0.20, 0.05, "no evidence", "no evidence that the image contributes at least 0.05"),
        (-0.2, -0.01, 0.05, "harms", "the image harms"),
        (-0.2, 0.00, 0.00, "no evidence", "no evidence that the image helps"),
    ],
)
def test_the_bound_decides(
    low: float, high: float, margin: float, verdict: str, words: str
) -> None:
    """Three answers, each at its very edge."""
    found = judge(_difference(0.1, low, high), modality="image", margin=margin)
    assert (found.verdict, found.words, found.reason) == (verdict, words, "")
    assert found.to_dict()["low"] == low


def test_no_interval_and_a_doubt_are_not_evaluable() -> None:
    """The reason is the difference's own, or the doubt."""
    assert judge(_difference(None, None, None), modality="text").reason == "no interval here"
    found = judge(_difference(0.5, 0.4, 0.6), modality="text", doubt="refusals")
    assert (found.verdict, found.reason) == ("not evaluable", "refusals")
    with pytest.raises(ValueError, match="not below zero"):
        judge(_difference(0.5, 0.4, 0.6), modality="text", margin=-0.1)


def test_names_of_conditions_tell_what_they_lack() -> None:
    """Only, plus signs, spaces and case; names that tell nothing give nothing."""
    assert contents("Text Only") == contents("text_only") == contents(" text ") == {"text"}
    three = ["CT + report", "ct-only", "report only"]
    assert full(three) == "CT + report"
    assert withheld(three, "CT + report") == {"ct-only": "report", "report only": "ct"}
    assert full(["image+text", "blurred"]) is None
    assert withheld(["image+text", "blurred"], "image+text", {"sharpness": "blurred"}) == {
        "blurred": "sharpness"
    }
    with pytest.raises(ValueError, match="none of the other conditions"):
        withheld(["image+text", "text"], "image+text", {"image": "nothing"})


def test_items_that_lack_a_condition_are_counted_and_left_out() -> None:
    """Three of ten lack one; with most of them lacking it nothing is judged."""
    items, conditions, right = _cells("11 10 10 11 01 11 00 10 11 11")
    kept = [i for i in range(20) if not (conditions[i] == "b" and int(items[i]) >= 7)]

    def some(rows: list[int]) -> Result:
        how = Setting(reference="a", modalities={"image": "b"})
        columns = ([column[i] for i in rows] for column in (items, conditions, right))
        return compare(*columns, setting=how)

    found = some(kept)
    assert (found.warnings[0].code, found.warnings[0].count) == ("unpaired-items", 3)
    assert found.find("accuracy", "condition=a").n == 7
    few = some([i for i in range(20) if not (conditions[i] == "b" and int(items[i]) >= 4)])
    assert "6 of 10 items lack" in _test(few, "modality-contribution").reason


def test_an_item_twice_or_of_two_patients_is_refused() -> None:
    """With an example."""
    with pytest.raises(ValueError, match=r"1 of 1 items .* item q, condition a"):
        arrange(["q", "q"], ["a", "a"], [1, 0])
    with pytest.raises(ValueError, match="1 items belong to two clusters"):
        arrange(["q", "q"], ["a", "b"], [1, 0], cluster=["x", "y"])
    with pytest.raises(ValueError, match="2 outcomes are neither 0 nor 1"):
        arrange(["q", "r"], ["a", "a"], [0.5, 7])
    with pytest.raises(ValueError, match="no condition is 'c'"):
        compare(["q", "q"], ["a", "b"], [1, 0], reference="c")


def _drawn(seed: int, n: int, conditions: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    right = rng.random((n, conditions)) < rng.uniform(0.2, 0.9, conditions)
    item, column = np.indices(right.shape)
    return item.ravel(), np.array(list("abcdef"))[column.ravel()], right.ravel().astype(int)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(3, 40), order=st.permutations("abc"))
def test_other_names_of_conditions_permute_the_results(seed: int, n: int, order: list[str]) -> None:
    """The same tests and accuracies under the new names; a difference turns with its order."""
    item, condition, right = _drawn(seed, n)
    new = dict(zip("abc", order, strict=True))
    first = compare(item, condition, right)
    other = compare(item, [new[c] for c in condition], right)
    for old, name in new.items():
        one, two = (
            first.find("accuracy", f"condition={old}"),
            other.find("accuracy", f"condition={name}"),
        )
        assert (one.value, one.low, one.high) == (two.value, two.low, two.high)
    assert _test(first, "cochran-q-paired", "accuracy").p == pytest.approx(
        _test(other, "cochran-q-paired", "accuracy").p
    )
    exact = {t.between: t for t in other.tests if t.test == "mcnemar-exact"}
    for test in (t for t in first.tests if t.test == "mcnemar-exact"):
        a, b = (new[part.split("=")[1]] for part in test.between.split(" − "))
        sign = 1 if a < b else -1
        match = exact[f"condition={min(a, b)} − condition={max(a, b)}"]
        assert match.p == pytest.approx(test.p)
        assert match.estimate == pytest.approx(sign * (test.estimate or 0))
        assert match.details["p_holm"] == pytest.approx(test.details["p_holm"])


@settings(max_examples=10, deadline=None)
@given(p=st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_holms_p_values_are_those_of_statsmodels(p: list[float]) -> None:
    """Step-down without the library's garbage collection."""
    from statsmodels.stats.multitest import multipletests

    assert step_down(p) == pytest.approx(multipletests(p, method="holm")[1].tolist())


@settings(max_examples=20, deadline=None)
@given(right=st.lists(st.integers(0, 1), min_size=3, max_size=40), clustered=st.booleans())
def test_identical_conditions_differ_by_nothing(right: list[int], clustered: bool) -> None:  # noqa: FBT001 - drawn
    """Difference 0 and exact p 1; the verdict is no evidence, never a crash."""
    n = len(right)
    how = Setting(reference="image+text")
    found = compare(
        [*range(n), *range(n)], ["image+text"] * n + ["text_only"] * n, right * 2,
        setting=how, cluster=[i // 2 for i in range(n)] * 2 if clustered else None,
        resampling=Resampling(times=200),
    )  # fmt: skip
    difference = found.find("accuracy-difference", PAIR)
    assert difference.value == 0
    if not clustered:
        assert (difference.low or 0) < 0 < (difference.high or 0)
        assert _test(found, "mcnemar-exact").p == 1.0
        assert _test(found, "cochran-q-paired", "accuracy").p == 1.0
    verdict = _test(found, "modality-contribution").details["verdict"]
    assert verdict == "no evidence"


def test_items_of_one_patient_widen_the_interval() -> None:
    """Every item three times: the value stays, the clustered interval is not the naive one."""
    item, condition, right = _drawn(3, 60, 2)
    naive, wide = (
        compare(
            np.concatenate([item, item + 100, item + 200]),
            np.tile(condition, 3),
            np.tile(right, 3),
            cluster=np.tile(item, 3) if by_patient else None,
            reference="a",
        )
        for by_patient in (False, True)
    )
    alone = compare(item, condition, right, reference="a")
    pair = "condition=a − condition=b"
    one, two, three = (r.find("accuracy-difference", pair) for r in (alone, naive, wide))
    assert one.value == pytest.approx(three.value)
    widths = [(e.high or 0) - (e.low or 0) for e in (one, two, three)]
    assert widths[2] == pytest.approx(widths[0], rel=0.05)
    assert widths[1] < 0.7 * widths[2]
    assert three.method == "ratio-estimator-paired-t"
    overall = _test(wide, "wald-ratio-estimator", "accuracy")
    assert overall.details["patients"] == 60
    assert wide.find("retained-accuracy", "condition=b").method == "bootstrap-percentile-clustered"


def test_wald_of_two_conditions_is_the_squared_ratio_of_difference_and_error() -> None:
    """With every item a patient it is z squared of the paired difference, by hand."""
    _, _, right = _drawn(5, 80, 2)
    outcome = right.reshape(-1, 2).astype(float)
    gaps = outcome[:, 1] - outcome[:, 0]
    z = gaps.mean() / (gaps.std(ddof=1) / 80**0.5)
    found = wald(outcome, np.arange(80), between="all")
    assert found.statistic == pytest.approx(z**2)
    assert cochran_q(outcome, between="all").df == 1


def test_the_worst_condition_has_an_interval_for_having_been_chosen() -> None:
    """Bonferroni over the two conditions beside the reference."""
    item, condition, right = _drawn(11, 50)
    found = compare(item, condition, right, reference="a")
    drops = [e for e in found.estimates if e.endpoint == "accuracy-drop"]
    (worst,) = [e for e in found.estimates if e.endpoint == "worst-accuracy-drop"]
    assert worst.value == max(e.value or 0 for e in drops)
    assert worst.method == "tango-bonferroni"
    assert worst.confidence == pytest.approx(0.975)
    same = next(e for e in drops if e.subgroup == worst.subgroup)
    assert (worst.low or 0) < (same.low or 0) < (same.high or 0) < (worst.high or 0)


def test_scores_are_compared_by_their_means() -> None:
    """Held to scipy: paired t, Wilcoxon, Friedman; the bootstrap agrees with t."""
    from scipy import stats

    rng = np.random.default_rng(7)
    score = rng.normal([0.5, 0.45, 0.4], 0.1, (40, 3))
    item, column = np.indices(score.shape)
    names = np.array(["image+text", "image_only", "text_only"])[column.ravel()]
    found = compare_scores(item.ravel(), names, score.ravel(), Setting(reference="image+text"))
    between = PAIR
    t, ranks = (
        next(x for x in found.tests if (x.test, x.between) == (name, between))
        for name in ("paired-t", "wilcoxon-signed-rank")
    )
    known = stats.ttest_rel(score[:, 0], score[:, 2])
    assert [t.statistic, t.p] == pytest.approx([known.statistic, known.pvalue])
    interval = known.confidence_interval()
    assert [t.low, t.high] == pytest.approx([interval.low, interval.high])
    assert ranks.p == pytest.approx(stats.wilcoxon(score[:, 0], score[:, 2]).pvalue)
    friedman = next(x for x in found.tests if x.test == "friedman")
    assert friedman.statistic == pytest.approx(stats.friedmanchisquare(*score.T).statistic)
    boot = [
        e for e in found.estimates if (e.method, e.subgroup) == ("bootstrap-percentile", between)
    ]
    assert [boot[0].low, boot[0].high] == pytest.approx([t.low, t.high], abs=0.01)
    judged = [x for x in found.tests if "words" in x.details]
    assert [x.details["modality"] for x in judged] == ["text", "image"]
    for test in judged:
        assert (test.details["verdict"] == "contributes") == ((test.low or 0) > 0)
    assert any((test.low or 0) > 0 for test in judged)


def test_contributions_are_the_tests_in_plain_fields(answers: pd.DataFrame) -> None:
    """What a protocol run reads."""
    part = answers[(answers.model == "GPT4o") & (answers.language == "english")]
    how = Setting(reference="image+text", margin=0.02)
    (found,) = judge_modalities(part.key, part.condition, part.correct, setting=how)
    assert contributions(arrange(part.key, part.condition, part.correct), how) == (found,)
    assert found.value == pytest.approx(0.02288732394)
    assert (found.modality, found.verdict, found.method) == ("image", "no evidence", "tango")
    assert found.words == "no evidence that the image contributes at least 0.02"
