"""The cases of a window, scored: those whose labels are known by a day, and those still waiting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence import digest as digests
from validation.table import COUNT, LABEL, REJECTED

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from policies.dataset import DatasetSpec
    from validation.table import Cohort


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowCases:
    """Every case of a window that the model was given.

    Attributes:
        cohort: All of them, with labels as the day of judging knows them.
        score: One a row; NaN where the model gave none.
        spec: The roles of the columns.
    """

    cohort: Cohort
    score: np.ndarray
    spec: DatasetSpec

    @property
    def judged(self) -> np.ndarray:
        """Rows with a score and a label that means positive or negative."""
        import numpy as np

        labels = self.cohort.frame[LABEL].to_numpy(dtype=float)
        known: np.ndarray = ~np.isnan(self.score) & ~np.isnan(labels)
        return known

    @property
    def frame(self) -> pd.DataFrame:
        """The rows that endpoints are measured on."""
        frame: pd.DataFrame = self.cohort.frame[self.judged].reset_index(drop=True)
        return frame.assign(**{LABEL: frame[LABEL].astype(int)})

    @property
    def scores(self) -> np.ndarray:
        """Their scores."""
        scores: np.ndarray = self.score[self.judged]
        return scores

    @property
    def abstained(self) -> tuple[int, int]:
        """People whom the model gave no score or whose input was rejected, and of how many."""
        import numpy as np

        people = self.cohort.frame[COUNT].to_numpy()
        silent = int(people[np.isnan(self.score)].sum())
        rejected = sum(s["cases"] for s in self.cohort.accounting if s["step"] == REJECTED)
        return silent + rejected, int(people.sum()) + rejected


def digest(frame: pd.DataFrame, spec: DatasetSpec) -> str:
    """What is known of a window's labels: changes when rows come or labels are revised."""
    columns = [c for c in (spec.case, spec.time) if c]
    keys = frame[columns].astype(str).agg("\x1f".join, axis=1) if columns else frame[LABEL].map(str)
    known = keys + "\x1f" + frame[LABEL].map(str) + "\x1f" + frame[COUNT].map(str)
    return digests.of_bytes("\n".join(sorted(known)).encode())
