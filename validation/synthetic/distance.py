"""Distances between rows of mixed columns: Gower's, with blanks as values of their own.

Gower, Biometrics 1971; 27: 857-871: the mean over the columns of the absolute difference over the
column's range (numbers), and of 0 where equal, 1 where not (categories). The range is that of the
real rows (and of the holdout, which is real too), so that no synthetic outlier changes the scale.
Unlike Gower's, which leaves blanks out, two blanks are 0 apart and a blank is 1 from a value within
the range: leaving blanks out would make sparse rows everyone's neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from validation.synthetic.cells import Cells

REFERENCES = {
    "gower": "Gower JC. Biometrics 1971; 27: 857-871 (numbers over the real range; a blank is a "
    "value of its own).",
}
BLOCK = 4_000_000  # distances held at a time
DECIMALS = 9  # equal distances are equal, whatever the order of their sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """Rows placed so that city-block distance and mismatches add up to Gower's.

    Attributes:
        points: Numbers over their range, 0 where blank, shape (rows, dimensions).
        rests: 1 less the number, 0 where blank, of columns with blanks.
        blanks: 1 where blank, of the same columns.
        marks: Indicators of each category, blanks included, shape (rows, levels).
        columns: How many columns there are.
        categories: How many of them are categories.
    """

    points: np.ndarray
    rests: np.ndarray
    blanks: np.ndarray
    marks: np.ndarray
    columns: int
    categories: int

    def __len__(self) -> int:
        return len(self.points)

    def take(self, rows: slice) -> Space:
        """Some rows."""
        return Space(
            points=self.points[rows],
            rests=self.rests[rows],
            blanks=self.blanks[rows],
            marks=self.marks[rows],
            columns=self.columns,
            categories=self.categories,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """What each row of one file finds in another.

    Attributes:
        nearest: Distance to the closest row, shape (rows,).
        second: To the next but one; infinite where the other file has one row only.
        place: Index of the closest row.
        within: Distance to the closest among chosen rows of the other file.
        reverse: From each row of the other file to the closest of this one.
    """

    nearest: np.ndarray
    second: np.ndarray
    place: np.ndarray
    within: np.ndarray
    reverse: np.ndarray


def spaces(scale: list[Cells], rows: list[Cells]) -> list[Space]:
    """Place the rows of several files in one space.

    Args:
        scale: The files whose ranges count.
        rows: The files to place.
    """
    import numpy as np

    known = np.vstack([cells.values for cells in scale])
    blank = np.isnan(known)
    least = np.where(blank, np.inf, known).min(axis=0, initial=np.inf)
    most = np.where(blank, -np.inf, known).max(axis=0, initial=-np.inf)
    gaps = np.asarray(np.vstack([np.isnan(cells.values) for cells in rows]).any(axis=0))
    return [_placed(cells, least, most, gaps) for cells in rows]


def _placed(cells: Cells, least: np.ndarray, most: np.ndarray, gaps: np.ndarray) -> Space:
    """One file. Blanks of a number are at 0, so that `rests` must add 1 - u from a blank to u."""
    import numpy as np

    blank = np.isnan(cells.values)
    points = [np.zeros(len(cells))]
    for place, values in enumerate(cells.values.T):
        u = _unit(values, float(least[place]), float(most[place]))
        points.append(np.where(blank[:, place], 0.0, u))
    made = np.array(points).T
    sizes = [len(levels) + 1 for levels in cells.coding.levels]
    marks = [
        (codes[:, None] + 1 == np.arange(size)).astype(np.float32)
        for codes, size in zip(cells.codes.T, sizes, strict=True)
    ]
    return Space(
        points=made,
        rests=np.where(blank, 0.0, 1 - made[:, 1:])[:, gaps],
        blanks=blank[:, gaps].astype(float),
        marks=np.hstack(marks) if marks else np.zeros((len(cells), 1), dtype=np.float32),
        columns=len(cells.coding.columns),
        categories=len(sizes),
    )


def _unit(values: np.ndarray, least: float, most: float) -> np.ndarray:
    """Numbers over the range; 0 or 1 where there is no range: equal to the only value, or not."""
    import numpy as np

    if most > least:
        return np.asarray((values - least) / (most - least))
    return np.asarray(values != least, dtype=float)


def distances(a: Space, b: Space) -> np.ndarray:
    """From each row of a to each of b, shape (rows of a, rows of b)."""
    import numpy as np
    from scipy.spatial.distance import cdist

    apart = cdist(a.points, b.points, "cityblock")
    if a.blanks.any() or b.blanks.any():
        apart += np.hstack([a.rests, a.blanks]) @ np.hstack([b.blanks, b.rests]).T
    apart += a.categories - a.marks @ b.marks.T  # whole numbers, exact in single precision
    return np.asarray(apart / a.columns)


def neighbours(a: Space, b: Space, among: np.ndarray | None = None) -> Neighbours:
    """Search every row of a's closest rows in b, exactly, block by block.

    Args:
        a: Who asks, with at least one row.
        b: Where, with at least one row.
        among: Indices of rows of b for `Neighbours.within`; all when None.
    """
    import numpy as np

    size = max(1, BLOCK // len(b))
    reverse, parts = np.full(len(b), np.inf), []
    for start in range(0, len(a), size):
        block = distances(a.take(slice(start, start + size)), b)
        reverse = np.minimum(reverse, block.min(axis=0))
        place, rows = block.argmin(axis=1), np.arange(len(block))
        nearest = block[rows, place]
        within = nearest if among is None else block[:, among].min(axis=1)
        block[rows, place] = np.inf
        parts.append((nearest, block.min(axis=1), place, within))
    nearest, second, place, within = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Neighbours(
        nearest=np.round(nearest, DECIMALS),
        second=np.round(second, DECIMALS),
        place=place,
        within=np.round(within, DECIMALS),
        reverse=np.round(reverse, DECIMALS),
    )
