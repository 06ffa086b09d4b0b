"""Cells measured with the pre-market ruler against the rows that they were counted from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from monitoring.summary import arrow, measured
from tests.monitoring.summary import ward
from validation import endpoints, subgroups

if TYPE_CHECKING:
    import pandas as pd

    from monitoring.summary.counts import Summary

LAYOUT = ward.layout()
NAMES = ["sensitivity", "specificity", "ppv", "auroc", "brier", "observed-expected", "prevalence"]
EXACT = ("sensitivity", "specificity", "ppv", "prevalence")


def _both(frame: pd.DataFrame) -> tuple[pd.DataFrame, Summary]:
    found = arrow.summarise(ward.as_typed(frame).to_batches(), LAYOUT)
    return frame[frame.consent == "yes"], found


def _truth(frame: pd.DataFrame) -> np.ndarray:
    return (frame.truth == "1").to_numpy(dtype=int)


def test_endpoints_of_cells_are_those_of_the_rows() -> None:
    """At every threshold of three decimals and every operating point, to the last digit."""
    kept, found = _both(ward.rows(6000))
    cells = measured.overall(found, LAYOUT)
    thresholds = [0.2, 0.12345, 0.007, 0.5]
    raw, again = (
        endpoints.evaluate(label, score, count, endpoints=NAMES, thresholds=thresholds)
        for label, score, count in (
            (_truth(kept), kept.score.to_numpy(), None),
            (cells.label, cells.score, cells.count),
        )
    )
    for one, other in zip(raw, again, strict=True):
        assert (one.endpoint, one.threshold, one.n) == (other.endpoint, other.threshold, other.n)
        if one.endpoint in EXACT:
            assert (one.value, one.low, one.high) == (other.value, other.low, other.high)
        elif one.endpoint == "observed-expected":
            assert other.value == pytest.approx(one.value, abs=1e-8)
        elif one.endpoint == "brier":
            assert other.value == pytest.approx(one.value, abs=2 * 0.001)
        else:
            assert one.value is not None
            assert other.value is not None
            bound = measured.auroc_error(cells)
            assert bound < 0.002
            assert abs(other.value - one.value) <= bound


@pytest.mark.parametrize("spread", [0.0004, 0.01, 1.0])
def test_the_auroc_is_within_its_stated_error(spread: float) -> None:
    """Scores huddled in a few bins: the error grows, and so does what is said of it."""
    frame = ward.rows(2000, seed=4).assign(consent="yes")
    frame["score"] *= spread
    _, found = _both(frame)
    cells = measured.overall(found, LAYOUT)
    raw = endpoints.auroc(_truth(frame), frame.score.to_numpy()).value
    again = endpoints.auroc(cells.label, cells.score, cells.count).value
    bound = measured.auroc_error(cells)
    assert raw is not None
    assert again is not None
    assert 0 < bound <= 0.5
    assert abs(raw - again) <= bound


def test_subgroups_and_gaps_come_from_the_same_cells() -> None:
    """Sensitivity by sex and the gap between them; people without a sex are a subgroup."""
    frame = ward.rows(6000)
    frame.loc[:300, "sex"] = None
    kept, found = _both(frame)
    cells = measured.by(found, LAYOUT, "sex")
    raw, again = (
        subgroups.evaluate_by(
            label, score, count, {"sex": group}, endpoints=["sensitivity"], thresholds=[0.2]
        )
        for label, score, count, group in (
            (_truth(kept), kept.score.to_numpy(), None, list(kept.sex)),
            (cells.label, cells.score, cells.count, cells.group),
        )
    )
    assert [e.to_dict() for e in raw.estimates] == [e.to_dict() for e in again.estimates]
    assert [e.to_dict() for e in raw.gaps] == [e.to_dict() for e in again.gaps]
    assert any("missing" in e.subgroup for e in again.estimates)


def test_people_without_an_outcome_or_a_score_are_not_measured_and_not_lost() -> None:
    """They wait among the scores, or are counted as without one."""
    frame = ward.rows(500).assign(consent="yes")
    frame.loc[:99, "truth"] = None
    frame.loc[100:149, "score"] = np.nan
    _, found = _both(frame)
    assert measured.overall(found, LAYOUT).count.sum() == 350
    score, count = measured.scores(found, LAYOUT)
    assert count.sum() == 450
    assert (score * count).sum() == pytest.approx(frame.score.sum(), abs=1e-6)
    assert measured.unscored(found, LAYOUT) == 50


def test_scores_beyond_the_unit_interval_keep_their_order() -> None:
    """A score of -3 or 7, and infinite ones, lie in the bins at the ends."""
    frame = ward.rows(8).assign(consent="yes", truth=["0", "1"] * 4)
    frame["score"] = [-3.0, 7.0, 0.0, 1.0, float("-inf"), float("inf"), 0.5, 0.5]
    _, found = _both(frame)
    cells = measured.overall(found, LAYOUT)
    assert np.isfinite(cells.score).all()
    assert endpoints.auroc(cells.label, cells.score, cells.count).value == pytest.approx(15.5 / 16)
