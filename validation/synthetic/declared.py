"""The declared share of synthetic rows in a set that holds both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.synthetic.scores import counted
from validation.table import COUNT

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike

    from evidence.records import Body
    from policies.dataset import Synthetic
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


def declared_cases(frame: pd.DataFrame, role: Synthetic | None) -> Body:
    """How many people of a frame are synthetic, as its specification declares; empty without one.

    Args:
        frame: Typed cases, with `COUNT`.
        role: Which column says it, and by which values.
    """
    if role is None:
        return {}
    made = frame[role.column].isin([str(value) for value in role.one_of])
    cases, total = int(frame.loc[made, COUNT].sum()), int(frame[COUNT].sum())
    return {"cases": cases, "of": total, "share": cases / total if total else None}
