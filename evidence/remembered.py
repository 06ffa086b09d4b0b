"""A trail that is asked again and again, by a page: each record is read once and remembered.

What is heavy in a window's record (its summaries, what was measured of each column and subgroup) is
left out of what is remembered; whoever needs all of it reads the record by its number, from the
database. A window takes some 9 KiB so, twenty years of nights some 60 MiB (docs/performance.md).
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from itertools import chain
from sys import intern
from typing import TYPE_CHECKING, Any, TypeVar, cast

from evidence.kind import Kind
from evidence.records import KINDS, MonitoringRun
from evidence.trail import AuditTrail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from evidence.kind import Body
    from evidence.records import Record

K = TypeVar("K", bound=Kind)
T = TypeVar("T")
HEAVY = (
    *("summaries", "expectations", "charts", "joint", "dataset", "software", "label_free"),
    *("accounting", "gaps", "warnings"),
)
SHARED = ("policies", "drift", "engine", "labels")  # mostly the same in window after window
WINDOWS = (MonitoringRun.schema, *MonitoringRun.earlier)
WHOLE = "overall"  # the subgroup that is everybody
WORD = 40  # characters up to which a text is likely to come again


@dataclass(slots=True)
class _Memory:
    """What was read so far, in order; by schema, and all together."""

    seq: int = 0
    order: list[Record] = field(default_factory=list)
    records: dict[str, list[Record]] = field(default_factory=dict)
    pairs: dict[str, list[tuple[Record, Kind]]] = field(default_factory=dict)
    shared: dict[str, Any] = field(default_factory=dict)
    derived: dict[str, Any] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    deriving: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class RememberedTrail(AuditTrail):
    """A trail whose records are read once. `refresh` takes in what was written since."""

    memory: _Memory = field(default_factory=_Memory, repr=False, compare=False)

    def refresh(self) -> int:
        """Read what was written since; whoever comes meanwhile waits for it.

        Returns:
            The number of the newest record; 0 in an empty trail.
        """
        memory = self.memory
        with memory.lock:
            for record in super().records(after=memory.seq):
                kept = _light(record, memory.shared)
                pair = (kept, kept.value())
                memory.pairs.setdefault(record.schema, []).append(pair)
                memory.records.setdefault(record.schema, []).append(kept)
                memory.order.append(kept)
                memory.seq = record.seq
            return memory.seq

    def records(self, *schemas: str, after: int = 0) -> Iterator[Record]:
        """The records in order, whole: remembered ones as far as they are kept whole."""
        if schemas:
            if set(schemas) & set(WINDOWS):
                return super().records(*schemas, after=after)
            found = [r for s in schemas for r in _later(self.memory.records.get(s, []), after)]
            return iter(sorted(found, key=lambda record: record.seq))
        return self._each(after)

    def _each(self, after: int) -> Iterator[Record]:
        """Remembered records up to the first window; from there on the database's."""
        for record in _later(self.memory.order, after):
            if record.schema in WINDOWS:
                break
            yield record
            after = record.seq
        yield from super().records(after=after)

    def known(self, schema: str) -> tuple[Record, ...]:
        """What is remembered of one schema, in order; a window's without what is heavy."""
        return tuple(self.memory.records.get(schema, ()))

    def all(self, kind: type[K]) -> list[tuple[Record, K]]:
        """Every record of one kind, with its value; a window's without what is heavy."""
        return self.since(kind, 0)

    def since(self, kind: type[K], after: int) -> list[tuple[Record, K]]:
        """The records of one kind after a number, with their values.

        Args:
            kind: The kind.
            after: Number of the last record that is left out.
        """
        parts = [
            list(pairs[bisect_right(pairs, after, key=_number) :])
            for schema in (kind.schema, *kind.earlier)
            if (pairs := self.memory.pairs.get(schema))
        ]
        found = parts[0] if len(parts) == 1 else sorted(chain.from_iterable(parts), key=_number)
        return cast("list[tuple[Record, K]]", found)

    def derived(self, name: str, make: Callable[[], T]) -> T:
        """What somebody derives of this trail and keeps beside it, made when first asked for.

        Args:
            name: Of what is kept.
            make: Makes it, empty.
        """
        with self.memory.deriving:
            if name not in self.memory.derived:
                self.memory.derived[name] = make()
            return cast("T", self.memory.derived[name])


def _number(pair: tuple[Record, Kind]) -> int:
    return pair[0].seq


def _later(records: list[Record], after: int) -> list[Record]:
    return records[bisect_right(records, after, key=lambda record: record.seq) :]


def _light(record: Record, shared: dict[str, Any]) -> Record:
    """A record as it is remembered."""
    if record.schema not in WINDOWS or record.schema not in KINDS:
        return record
    body = record.body | {key: type(record.body[key])() for key in HEAVY if key in record.body}
    body["drift"] = [{"column": each.get("column", "")} for each in body.get("drift", [])]
    body["estimates"] = [e for e in body["estimates"] if e.get("subgroup", WHOLE) == WHOLE]
    known = {key: body.pop(key) for key in SHARED if key in body}
    lean = _lean(body)
    for key, value in known.items():
        name = repr(value)
        if name not in shared:
            shared[name] = _lean(value)
        lean[intern(key)] = shared[name]
    return replace(record, schema=intern(record.schema), body=lean)


def _lean(value: Any) -> Any:
    """The same value; names and words that come again and again are held once."""
    if isinstance(value, dict):
        lean: Body = {intern(key): _lean(inner) for key, inner in value.items()}
        return lean
    if isinstance(value, list):
        return [_lean(inner) for inner in value]
    return intern(value) if isinstance(value, str) and len(value) <= WORD else value
