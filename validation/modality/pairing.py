"""Which items a comparison of conditions rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.modality.pair import Pair

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from validation.modality.layout import Layout
    from validation.modality.setting import Setting


def usable(layout: Layout) -> tuple[Layout, list[str]]:
    """The items that have every condition which is there at all, and those conditions.

    Where no item is complete, all items are kept, so that each condition still has its accuracy.
    """
    import numpy as np

    there = ~np.isnan(layout.outcome).all(axis=0)
    names = [name for name, seen in zip(layout.conditions, there, strict=True) if seen]
    kept = held(layout)
    return (layout.only(kept) if kept.any() else layout), names


def held(layout: Layout) -> np.ndarray:
    """Items that have each condition which is there at all."""
    import numpy as np

    there = ~np.isnan(layout.outcome).all(axis=0)
    return np.asarray(~np.isnan(layout.outcome[:, there]).any(axis=1))


def pair_of(layout: Layout, how: Setting, pair: tuple[str, str]) -> Pair:
    """Two conditions, of the items that have both."""
    import numpy as np

    a, b = (layout.outcome[:, layout.column(name)] for name in pair)
    both = ~np.isnan(a) & ~np.isnan(b)
    cluster = None if layout.cluster is None else layout.cluster[both]
    if cluster is not None:
        cluster = np.unique(cluster, return_inverse=True)[1]
    return Pair(a=a[both], b=b[both], cluster=cluster, name=how.between(pair))


def parsable_pair(layout: Layout, how: Setting, pair: tuple[str, str]) -> Pair | None:
    """The pair among items whose answers could be read in both; None when that is not told."""
    if layout.unparsable is None:
        return None
    lost = [layout.unparsable[:, layout.column(name)] for name in pair]
    return pair_of(layout.only(~(lost[0] | lost[1])), how, pair)


def lost_by(layout: Layout, conditions: Sequence[str]) -> dict[str, int]:
    """Unparsable answers by condition."""
    if layout.unparsable is None:
        return {}
    sums = layout.unparsable.sum(axis=0)
    return {name: int(sums[layout.column(name)]) for name in conditions}
