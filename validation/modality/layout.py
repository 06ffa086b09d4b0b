"""The same items under several conditions: laid out as a matrix, checked once.

An *item* is a question or a study; a *condition* is what the model was given (image and text, text
only, a corrupted image). An item is *complete* when every condition has an outcome for it: all
comparisons are made on complete items, so that each of them rests on the same cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.designs.pairs import coded
from validation.fairness.groups import in_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike

SHOWN = 3  # examples in a message


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Outcomes of items by condition.

    Attributes:
        conditions: Names, in order.
        outcome: 1 or 0 (or any score), shape (items, conditions); NaN where there is none.
        unparsable: Whether the answer could not be read, bool, same shape; None when not told.
        cluster: Patient of each item, coded from 0, shape (items,); None when items are separate.
    """

    conditions: tuple[str, ...]
    outcome: np.ndarray
    unparsable: np.ndarray | None
    cluster: np.ndarray | None

    @property
    def complete(self) -> np.ndarray:
        """Items with an outcome in each condition, bool, shape (items,)."""
        import numpy as np

        return np.asarray(~np.isnan(self.outcome).any(axis=1))

    @property
    def items(self) -> int:
        """Items, complete or not."""
        return len(self.outcome)

    def column(self, condition: str) -> int:
        """The place of a condition.

        Raises:
            ValueError: There is none of that name.
        """
        if condition not in self.conditions:
            there = ", ".join(self.conditions)
            raise ValueError(f"no condition is '{condition}' (there are: {there})")
        return self.conditions.index(condition)

    def only(self, kept: np.ndarray) -> Layout:
        """The same layout of some items (bool, shape (items,)); patients coded anew."""
        import numpy as np

        cluster = None if self.cluster is None else self.cluster[kept]
        return Layout(
            conditions=self.conditions,
            outcome=self.outcome[kept],
            unparsable=None if self.unparsable is None else self.unparsable[kept],
            cluster=None if cluster is None else np.unique(cluster, return_inverse=True)[1],
        )


def arrange(
    items: ArrayLike,
    conditions: ArrayLike,
    outcome: ArrayLike,
    *,
    cluster: ArrayLike | None = None,
    unparsable: ArrayLike | None = None,
    binary: bool = True,
    expected: Sequence[str] = (),
) -> Layout:
    """Lay out outcomes, one row an item and condition.

    Args:
        items: Which item.
        conditions: In which condition.
        outcome: 1 (correct) or 0, or a score when not `binary`; NaN rows count as not there.
        cluster: Patient of the row's item.
        unparsable: 1 where the answer could not be read, else 0.
        binary: Whether outcomes other than 1 and 0 are refused.
        expected: Conditions that the layout has, whether or not a row is in them.

    Raises:
        ValueError: Lengths differ, nothing is there, outcomes are not 0 or 1, an item stands twice
            in a condition, or belongs to two patients.
    """
    import numpy as np

    value = np.asarray(outcome, dtype=float)
    item, row = _coded(items)
    name, column = _coded(conditions, expected)
    lengths = {len(value), len(row), len(column)}
    if unparsable is not None:
        lengths.add(len(np.asarray(unparsable)))
    if len(lengths) != 1 or not len(value):
        raise ValueError(f"lengths differ or are 0: {sorted(lengths)}")
    known = ~np.isnan(value)
    if binary and (strange := int((known & ~np.isin(value, (0, 1))).sum())):
        raise ValueError(f"{strange:,} outcomes are neither 0 nor 1")
    _require_once(row, column, item, name)
    shape = (len(item), len(name))
    matrix = np.full(shape, np.nan)
    matrix[row, column] = value
    lost = None
    if unparsable is not None:
        lost = np.zeros(shape, dtype=bool)
        lost[row, column] = np.asarray(unparsable, dtype=float) == 1
    return Layout(
        conditions=tuple(name),
        outcome=matrix,
        unparsable=lost,
        cluster=None if cluster is None else _owners(row, item, cluster),
    )


def _coded(values: ArrayLike, expected: Sequence[str] = ()) -> tuple[Sequence[str], np.ndarray]:
    """Names in order, and the place of each row's."""
    import numpy as np

    found, codes = np.unique(np.asarray(values).astype(str), return_inverse=True)
    order = in_order([*found.tolist(), *expected])
    rank = {value: place for place, value in enumerate(order)}
    return order, np.array([rank[v] for v in found.tolist()], dtype=int)[codes.ravel()]


def _require_once(
    row: np.ndarray, column: np.ndarray, item: Sequence[str], name: Sequence[str]
) -> None:
    import numpy as np

    place, first, number = np.unique(
        row * len(name) + column, return_index=True, return_counts=True
    )
    twice = first[number > 1]
    if len(twice):
        such = "; ".join(f"item {item[row[i]]}, condition {name[column[i]]}" for i in twice[:SHOWN])
        raise ValueError(
            f"{len(twice):,} of {len(place):,} items with their condition stand more than once "
            f"(such as {such}): name every column that tells items apart, or split by groups"
        )


def _owners(row: np.ndarray, item: Sequence[str], cluster: ArrayLike) -> np.ndarray:
    """The patient of each item."""
    import numpy as np

    patient = coded(cluster, len(row))
    owner = np.zeros(len(item), dtype=int)
    owner[row] = patient
    if (torn := np.unique(row[owner[row] != patient])).size:
        such = ", ".join(item[i] for i in torn[:SHOWN])
        raise ValueError(f"{len(torn):,} items belong to two clusters (such as {such})")
    return owner
