"""The fixed grid of the score: thousandths, the reference's quantiles, every operating point.

An edge is the largest double below its number, so that ``score >= number`` is the same as lying in
a later bin: 2x2 tables at operating points, and at any threshold of three decimals, are exact.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import Body

STEPS = 1000


def score_grid(frozen: Body, thresholds: Sequence[float]) -> tuple[float, ...]:
    """Ascending edges; bin i holds ``grid[i-1] < score <= grid[i]``.

    Args:
        frozen: The score's summary on the reference set, whose edges are taken in: they are close
            together where the scores are.
        thresholds: Operating points.
    """
    numbers = {step / STEPS for step in range(STEPS + 1)} | {*frozen["edges"], *thresholds}
    return tuple(sorted({math.nextafter(number, -math.inf) for number in numbers}))
