"""Counting over frozen edges: whole numbers, the same whatever the order or the parts.

Bin i holds ``edges[i-1] < x <= edges[i]``; bin 0 is ``x <= edges[0]``, the last ``x > edges[-1]``.
Infinite values lie in the bins at the ends; NaN is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from evidence.records import Body

OTHER = "(other)"  # categories that the reference set does not name, when they are too many


def binned(
    values: np.ndarray, edges: np.ndarray, counts: np.ndarray | None = None
) -> tuple[np.ndarray, int]:
    """People in each bin, and those without a value.

    Args:
        values: Numbers; NaN is missing; shape (rows,).
        edges: Ascending; shape (bins - 1,).
        counts: People a row; one each when None.

    Returns:
        Integers of shape (bins,), and how many are missing.
    """
    import numpy as np

    if counts is None:
        # Sorting and looking up the few edges is several times faster than looking up each value.
        ordered = np.sort(values)  # NaN last
        whole = int(np.searchsorted(ordered, np.inf, side="right"))
        upto = np.searchsorted(ordered[:whole], edges, side="right")
        return np.diff(upto, prepend=0, append=whole), len(values) - whole
    known = ~np.isnan(values)
    place = np.searchsorted(edges, values[known], side="left")
    # Sums of whole numbers below 2**53 are exact in doubles.
    people = np.bincount(place, weights=counts[known], minlength=len(edges) + 1)
    return people.astype(np.int64), int(counts[~known].sum())


def number(cut: Body, people: np.ndarray, missing: int) -> Body:
    """The summary of a number column.

    Args:
        cut: ``edges`` and, where it holds, ``discrete``; a frozen summary will do.
        people: As `binned` returns them.
        missing: The same.
    """
    found: Body = {
        "type": "number",
        "edges": list(cut["edges"]),
        "counts": {str(index): int(count) for index, count in enumerate(people)},
        "missing": missing,
        "total": int(people.sum()) + missing,
    }
    return found | ({"discrete": True} if cut.get("discrete") else {})


def category(counts: dict[str, int], missing: int) -> Body:
    """The summary of a category column: the values that were seen, in order."""
    seen = {key: counts[key] for key in sorted(counts) if counts[key]}
    total = sum(seen.values()) + missing
    return {"type": "category", "edges": [], "counts": seen, "missing": missing, "total": total}


def cut(fixed: Sequence[float] | Body) -> Body:
    """Edges as a body, however they were given."""
    return dict(fixed) if isinstance(fixed, dict) else {"edges": list(fixed)}
