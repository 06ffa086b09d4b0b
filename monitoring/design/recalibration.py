"""Expected risks from what the validation kept of scores and outcomes: a logistic line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from monitoring.control_chart.scores import recalibrated
from validation.binary import logistic

if TYPE_CHECKING:
    from evidence.records import Body

NEAR = 1e-9  # of 0 or 1: no logit is taken beyond


def cells(curves: Body) -> Body:
    """People by score and outcome: each distinct score, or the tenths of an earlier record."""
    if curves.get("score_cells"):
        found: Body = curves["score_cells"]
        return found
    groups = curves.get("calibration", [])
    return {
        "scores": [group["score"] for group in groups],
        "positives": [group["positives"] for group in groups],
        "negatives": [group["n"] - group["positives"] for group in groups],
    }


def line(given: Body) -> tuple[float, float] | None:
    """Intercept and slope of the log odds of a positive on those of the score.

    Cox DR. Biometrika 1958; 45: 562-565. The maximum likelihood fit on the counts.

    Args:
        given: From `cells`.

    Returns:
        None where nothing can be fitted.
    """
    from scipy.special import logit

    score = np.array(given["scores"], dtype=float)
    hits, misses = (np.array(given[key], dtype=float) for key in ("positives", "negatives"))
    if not hits.sum() or not misses.sum():
        return None
    odds = logit(np.clip(score, NEAR, 1 - NEAR))
    label = np.repeat([1.0, 0.0], len(score))
    count = np.concatenate([hits, misses])
    twice, ones = np.concatenate([odds, odds]), np.ones(2 * len(odds))
    slope = logistic.fit(label, np.column_stack([ones, twice]), count)
    intercept = logistic.fit(label, np.column_stack([twice, ones]), count)
    return None if slope is None or intercept is None else (intercept[0], slope[0])


def risks(given: Body) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Expected risk and people of each cell; nothing where no line can be fitted.

    Args:
        given: From `cells`.
    """
    fitted = line(given)
    if fitted is None:
        return (), ()
    people = np.array(given["positives"], dtype=float) + np.array(given["negatives"], dtype=float)
    found = recalibrated(np.array(given["scores"], dtype=float), *fitted)
    kept = (found > 0) & (found < 1) & (people > 0)
    return tuple(found[kept].tolist()), tuple(people[kept].tolist())
