"""Intervals of distances that cannot be negative: every size that the data do not reject.

A sum of absolute differences, or largest minus smallest, is biased upwards: chance alone makes one,
and percentiles of replicates have that bias twice. So the interval is found by turning a test
round (Carpenter J. J R Stat Soc B 1999; 61: 159-172, test-inversion bootstrap): the observed parts
are drawn together or apart by one factor, the replicates' chance is added, and a factor is kept
unless the observed distance lies in the outer tails of what would be seen then. Where all parts are
equal this is the test that there is no distance at all. A distance below what chance alone gives in
half of all samples is luck, and makes the upper bound no smaller than that half does (Cowan G et
al., arXiv:1105.3166, power-constrained limits).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

METHOD = "bootstrap-test-inversion"
REFERENCES = {
    METHOD: "Carpenter J. J R Stat Soc B 1999; 61: 159-172 (test-inversion bootstrap), along the "
    "observed differences drawn together or apart by one factor; at zero it is consistency "
    "resampling (Bröcker J, Smith LA. Weather and Forecasting 2007; 22: 651-661); upper bound no "
    "smaller than at the median of chance: Cowan G et al. arXiv:1105.3166.",
    f"{METHOD}-clustered": "Carpenter J. J R Stat Soc B 1999; 61: 159-172 (test-inversion "
    "bootstrap); patients drawn with all their cases: Field CA, Welsh AH. J R Stat Soc B 2007; 69: "
    "369-390.",
}
LEAST = 1e-9  # a distance below it is none
EXACT = 1e-4  # of the factor
MOST = 1e6  # the factor beyond which there is no search


def interval(
    parts: np.ndarray,
    noise: np.ndarray,
    centre: np.ndarray | float,
    distance: Callable[[np.ndarray], np.ndarray],
    confidence: float,
) -> tuple[float, float]:
    """The interval of a distance; it holds the observed one, although that is biased upwards.

    Args:
        parts: What the distance is of, shape (parts,).
        noise: Replicates of the parts less the parts, shape (replicates, parts), all finite.
        centre: What the parts would be without any distance.
        distance: Of arrays of parts along the last axis; 0 at the centre, and in proportion to
            how far the parts are from it.
        confidence: Of the interval.
    """
    import numpy as np

    seen, apart = float(distance(parts)), parts - centre
    if seen < LEAST:  # all alike: no direction is seen, so that the first part is moved
        apart = np.where(np.arange(len(parts)) == 0, 1.0, 0.0)
    unit, tail = float(distance(centre + apart)), (1 - confidence) / 2

    def expected(factor: float, share: float) -> float:
        return float(np.quantile(distance(centre + factor * apart + noise), share))

    by_chance = max(seen, expected(0.0, 0.5))
    low = unit * _factor(lambda factor: expected(factor, 1 - tail) - seen)
    high = unit * _factor(lambda factor: expected(factor, tail) - by_chance)
    return min(low, seen), max(high, seen)


def _factor(excess: Callable[[float], float]) -> float:
    """The factor at which a quantile reaches the observed distance; 0 where it already does."""
    from scipy.optimize import brentq

    if excess(0.0) >= 0:
        return 0.0
    most = 1.0
    while excess(most) < 0 and most < MOST:
        most *= 2
    return float(brentq(excess, 0.0, most, xtol=EXACT)) if most < MOST else most
