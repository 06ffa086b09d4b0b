"""Read off the curve: pROC's and the paper's figures, scikit-learn, and the laws."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from validation import resampling
from validation.binary import readings, roc
from validation.binary.discrimination import auroc, score_interval
from validation.cases import Cases
from validation.choices import Choices
from validation.endpoints import evaluate

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
ASAH: dict[str, Any] = json.loads((DATA / "asah_roc" / "oracle.json").read_text())
COVID: dict[str, Any] = json.loads((DATA / "covid_il_symptoms" / "oracle.json").read_text())
WINDOWS = {
    "train_2020_03_22_31": ("2020-03-22", "2020-03-31"),
    "test_2020_04_01_07": ("2020-04-01", "2020-04-07"),
    "week_2020_04_08_14": ("2020-04-08", "2020-04-14"),
    "week_2020_04_15_21": ("2020-04-15", "2020-04-21"),
    "days_2020_04_22_30": ("2020-04-22", "2020-04-30"),
}
POINTS = Choices(replicates=0, scale="any")


def _asah() -> Cases:
    d = pd.read_csv(DATA / "asah_roc" / "asah.csv")
    return Cases.of(d.outcome == "Poor", d.s100b)


def _value(name: str, cases: Cases) -> float:
    found = readings.read([name], cases, choices=POINTS)[name].value
    assert found is not None
    return found


def test_partial_areas_of_asah_agree_with_proc() -> None:
    """Specificity 90 to 100 %: 0.0328, corrected 0.6461; sensitivity 90 to 100 %: 0.01376."""
    cases = _asah()
    for name, key in (
        ("partial-auroc-specificity-0.9-1", "partial_auc_s100b_spec_1_0.9"),
        ("partial-auroc-corrected-specificity-0.9-1", "partial_auc_s100b_spec_1_0.9_corrected"),
        ("partial-auroc-sensitivity-0.9-1", "partial_auc_s100b_sens_1_0.9"),
    ):
        assert _value(name, cases) == pytest.approx(ASAH[key], abs=1e-9), name
    for focus in ("specificity", "sensitivity"):
        whole = _value(f"partial-auroc-{focus}-0-1", cases)
        assert whole == pytest.approx(ASAH["auc"]["s100b"]["auc"], abs=1e-9)


def test_fixed_points_lie_on_the_curve_of_asah() -> None:
    """At pROC's best threshold of s100b, specificity 58/72 and sensitivity 26/41, both ways."""
    cases = _asah()
    best = ASAH["youden_best_s100b"]
    sp, se = 58 / 72, 26 / 41
    assert (sp, se) == pytest.approx((best["specificity"], best["sensitivity"]))
    assert _value(f"sensitivity-at-specificity-{sp:.16f}", cases) == pytest.approx(se)
    assert _value(f"specificity-at-sensitivity-{se:.16f}", cases) == pytest.approx(sp)


def test_where_the_curve_is_vertical_the_upper_end_is_taken_and_else_it_is_interpolated() -> None:
    """As coords of pROC: the highest sensitivity at a specificity that the curve has."""
    cases = Cases.of([1, 1, 0, 1, 0], [5, 4, 3, 2, 1])
    for point, value in ((1, 2 / 3), (0.5, 1.0), (0.75, 2 / 3), (0, 1.0)):
        assert _value(f"sensitivity-at-specificity-{point}", cases) == pytest.approx(value)
    tied = Cases.of([1, 1, 0, 0], [2, 1, 1, 0])  # one diagonal from (0, 1/2) to (1/2, 1)
    assert _value("sensitivity-at-specificity-0.75", tied) == pytest.approx(0.75)
    assert _value("specificity-at-sensitivity-0.75", tied) == pytest.approx(0.75)
    assert _value("specificity-at-sensitivity-0.5", tied) == pytest.approx(1.0)


@pytest.mark.parametrize("window", WINDOWS)
def test_both_areas_under_precision_recall_agree_with_r(window: str) -> None:
    """Test week: 0.65000 as average precision, 0.66275 by trapezoid."""
    d = pd.read_csv(ROOT / "demo/data/covid_il_symptoms/tests_snapshot_2020-05-04.csv.gz")
    first, last = WINDOWS[window]
    known = d.corona_result.isin(["positive", "negative"]) & d.gender.notna()
    d = d[known & d.test_date.between(first, last)]
    found = readings.read(
        readings.AUPRC, Cases.of(d.corona_result == "positive", d.p_all, d.n), choices=POINTS
    )
    oracle = COVID["windows"][window]["pr_all"]
    assert found["auprc-average-precision"].value == pytest.approx(
        oracle["average_precision"], abs=1e-9
    )
    trapezoid = found["auprc-trapezoid"]
    assert trapezoid.value == pytest.approx(oracle["trapezoid"], abs=1e-9)
    if window == "test_2020_04_01_07":  # Zoabi et al. 2021 print 0.66 (0.647 to 0.678)
        assert [trapezoid.low, trapezoid.high] == pytest.approx([0.647, 0.678], abs=5e-4)
        assert trapezoid.method == "boyd-logit"


def test_the_stratified_bootstrap_spreads_as_delong_says() -> None:
    """The standard deviation of replicates of the whole area is DeLong's error."""
    cases = _asah()
    levels = resampling.Levels.of(cases)
    drawn = resampling.stratified(levels, {"": roc.whole_area}, replicates=4000, seed=1)[""]
    error = auroc(cases.label, cases.score).error
    assert drawn.std() == pytest.approx(error, rel=0.05)
    one = readings.read(["partial-auroc-specificity-0.9-1"], cases)
    two = readings.read(["partial-auroc-specificity-0.9-1"], cases)
    assert one == two  # seeded


def test_the_bootstrap_of_the_precision_recall_area_agrees_with_boyd() -> None:
    """2,000 simulated cases: both ends within a fifth of the width; the method is named."""
    rng = np.random.default_rng(4)
    y = (rng.random(2000) < 0.3).astype(int)
    cases = Cases.of(y, rng.normal(size=2000) + 1.5 * y)
    for name in readings.AUPRC:
        boyd = readings.read([name], cases)[name]
        choices = Choices(auprc="bootstrap-percentile")
        drawn = readings.read([name], cases, choices=choices)[name]
        assert (boyd.method, drawn.method) == ("boyd-logit", "bootstrap-percentile")
        width = (boyd.high or 0) - (boyd.low or 0)
        assert [drawn.low, drawn.high] == pytest.approx([boyd.low, boyd.high], abs=width / 5)


def test_both_ways_of_drawing_people_are_the_same_distribution() -> None:
    """Many people in few cells, and about as many cells as people: means and covariances."""
    rng = np.random.default_rng(3)
    few = np.array([30, 0, 60, 10])
    for count in (few, few * 100):
        drawn = resampling.draw(count, 20_000, rng)
        n, p = count.sum(), count / count.sum()
        assert (drawn.sum(axis=1) == n).all()
        assert drawn.mean(axis=0) == pytest.approx(count, rel=0.01, abs=1e-9)
        assert np.cov(drawn.T) / n == pytest.approx(np.diag(p) - np.outer(p, p), abs=0.01)


def test_merged_levels_leave_the_interval_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """30,000 distinct scores on about 2,000 levels: the ends move by less than a tenth of their width."""
    rng = np.random.default_rng(5)
    y = rng.integers(0, 2, 30_000)
    cases = Cases.of(y, rng.normal(size=30_000) + y)
    name, choices = "sensitivity-at-specificity-0.9", Choices(replicates=300)
    exact = readings.read([name], cases, choices=choices)[name]
    monkeypatch.setattr(resampling, "LEVELS", 500)
    merged = readings.read([name], cases, choices=choices)[name]
    assert merged.value == exact.value
    assert None not in (exact.low, exact.high, merged.low, merged.high)
    width = (exact.high or 0) - (exact.low or 0)
    assert [merged.low, merged.high] == pytest.approx([exact.low, exact.high], abs=width / 5)
    assert merged.reason == readings.MERGED


rows = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 12), st.integers(1, 3)), min_size=4, max_size=40
).filter(lambda found: {label for label, _, _ in found} == {0, 1})
NAMES = (
    *readings.AUPRC,
    "sensitivity-at-specificity-0.8",
    "specificity-at-sensitivity-0.8",
    "partial-auroc-specificity-0.7-1",
    "partial-auroc-sensitivity-0.6-0.9",
)


@settings(deadline=None)
@given(rows)
def test_values_agree_with_scikit_learn(found: list[tuple[int, int, int]]) -> None:
    """Average precision, the trapezoid, and McClish's area where it has a meaning."""
    y, s, n = (np.array(column) for column in zip(*found, strict=True))
    cases = Cases.of(y, s, n)
    average = metrics.average_precision_score(y, s, sample_weight=n)
    assert _value("auprc-average-precision", cases) == pytest.approx(average)
    precision, recall, _ = metrics.precision_recall_curve(y, s, sample_weight=n)
    precision[-1] = precision[-2]  # level before the first point, not from precision 1
    assert _value("auprc-trapezoid", cases) == pytest.approx(metrics.auc(recall, precision))
    corrected = metrics.roc_auc_score(y, s, max_fpr=0.3, sample_weight=n)
    name = "partial-auroc-corrected-specificity-0.7-1"
    mine = readings.read([name], cases, choices=POINTS)[name]
    if corrected >= 0.5:
        assert mine.value == pytest.approx(corrected)
    elif corrected < 0.5 - 1e-9:
        assert mine.value is None
        assert "below the chance line" in mine.reason


@settings(deadline=None)
@given(rows)
def test_order_counts_and_monotone_scores_do_not_matter(
    found: list[tuple[int, int, int]],
) -> None:
    """The expanded, reversed rows with transformed scores have the same values."""
    y, s, n = (np.array(column) for column in zip(*found, strict=True))
    one = readings.read(NAMES, Cases.of(y, s, n), choices=POINTS)
    many = readings.read(
        NAMES, Cases.of(np.repeat(y, n)[::-1], np.exp(np.repeat(s, n)[::-1] / 3)), choices=POINTS
    )
    for name in NAMES:
        assert one[name].value == pytest.approx(many[name].value), name


@settings(deadline=None)
@given(rows)
def test_flipping_the_label_swaps_sensitivity_and_specificity(
    found: list[tuple[int, int, int]],
) -> None:
    """The curve of 1 - label and minus the score is the curve mirrored."""
    y, s, n = (np.array(column) for column in zip(*found, strict=True))
    cases, other = Cases.of(y, s, n), Cases.of(1 - y, -s, n)
    for a, b in (
        ("sensitivity-at-specificity-0.8", "specificity-at-sensitivity-0.8"),
        ("partial-auroc-specificity-0.7-1", "partial-auroc-sensitivity-0.7-1"),
    ):
        assert _value(a, cases) == pytest.approx(_value(b, other))


@settings(deadline=None, max_examples=25)
@given(rows)
def test_intervals_lie_within_the_parameter_space(found: list[tuple[int, int, int]]) -> None:
    """Between 0 and 1, or no interval and a reason."""
    y, s, n = (np.array(column) for column in zip(*found, strict=True))
    for e in readings.read(NAMES, Cases.of(y, s, n), choices=Choices(replicates=50)).values():
        if e.low is None or e.high is None:
            assert e.reason
        else:
            assert 0 <= e.low <= e.high <= 1


def test_perfect_separation_has_an_interval_with_width() -> None:
    """DeLong's would be 1 to 1; Newcombe's score interval is named instead."""
    found = auroc([0] * 16 + [1] * 10, list(range(26)))
    assert (found.value, found.high, found.method) == (1, 1, "newcombe-score")
    assert 0.8 < (found.low or 0) < 1
    assert "variance is zero" in found.reason
    low, high = score_interval(0.3, 10, 26, 0.95)
    assert [1 - high, 1 - low] == pytest.approx(score_interval(0.7, 10, 26, 0.95))


def test_impossible_numbers_in_a_name_are_refused() -> None:
    """With the name in the message."""
    for name in (
        "partial-auroc-specificity-1-0.9",
        "sensitivity-at-specificity-1.5",
        "sensitivity-at-sensitivity-0.9",
    ):
        with pytest.raises(ValueError, match=name):
            evaluate([0, 1], [0, 1], endpoints=[name], thresholds=[])


def test_one_class_has_a_reason_and_undefined_replicates_are_counted() -> None:
    """Never an exception."""
    found = readings.read(NAMES, Cases.of([1, 1], [0.2, 0.3]))
    assert {e.reason for e in found.values()} == {"all 2 cases are positive"}
    span = resampling.percentile(np.array([1.0, 2.0, np.nan] * 20), 0.95)
    assert (span.low, "20 of 60 replicates are undefined" in span.reason) == (None, True)
    span = resampling.percentile(np.array([1.0] * 99 + [np.nan]), 0.95)
    assert (span.low, span.reason) == (1.0, "1 of 100 replicates are undefined")
