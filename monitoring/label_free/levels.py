"""People at each distinct score: all that label-free estimation needs of a window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from validation.cases import Cases

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike

MOST = 1_000  # levels that replicates are made on


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """People by score, from the highest score down.

    Attributes:
        score: Distinct scores, falling, shape (levels,).
        count: People at each, shape (levels,).
        unscored: People without a score, who are in no estimate.
    """

    score: np.ndarray
    count: np.ndarray
    unscored: int = 0

    @classmethod
    def of(cls, score: ArrayLike, count: ArrayLike | None = None) -> Self:
        """Count people by score; those without one are counted apart.

        Args:
            score: Higher means more likely positive; NaN where the model gave none.
            count: People a row; one each when None.

        Raises:
            ValueError: Lengths differ, or counts are negative or no whole numbers.
        """
        import numpy as np

        values = np.asarray(score, dtype=float)
        blank = np.isnan(values)
        cases = Cases.of(np.zeros(len(values)), np.where(blank, 0, values), count)
        kept = ~blank & (cases.count > 0)
        distinct, place = np.unique(-values[kept], return_inverse=True)
        people = np.bincount(
            place.ravel(), weights=cases.count[kept], minlength=len(distinct)
        ).astype(int)
        return cls(score=-distinct, count=people, unscored=int(cases.count[blank].sum()))

    @property
    def total(self) -> int:
        """People with a score."""
        return int(self.count.sum())

    def merged(self, thresholds: Sequence[float]) -> Self:
        """The same people on `MOST` levels or few more, none across an operating point.

        A merged level stands at its people's mean score. Values are never made on it, only the
        spread of replicates, which loses less than a hundredth by it.

        Args:
            thresholds: Operating points; a score at or above one is called positive.
        """
        import numpy as np

        if len(self.score) <= MOST:
            return self
        step = (np.cumsum(self.count) - self.count) * MOST // self.total
        called = sum((self.score >= at).astype(int) for at in thresholds)
        _, place = np.unique(
            np.stack([-np.asarray(called) * np.ones_like(step), step]), axis=1, return_inverse=True
        )
        people = np.bincount(place.ravel(), weights=self.count)
        sums = np.bincount(place.ravel(), weights=self.count * self.score)
        return type(self)(score=sums / people, count=people.astype(int), unscored=self.unscored)
