"""Estimates of a window: counts, bins, what is missing, and the interval's coverage."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from monitoring.label_free import bins, calibrator
from monitoring.label_free.calibrator import Calibrator
from monitoring.label_free.curve import Curve
from monitoring.label_free.levels import MOST, Levels
from monitoring.label_free.performance import ENDPOINTS, Asked, estimate
from validation import endpoints, summary
from validation.table import COUNT

POINT = 0.3
ASKED = Asked(endpoints=["auroc", "sensitivity", "ppv", "npv", "f1"], thresholds=[POINT])


def _draw(
    n: int, rng: np.random.Generator, *, low: float = -1.0, shift: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Labels and two-decimal scores that are too bold; the shift moves cases, not the concept."""
    score = expit(rng.normal(shift, 1.5, n) - 0.5).round(2).clip(0.01, 0.99)
    return rng.binomial(1, expit(1.5 * np.log(score / (1 - score)) + low)), score


@pytest.fixture(scope="module")
def learned() -> Calibrator:
    """Learned from 2,000 cases."""
    return calibrator.fit(*_draw(2000, np.random.default_rng(1)), replicates=300)


def test_counts_are_the_expanded_rows(learned: Calibrator) -> None:
    """Value and interval alike, in any order of rows."""
    rng = np.random.default_rng(2)
    _, score = _draw(400, rng)
    count = rng.integers(0, 4, 400)
    rows = np.repeat(score, count)
    one = estimate(learned, Levels.of(score, count), ASKED)
    assert one == estimate(learned, Levels.of(rng.permutation(rows)), ASKED)
    assert one[0].n == count.sum()


def test_the_expected_table_is_the_sum_of_chances(learned: Calibrator) -> None:
    """Written out by rows."""
    _, score = _draw(500, np.random.default_rng(4))
    chance, called = learned.chance(score), score >= POINT
    found = {e.endpoint: e.value for e in estimate(learned, Levels.of(score), ASKED)}
    assert found["sensitivity"] == pytest.approx(chance[called].sum() / chance.sum())
    assert found["ppv"] == pytest.approx(chance[called].mean())
    assert found["npv"] == pytest.approx(1 - chance[~called].mean())


def test_certain_chances_give_the_ruler_s_values() -> None:
    """With chances of 0 and 1 every endpoint is the one that labels give."""
    label = np.array([0, 0, 1, 0, 1, 1, 0, 1])
    score = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
    curve = Curve(score=score, chance=label.astype(float))
    certain = Calibrator(
        score=score, hit=label * 1.0, miss=1.0 - label, curve=curve,
        smooth=None, drawn=(), replicates=0, seed=1,
    )  # fmt: skip
    names = [name for name in ENDPOINTS if name != "auprc-trapezoid"]
    mine = estimate(certain, Levels.of(score), Asked(endpoints=names, thresholds=[0.45]))
    theirs = endpoints.evaluate(label, score, endpoints=names, thresholds=[0.45])
    assert [e.value for e in mine] == pytest.approx([e.value for e in theirs])
    assert [(e.endpoint, e.unit) for e in mine] == [(e.endpoint, e.unit) for e in theirs]


def test_bins_of_distinct_values_are_the_rows(learned: Calibrator) -> None:
    """A discrete summary holds each value's people, whichever sites they came from."""
    rng = np.random.default_rng(6)
    parts = [_draw(300, rng)[1] for _ in range(2)]
    cuts = [float(value) for value in learned.score]
    counted = [
        summary.summarise(
            pd.DataFrame({"score": part, COUNT: 1}), {"score": "number"}, {"score": cuts}
        )
        for part in parts
    ]
    merged = summary.merge(*counted)["score"] | {"discrete": True}
    rows = estimate(learned, Levels.of(np.concatenate(parts)), ASKED)
    assert estimate(learned, bins.levels(merged), ASKED) == rows


def test_finer_bins_come_close_to_the_rows() -> None:
    """200 quantile edges, both sides binned alike: AUROC within 0.001."""
    rng = np.random.default_rng(8)
    score = expit(rng.normal(-1, 1.5, 20_000))
    label = rng.binomial(1, score)
    cuts = np.unique(np.quantile(score, np.arange(1, 201) / 201))
    shape = {"type": "number", "edges": list(cuts), "counts": {}, "missing": 0, "total": 0}
    coarse = calibrator.fit(label, bins.binned(score, shape), replicates=0)
    fine = calibrator.fit(label, score, replicates=0)
    now = expit(rng.normal(-0.5, 1.5, 5_000))
    place, counts = np.unique(np.searchsorted(cuts, now, side="left"), return_counts=True)
    full = shape | {
        "counts": {str(k): int(n) for k, n in zip(place, counts, strict=True)},
        "missing": 3,
    }
    asked = Asked(endpoints=["auroc"])
    (binned,), (rows,) = (
        estimate(one, levels, asked)
        for one, levels in ((coarse, bins.levels(full)), (fine, Levels.of(now)))
    )
    assert binned.value == pytest.approx(rows.value, abs=1e-3)
    assert bins.levels(full).unscored == 3


def test_bins_beyond_the_edges_stand_outside() -> None:
    """So that they count as scores that the reference set does not have."""
    shape = {"type": "number", "edges": [0.2, 0.5], "counts": {}, "missing": 0, "total": 0}
    assert bins.places(shape).tolist()[:2] == [0.2, 0.35]
    assert bins.places(shape)[2] > 0.5
    assert bins.binned(np.array([0.2, 0.21, 0.5, 0.51]), shape).tolist() == pytest.approx(
        [0.2, 0.35, 0.35, 0.5]
    )
    with pytest.raises(ValueError, match="no edges"):
        bins.places(shape | {"edges": []})


def test_cases_without_a_score_are_in_no_estimate(learned: Calibrator) -> None:
    """They are counted apart; an empty window has reasons, not values."""
    levels = Levels.of([0.1, np.nan, 0.9, 0.4], [2, 5, 1, 0])
    assert (levels.total, levels.unscored) == (3, 5)
    found = estimate(learned, Levels.of([np.nan]), ASKED)
    assert {(e.value, e.reason) for e in found} == {(None, "no cases")}


def test_an_empty_margin_has_no_value(learned: Calibrator) -> None:
    """Nobody is called positive: PPV has a reason."""
    (found,) = estimate(
        learned, Levels.of([0.05, 0.1]), Asked(endpoints=["ppv"], thresholds=[POINT])
    )
    assert found.value is None
    assert "empty margin" in found.reason


def test_what_cannot_be_estimated_is_refused() -> None:
    """Unknown endpoints, and those of the 2x2 table without a point."""
    with pytest.raises(ValueError, match="without labels there is no calibration-slope"):
        Asked(endpoints=["calibration-slope"])
    with pytest.raises(ValueError, match="f1 need an operating point"):
        Asked(endpoints=["f1"])


def test_merged_levels_keep_people_and_points() -> None:
    """Many distinct scores become few, none across an operating point, all people kept."""
    score = np.random.default_rng(3).random(30_000)
    levels = Levels.of(score)
    few = levels.merged([0.25, 0.5])
    assert len(few.score) <= MOST + 2
    assert few.total == levels.total
    for point in (0.25, 0.5):
        assert few.count[few.score >= point].sum() == (score >= point).sum()
    assert (np.diff(few.score) < 0).all()


def test_many_scores_have_the_interval_of_few(learned: Calibrator) -> None:
    """The same window with and without 10,000 distinct scores: bounds agree within chance.

    Four Monte Carlo errors of a difference of two bounds of 300 replicates are 0.22 of the width.
    """
    rng = np.random.default_rng(12)
    _, score = _draw(10_000, rng)
    spread = score + rng.uniform(-1e-4, 1e-4, len(score))
    few, many = (estimate(learned, Levels.of(one), ASKED) for one in (score, spread))
    for one, other in zip(few, many, strict=True):
        assert one.low is not None
        assert one.high is not None
        width = one.high - one.low
        assert other.low == pytest.approx(one.low, abs=0.22 * width)
        assert other.high == pytest.approx(one.high, abs=0.22 * width)


def test_the_interval_covers_what_labels_show() -> None:
    """95 % of 200 windows whose cases shift, each with a new reference set: within 4 errors.

    Five endpoints; a share of 0.95 of 200 has a standard error of 0.015.
    """
    inside = np.zeros(len(ASKED.endpoints))
    for seed in range(200):
        rng = np.random.default_rng([20, seed])
        one = calibrator.fit(*_draw(1500, rng), replicates=200, seed=seed)
        label, score = _draw(1000, rng, shift=0.3)
        shown = endpoints.evaluate(
            label, score, endpoints=ASKED.endpoints, thresholds=ASKED.thresholds
        )
        found = estimate(one, Levels.of(score), ASKED)
        inside += [
            e.low <= s.value <= e.high  # type: ignore[operator]
            for e, s in zip(found, shown, strict=True)
        ]
    assert (inside / 200 >= 0.90).all(), inside
    assert 0.93 <= inside.mean() / 200 <= 0.97, inside
