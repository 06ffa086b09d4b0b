"""Cases of a multi-label model: several findings a case, each present or absent, and scored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from validation.count_bootstrap import Units, cluster_codes, vector_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike

CELLS = 4  # of a 2x2 table: true positive, false negative, false positive, true negative
MATRIX = 2  # dimensions


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelCases:
    """Aligned arrays, one row a case.

    Attributes:
        names: Of the labels, in the order of the columns.
        label: 1 or 0, shape (rows, labels).
        score: Shape (rows, labels).
        threshold: Operating point of each label, shape (labels,).
        count: Cases a row.
        cluster: Code of each row's patient; None when every case is a unit.
    """

    names: tuple[str, ...]
    label: np.ndarray
    score: np.ndarray
    threshold: np.ndarray
    count: np.ndarray
    cluster: np.ndarray | None

    @classmethod
    def of(
        cls,
        label: ArrayLike,
        score: ArrayLike,
        names: Sequence[Any],
        *,
        thresholds: Sequence[float],
        count: ArrayLike | None = None,
        cluster: ArrayLike | None = None,
    ) -> Self:
        """Check and align.

        Args:
            label: 1 or 0, shape (rows, labels).
            score: Higher means more likely present, shape (rows, labels).
            names: Of the labels.
            thresholds: One for all labels, or one a label.
            count: Cases a row; one each when None.
            cluster: Patient of each row, when patients repeat.

        Raises:
            ValueError: Shapes differ, labels are not 0 or 1, scores are missing, names repeat, or
                thresholds are neither one nor one a label.
        """
        import numpy as np

        y, s = np.asarray(label, dtype=float), np.asarray(score, dtype=float)
        called = tuple(str(name) for name in names)
        if not called or len(set(called)) < len(called):
            raise ValueError(f"labels need different names, not {list(called)}")
        if y.shape != s.shape or y.ndim != MATRIX or y.shape[1] != len(called):
            raise ValueError(
                f"shapes differ: labels {y.shape}, scores {s.shape}, {len(called)} names"
            )
        if strange := int((~np.isin(y, (0, 1))).sum()):
            raise ValueError(f"{strange} labels are neither 0 nor 1")
        if missing := int(np.isnan(s).sum()):
            raise ValueError(f"{missing} scores are missing")
        if len(thresholds) not in (1, len(called)):
            raise ValueError(
                f"{len(thresholds)} thresholds for {len(called)} labels: give 1 or all"
            )
        n = np.ones(len(y), dtype=int) if count is None else np.asarray(count, dtype=int)
        if len(n) != len(y) or (n < 0).any():
            raise ValueError("counts are negative, or not one a row")
        at = np.broadcast_to(np.asarray(thresholds, dtype=float), (len(called),))
        return cls(
            names=called,
            label=y.astype(int),
            score=s,
            threshold=at,
            count=n,
            cluster=cluster_codes(cluster, len(y)),
        )

    @property
    def total(self) -> int:
        """Cases."""
        return int(self.count.sum())

    @property
    def cells(self) -> np.ndarray:
        """Each row's cell of each label's 2x2 table: 0 TP, 1 FN, 2 FP, 3 TN; (rows, labels)."""
        import numpy as np

        missed = self.score < self.threshold
        return np.asarray(2 * (1 - self.label) + missed, dtype=np.int8)

    def units(self) -> Units:
        """What is resampled: cases, or patients; a unit's vector has four cells a label."""
        import numpy as np

        cells, k = self.cells, len(self.names)
        if self.cluster is None:
            patterns, place = np.unique(cells, axis=0, return_inverse=True)
            number = np.bincount(place.ravel(), weights=self.count, minlength=len(patterns))
            vectors = (patterns[:, :, None] == np.arange(CELLS)).reshape(-1, k * CELLS)
            return Units(
                vectors=vectors[number > 0].astype(float), number=number[number > 0].astype(int)
            )
        columns = [
            np.bincount(self.cluster, weights=self.count * (cells[:, place] == cell))
            for place in range(k)
            for cell in range(CELLS)
        ]
        vectors = np.column_stack(columns)
        return vector_units(vectors[vectors.any(axis=1)])
