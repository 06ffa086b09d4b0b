"""What leaving cases out does: bounds against every way in which they could have come out."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from validation.binary.indeterminate import bounds
from validation.binary.proportion import AT_THRESHOLD, at_threshold

AT = 0.5
DIGITS = st.integers(0, 5).map(lambda x: x / 5)  # few distinct scores, so that ties are common
COMPLETE = st.tuples(st.integers(0, 1), DIGITS)
UNLABELLED = st.tuples(st.none(), DIGITS)
UNSCORED = st.tuples(st.integers(0, 1), st.none())


def _arrays(rows: list[tuple[int | None, float | None]]) -> tuple[np.ndarray, np.ndarray]:
    label, score = zip(*rows, strict=True)
    return np.array(label, dtype=float), np.array(score, dtype=float)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(COMPLETE, min_size=1, max_size=8),
    st.lists(UNLABELLED, max_size=5),
    st.lists(UNSCORED, max_size=2),
)
def test_auroc_at_best_and_at_worst_is_that_of_every_labelling_and_ranking(
    complete: list[tuple[int | None, float | None]],
    unlabelled: list[tuple[int | None, float | None]],
    unscored: list[tuple[int | None, float | None]],
) -> None:
    """Brute force over labels of the indeterminate and ranks (below or above all) of the rejected."""
    label, score = _arrays([*complete, *unlabelled, *unscored])
    found = {
        e.subgroup: e.value
        for e in bounds(label, score, thresholds=[], endpoints=["auroc"]).estimates
    }
    values = []
    gaps, holes = np.flatnonzero(np.isnan(label)), np.flatnonzero(np.isnan(score))
    for labels in itertools.product((0, 1), repeat=len(gaps)):
        for ranks in itertools.product((-1.0, 2.0), repeat=len(holes)):
            y, s = label.copy(), score.copy()
            y[gaps], s[holes] = labels, ranks
            if 0 < y.sum() < len(y):
                values.append(roc_auc_score(y, s))
    if not values:
        assert found["best-case"] is found["worst-case"] is None
        return
    assert found["best-case"] == pytest.approx(max(values))
    assert found["worst-case"] == pytest.approx(min(values))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(COMPLETE, UNLABELLED, UNSCORED), min_size=1, max_size=8))
def test_the_2x2_endpoints_lie_between_worst_and_best(
    rows: list[tuple[int | None, float | None]],
) -> None:
    """Whatever the missing labels and calls are."""
    label, score = _arrays(rows)
    found = bounds(label, score, thresholds=[AT], endpoints=AT_THRESHOLD)
    gaps, holes = np.flatnonzero(np.isnan(label)), np.flatnonzero(np.isnan(score))
    for filled in itertools.product((0, 1), repeat=min(len(gaps) + len(holes), 4)):
        y, s = label.copy(), score.copy()
        rest = [0] * (len(gaps) + len(holes) - len(filled))
        values = [*filled, *rest]
        y[gaps], s[holes] = values[: len(gaps)], values[len(gaps) :]
        for name in AT_THRESHOLD:
            value = at_threshold(name, y, s, threshold=AT).value
            low, high = found.find(name, "worst-case").value, found.find(name, "best-case").value
            if value is not None:
                assert low is None or low <= value + 1e-12
                assert high is None or high >= value - 1e-12


def test_excluded_is_the_analysis_of_complete_cases_and_what_is_missing_is_counted() -> None:
    """Counts of people, not of rows; those of whom nothing is known are named."""
    label = np.array([1, 0, 1, np.nan, 0, np.nan, 1])
    score = np.array([0.9, 0.2, 0.4, 0.8, np.nan, np.nan, 0.7])
    count = np.array([10, 20, 5, 3, 2, 4, 6])
    found = bounds(label, score, count, thresholds=[AT])
    assert {w.code: w.count for w in found.warnings} == {
        "indeterminate": 3,
        "rejected-input": 2,
        "nothing-known": 4,
    }
    complete = ~np.isnan(label) & ~np.isnan(score)
    plain = at_threshold(
        "sensitivity", label[complete], score[complete], count[complete], threshold=AT
    )
    excluded, best, worst = (
        found.find("sensitivity", s) for s in ("excluded", "best-case", "worst-case")
    )
    assert (excluded.value, excluded.low, excluded.high) == (plain.value, plain.low, plain.high)
    assert (best.events, best.n, worst.events, worst.n) == (19, 24, 16, 21)
    assert found.find("specificity", "worst-case").n == 25  # 20 + 2 rejected + 3 false alarms


def test_counts_are_as_expanded_rows() -> None:
    """Also for the labelling that makes AUROC best, where people of one row may part."""
    label, score = np.array([1, 0, np.nan, np.nan]), np.array([0.6, 0.4, 0.5, 0.6])
    count = np.array([3, 4, 3, 2])
    one = bounds(label, score, count, thresholds=[AT])
    other = bounds(np.repeat(label, count), np.repeat(score, count), thresholds=[AT])
    assert [e.value for e in one.estimates] == pytest.approx([e.value for e in other.estimates])


def test_wrong_labels_and_unknown_endpoints_are_refused() -> None:
    """In plain words."""
    with pytest.raises(ValueError, match="1 labels are neither 0, 1 nor missing"):
        bounds([0, 2], [0.1, 0.2], thresholds=[AT])
    with pytest.raises(ValueError, match="no bounds are known for: brier"):
        bounds([0, 1], [0.1, 0.2], thresholds=[AT], endpoints=["brier"])
    with pytest.raises(ValueError, match="lengths differ"):
        bounds([0, 1], [0.1], thresholds=[AT])
