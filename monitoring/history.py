"""What the trail knows of earlier windows of one model, read once and kept up while windows run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evidence import windows
from evidence.records import ChangeDecision, Trigger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import Body, ModelLock, MonitoringRun, ReferenceFreeze
    from evidence.trail import AuditTrail
    from monitoring.schedule import Window


@dataclass(slots=True, kw_only=True)
class History:
    """Windows as they stand, and what was raised on them.

    Attributes:
        runs: The newest judging of each window on the same frozen set, by first day.
        triggers: All of the model, in the order they were raised.
        closed: Ids of triggers that some decision was taken on.
    """

    runs: list[MonitoringRun] = field(default_factory=list)
    triggers: list[Trigger] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, trail: AuditTrail, lock: ModelLock, frozen: ReferenceFreeze) -> History:
        """Read what there is."""
        known = [run for _, run in windows.newest(trail, lock.model)]
        return cls(
            runs=[
                run
                for run in known
                if (run.model_digest, run.reference_digest) == (lock.digest, frozen.digest)
            ],
            triggers=[t for _, t in trail.all(Trigger) if t.model == lock.model],
            closed={decision.trigger for _, decision in trail.all(ChangeDecision)},
        )

    def of(self, window: Window) -> MonitoringRun | None:
        """The newest judging of a window."""
        return next((run for run in self.runs if run.window == window.body()), None)

    def before(self, window: Window) -> list[MonitoringRun]:
        """Windows that ended before one begins, oldest first."""
        return [run for run in self.runs if run.window["end"] < str(window.start)]

    def final_before(self, window: Window) -> list[MonitoringRun]:
        """The same, of those whose labels were taken as they are."""
        return [run for run in self.before(window) if run.stage.get("final", True)]

    def add(self, run: MonitoringRun, triggers: Sequence[Trigger]) -> None:
        """Take in what was just written."""
        self.runs = [r for r in self.runs if r.window != run.window]
        self.runs = sorted([*self.runs, run], key=lambda r: r.window["start"])
        self.triggers += triggers

    def take(self, other: History) -> None:
        """Become what another reading found."""
        self.runs, self.triggers, self.closed = other.runs, other.triggers, other.closed

    def chart(self, window: Window, chart: str) -> Body:
        """A chart as the last final window before left it; empty where there is none."""
        for run in reversed(self.final_before(window)):
            for body in run.charts:
                if body["id"] == chart:
                    return body
        return {}
