"""Scores put into groups, for whatever compares mean prediction with observed proportion.

Equal width: fixed edges 0, 1/g, ..., 1, a group open on the left and closed on the right (Guo et
al., ICML 2017), zero in the first. Equal mass: cut at the quantiles of the scores in R's default
definition (type 7), equal quantiles merged, closed on the right, as ``cut(quantile(score))`` in R
does it. So equal scores never part, and the order of rows does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from validation.cases import Cases

EQUAL_WIDTH, EQUAL_MASS = "equal-width", "equal-mass"


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Sums over groups of scores.

    Attributes:
        edges: Groups' borders, shape (groups + 1,).
        of_row: Index of each row's group.
        people: People a group, shape (groups,).
        observed: Positives a group.
        expected: Sum of scores a group.
    """

    edges: np.ndarray
    of_row: np.ndarray
    people: np.ndarray
    observed: np.ndarray
    expected: np.ndarray


def grouped(cases: Cases, groups: int, kind: str) -> Groups:
    """Put cases into groups by their scores.

    Args:
        cases: With probabilities as scores.
        groups: How many groups; fewer come out of equal-mass groups with many ties.
        kind: ``equal-width`` or ``equal-mass``.

    Raises:
        ValueError: Fewer than one group, or another kind.
    """
    import numpy as np

    if groups < 1:
        raise ValueError(f"{groups} groups were asked for; at least 1 is needed")
    if kind == EQUAL_WIDTH:
        edges = np.arange(groups + 1) / groups
    elif kind == EQUAL_MASS:
        edges = np.unique(quantiles(cases.score, cases.count, np.arange(groups + 1) / groups))
    else:
        raise ValueError(f"unknown kind of groups '{kind}': {EQUAL_WIDTH} or {EQUAL_MASS}")
    size = max(1, len(edges) - 1)
    place = np.searchsorted(edges[1:-1], cases.score, side="left")
    weigh = [cases.count, cases.count * cases.label, cases.count * cases.score]
    people, observed, expected = (np.bincount(place, weights=w, minlength=size) for w in weigh)
    return Groups(edges=edges, of_row=place, people=people, observed=observed, expected=expected)


def quantiles(values: np.ndarray, count: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Quantiles of type 7 (Hyndman and Fan 1996) of the expanded rows, from counts.

    Args:
        values: Shape (rows,).
        count: People a row.
        at: Shares, 0 to 1.
    """
    import numpy as np

    order = np.argsort(values, kind="stable")
    ordered, upto = values[order], np.cumsum(count[order])
    place = (upto[-1] - 1) * at
    below = np.floor(place + 4 * np.finfo(float).eps)  # R's fuzz
    part = place - below
    low = ordered[np.searchsorted(upto, below, side="right")]
    high = ordered[np.searchsorted(upto, np.minimum(below + 1, upto[-1] - 1), side="right")]
    return np.asarray(
        np.where(np.abs(part) < 4 * np.finfo(float).eps, low, low + part * (high - low))
    )
