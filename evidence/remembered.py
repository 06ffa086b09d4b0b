"""A trail that is asked again and again, by a page: each record is read once and remembered.

What is heavy in a window's record (its summaries and what was measured of each column) is left out
of what is remembered; whoever needs all of it reads the record by its number, from the database.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar, cast

from evidence.kind import Kind
from evidence.records import KINDS, MonitoringRun
from evidence.trail import AuditTrail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evidence.records import Record

K = TypeVar("K", bound=Kind)
HEAVY = ("summaries", "expectations", "charts", "joint", "dataset", "software", "label_free")
WINDOWS = (MonitoringRun.schema, *MonitoringRun.earlier)


@dataclass(slots=True)
class _Memory:
    """What was read so far; by schema, in order."""

    seq: int = 0
    records: dict[str, list[Record]] = field(default_factory=dict)
    values: dict[str, list[Kind]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class RememberedTrail(AuditTrail):
    """A trail whose records are read once. `refresh` takes in what was written since."""

    memory: _Memory = field(default_factory=_Memory, repr=False, compare=False)

    def refresh(self) -> int:
        """Read what was written since.

        Returns:
            The number of the newest record; 0 in an empty trail.
        """
        with self.memory.lock:
            for record in super().records(after=self.memory.seq):
                kept = _light(record)
                self.memory.values.setdefault(record.schema, []).append(kept.value())
                self.memory.records.setdefault(record.schema, []).append(kept)
                self.memory.seq = record.seq
            return self.memory.seq

    def records(self, *schemas: str, after: int = 0) -> Iterator[Record]:
        """The records in order: remembered ones where a schema is named that is kept whole."""
        if not schemas or set(schemas) & set(WINDOWS):
            return super().records(*schemas, after=after)
        found = [r for s in schemas for r in self.memory.records.get(s, []) if r.seq > after]
        return iter(sorted(found, key=lambda record: record.seq))

    def known(self, schema: str) -> tuple[Record, ...]:
        """What is remembered of one schema, in order; a window's without what is heavy."""
        return tuple(self.memory.records.get(schema, ()))

    def all(self, kind: type[K]) -> list[tuple[Record, K]]:
        """Every record of one kind, with its value; a window's without what is heavy."""
        found = [
            pair
            for schema in (kind.schema, *kind.earlier)
            for pair in zip(
                self.memory.records.get(schema, ()),
                cast("list[K]", self.memory.values.get(schema, ())),
                strict=False,  # one may just be added
            )
        ]
        return sorted(found, key=lambda pair: pair[0].seq)


def _light(record: Record) -> Record:
    """A record as it is remembered."""
    if record.schema not in WINDOWS or record.schema not in KINDS:
        return record
    body = {key: value for key, value in record.body.items() if key not in HEAVY}
    body |= {key: type(record.body[key])() for key in HEAVY if key in record.body}
    body["drift"] = [{"column": each.get("column", "")} for each in body.get("drift", [])]
    return replace(record, body=body)
