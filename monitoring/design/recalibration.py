"""Expected risks from the frozen calibration: tenths of the scores, recalibrated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from monitoring.control_chart.scores import recalibrated
from validation.binary import logistic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import Body


def tenths(groups: Sequence[Body]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Expected risk and people of each group; nothing where it cannot be fitted.

    Args:
        groups: Mean score, positives and people of each, as a validation run holds them.
    """
    from scipy.special import logit

    if not groups:
        return (), ()
    score = np.array([g["score"] for g in groups], dtype=float)
    hits = np.array([g["positives"] for g in groups], dtype=float)
    n = np.array([g["n"] for g in groups], dtype=float)
    line = logit(np.clip(score, 1e-9, 1 - 1e-9))
    label = np.repeat([1.0, 0.0], len(score))
    count = np.concatenate([hits, n - hits])
    twice, ones = np.concatenate([line, line]), np.ones(2 * len(line))
    slope = logistic.fit(label, np.column_stack([ones, twice]), count)
    intercept = logistic.fit(label, np.column_stack([twice, ones]), count)
    if slope is None or intercept is None:
        return (), ()
    risks = recalibrated(score, intercept[0], slope[0])
    kept = (risks > 0) & (risks < 1) & (n > 0)
    return tuple(risks[kept].tolist()), tuple(n[kept].tolist())
