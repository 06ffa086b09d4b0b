"""The trail as a document reads it: every record up to a number, by kind.

Issued documents are no evidence for a document, so their records are left out: issuing a report
does not change what the next one says.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

from evidence.records import (
    ChangeDecision,
    Kind,
    Look,
    ModelLock,
    MonitoringRun,
    PolicyRegistration,
    ReferenceFreeze,
    ReportIssue,
    Trigger,
    ValidationRun,
)

if TYPE_CHECKING:
    from evidence.records import Body, Record
    from evidence.trail import AuditTrail

K = TypeVar("K", bound=Kind)
MINIMUM_CELL = 10  # where no policy says otherwise


@dataclass(frozen=True)
class Reading:
    """The records of a trail.

    Attributes:
        records: All but issued documents, in order.
    """

    records: tuple[Record, ...]

    @property
    def last(self) -> Record | None:
        """The record that the document reached."""
        return self.records[-1] if self.records else None

    def _all(self, kind: type[K]) -> list[tuple[Record, K]]:
        return [(r, kind.read(r.body)) for r in self.records if r.schema == kind.schema]

    @cached_property
    def registrations(self) -> list[tuple[Record, PolicyRegistration]]:
        """Registered policies."""
        return self._all(PolicyRegistration)

    @cached_property
    def locks(self) -> list[tuple[Record, ModelLock]]:
        """Locked models."""
        return self._all(ModelLock)

    @cached_property
    def freezes(self) -> list[tuple[Record, ReferenceFreeze]]:
        """Frozen reference sets."""
        return self._all(ReferenceFreeze)

    @cached_property
    def looks(self) -> list[tuple[Record, Look]]:
        """Looks at reference sets."""
        return self._all(Look)

    @cached_property
    def validations(self) -> list[tuple[Record, ValidationRun]]:
        """Validation runs, newest first."""
        return self._all(ValidationRun)[::-1]

    @cached_property
    def windows(self) -> list[tuple[Record, MonitoringRun]]:
        """Monitoring runs, by the window's first day."""
        return sorted(self._all(MonitoringRun), key=lambda pair: pair[1].window["start"])

    @cached_property
    def triggers(self) -> list[tuple[Record, Trigger]]:
        """Triggers."""
        return self._all(Trigger)

    @cached_property
    def decisions(self) -> list[tuple[Record, ChangeDecision]]:
        """Decisions."""
        return self._all(ChangeDecision)

    def lock(self, model: str, digest: str) -> tuple[Record, ModelLock] | None:
        """The lock of a model's digest."""
        mine = [p for p in self.locks if p[1].model == model and p[1].digest == digest]
        return mine[-1] if mine else None

    def freeze(self, digest: str) -> tuple[Record, ReferenceFreeze] | None:
        """The freeze of a set's digest."""
        return next((pair for pair in self.freezes if pair[1].digest == digest), None)

    def registration(self, name: str, said: str) -> tuple[Record, PolicyRegistration] | None:
        """The registration behind ``VERSION DIGEST`` of a run."""
        digest = said.partition(" ")[2]
        mine = [p for p in self.registrations if p[1].name == name and p[1].digest == digest]
        return mine[0] if mine else None

    def policy(self, name: str, said: str = "") -> Body:
        """What a registered policy says: the one of a run, or the newest."""
        mine = [p for _, p in self.registrations if p.name == name]
        if said:
            mine = [p for p in mine if p.digest == said.partition(" ")[2]]
        found: Any = yaml.safe_load(mine[-1].text) if mine else {}
        return found if isinstance(found, dict) else {}

    @cached_property
    def minimum_cell(self) -> int:
        """Counts below this are not shown; the strictest that was ever registered."""
        said = [
            int((yaml.safe_load(p.text) or {}).get("minimum_cell", MINIMUM_CELL))
            for _, p in self.registrations
            if p.name == "validation"
        ]
        return max(said, default=MINIMUM_CELL)


def read(trail: AuditTrail) -> Reading:
    """Read a trail once."""
    return Reading(records=tuple(r for r in trail.records() if r.schema != ReportIssue.schema))
