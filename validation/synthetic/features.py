"""Cells as numbers that a model reads: blanks filled and flagged, categories as indicators.

Numbers: the median where blank, then standardised. Categories: the most frequent value where
blank; one indicator for each level but the first. Each column that has blanks in the rows it was
fitted on adds an indicator of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from validation.synthetic.cells import Cells

MODELS = ("logistic-regression", "gradient-boosting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """How cells become a matrix, fitted on some rows.

    Attributes:
        numbers: Places of the columns of numbers that are used.
        categories: Places of the columns of categories.
        medians: Of each number.
        centre: Mean of each number after filling.
        spread: Standard deviation, 1 where it is zero.
        modes: The most frequent code of each category.
        gaps: Numbers, and categories, that had blanks.
    """

    numbers: list[int]
    categories: list[int]
    medians: np.ndarray
    centre: np.ndarray
    spread: np.ndarray
    modes: list[int]
    gaps: tuple[list[int], list[int]]

    @classmethod
    def fit(cls, rows: Cells, without: tuple[str | None, ...] = ()) -> Features:
        """Learn from rows, some columns left out."""
        import numpy as np

        coding = rows.coding
        numbers = [i for i, c in enumerate(coding.numbers) if c not in without]
        categories = [i for i, c in enumerate(coding.categories) if c not in without]
        values, codes = rows.values[:, numbers], rows.codes[:, categories]
        blank = np.isnan(values)
        medians = np.zeros(len(numbers))
        for place in np.flatnonzero(~blank.all(axis=0)):
            medians[place] = np.nanmedian(values[:, place])
        filled = np.where(blank, medians, values)
        spread = filled.std(axis=0)
        modes = [int(np.bincount(column[column >= 0], minlength=1).argmax()) for column in codes.T]
        gaps = np.flatnonzero(blank.any(axis=0)), np.flatnonzero((codes < 0).any(axis=0))
        return cls(
            numbers=numbers,
            categories=categories,
            medians=medians,
            centre=filled.mean(axis=0),
            spread=np.where(spread > 0, spread, 1.0),
            modes=modes,
            gaps=(gaps[0].tolist(), gaps[1].tolist()),
        )

    def matrix(self, rows: Cells) -> np.ndarray:
        """Rows as features, shape (rows, features)."""
        import numpy as np

        values, codes = rows.values[:, self.numbers], rows.codes[:, self.categories]
        blank = np.isnan(values)
        parts = [(np.where(blank, self.medians, values) - self.centre) / self.spread]
        parts.append(blank[:, self.gaps[0]].astype(float))
        for place, column in enumerate(self.categories):
            filled = np.where(codes[:, place] < 0, self.modes[place], codes[:, place])
            size = len(rows.coding.levels[column])
            parts.append((filled[:, None] == np.arange(1, size)).astype(float))
        parts.append((codes[:, self.gaps[1]] < 0).astype(float))
        return np.hstack(parts)


def probabilities(
    name: str, train: tuple[np.ndarray, np.ndarray], matrix: np.ndarray, *, seed: int
) -> np.ndarray:
    """A classifier of scikit-learn with its defaults, fitted and asked.

    On one thread: sums are then made in one order on every machine.

    Args:
        name: One of `MODELS`.
        train: Features and labels to fit on.
        matrix: Features to predict from.
        seed: Of gradient boosting.

    Returns:
        The probability of each class, in the labels' order, shape (rows, classes).
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    untrained: Any = (
        LogisticRegression(max_iter=2000)
        if name == "logistic-regression"
        else HistGradientBoostingClassifier(random_state=seed)
    )
    with threadpool_limits(limits=1):
        found: np.ndarray = untrained.fit(*train).predict_proba(matrix)
    return found
