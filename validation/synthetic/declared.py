"""The declared share of synthetic rows in a set that holds both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.synthetic.scores import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from validation.estimate import Estimate
    from validation.fairness.groups import Grouping

ENDPOINT = "synthetic-share"


def declared_share(flag: ArrayLike, groupings: Sequence[Grouping] = ()) -> list[Estimate]:
    """How many rows are declared synthetic, overall and by subgroup: a count, no estimate.

    Args:
        flag: 1 for a synthetic row, 0 for a real one.
        groupings: Attributes of the same rows.

    Raises:
        ValueError: Flags that are neither 1 nor 0.
    """
    import numpy as np

    flags = np.asarray(flag, dtype=float)
    if odd := int((~np.isin(flags, (0, 1))).sum()):
        raise ValueError(f"{odd:,} flags are neither 1 nor 0: what is synthetic is not known")
    found = [counted(ENDPOINT, int(flags.sum()), len(flags))]
    for part in groupings:
        for place, name in enumerate(part.names):
            rows = part.codes == place
            found.append(counted(ENDPOINT, int(flags[rows].sum()), int(rows.sum()), name))
    return found
