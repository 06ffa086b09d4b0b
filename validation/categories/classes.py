"""Cases of a multi-class model, checked once and aligned.

A row stands for as many people as its count. The class called is the one with the highest score,
the first of those named in a tie.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from validation.count_bootstrap import cluster_codes
from validation.estimate import Warned

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike

SUM_TOLERANCE = 1e-3
LEAST = 2  # classes


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCases:
    """Aligned arrays, one entry a row.

    Attributes:
        classes: Names, in the order of the columns of scores.
        truth: Index of the true class, shape (rows,).
        scores: Probability of each class, shape (rows, classes).
        count: People a row.
        cluster: Code of each row's patient; None when every case is a unit.
    """

    classes: tuple[str, ...]
    truth: np.ndarray
    scores: np.ndarray
    count: np.ndarray
    cluster: np.ndarray | None

    @classmethod
    def of(
        cls,
        truth: ArrayLike,
        scores: ArrayLike,
        classes: Sequence[Any],
        count: ArrayLike | None = None,
        cluster: ArrayLike | None = None,
    ) -> Self:
        """Check and align.

        Args:
            truth: Name of the true class, one a row.
            scores: Probability of each class, shape (rows, classes).
            classes: Names of the classes, in the order of the columns.
            count: People a row; one each when None.
            cluster: Patient of each row, when patients repeat.

        Raises:
            ValueError: Shapes differ, a true class is not among the classes, names repeat, scores
                are missing or no probabilities, counts are negative.
        """
        import numpy as np

        names = tuple(str(name) for name in classes)
        if len(names) < LEAST or len(set(names)) < len(names):
            raise ValueError(f"classes need at least two different names, not {list(names)}")
        given = np.asarray([str(value) for value in np.asarray(truth, dtype=object)], dtype=object)
        place = {name: index for index, name in enumerate(names)}
        codes = np.array([place.get(value, -1) for value in given], dtype=int)
        if (codes < 0).any():
            strange = sorted(set(given[codes < 0]))[:5]
            raise ValueError(
                f"{int((codes < 0).sum())} true classes are not among {list(names)} "
                f"(such as {strange})"
            )
        s = _probabilities(scores, len(codes), len(names))
        n = np.ones(len(codes), dtype=int) if count is None else np.asarray(count, dtype=int)
        if len(n) != len(codes):
            raise ValueError(f"lengths differ: {len(codes)} true classes, {len(n)} counts")
        if (n < 0).any():
            raise ValueError(f"{int((n < 0).sum())} counts are negative")
        unit = cluster_codes(cluster, len(codes))
        return cls(classes=names, truth=codes, scores=s, count=n, cluster=unit)

    @property
    def total(self) -> int:
        """People (or cases, with clusters)."""
        return int(self.count.sum())

    @property
    def called(self) -> np.ndarray:
        """Index of the class with the highest score, the first in a tie."""
        import numpy as np

        return np.asarray(self.scores.argmax(axis=1))

    def warnings(self) -> tuple[Warned, ...]:
        """Rows whose scores do not sum to 1, and rows in which two classes tie for the call."""
        import numpy as np

        apart = int((np.abs(self.scores.sum(axis=1) - 1) > SUM_TOLERANCE).sum())
        best = self.scores.max(axis=1, keepdims=True)
        tied = int(((self.scores == best).sum(axis=1) > 1).sum())
        found = []
        if apart:
            message = (
                f"the scores of {apart:,} rows do not sum to 1 (within {SUM_TOLERANCE:g}): are "
                "they probabilities of exclusive classes? They were used as they stand."
            )
            found.append(Warned(code="probabilities-do-not-sum-to-1", message=message, count=apart))
        if tied:
            message = (
                f"in {tied:,} rows two classes share the highest score; the one named first was "
                "called."
            )
            found.append(Warned(code="tied-scores", message=message, count=tied))
        return tuple(found)


def _probabilities(scores: ArrayLike, rows: int, classes: int) -> np.ndarray:
    import numpy as np

    s = np.asarray(scores, dtype=float)
    if s.shape != (rows, classes):
        raise ValueError(
            f"scores have shape {s.shape}; {rows} rows of {classes} classes need "
            f"({rows}, {classes})"
        )
    if missing := int(np.isnan(s).sum()):
        raise ValueError(f"{missing} scores are missing")
    if outside := int(((s < 0) | (s > 1)).sum()):
        raise ValueError(
            f"{outside} scores are outside 0 to 1 (from {s.min():.4g} to {s.max():.4g}): "
            "give probabilities, not logits or percentages"
        )
    return s
