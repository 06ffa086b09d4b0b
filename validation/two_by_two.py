"""The 2x2 table of calls and the reference standard, in people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from validation.cases import Cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The 2x2 table in people; a score at or above the threshold is called positive."""

    tp: int
    fp: int
    fn: int
    tn: int

    @classmethod
    def of(cls, cases: Cases, threshold: float) -> Table:
        """Count the cells at an operating point."""
        called, true = cases.score >= threshold, cases.label == 1
        return cls(
            tp=int(cases.count[called & true].sum()),
            fp=int(cases.count[called & ~true].sum()),
            fn=int(cases.count[~called & true].sum()),
            tn=int(cases.count[~called & ~true].sum()),
        )

    @classmethod
    def summed(cls, cells: np.ndarray) -> Table:
        """From counts in the order tp, fp, fn, tn, shape (4,)."""
        tp, fp, fn, tn = (int(cell) for cell in cells)
        return cls(tp=tp, fp=fp, fn=fn, tn=tn)

    @property
    def positives(self) -> int:
        """People with a positive reference standard."""
        return self.tp + self.fn

    @property
    def negatives(self) -> int:
        """People with a negative reference standard."""
        return self.fp + self.tn

    @property
    def total(self) -> int:
        """All people."""
        return self.positives + self.negatives

    @property
    def one_class(self) -> str:
        """Why there is nothing to tell apart; empty when both classes are there."""
        if not self.total:
            return "no cases"
        if not self.positives or not self.negatives:
            found = "positive" if self.positives else "negative"
            return f"all {self.total:,} cases are {found}"
        return ""

    def cells(self) -> np.ndarray:
        """tp, fp, fn, tn as floats, shape (4,)."""
        import numpy as np

        return np.array([self.tp, self.fp, self.fn, self.tn], dtype=float)
