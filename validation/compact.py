"""A small, fixed sample of a set, so that later comparisons never read the whole again.

People are taken systematically over the canonical order of the rows (every so many; Cochran,
Sampling Techniques, 1977, chapter 8), without chance: the same set gives the same sample, and each
row has its share of people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.table import COUNT

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

MOST = 5_000
WORD = "compact sample"  # of the file behind a freeze


def sample(frame: pd.DataFrame, columns: Sequence[str], most: int = MOST) -> pd.DataFrame:
    """At most so many people, a row each.

    Args:
        frame: Typed rows with their `COUNT`.
        columns: Which columns are kept; none that names a case or a patient belongs here.
        most: How many people.

    Returns:
        Rows in the canonical order, shape (at most `most`, columns).
    """
    import numpy as np

    kept = frame[[*dict.fromkeys(columns)]]
    keys = kept.astype(str).agg("\x1f".join, axis=1)
    order = keys.sort_values(kind="stable").index
    count = frame.loc[order, COUNT].to_numpy()
    people = int(count.sum())
    size = min(most, people)
    places = ((np.arange(size) + 0.5) * people / max(size, 1)).astype(int)
    rows = np.searchsorted(count.cumsum(), places, side="right")
    return kept.loc[order].iloc[rows].reset_index(drop=True)
