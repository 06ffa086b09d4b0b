"""DeLong's variance of the AUC from counts, in O(n log n).

DeLong, DeLong and Clarke-Pearson, Biometrics 1988; 44: 837-845; the mid-rank form is that of Sun
and Xu, IEEE Signal Processing Letters 2014; 21: 1389-1393. Here the mid-ranks come from cumulated
counts over distinct scores, so that a row may stand for many people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """An AUC.

    Attributes:
        value: The area, ties counted half.
        variance: DeLong's variance; None when a class has one case only.
    """

    value: float
    variance: float | None


def placements(
    label: np.ndarray, score: np.ndarray, count: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The placement value of each row.

    For a positive it is the share of negatives with a lower score, for a negative the share of
    positives with a higher one; ties count half.

    Args:
        label: 1 or 0, shape (rows,).
        score: Shape (rows,).
        count: People a row.

    Returns:
        Placement of each row, and the rows' indices of positives and of negatives.
    """
    import numpy as np

    _, place = np.unique(score, return_inverse=True)
    hit = np.bincount(place, weights=count * (label == 1))
    miss = np.bincount(place, weights=count * (label == 0))
    below = np.cumsum(miss) - miss / 2
    above = hit.sum() - np.cumsum(hit) + hit / 2
    values = np.where(label == 1, below[place] / miss.sum(), above[place] / hit.sum())
    return values, np.flatnonzero(label == 1), np.flatnonzero(label == 0)


def area(label: np.ndarray, score: np.ndarray, count: np.ndarray) -> Area:
    """The AUC and its variance."""
    values, positive, negative = placements(label, score, count)
    import numpy as np

    m, n = count[positive].sum(), count[negative].sum()
    value = float(np.average(values[positive], weights=count[positive]))
    if min(m, n) < 2:  # noqa: PLR2004 - a variance needs two
        return Area(value=value, variance=None)
    variance = sum(
        _covariance(values[rows], values[rows], count[rows]) / count[rows].sum()
        for rows in (positive, negative)
    )
    return Area(value=value, variance=float(variance))


def paired(
    label: np.ndarray, a: np.ndarray, b: np.ndarray, count: np.ndarray
) -> tuple[float, float | None]:
    """The difference of two AUCs on the same cases, and its variance."""
    import numpy as np

    va, positive, negative = placements(label, a, count)
    vb, _, _ = placements(label, b, count)
    weights = count[positive]
    value = float(np.average(va[positive], weights=weights))
    value -= float(np.average(vb[positive], weights=weights))
    if min(count[positive].sum(), count[negative].sum()) < 2:  # noqa: PLR2004 - a variance needs two
        return value, None
    d = va - vb
    parts = (_covariance(d[r], d[r], count[r]) / count[r].sum() for r in (positive, negative))
    return value, float(sum(parts))


def _covariance(x: np.ndarray, y: np.ndarray, count: np.ndarray) -> float:
    import numpy as np

    n = count.sum()
    mx, my = np.average(x, weights=count), np.average(y, weights=count)
    return float((count * (x - mx) * (y - my)).sum() / (n - 1))
