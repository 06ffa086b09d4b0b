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

    @property
    def one_call(self) -> str:
        """Why calls cannot be compared: one class, or all called the same; empty when neither."""
        if self.one_class:
            return self.one_class
        called = self.tp + self.fp
        if called in (0, self.total):
            return f"all {self.total:,} cases are called {'positive' if called else 'negative'}"
        return ""

    @property
    def no_union(self) -> str:
        """Why there is no F1: nobody is positive or called so; empty when somebody is."""
        if not self.total:
            return "no cases"
        return "" if self.total - self.tn else "no positive case and no positive call"

    @property
    def no_chance(self) -> str:
        """Why there is no kappa: all cases lie in one cell of agreement; empty when not."""
        if not self.total:
            return "no cases"
        lone = self.total in (self.tp, self.tn)
        return "all cases are of one class and called so: agreement by chance is 1" if lone else ""

    def cells(self) -> np.ndarray:
        """tp, fp, fn, tn as floats, shape (4,)."""
        import numpy as np

        return np.array([self.tp, self.fp, self.fn, self.tn], dtype=float)
