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

    import numpy as np
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
    order = _ordered(kept)
    count = frame[COUNT].to_numpy()[order]
    people = int(count.sum())
    size = min(most, people)
    places = ((np.arange(size) + 0.5) * people / max(size, 1)).astype(int)
    rows = np.searchsorted(count.cumsum(), places, side="right")
    return kept.iloc[order[rows]].reset_index(drop=True)


def _ordered(rows: pd.DataFrame) -> np.ndarray:
    """Places of the rows in an order of their values, whatever order they came in."""
    import numpy as np
    import pandas as pd

    codes = []
    for name in rows.columns:
        if pd.api.types.is_numeric_dtype(rows[name]):
            codes.append(pd.factorize(rows[name], sort=True)[0])
            continue
        place, values = pd.factorize(rows[name])
        rank = np.argsort(np.argsort(np.array([str(v) for v in values]), kind="stable"))
        codes.append(np.where(place < 0, -1, rank[place] if len(rank) else place))
    return np.lexsort(codes[::-1]) if codes else np.arange(len(rows))
