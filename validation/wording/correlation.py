"""Pearson's, Spearman's and Kendall's (tau-b) correlation of many weighted samples at once.

A resampled case is a case with a larger weight. Ranks are those of the resampled sample, ties
having their mean, so that each replicate is what SciPy gives for the rows drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

MOST = 2_000  # units for tau's pairs; more take gigabytes


def pearson(weight: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Pearson's correlation (Pearson 1895).

    Args:
        weight: How often each unit is in each sample, shape (samples, units).
        x: One value a unit, or one a unit and sample.
        y: As x.

    Returns:
        Shape (samples,); NaN where one of both does not vary.
    """
    import numpy as np

    total = weight.sum(axis=1, keepdims=True)
    a = x - (weight * x).sum(axis=1, keepdims=True) / total
    b = y - (weight * y).sum(axis=1, keepdims=True) / total
    spread = (weight * a * a).sum(axis=1) * (weight * b * b).sum(axis=1)
    known = spread > 1e-24 * total[:, 0] ** 2
    both = (weight * a * b).sum(axis=1)
    found = np.full(len(both), np.nan)
    np.divide(both, np.sqrt(spread), out=found, where=known)
    return found


def spearman(weight: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Spearman's rank correlation (Spearman 1904); arguments and result as `pearson`."""
    return pearson(weight, _ranks(weight, x), _ranks(weight, y))


def kendall(weight: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Kendall's tau-b (Kendall 1945); arguments and result as `pearson`, values one a unit."""
    import numpy as np

    a, b = (np.sign(np.subtract.outer(v, v)) for v in (x, y))

    def pairs(signs: np.ndarray) -> np.ndarray:
        return np.asarray(((weight @ signs) * weight).sum(axis=1))

    below = pairs(a * a) * pairs(b * b)
    both = pairs(a * b)
    found = np.full(len(both), np.nan)
    np.divide(both, np.sqrt(below), out=found, where=below > 0)
    return found


def _ranks(weight: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Mean ranks within each sample, shape (samples, units)."""
    import numpy as np

    distinct, place = np.unique(values, return_inverse=True)
    place = place.ravel()
    held = np.zeros((len(weight), len(distinct)))
    for unit, level in enumerate(place.tolist()):
        held[:, level] += weight[:, unit]
    middle = np.cumsum(held, axis=1) - (held - 1) / 2
    return np.asarray(middle[:, place])


COEFFICIENTS: dict[str, Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]] = {
    "spearman": spearman,
    "kendall-tau-b": kendall,
    "pearson": pearson,
}
