"""Adding summaries of the same columns: exact, in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evidence.records import Body


def merge(one: Body, other: Body) -> Body:
    """Add two summaries of the same columns.

    Raises:
        ValueError: The columns or their edges differ.
    """
    if set(one) != set(other):
        raise ValueError(f"the columns differ: {sorted(set(one) ^ set(other))}")
    return {name: _merged(name, one[name], other[name]) for name in one}


def _merged(name: str, one: Body, other: Body) -> Body:
    if (one["type"], one["edges"]) != (other["type"], other["edges"]):
        raise ValueError(f"the edges of column '{name}' differ")
    return one | {
        "counts": added(one["counts"], other["counts"], in_order=one["type"] == "number"),
        "missing": one["missing"] + other["missing"],
        "total": one["total"] + other["total"],
    }


def added(one: dict[str, int], other: dict[str, int], *, in_order: bool = False) -> dict[str, int]:
    """Counts by key, added; keys of bins in the order of the bins."""
    keys = sorted({*one, *other}, key=int if in_order else None)
    return {key: one.get(key, 0) + other.get(key, 0) for key in keys}
