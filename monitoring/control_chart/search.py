"""The limit of a stated in-control average run length."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 1e8  # average run length that is still told from never
TOLERANCE = 1e-5  # of a limit, relative
CLOSE = 1.001  # an average run length so little above what was asked for is good enough
HIGHEST = 1e4  # limits beyond so many times the first guess are not sought


def limit(arl: float, of: Callable[[float], float], *, start: float) -> float:
    """A limit whose average run length is at least `arl`, and hardly more.

    The logarithm of the run length is nearly straight in the limit: the search interpolates in it.

    Args:
        arl: The in-control average run length that is asked for.
        of: The average run length of a limit; it never falls as the limit rises.
        start: A first guess.

    Raises:
        ValueError: It is 1 or less, or beyond what can be computed.
    """
    _require(arl)
    low, below = 0.0, 1.0
    high, above = start, of(start)
    while above < arl:
        low, below, high = high, above, _further(low, below, high, above, arl)
        if high > HIGHEST * start:
            raise ValueError(f"no limit has an in-control average run length of {arl:g}")
        above = of(high)
    while above > CLOSE * arl and high - low > TOLERANCE * high:
        share = math.log(arl / below) / math.log(above / below) + 1e-3
        middle = low + (high - low) * min(0.9, max(0.1, share))
        found = of(middle)
        if found < arl:
            low, below = middle, max(found, 1.0)
        else:
            high, above = middle, found
    return high


def whole(arl: float, of: Callable[[int], float], *, start: int) -> int:
    """The smallest whole number of steps whose average run length is at least `arl`.

    Raises:
        ValueError: As `limit`.
    """
    _require(arl)
    now = max(1, start)
    if of(now) >= arl:
        while now > 1 and of(now - 1) >= arl:
            now -= 1
        return now
    while of(now) < arl:
        now += 1
    return now


def _require(arl: float) -> None:
    if not 1 < arl <= LONGEST:
        raise ValueError(
            f"an in-control average run length lies above 1, up to {LONGEST:g}, not {arl:g}"
        )


def _further(low: float, below: float, high: float, above: float, arl: float) -> float:
    """A limit that should be just far enough, from the slope so far; at most twice as far."""
    slope = math.log(max(above, 1.0001) / below) / (high - low)
    return min(2 * high, high + 1.1 * math.log(arl / above) / slope)
