"""The edges of a column, frozen with the reference set.

Up to `BINS` quantiles of the people, finer at both ends, or the values themselves where they are
few; around them tails of preferred numbers (E24, IEC 60063: 24 a decade) that reach `DECADES`
decades beyond the reference's magnitude, so that a column in other units (times 10, 18 or 0.001)
keeps its shape there. The range itself is rounded outward: no edge beyond the quantiles is a
patient's value.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from evidence.records import Body

BINS = 200
FEWEST = 10  # bins, however few the people are
PEOPLE = 10  # a bin of quantiles holds at least about as many
DISCRETE = 50  # so many distinct values are the edges themselves
DECADES = 3
SMALLEST = 2.0**-1022  # a step that can be divided by: below it numbers lose their digits
FINEST = 1e-9  # of the size: a finer step would drown in rounding
THINNED = 0.25  # of the people beyond it, a further edge at the ends leaves this share out
PREFERRED = (
    *(1.0, 1.1, 1.2, 1.3, 1.5, 1.6, 1.8, 2.0, 2.2, 2.4, 2.7, 3.0),
    *(3.3, 3.6, 3.9, 4.3, 4.7, 5.1, 5.6, 6.2, 6.8, 7.5, 8.2, 9.1),
)


def edges(values: pd.Series[float], counts: pd.Series[int]) -> Body:
    """The inner edges of a number column, ascending.

    Args:
        values: One number a row; NaN is missing, infinite values make no edge.
        counts: People a row.

    Returns:
        ``edges``, and ``discrete: true`` where the distinct values are all among them: then the
        bin that ends at such a value holds that value alone, in the reference set.
    """
    import numpy as np

    v, n = values.to_numpy(dtype=float), counts.to_numpy()
    known = np.isfinite(v)
    if not known.any():
        return {"edges": []}
    distinct, place = np.unique(v[known], return_inverse=True)
    people = np.bincount(place, weights=n[known])
    discrete = len(distinct) <= DISCRETE
    inner = distinct if discrete else _quantiles(distinct, people)
    outer = tails(float(distinct[0]), float(distinct[-1]))
    found: Body = {"edges": [float(cut) for cut in np.unique([*inner, *outer])]}
    return found | ({"discrete": True} if discrete else {})


def _quantiles(distinct: np.ndarray, people: np.ndarray) -> np.ndarray:
    import numpy as np

    total = people.sum()
    bins = min(BINS, max(FEWEST, int(total // PEOPLE)))
    share = np.cumsum(people) / total
    wanted = np.concatenate([np.arange(1, bins) / bins, *_ends(1 / bins, float(total))])
    places = np.minimum(np.searchsorted(share, wanted), len(distinct) - 1)
    return np.unique(distinct[places])


def _ends(outermost: float, total: float) -> list[list[float]]:
    """Shares within the outermost bins, each a quarter off the one before, at both ends.

    A population that moves does so into the thin ends of the frozen one, where bins of equal
    people would be wide.
    """
    found: list[float] = []
    share = outermost
    while THINNED * share * total >= PEOPLE:
        share *= 1 - THINNED
        found.append(share)
    return [found, [1 - each for each in found]]


def tails(low: float, high: float) -> list[float]:
    """Edges outside a range: its ends rounded outward, and preferred numbers beyond them.

    Where the reference has no value of a sign, powers of ten are enough on that side of zero.

    Args:
        low: The smallest value.
        high: The largest.
    """
    size = max(abs(low), abs(high)) or 1.0
    step = max(_step((high - low) or size), size * FINEST, SMALLEST)
    below, above = (math.ceil(low / step) - 1) * step, (math.floor(high / step) + 1) * step
    middle = math.floor(math.log10(size))
    least = math.floor(math.log10(min(abs(low), abs(high)))) if low * high > 0 else middle
    powers = range(max(least, middle - DECADES) - DECADES, middle + DECADES + 1)
    fine = [float(f"{number}e{power}") for power in powers for number in PREFERRED]
    coarse = [float(f"1e{power}") for power in powers]
    beyond = [*(-x for x in (fine if low < 0 else coarse)), 0.0, *(fine if high > 0 else coarse)]
    found = [_clean(below), _clean(above), *(x for x in beyond if x < below or x > above)]
    return [x for x in found if math.isfinite(x) and not low <= x <= high]


def _step(span: float) -> float:
    """The power of ten that divides a span into 10 to 100 steps."""
    return float(10.0 ** (math.floor(math.log10(span)) - 1)) if math.isfinite(span) else span


def _clean(number: float) -> float:
    """Without the digits that only the binary fraction has."""
    return float(f"{number:.12g}")
