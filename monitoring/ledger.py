"""What the trail knows of one model in use, read once and kept up while windows are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from evidence import windows
from evidence.records import ChangeDecision, Kind, MonitoringRun, Trigger, TriggerNote
from policies import in_force, voting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import ModelLock, Record, ReferenceFreeze
    from evidence.trail import AuditTrail
    from monitoring.schedule import Window

K = TypeVar("K", bound=Kind)


@dataclass(slots=True, kw_only=True)
class Ledger:
    """Windows as they stand, and what was raised, noted and decided on them.

    Attributes:
        runs: The newest judging of each window on the same frozen set, by first day.
        records: Every judging, trigger and note, and the decisions that count: where there are
            users, those that the board signed.
    """

    runs: list[MonitoringRun] = field(default_factory=list)
    records: list[tuple[Record, Kind]] = field(default_factory=list)

    @classmethod
    def read(cls, trail: AuditTrail, lock: ModelLock, frozen: ReferenceFreeze) -> Ledger:
        """Read what there is."""
        judged = trail.all(MonitoringRun)
        known = [run for _, run in windows.newest_of(judged, lock.model)]
        mine: list[tuple[Record, Kind]] = [*judged]
        kinds: tuple[type[Any], ...] = (Trigger, TriggerNote)
        for kind in kinds:
            mine += trail.all(kind)
        access = in_force.access(trail)
        for record, decision in trail.all(ChangeDecision):
            if voting.counts(trail, access, record, decision):
                mine.append((record, decision))
        return cls(
            runs=[
                run
                for run in known
                if (run.model_digest, run.reference_digest) == (lock.digest, frozen.digest)
            ],
            records=mine,
        )

    def all(self, kind: type[K]) -> list[tuple[Record, K]]:
        """Every record of a kind."""
        return [(record, value) for record, value in self.records if isinstance(value, kind)]

    def of(self, window: Window) -> MonitoringRun | None:
        """The newest judging of a window."""
        return next((run for run in self.runs if run.window == window.body()), None)

    def before(self, window: Window) -> list[MonitoringRun]:
        """Windows that ended before one begins, oldest first."""
        return [run for run in self.runs if run.window["end"] < str(window.start)]

    def final_before(self, window: Window) -> list[MonitoringRun]:
        """The same, of those whose labels were taken as they are."""
        return [run for run in self.before(window) if run.stage.get("final", True)]

    def add(self, written: Sequence[Record], values: Sequence[Kind]) -> None:
        """Take in what was just written, the run first."""
        self.records += zip(written, values, strict=True)
        for value in values:
            if isinstance(value, MonitoringRun):
                self.runs = [r for r in self.runs if r.window != value.window]
                self.runs = sorted([*self.runs, value], key=lambda r: r.window["start"])

    def take(self, other: Ledger) -> None:
        """Become what another reading found."""
        self.runs, self.records = other.runs, other.records
