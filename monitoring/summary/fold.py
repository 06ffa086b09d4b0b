"""New categories: named while they are few, one number when they are many.

A column may bring values that the reference set does not have. Up to a number of them are counted
by name, so that a finding can say which; as soon as there are more (an identifier in the wrong
column, free text), all of them, and not only those above the number, become ``(other)``. Whether
there are more depends on the rows alone, not on their order or parts: adding stays exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from validation.summary import OTHER

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

Value = TypeVar("Value")


def fold(
    found: Mapping[str, Value],
    known: Collection[str],
    named: int,
    add: Callable[[Value, Value], Value],
) -> dict[str, Value]:
    """Keep the known categories, and the new ones when they are few.

    Args:
        found: Category to what was counted of it.
        known: Categories that the reference set has; never ``(other)``.
        named: How many new ones are kept by name.
        add: Adds two countings.
    """
    new = [key for key in found if key not in known]
    if len(new) <= named and OTHER not in new:
        return dict(found)
    kept = {key: value for key, value in found.items() if key in known}
    total: Value | None = None
    for key in new:
        total = found[key] if total is None else add(total, found[key])
    if total is None:
        return kept
    return kept | {OTHER: total}
