"""What the trail's records add up to by now; new records are folded in, old ones never read again.

Pure but for what it remembers: a server that is scraped every few seconds for years reads each
record once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evidence.records import (
    ChangeDecision,
    ModelLock,
    MonitoringRun,
    PolicyRegistration,
    ReferenceFreeze,
    Trigger,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from evidence.records import Body, Record

KINDS = (ChangeDecision, ModelLock, MonitoringRun, PolicyRegistration, ReferenceFreeze, Trigger)
SCHEMAS = tuple(schema for kind in KINDS for schema in (kind.schema, *kind.earlier))
Key = tuple[str, str]  # digests of the model and the reference set
FINAL = 1_000_000  # age of a window that was judged once and for all


@dataclass(slots=True)
class State:
    """The state so far.

    Attributes:
        seq: The number of the last record folded in.
        last_run: When the last window was recorded, UTC ISO 8601.
    """

    seq: int = 0
    last_run: str = ""
    _newest: dict[str, Body] = field(default_factory=dict)
    _ages: dict[Key, dict[str, int]] = field(default_factory=dict)
    _triggers: dict[str, str] = field(default_factory=dict)
    _decided: dict[str, set[str]] = field(default_factory=dict)
    _locks: dict[str, str] = field(default_factory=dict)
    _frozen: dict[str, str] = field(default_factory=dict)
    _policies: dict[str, PolicyRegistration] = field(default_factory=dict)

    def fold(self, record: Record) -> None:
        """Take one more record in; they come in the order of the trail."""
        self.seq = record.seq
        value = record.value()
        if isinstance(value, MonitoringRun):
            self._run(record, value)
        elif isinstance(value, Trigger):
            self._triggers[value.id] = value.severity
        elif isinstance(value, ChangeDecision):
            self._decided.setdefault(value.trigger, set()).add(value.decision)
        elif isinstance(value, ModelLock):
            self._locks[value.model] = value.digest
        elif isinstance(value, ReferenceFreeze):
            self._frozen[value.name] = value.digest
        elif isinstance(value, PolicyRegistration):
            self._policies[value.name] = value

    def _run(self, record: Record, value: MonitoringRun) -> None:
        self.last_run = record.at
        known = self._newest.get(value.model)
        if known is None or known["window"]["end"] <= value.window["end"]:
            # The body itself: it may hold what a later writer added.
            self._newest[value.model] = {k: v for k, v in record.body.items() if k != "summaries"}
        ages = self._ages.setdefault((value.model_digest, value.reference_digest), {})
        ages[value.window["label"]] = int(value.stage.get("age_days", FINAL))

    def newest(self, model: str) -> Body | None:
        """The newest window of a model, without its summaries."""
        return self._newest.get(model)

    def done(self, model: str, reference: str) -> dict[str, int]:
        """Label of each window that was judged, to its age at the last judging."""
        return self._ages.get((self._locks.get(model, ""), self._frozen.get(reference, "")), {})

    def open_triggers(self, closing: Collection[str]) -> list[str]:
        """The severity of each trigger that no decision closes."""
        return [
            severity
            for name, severity in self._triggers.items()
            if not self._decided.get(name, set()).intersection(closing)
        ]

    def registered(self, name: str) -> PolicyRegistration | None:
        """The newest registration of a policy."""
        return self._policies.get(name)

    @property
    def registrations(self) -> list[PolicyRegistration]:
        """The newest of each policy."""
        return list(self._policies.values())
