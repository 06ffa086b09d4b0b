"""Distances from the counts themselves, without a sample. Definitions, since each name has several.

p are the reference's shares, q the window's, over the same cells: categories with missing as one of
them, or tenths of the reference's numbers, grouped from its finer bins (missing left aside).

* ``psi``: sum of (q - p) ln(q / p), an empty cell taken as 1e-6 (Siddiqi, Credit Risk Scorecards,
  Wiley 2006, who has tenths too).
* ``jensenshannon``: root of the Jensen-Shannon divergence to base 2 (Lin, IEEE Trans Inf Theory
  1991; 37: 145-151; that the root is a metric: Endres and Schindelin, ibid. 2003; 49: 1858-1860).
* ``hellinger``: root of 1 - sum of root(p q) (Hellinger, J Reine Angew Math 1909; 136: 210-271).
* ``kl_div``: sum of p ln(p / q), an empty cell taken as 1e-6 (Kullback and Leibler, Ann Math Stat
  1951; 22: 79-86).
* ``l-infinity``: the largest of |q - p|; ``total-variation``: half the sum of |q - p|.
* ``wasserstein``: the area between the distribution functions, values lying evenly in their bin,
  in the column's unit (Vallender, Theory Probab Appl 1974; 18: 784-786); divided by the
  reference's standard deviation, as Evidently has it, where a rule asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring.drift.cells import bins, cells
from monitoring.drift.line import Line

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from evidence.records import Body

EMPTY_CELL = 1e-6  # the share that stands for an empty cell where a logarithm is taken
LEAST_SPREAD = 0.001  # Evidently's least divisor of the Wasserstein distance


def exact(reference: Body, current: Body, method: str) -> float:
    """A distance between two summaries of a column, from the counts.

    Args:
        reference: The frozen summary.
        current: The window's, over the same edges.
        method: One of the names above; ``wasserstein`` over the reference's standard deviation.

    Raises:
        KeyError: No such distance, or it does not compare columns of this kind.
    """
    if method == "wasserstein":
        line = Line.of(reference)
        spread = max(line.moments(bins(reference))[1], LEAST_SPREAD)
        return wasserstein(reference, current) / spread
    counts = cells(reference, current)
    p, q = counts / counts.sum(axis=1, keepdims=True)
    return _OF_SHARES[method](p, q)


def psi(p: np.ndarray, q: np.ndarray) -> float:
    """Population stability index of two vectors of shares."""
    import numpy as np

    p, q = np.maximum(p, EMPTY_CELL), np.maximum(q, EMPTY_CELL)
    return float(((q - p) * np.log(q / p)).sum())


def jensenshannon(p: np.ndarray, q: np.ndarray) -> float:
    """Jensen-Shannon distance, base 2."""
    import numpy as np

    middle = (p + q) / 2
    divergence = (_entropy(p, middle) + _entropy(q, middle)) / 2
    return float(np.sqrt(max(0.0, divergence / np.log(2))))


def hellinger(p: np.ndarray, q: np.ndarray) -> float:
    """Hellinger distance, 0 to 1."""
    import numpy as np

    return float(np.sqrt(max(0.0, 1 - np.sqrt(p * q).sum())))


def kl_div(p: np.ndarray, q: np.ndarray) -> float:
    """Kullback-Leibler divergence of the window from the reference, natural logarithm."""
    import numpy as np

    return _entropy(np.maximum(p, EMPTY_CELL), np.maximum(q, EMPTY_CELL))


def _entropy(p: np.ndarray, q: np.ndarray) -> float:
    import numpy as np

    held = p > 0
    return float((p[held] * np.log(p[held] / q[held])).sum())


def l_infinity(p: np.ndarray, q: np.ndarray) -> float:
    """The largest difference of a share."""
    return float(abs(p - q).max())


def total_variation(p: np.ndarray, q: np.ndarray) -> float:
    """Half the sum of the differences."""
    return float(abs(p - q).sum() / 2)


_OF_SHARES: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "psi": psi,
    "jensenshannon": jensenshannon,
    "hellinger": hellinger,
    "kl_div": kl_div,
    "l-infinity": l_infinity,
    "total-variation": total_variation,
}


def measures(reference: Body, current: Body) -> dict[str, float]:
    """Every distance above that compares a column of this kind; ``wasserstein`` in its unit."""
    counts = cells(reference, current)
    p, q = counts / counts.sum(axis=1, keepdims=True)
    found = {name: each(p, q) for name, each in _OF_SHARES.items()}
    if reference["type"] == "number":
        found["wasserstein"] = wasserstein(reference, current)
    return found


def wasserstein(reference: Body, current: Body) -> float:
    """Area between the distribution functions of a number column, in its unit."""
    import numpy as np

    line = Line.of(reference)
    gaps = [np.cumsum(b) / b.sum() for b in (bins(reference), bins(current))]
    right = gaps[0] - gaps[1]
    left = np.concatenate([[0.0], right[:-1]])
    both = abs(left) + abs(right)
    crossed = left * right < 0
    sloped = np.where(crossed, (left**2 + right**2) / np.where(both > 0, both, 1.0), both) / 2
    # Values on a bin's upper end: the gap stays what it was at the lower end until there.
    return float((np.where(line.width > 0, sloped, abs(left)) * np.diff(line.ends)).sum())
