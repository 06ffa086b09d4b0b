"""The counts of a window as the ruler and the charts take them: one entry a cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from evidence import digest as digests
from monitoring import abstention, performance
from monitoring.cases import WindowCases
from monitoring.performance import Performance
from monitoring.summary import measured
from validation.subgroups import SubgroupResult
from validation.table import COUNT, LABEL, REJECTED, Cohort

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from monitoring.summary.counts import Summary
    from monitoring.summary.layout import Layout
    from monitoring.summary.measured import Measured
    from policies.chart import ChartRule
    from policies.dataset import DatasetSpec
    from policies.plan import MonitoringPlan
    from validation.estimate import Estimate

MOST = 5_000_000  # people of a window that a chart orders case by case


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The counts of one window.

    Attributes:
        summary: What was counted.
        layout: Over which edges.
        spec: The roles of the columns.
    """

    summary: Summary
    layout: Layout
    spec: DatasetSpec

    @cached_property
    def digest(self) -> str:
        """Of all that was counted."""
        return digests.of_value(self.summary.body())

    @property
    def known(self) -> tuple[int, int]:
        """Positives and negatives among people with a label."""
        outcomes = self.summary.outcomes()
        return outcomes["positive"], outcomes["negative"]

    @property
    def scores(self) -> tuple[np.ndarray, np.ndarray]:
        """Scores and people, those without a score last."""
        import numpy as np

        score, count = measured.scores(self.summary, self.layout)
        silent = measured.unscored(self.summary, self.layout)
        return np.append(score, np.nan), np.append(count, silent)

    def frame(self, attribute: str = "") -> tuple[pd.DataFrame, np.ndarray]:
        """People with a score and a label, one row a cell, with their subgroup."""
        import pandas as pd

        found: Measured = (
            measured.by(self.summary, self.layout, attribute)
            if attribute
            else measured.overall(self.summary, self.layout)
        )
        columns = {LABEL: found.label, COUNT: found.count}
        made = pd.DataFrame(columns | ({attribute: found.group} if attribute else {}))
        return made, found.score

    def given(self, rule: ChartRule, column: str) -> WindowCases:
        """The people whom a chart counts; the order within the window is not known.

        Raises:
            ValueError: There are too many to be put in an order, one by one.
        """
        import numpy as np
        import pandas as pd

        if rule.kind != "ewma" and self.summary.cases > MOST:
            raise ValueError(
                f"{self.summary.cases:,} cases in one window are too many for a chart of single "
                "cases: choose windows by the day, or an ewma"
            )
        frame, score = self.frame(column)
        if rule.watch in ("missing", "abstention"):
            frame, score = self._blank(rule)
        frame = frame.assign(**{LABEL: frame[LABEL].astype(float)})
        if self.spec.time:
            days = sorted(self.summary.days) or [""]
            frame = frame.assign(**{self.spec.time: days[-1]})
        cohort = Cohort(frame=frame, accounting=[], incomplete=pd.DataFrame())
        return WindowCases(cohort=cohort, score=np.asarray(score, dtype=float), spec=self.spec)

    def _blank(self, rule: ChartRule) -> tuple[pd.DataFrame, np.ndarray]:
        """People with a value, and people without."""
        import numpy as np
        import pandas as pd

        if rule.watch == "missing" and rule.column:
            column = self.summary.columns[rule.column]
            blank, total = int(column["missing"]), int(column["total"])
        else:
            blank, total = measured.unscored(self.summary, self.layout), self.summary.cases
        frame = pd.DataFrame({LABEL: [np.nan, np.nan], COUNT: [total - blank, blank]})
        if rule.column:
            frame[rule.column] = ["there", None]
        return frame, np.array([0.5, np.nan])


def performance_of(counts: Counts, plan: MonitoringPlan) -> Performance:
    """Endpoints overall and by each subgroup, from the cells."""
    if not counts.layout.score:
        return performance.NOTHING
    frame, score = counts.frame()
    whole = performance.measure(frame, score, plan.model_copy(update={"gaps": []}))
    parts = [
        performance.measure(*counts.frame(name), _only(plan, name))
        for name in dict.fromkeys(name for rule in plan.gaps for name in rule.by)
    ]
    return Performance(
        estimates=[*whole.estimates, *(e for p in parts for e in p.estimates if _of_group(e))],
        gaps=[gap for part in parts for gap in part.gaps],
        subgroups=SubgroupResult(
            estimates=tuple(e for part in parts for e in part.subgroups.estimates),
            gaps=tuple(gap for part in parts for gap in part.subgroups.gaps),
        ),
        calibration=whole.calibration,
    )


def _of_group(estimate: Estimate) -> bool:
    return estimate.subgroup != "overall"


def _only(plan: MonitoringPlan, name: str) -> MonitoringPlan:
    """The plan with the gaps of one column."""
    gaps = [rule.model_copy(update={"by": [name]}) for rule in plan.gaps if name in rule.by]
    return plan.model_copy(update={"gaps": gaps})


def shares(counts: Counts, confidence: float) -> list[Estimate]:
    """Cases without a score, or whose input was rejected."""
    import numpy as np

    if not counts.layout.score:
        return []
    rejected = counts.summary.accounting.get(REJECTED, (0, 0))[1]
    silent = measured.unscored(counts.summary, counts.layout)
    people = np.array([counts.summary.cases - silent, silent, rejected])
    return [
        abstention.abstention(
            np.array([0.5, np.nan, 0.5]),
            people,
            rejected=np.array([False, False, True]),
            confidence=confidence,
        )
    ]
