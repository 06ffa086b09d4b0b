"""Everything that was measured of one window of a model that gives a score."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitoring.drift import Drift
from monitoring.performance import NOTHING, Performance
from monitoring.unlabelled import NOTHING as NOT_ESTIMATED
from monitoring.unlabelled import Unlabelled

if TYPE_CHECKING:
    from evidence.records import Body
    from monitoring.window_labels import WindowLabels
    from validation.estimate import Estimate

SCORE = "score"  # its column among the summaries


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a window shows.

    Attributes:
        cases: People in it.
        labels: What was known of its labels.
        judged: Positives and negatives that have a score.
        drift: Of each column.
        performance: Endpoints on the labels that are known.
        shares: Cases without a score, or without a modality.
        unlabelled: What is estimated without labels.
        charts: Where each control chart stands.
        joint: Drift of the columns together; empty where the plan asks for none.
        current: Column to the window's summary.
    """

    cases: int
    labels: WindowLabels
    judged: tuple[int, int] = (0, 0)
    drift: Drift = field(default_factory=lambda: Drift(columns=[], html=b""))
    performance: Performance = NOTHING
    shares: list[Estimate] = field(default_factory=list)
    unlabelled: Unlabelled = NOT_ESTIMATED
    charts: list[Body] = field(default_factory=list)
    joint: Body = field(default_factory=dict)
    current: Body = field(default_factory=dict)

    @property
    def estimates(self) -> list[Estimate]:
        """Endpoints overall and by subgroup, calibration, shares; each once."""
        measured = self.performance
        every = [
            *measured.estimates, *measured.calibration, *measured.subgroups.estimates, *self.shares
        ]  # fmt: skip
        once = {(e.endpoint, e.threshold, e.subgroup): e for e in reversed(every)}
        return list(reversed(once.values()))
