"""Cells given back to the ruler: label, score and people, one entry a cell.

The score of a bin is the mean of its people, held within the bin: 2x2 tables at operating points
and at thresholds of three decimals are exact, observed over expected too (to the billionth that
sums are kept in), the Brier score to twice the bin's width (0.002 at the very most). Within a bin
the order of scores is lost, so that an AUROC counts its pairs as ties; `auroc_error` says by how
much it can be off.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitoring.summary.counts import OUTCOMES, OVERALL, UNIT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from monitoring.summary.counts import Group, Summary
    from monitoring.summary.layout import Layout

JUDGED = ("positive", "negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What `validation.endpoints.evaluate` takes.

    Attributes:
        label: 1 or 0, one a cell.
        score: One a cell.
        count: People in the cell.
        group: The subgroup of each cell.
    """

    label: np.ndarray
    score: np.ndarray
    count: np.ndarray
    group: list[str]


def overall(summary: Summary, layout: Layout) -> Measured:
    """Everyone with a score and an outcome that is positive or negative."""
    return by(summary, layout, OVERALL)


def by(summary: Summary, layout: Layout, attribute: str) -> Measured:
    """The same people with their subgroup of an attribute.

    Args:
        summary: What was counted.
        layout: Its layout.
        attribute: A subgroup column of the layout, or ``overall``.
    """
    import numpy as np

    cells = [
        (value, OUTCOMES.index(outcome), place, people)
        for value, group in summary.cells[attribute].items()
        for outcome in JUDGED
        for place, (people, _) in group.get(outcome, {}).items()
        if place <= len(layout.grid)
    ]
    middle = _middles(summary.cells[attribute], layout.grid, JUDGED)
    return Measured(
        label=np.array([1 - outcome for _, outcome, _, _ in cells], dtype=int),
        score=np.array([middle[place] for _, _, place, _ in cells], dtype=float),
        count=np.array([people for *_, people in cells], dtype=np.int64),
        group=[value for value, *_ in cells],
    )


def scores(summary: Summary, layout: Layout) -> tuple[np.ndarray, np.ndarray]:
    """Scores and people of everyone who has a score, whatever the outcome."""
    import numpy as np

    group = summary.cells[OVERALL].get("", {})
    people: dict[int, int] = {}
    for cell in group.values():
        for place, (n, _) in cell.items():
            if place <= len(layout.grid):
                people[place] = people.get(place, 0) + n
    middle = _middles({"": group}, layout.grid, OUTCOMES)
    order = sorted(people)
    return (
        np.array([middle[place] for place in order], dtype=float),
        np.array([people[place] for place in order], dtype=np.int64),
    )


def unscored(summary: Summary, layout: Layout) -> int:
    """People without a score."""
    group = summary.cells[OVERALL].get("", {})
    return sum(cell.get(len(layout.grid) + 1, (0, 0))[0] for cell in group.values())


def auroc_error(measured: Measured) -> float:
    """How far an AUROC from cells can be from the one of the rows, at most.

    Half the share of pairs that lie in one bin: each counts as a tie, and is one or the other.
    NaN without positives or negatives.
    """
    import numpy as np

    places, place = np.unique(measured.score, return_inverse=True)
    hit, false = (
        np.bincount(place, weights=measured.count * (measured.label == one), minlength=len(places))
        for one in (1, 0)
    )
    pairs = hit.sum() * false.sum()
    return float((hit * false).sum() / pairs / 2) if pairs else math.nan


def _middles(
    groups: Mapping[str, Group], grid: Sequence[float], outcomes: Sequence[str]
) -> dict[int, float]:
    """The mean score of each bin's people, held within the bin; both outcomes share it."""
    people: dict[int, int] = {}
    total: dict[int, int] = {}
    for group in groups.values():
        for outcome in outcomes:
            for place, (n, units) in group.get(outcome, {}).items():
                people[place] = people.get(place, 0) + n
                total[place] = total.get(place, 0) + units
    return {place: _within(place, total[place] / n / UNIT, grid) for place, n in people.items()}


def _within(place: int, mean: float, grid: Sequence[float]) -> float:
    low = math.nextafter(grid[place - 1], math.inf) if 0 < place <= len(grid) else -math.inf
    high = grid[place] if place < len(grid) else math.inf
    return min(max(mean, low), high)
