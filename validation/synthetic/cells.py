"""Rows of mixed columns as arrays: numbers beside categories, coded alike in all the files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd

MISSING = -1  # the code of a category that is blank


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """Which columns there are, and the categories that any of the files holds.

    Attributes:
        numbers: Columns of numbers.
        categories: Columns of categories.
        levels: Of each category column, its values in order.
    """

    numbers: tuple[str, ...]
    categories: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """All of them, numbers first."""
        return (*self.numbers, *self.categories)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """The rows of one file.

    Attributes:
        coding: What the columns are.
        values: Numbers, NaN where blank, shape (rows, numbers).
        codes: Places in the levels, -1 where blank, shape (rows, categories).
    """

    coding: Coding
    values: np.ndarray
    codes: np.ndarray

    def __len__(self) -> int:
        return len(self.values)

    def number(self, column: str) -> np.ndarray:
        """One column of numbers, shape (rows,)."""
        found: np.ndarray = self.values[:, self.coding.numbers.index(column)]
        return found

    def code(self, column: str) -> np.ndarray:
        """One column of categories as codes, shape (rows,)."""
        found: np.ndarray = self.codes[:, self.coding.categories.index(column)]
        return found

    def texts(self, column: str) -> np.ndarray:
        """One column of categories as text, None where blank, shape (rows,)."""
        import numpy as np

        levels = self.coding.levels[self.coding.categories.index(column)]
        return np.asarray(np.array([*levels, None], dtype=object)[self.code(column)])

    def take(self, rows: np.ndarray) -> Cells:
        """Some rows, by index or mask."""
        return Cells(coding=self.coding, values=self.values[rows], codes=self.codes[rows])

    def keys(self) -> list[bytes]:
        """Each row's cells as bytes: equal where every cell is equal, blanks included."""
        import numpy as np

        plain = np.where(np.isnan(self.values), np.inf, self.values + 0.0)  # no -0.0
        parts = np.hstack([plain.view(np.uint8), self.codes.astype(np.int64).view(np.uint8)])
        return [row.tobytes() for row in np.ascontiguousarray(parts)]

    def frame(self) -> pd.DataFrame:
        """As a table, for libraries that read one."""
        import pandas as pd

        made: dict[str, np.ndarray] = {name: self.number(name) for name in self.coding.numbers}
        made |= {name: self.texts(name) for name in self.coding.categories}
        return pd.DataFrame(made)


def cells(coding: Coding, numbers: Sequence[np.ndarray], texts: Sequence[pd.Series[str]]) -> Cells:
    """Code the rows of one file, and put them into an order that no shuffling changes.

    Args:
        coding: What the columns are.
        numbers: Of each column of numbers, shape (rows,).
        texts: Of each column of categories, blank where missing.
    """
    import numpy as np
    import pandas as pd

    rows = len(numbers[0]) if numbers else len(texts[0])
    values = np.array(numbers, dtype=float).T if numbers else np.zeros((rows, 0))
    codes = np.zeros((rows, 0), dtype=int)
    if texts:
        codes = np.array(
            [
                pd.Categorical(text, categories=levels).codes
                for text, levels in zip(texts, coding.levels, strict=True)
            ],
            dtype=int,
        ).T
    order = np.lexsort([*values.T, *codes.T])
    return Cells(
        coding=coding,
        values=np.ascontiguousarray(values[order]),
        codes=np.ascontiguousarray(codes[order]),
    )
