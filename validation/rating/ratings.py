"""Ratings of units by raters, checked once: what every measure of agreement is computed from.

A unit that a rater did not rate is a missing rating, not a category.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike

MISSING = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """A matrix of units by raters.

    Attributes:
        raters: Names, in the order of the columns.
        levels: Names of the categories, in their order.
        values: The categories as numbers, shape (categories,); None when they are words.
        ordered: Whether the categories' order means something: numbers, or named in order.
        codes: Index of the category, `MISSING` where there is none, shape (units, raters).
    """

    raters: tuple[str, ...]
    levels: tuple[str, ...]
    values: np.ndarray | None
    ordered: bool
    codes: np.ndarray

    @classmethod
    def of(
        cls,
        unit: ArrayLike | Sequence[Any],
        rater: ArrayLike | Sequence[Any],
        rating: ArrayLike | Sequence[Any],
        *,
        categories: Sequence[Any] | None = None,
    ) -> Self:
        """From one row a rating.

        Args:
            unit: What was rated.
            rater: By whom.
            rating: A number or a word; None, NaN or an empty text when missing.
            categories: All categories in their order, also those never used; when None, those
                found, ascending.

        Raises:
            ValueError: Lengths differ, a rater rated a unit twice, or a rating is none of the
                categories.
        """
        import numpy as np

        u, r, y = (np.asarray(given, dtype=object) for given in (unit, rater, rating))
        if not len(u) == len(r) == len(y):
            raise ValueError(f"lengths differ: {len(u)} units, {len(r)} raters, {len(y)} ratings")
        rows = np.asarray([str(value) for value in u], dtype=object)
        columns = np.asarray([str(value) for value in r], dtype=object)
        units, row = np.unique(rows, return_inverse=True)
        raters, column = np.unique(columns, return_inverse=True)
        place = row * len(raters) + column
        if repeated := len(place) - len(np.unique(place)):
            number = np.bincount(place)
            first = int(np.flatnonzero(number > 1)[0])
            who, what = raters[first % len(raters)], units[first // len(raters)]
            raise ValueError(
                f"{repeated:,} ratings repeat a unit and rater (such as unit '{what}' by "
                f"'{who}'): name repeats as raters of their own, or keep one"
            )
        levels, values, code = _levels(y, categories)
        codes = np.full(len(units) * len(raters), MISSING)
        codes[place] = code
        return cls(
            raters=tuple(map(str, raters)),
            levels=levels,
            values=values,
            ordered=values is not None or categories is not None,
            codes=codes.reshape(len(units), len(raters)),
        )

    @classmethod
    def of_matrix(
        cls,
        matrix: Sequence[Any] | np.ndarray,
        *,
        categories: Sequence[Any] | None = None,
    ) -> Self:
        """From one row a unit and one column a rater.

        Args:
            matrix: Ratings, None or NaN when missing, shape (units, raters).
            categories: As for `of`.
        """
        import numpy as np

        cells = np.asarray(matrix, dtype=object)
        units, raters = cells.shape
        row, column = np.divmod(np.arange(units * raters), raters)
        width = len(str(max(units, raters)))
        return cls.of(
            [f"{value + 1:0{width}}" for value in row],
            [f"{value + 1:0{width}}" for value in column],
            cells.ravel(),
            categories=categories,
        )

    @property
    def places(self) -> np.ndarray:
        """The categories' values, or their places in the order when they are words."""
        import numpy as np

        return np.arange(len(self.levels)) if self.values is None else self.values

    @property
    def counts(self) -> np.ndarray:
        """Raters who chose each category, of units rated at all; shape (units, categories)."""
        import numpy as np

        size, k = len(self.codes), max(1, len(self.levels))
        unit, rater = np.nonzero(self.codes != MISSING)
        cell = unit * k + self.codes[unit, rater]
        counts = np.bincount(cell, minlength=size * k).reshape(size, k)
        return np.asarray(counts[counts.any(axis=1)])

    def table(self, first: int, second: int) -> np.ndarray:
        """Units by the ratings of two raters, of units that both rated."""
        import numpy as np

        a, b = self.codes[:, first], self.codes[:, second]
        both, k = (a != MISSING) & (b != MISSING), len(self.levels)
        return np.bincount(a[both] * k + b[both], minlength=k * k).reshape(k, k)

    def require_order(self, what: str) -> None:
        """Refuse a measure that needs an order of words.

        Raises:
            ValueError: The categories are words whose order was not named.
        """
        if not self.ordered:
            raise ValueError(
                f"{what} needs ordered categories, and {list(self.levels)[:5]} are words: name "
                "all categories in their order"
            )


def _levels(
    rating: np.ndarray, categories: Sequence[Any] | None
) -> tuple[tuple[str, ...], np.ndarray | None, np.ndarray]:
    """Names and values of the categories, and the category of each rating."""
    import numpy as np

    known = np.array([not _blank(value) for value in rating], dtype=bool)
    words = np.array([_word(value) for value in rating], dtype=object)
    named = sorted(set(words[known])) if categories is None else [_word(c) for c in categories]
    values = _numbers(named)
    if categories is None and values is not None:
        order = np.argsort(values, kind="stable")
        named, values = [named[place] for place in order], values[order]
    if len(set(named)) < len(named):
        raise ValueError(f"a category is named twice in {named}")
    index = {name: place for place, name in enumerate(named)}
    if strange := sorted({word for word in words[known] if word not in index}):
        raise ValueError(f"ratings {strange[:5]} are none of the categories {named}")
    codes = [index[word] if there else MISSING for word, there in zip(words, known, strict=True)]
    return tuple(named), values, np.array(codes, dtype=int)


def _blank(value: Any) -> bool:
    return value is None or value != value or value == ""  # noqa: PLR0124 - NaN


def _word(value: Any) -> str:
    """A number in its shortest form, so that 1, 1.0 and "1" are one category; else the text."""
    try:
        return repr(float(value)).removesuffix(".0")
    except (TypeError, ValueError):
        return str(value)


def _numbers(words: Sequence[str]) -> np.ndarray | None:
    import numpy as np

    try:
        return np.array([float(word) for word in words])
    except ValueError:
        return None
