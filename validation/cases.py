"""Labels, scores and counts, checked once and aligned: what every endpoint is computed from.

A row stands for as many people as its count. All is computed from counts, and is exactly what the
expanded rows would give.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike


def whole(count: ArrayLike) -> np.ndarray:
    """Counts as whole numbers; survey or inverse-probability weights are not people.

    Raises:
        ValueError: Counts that are missing or no whole numbers.
    """
    import numpy as np

    given = np.asarray(count, dtype=float)
    bad = ~np.isfinite(given) | (given != np.floor(given))
    if bad.any():
        raise ValueError(
            f"{int(bad.sum())} counts are missing or no whole numbers (such as "
            f"{given[bad][0]:g}): a count is people a row, weights are not taken"
        )
    return given.astype(int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """Aligned arrays, one entry a row.

    Attributes:
        label: 1 or 0, int, shape (rows,).
        score: Float, shape (rows,); zeros where there is none.
        count: People a row, int, shape (rows,).
    """

    label: np.ndarray
    score: np.ndarray
    count: np.ndarray

    @classmethod
    def of(
        cls,
        label: ArrayLike,
        score: ArrayLike | None = None,
        count: ArrayLike | None = None,
        *,
        probability: bool = False,
    ) -> Self:
        """Check and align.

        Args:
            label: 1 or 0, one a row.
            score: Higher means more likely positive.
            count: People a row; one each when None.
            probability: Whether scores must lie within 0 to 1.

        Raises:
            ValueError: Lengths differ, labels are not 0 or 1, scores are missing or no
                probabilities, counts are negative or no whole numbers.
        """
        import numpy as np

        y = np.asarray(label, dtype=float)
        s = np.zeros(len(y)) if score is None else np.asarray(score, dtype=float)
        n = np.ones(len(y), dtype=int) if count is None else whole(count)
        if not len(y) == len(s) == len(n):
            raise ValueError(f"lengths differ: {len(y)} labels, {len(s)} scores, {len(n)} counts")
        if strange := int((~np.isin(y, (0, 1))).sum()):
            raise ValueError(f"{strange} labels are neither 0 nor 1")
        if missing := int(np.isnan(s).sum()):
            raise ValueError(f"{missing} scores are missing")
        if probability and (outside := int(((s < 0) | (s > 1)).sum())):
            raise ValueError(
                f"{outside} scores are outside 0 to 1 (from {s.min():.4g} to {s.max():.4g}): "
                "give probabilities, not logits or percentages"
            )
        if (n < 0).any():
            raise ValueError(f"{int((n < 0).sum())} counts are negative")
        return cls(label=y.astype(int), score=s, count=n)

    @property
    def total(self) -> int:
        """People."""
        return int(self.count.sum())

    @property
    def positives(self) -> int:
        """People with a positive reference standard."""
        return int(self.count[self.label == 1].sum())

    @property
    def one_class(self) -> str:
        """Why nothing can be discriminated: no cases, or one class only; empty when both are."""
        if not self.total:
            return "no cases"
        if self.positives in (0, self.total):
            return f"all {self.total:,} cases are {'positive' if self.positives else 'negative'}"
        return ""
