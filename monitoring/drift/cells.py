"""The counts of a column as cells: shares, and where on the line the values of a bin stand.

Categories as they are, missing as one of them; numbers over tenths of the reference set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from evidence.records import Body

MISSING = "(missing)"
TENTHS = 10


def missing_share(found: Body) -> float | None:
    """The share of missing values of a column; None without cases."""
    return found["missing"] / found["total"] if found["total"] else None


def unable(reference: Body, current: Body) -> str:
    """Why two summaries of a column cannot be compared; empty when they can."""
    for which, found in (("the reference set", reference), ("the window", current)):
        if not found["total"]:
            return f"{which} has no cases"
        if found["type"] == "number" and found["missing"] == found["total"]:
            return f"every value is missing in {which}"
    if (reference["type"], reference["edges"]) != (current["type"], current["edges"]):
        return "the window was counted over other edges than the reference set"
    return ""


def known(found: Body) -> int:
    """Values that are not missing."""
    return int(found["total"]) - int(found["missing"])


def bins(found: Body) -> np.ndarray:
    """The counts of a number column, shape (edges + 1,)."""
    import numpy as np

    counts = found["counts"]
    return np.array([counts.get(str(i), 0) for i in range(len(found["edges"]) + 1)], dtype=float)


def categories(reference: Body, current: Body) -> tuple[list[str], np.ndarray]:
    """Values of a category column in order, and their counts, shape (2, values).

    Missing is a category of its own.
    """
    import numpy as np

    both = [_counted(reference), _counted(current)]
    keys = sorted({*both[0], *both[1]})
    return keys, np.array([[side.get(key, 0) for key in keys] for side in both], dtype=float)


def _counted(found: Body) -> dict[str, int]:
    cells = {str(key): int(count) for key, count in found["counts"].items() if count}
    if found["missing"]:
        cells[MISSING] = int(found["missing"])
    return cells


def cells(reference: Body, current: Body) -> np.ndarray:
    """Counts of both sides over the same cells, shape (2, cells), empty cells of both left out.

    Categories as they are; numbers over tenths of the reference.
    """
    import numpy as np

    if reference["type"] == "category":
        return categories(reference, current)[1]
    both = np.stack([bins(reference), bins(current)])
    group = tenths(both[0])
    found = np.stack([np.bincount(group, side) for side in both])
    return np.asarray(found[:, found.sum(axis=0) > 0])


def tenths(counts: np.ndarray) -> np.ndarray:
    """The tenth of the reference that each bin belongs to, shape (bins,).

    A tenth ends with the bin in which its share is reached, as the quantile edges of ten bins do.
    """
    import numpy as np

    share = np.cumsum(counts) / counts.sum()
    ends = np.searchsorted(share, np.arange(1, TENTHS) / TENTHS - 1e-9)
    return np.asarray(np.searchsorted(np.unique(ends), np.arange(len(counts)), side="left"))
