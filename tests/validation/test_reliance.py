"""Reliance on AI: hand-made tables with exact counts, closed forms, and the laws of resampling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from validation.count_bootstrap import Resampling
from validation.fairness.groups import grouping
from validation.readers import compare_modalities
from validation.reliance import resample
from validation.reliance.assessment import How, Times, assess
from validation.reliance.measures import RELIANCE, columns
from validation.reliance.ratings import compare_ratings
from validation.reliance.readings import CELLS, arrange, labels

if TYPE_CHECKING:
    from validation.estimate import Estimate, Result

# One reader's 60 readings by cell (AI, alone, with), as counted by hand.
COUNTS = {
    "ai-wrong-alone-wrong-with-wrong": 5,
    "ai-wrong-alone-wrong-with-right": 1,
    "ai-wrong-alone-right-with-wrong": 3,  # automation bias: 3 of 3 + 6
    "ai-wrong-alone-right-with-right": 6,
    "ai-right-alone-wrong-with-wrong": 4,
    "ai-right-alone-wrong-with-right": 8,  # benefit: 8 of 4 + 8
    "ai-right-alone-right-with-wrong": 2,
    "ai-right-alone-right-with-right": 31,
}
QUICK = How(resampling=Resampling(times=400))
Rows = tuple[list[str], list[str], list[str], list[str], list[str], list[str]]


def _rows(counts: dict[str, int] = COUNTS, reader: str = "r1") -> Rows:
    """Readings with labels yes (right) and no (wrong): every case is a yes."""
    found: Rows = ([], [], [], [], [], [])
    for name, number in counts.items():
        words = name.split("-")
        answer = {"right": "yes", "wrong": "no"}
        for _ in range(number):
            case = f"c{len(found[0])}"
            row = (reader, case, "yes", answer[words[3]], answer[words[5]], answer[words[1]])
            for column, value in zip(found, row, strict=True):
                column.append(value)
    return found


def _several(readers: Sequence[str], seed: int, cases: int = 40) -> tuple[np.ndarray, ...]:
    """Readers who all read all cases: readers, cases, truth, alone, with, AI; three labels."""
    rng = np.random.default_rng(seed)
    who, what = np.indices((len(readers), cases))
    truth = rng.integers(0, 3, cases)
    advice = np.where(rng.random(cases) < 0.75, truth, (truth + 1) % 3)
    r, c = who.ravel(), what.ravel()
    wrong = (truth[c] + rng.integers(1, 3, len(c))) % 3
    alone = np.where(rng.random(len(c)) < 0.65, truth[c], wrong)
    then = np.where(rng.random(len(c)) < 0.5, advice[c], alone)
    return np.array(readers)[r], c, truth[c], alone, then, advice[c]


def _find(result: Result, endpoint: str, subgroup: str, method: str) -> Estimate:
    return next(
        e
        for e in result.estimates
        if (e.endpoint, e.subgroup, e.method) == (endpoint, subgroup, method)
    )


@pytest.mark.parametrize(
    ("endpoint", "events", "n"),
    [
        ("accuracy-without", 42, 60),
        ("accuracy-with", 46, 60),
        ("automation-bias-rate", 3, 9),
        ("over-reliance", 8, 15),
        ("under-reliance", 4, 12),
        ("benefit-rate", 8, 12),
        ("relative-ai-reliance", 8, 12),
        ("relative-self-reliance", 6, 9),
        ("agreement-without", 6 + 33, 60),
        ("agreement-with", 8 + 39, 60),
        ("switch-fraction", 3 + 8, 9 + 12),
    ],
)
def test_every_measure_is_the_count_by_hand(endpoint: str, events: int, n: int) -> None:
    """Numerator and denominator of one reader and of all readings; Wilson for the reader."""
    found = assess(*_rows(), how=QUICK)
    for subgroup in ("reader=r1", "overall"):
        one = found.find(endpoint, subgroup)
        assert (one.events, one.n) == (events, n)
        assert one.value == pytest.approx(events / n)
    alone = found.find(endpoint, "reader=r1")
    interval = stats.binomtest(events, n).proportion_ci(method="wilson")
    assert [alone.low, alone.high] == pytest.approx([interval.low, interval.high])


def test_the_eight_cells_are_reported() -> None:
    """As counts of all readings."""
    found = assess(*_rows(), how=QUICK)
    assert {name: found.find(f"cell-{name}").events for name in CELLS} == COUNTS
    assert found.find("accuracy-ai").events == 45


def test_a_reader_has_mcnemar_with_the_discordant_counts() -> None:
    """9 wrong to right, 5 right to wrong: two-sided binomial of 5 in 14."""
    found = assess(*_rows(), how=QUICK)
    exact = next(t for t in found.tests if t.test == "mcnemar-exact")
    assert (exact.details["wrong-to-right"], exact.details["right-to-wrong"]) == (9, 5)
    assert exact.p == pytest.approx(stats.binomtest(5, 14).pvalue)
    assert exact.estimate == pytest.approx(4 / 60)


def test_a_reader_who_saw_few_errors_of_the_ai_is_not_evaluable() -> None:
    """Nine errors: no automation bias, but a benefit; told once."""
    few = {**COUNTS, "ai-wrong-alone-wrong-with-wrong": 0, "ai-wrong-alone-wrong-with-right": 0}
    found = assess(*_rows(few), how=QUICK)
    for endpoint in ("automation-bias-rate", "over-reliance", "relative-self-reliance"):
        one = found.find(endpoint, "reader=r1")
        assert one.value is None
        assert one.reason == "the AI was wrong in 9 of this reader's readings, 10 required"
    assert found.find("benefit-rate", "reader=r1").value == pytest.approx(8 / 12)
    warned = {w.code: w.count for w in found.warnings}
    assert warned["few-ai-errors"] == 1
    assert (
        warned["small-denominator"] == 3
    )  # of 9 readings each: bias, self-reliance, over-reliance


def test_an_ai_that_is_never_wrong_leaves_no_denominator() -> None:
    """Absent with its reason, for all readings and for the reader."""
    right = {name: n for name, n in COUNTS.items() if name.startswith("ai-right")}
    found = assess(*_rows(right), how=QUICK)
    assert found.find("automation-bias-rate").reason == "no readings in the denominator"
    assert found.find("automation-bias-rate", "reader=r1").value is None
    assert found.find("accuracy-ai").value == 1.0


def test_all_alike_has_wilsons_interval_where_resampling_has_none() -> None:
    """Never biased: 0 of 9 is not known to be 0."""
    never = {**COUNTS, "ai-wrong-alone-right-with-wrong": 0, "ai-wrong-alone-right-with-right": 9}
    one = assess(*_rows(never), how=QUICK).find("automation-bias-rate")
    assert (one.value, one.low, one.method) == (0.0, 0.0, "ratio-estimator-wilson")
    assert 0.2 < (one.high or 0) < 0.5


def test_labels_are_the_same_however_they_are_written() -> None:
    """Case, spaces, 1 and 1.0, and words beyond ASCII."""
    written = ["1", "1.0", " 01 ", "Mélanome ", "MÉLANOME", "a  b", "A b", "-0", "0"]
    found = labels(written)
    assert found[0] == found[1] == found[2]
    assert found[3] == found[4] != found[5]
    assert (found[5], found[7]) == (found[6], found[8])


def test_over_reliance_asks_for_the_answer_of_the_ai() -> None:
    """With three labels a reader may err in another way than the AI did: bias, not commission."""
    found = assess(
        ["r"] * 12, range(12), ["a"] * 12, ["a"] * 12, ["b"] * 5 + ["c"] * 4 + ["a"] * 3, ["b"] * 11 + ["a"],
        how=QUICK,
    )  # fmt: skip
    bias, over = (found.find(name) for name in ("automation-bias-rate", "over-reliance"))
    assert (bias.events, bias.n) == (9, 11)
    assert (over.events, over.n) == (5, 11)


def test_accuracy_over_readers_and_cases_is_obuchowski_and_rockette_by_hand() -> None:
    """Mean squares and jackknife covariances of shares, written out with numpy."""
    data = _several(["r1", "r2", "r3", "r4"], seed=2)
    found = assess(*data, how=QUICK)
    _, _, truth, alone, then, _ = data
    right = np.stack([then == truth, alone == truth]).reshape(2, 4, 40).astype(float)
    share = right.mean(axis=2)
    covariance = np.cov(right.reshape(8, 40)) / 40  # of means over cases
    modality, reader = np.repeat([0, 1], 4), np.tile(range(4), 2)
    same_m = modality[:, None] == modality
    same_r = reader[:, None] == reader
    cov2, cov3 = covariance[same_m & ~same_r].mean(), covariance[~same_m & ~same_r].mean()
    rest = share - share.mean(axis=0) - share.mean(axis=1, keepdims=True) + share.mean()
    square = (rest**2).sum() / 3
    below = square + 4 * max(cov2 - cov3, 0)
    df = below**2 / (square**2 / 3)
    gap = share[0].mean() - share[1].mean()
    error = (2 / 4 * below) ** 0.5
    one = _find(found, "accuracy-difference", "overall", "obuchowski-rockette")
    assert one.value == pytest.approx(gap)
    half = stats.t.ppf(0.975, df) * error
    assert [one.low, one.high] == pytest.approx([gap - half, gap + half])
    cases = _find(found, "accuracy-difference", "overall", "ratio-estimator-paired-t")
    assert cases.value == pytest.approx(gap)


def test_readers_who_are_alike_add_nothing_and_cases_that_are_alike_neither() -> None:
    """Then drawing both is drawing the other: intervals in closed form, from the same counts."""
    data = _several(["r1"], seed=4, cases=60)
    three = [np.tile(column, 3) for column in data]
    three[0] = np.repeat(["r1", "r2", "r3"], 60)
    laid, one = arrange(*three), arrange(*data)
    weights = np.stack([m.weights() for m in RELIANCE])
    draws = Resampling(times=4000)
    both = resample.over_both(columns(laid), laid.reader, laid.case, weights, draws, 0.95)
    alone = resample.over_cases(columns(one), one.case, weights, draws, 0.95)
    for a, b in zip(both, alone, strict=True):
        assert [a.low, a.high] == pytest.approx([b.low, b.high], abs=0.04)
    hits = np.array([1.0, 1.0, 0.0, 1.0, 0.0, 1.0])  # six readers, each the same on all cases
    vectors = np.column_stack([np.repeat(hits, 50), np.ones(300)])
    (span,) = resample.over_both(
        vectors, np.repeat(range(6), 50), np.tile(range(50), 6), np.eye(2)[None], draws, 0.95
    )
    known = stats.binom(6, 4 / 6).ppf([0.025, 0.975]) / 6
    assert [span.low, span.high] == pytest.approx(known)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 5000), order=st.permutations(["r1", "r2", "r3"]))
def test_other_names_of_readers_permute_the_results(seed: int, order: list[str]) -> None:
    """Nothing pooled changes but by the draw; each reader's figures go with the name."""
    data = _several(["r1", "r2", "r3"], seed, cases=15)
    new = dict(zip(["r1", "r2", "r3"], order, strict=True))
    how = How(resampling=Resampling(times=50), minimum=1)
    first = assess(*data, how=how)
    second = assess(np.array([new[str(r)] for r in data[0]]), *data[1:], how=how)
    for one in first.estimates:
        if one.subgroup.startswith("reader="):
            two = second.find(one.endpoint, f"reader={new[one.subgroup[7:]]}")
            assert (one.value, one.low, one.high) == (two.value, two.low, two.high)
        elif "readers-cases" not in one.method:
            two = _find(second, one.endpoint, one.subgroup, one.method)
            assert (one.value, one.low, one.high) == pytest.approx(
                (two.value, two.low, two.high), abs=1e-9
            )


@settings(max_examples=25, deadline=None)
@given(numbers=st.lists(st.integers(0, 6), min_size=8, max_size=8).filter(any))
def test_any_table_is_answered_and_its_complements_add_to_one(numbers: list[int]) -> None:
    """Under-reliance and benefit, automation bias and self-reliance; no NaN, no crash."""
    counts = dict(zip(CELLS, numbers, strict=True))
    how = How(resampling=Resampling(times=100), minimum=1)
    try:
        found = assess(*_rows(counts), how=how)
    except ValueError as error:
        assert "no answer" in str(error)  # noqa: PT017 - another vocabulary may look so
        return
    for a, b in (
        ("under-reliance", "benefit-rate"),
        ("automation-bias-rate", "relative-self-reliance"),
    ):
        one, two = found.find(a), found.find(b)
        assert (one.value is None) == (two.value is None)
        if one.value is not None and two.value is not None:
            assert one.value + two.value == pytest.approx(1)
    for estimate in found.estimates:
        assert estimate.value is None or np.isfinite(estimate.value)
        assert estimate.value is not None or estimate.reason
    assert sum(found.find(f"cell-{name}").events or 0 for name in CELLS) == sum(numbers)


def test_times_are_paired_and_missing_ones_left_out() -> None:
    """Held to scipy for a reader; the pooled mean has both intervals."""
    data = _several(["r1", "r2", "r3"], seed=6)
    rng = np.random.default_rng(6)
    before = rng.gamma(4, 10, len(data[0]))
    after = before * 0.8 + rng.normal(0, 4, len(before))
    after[5] = np.nan
    found = assess(*data, times=Times(without=before, with_ai=after), how=QUICK)
    mine = (data[0] == "r1") & ~np.isnan(after)
    known = stats.ttest_rel(after[mine], before[mine])
    one = found.find("time-difference", "reader=r1")
    assert (one.n, one.unit, one.method) == (39, "time", "paired-t")
    interval = known.confidence_interval()
    assert [one.low, one.high] == pytest.approx([interval.low, interval.high])
    t = next(x for x in found.tests if x.test == "paired-t" and "r1" in x.between)
    assert t.p == pytest.approx(known.pvalue)
    pooled = [
        e for e in found.estimates if (e.endpoint, e.subgroup) == ("time-difference", "overall")
    ]
    assert [e.method for e in pooled] == [resample.CROSSED, resample.CASES]
    assert pooled[0].value == pytest.approx(np.nanmean(after - before))
    assert pooled[0].n == len(before) - 1


def test_subgroups_are_assessed_on_their_own() -> None:
    """As the rows alone would be, under the subgroup's name."""
    data = _several(["r1", "r2"], seed=8, cases=30)
    site = np.where(data[1] < 15, "a", "b")
    found = assess(*data, grouping=grouping("site", site.tolist()), how=QUICK)
    alone = assess(*(column[site == "b"] for column in data), how=QUICK)
    one, two = found.find("benefit-rate", "site=b"), alone.find("benefit-rate")
    assert (one.value, one.low, one.high, one.n) == (two.value, two.low, two.high, two.n)
    assert found.find("accuracy-with", "site=a & reader=r2").n == 15
    assert [w.count for w in found.warnings if w.code == "multiplicity"] == [len(found.tests)]


def test_ratings_are_a_reader_study_of_two_modalities() -> None:
    """The same numbers as `compare_modalities`, with AI minus without."""
    rng = np.random.default_rng(10)
    who, what = np.indices((4, 30))
    truth = rng.integers(0, 2, 30)[what.ravel()]
    before = truth * 20 + rng.normal(50, 20, 120)
    after = truth * 30 + rng.normal(50, 20, 120)
    found = compare_ratings(truth, who.ravel(), what.ravel(), before, after)
    known = compare_modalities(
        np.tile(truth, 2), np.concatenate([after, before]), np.tile(who.ravel(), 2),
        np.tile(what.ravel(), 2), np.repeat(["1 with", "2 without"], 120),
    )  # fmt: skip
    assert found.tests[0].estimate == pytest.approx(known.tests[0].estimate)
    assert found.tests[0].p == pytest.approx(known.tests[0].p)
    assert found.tests[0].between == "with AI − without AI"


def test_rows_that_do_not_fit_are_refused_with_examples() -> None:
    """A case read twice, a case of two truths, another vocabulary."""
    good = _rows()
    with pytest.raises(ValueError, match="reader r1, case c0"):
        arrange(*(column + column[:1] for column in good))
    torn = [list(column) for column in good]
    for column, value in zip(torn, ("r2", "c0", "no", "no", "no", "no"), strict=True):
        column.append(value)
    with pytest.raises(ValueError, match=r"1 cases have two reference standards \(such as c0\)"):
        arrange(*torn)
    with pytest.raises(ValueError, match="no answer of the AI is a label"):
        arrange(*good[:5], ["0.93"] * 60)
    with pytest.raises(ValueError, match="lengths differ"):
        arrange(*good[:5], ["yes"])
