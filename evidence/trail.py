"""The append-only, hash-chained audit trail.

The database itself refuses UPDATE and DELETE (by triggers); each record carries the digest of the
one before; `verify` finds any edit, removal or reordering and says where. Writers queue behind one
lock, so the chain never forks. All records of one `append` are written, or none.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from evidence import digest as digests
from evidence.errors import AssuranceError, BrokenTrailError
from evidence.records import Kind, Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Engine

GENESIS = digests.of_bytes(b"")
_COLUMNS = "seq, schema, at, actor, body, previous, digest"
_TRIGGERS = ("record_no_update", "record_no_delete")

K = TypeVar("K", bound=Kind)


def chained(record: Record) -> str:
    """The digest that a record must carry, from all its other fields."""
    fields = ("seq", "schema", "at", "actor", "body", "previous")
    return digests.of_value({name: getattr(record, name) for name in fields})


@dataclass(frozen=True)
class AuditTrail:
    """The trail at a database URL.

    Attributes:
        url: An SQLAlchemy URL of an SQLite file.
        create: Whether a trail that does not exist yet is made.
    """

    url: str
    create: bool = True
    _head_file: Path | None = field(init=False, default=None, repr=False)

    def __post_init__(self) -> None:
        if not self.url.startswith("sqlite:///"):
            scheme = self.url.partition(":")[0]
            raise AssuranceError(
                f"The trail cannot be kept in '{scheme}' yet: this version writes SQLite files. "
                "Set TPLC_DATABASE_URL to sqlite:///PATH or unset it."
            )
        path = Path(self.url.removeprefix("sqlite:///"))
        if not self.create and not path.exists():
            raise AssuranceError(
                f"There is no trail at {path}. Make a workspace with: tplc init DIR"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        object.__setattr__(self, "_head_file", path.with_suffix(".head"))

    @cached_property
    def _engine(self) -> Engine:
        from sqlalchemy import create_engine, event
        from sqlalchemy.pool import NullPool

        engine = create_engine(self.url, poolclass=NullPool, connect_args={"timeout": 60})

        @event.listens_for(engine, "connect")
        def _settle(connection: Any, _record: object) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")

        _upgrade(engine)
        return engine

    @contextmanager
    def _connect(self, begin: str = "BEGIN") -> Iterator[Connection]:
        from sqlalchemy.exc import DatabaseError

        try:
            with self._engine.connect() as connection:
                connection.exec_driver_sql(begin)
                try:
                    yield connection
                except BaseException:
                    connection.exec_driver_sql("ROLLBACK")
                    raise
                connection.exec_driver_sql("COMMIT")
        except DatabaseError as error:
            raise BrokenTrailError([f"The trail's database is damaged: {error.orig}"]) from error

    def append(
        self, values: Sequence[Kind], *, at: str, actor: str, once: str = ""
    ) -> list[Record]:
        """Write records at the end of the chain, all or none.

        Args:
            values: What to write, in order.
            at: When, UTC ISO 8601; read once, at the door.
            actor: Who; read once, at the door.
            once: A key: when a record of the first value's schema has it already, nothing is
                written. Two processes that do the same work thus leave it once.

        Returns:
            The records written; none when `once` was found.
        """
        written: list[Record] = []
        with self._connect("BEGIN IMMEDIATE") as connection:
            if once and _has_key(connection, values[0].schema, once):
                return []
            last = connection.exec_driver_sql(
                "SELECT seq, digest FROM record ORDER BY seq DESC LIMIT 1"
            ).first()
            seq, previous = (int(last[0]), str(last[1])) if last else (0, GENESIS)
            for value in values:
                seq += 1
                record = _seal(value, seq, at, actor, previous)
                connection.exec_driver_sql(
                    f"INSERT INTO record ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - constant names
                    _row(record),
                )
                written.append(record)
                previous = record.digest
        self._note_head(written[-1] if written else None)
        return written

    def records(self, *schemas: str, after: int = 0) -> Iterator[Record]:
        """The records in order, optionally of some schemas, after a number."""
        query = f"SELECT {_COLUMNS} FROM record WHERE seq > ?"  # noqa: S608 - constant names
        values: tuple[object, ...] = (after,)
        if schemas:
            query += f" AND schema IN ({', '.join('?' * len(schemas))})"
            values += schemas
        with self._connect() as connection:
            for row in connection.exec_driver_sql(query + " ORDER BY seq", values):
                yield _record(row)

    def all(self, kind: type[K]) -> list[tuple[Record, K]]:
        """Every record of one kind, with its value."""
        return [(record, kind.read(record.body)) for record in self.records(kind.schema)]

    def verify(self) -> int:
        """Walk the whole chain.

        Returns:
            How many records stand.

        Raises:
            BrokenTrailError: Each broken place.
        """
        faults: list[str] = []
        previous, expected, by_seq = GENESIS, 1, {}
        with self._connect() as connection:
            faults += _structure_faults(connection)
            rows = connection.exec_driver_sql(f"SELECT {_COLUMNS} FROM record ORDER BY seq")  # noqa: S608 - constant names
            for row in rows:
                faults += _row_faults(row, expected, previous)
                by_seq[int(row[0])] = previous = str(row[6])
                expected = int(row[0]) + 1
        faults += self._head_faults(by_seq)
        if faults:
            raise BrokenTrailError(faults)
        return len(by_seq)

    def _note_head(self, record: Record | None) -> None:
        # A second witness beside the database: a tail cut off the table shows against it.
        if record is None or self._head_file is None:
            return
        part = self._head_file.with_name(f".{uuid4().hex}.head")
        part.write_text(f"{record.seq} {record.digest}\n")
        part.replace(self._head_file)

    def _head_faults(self, by_seq: dict[int, str]) -> list[str]:
        if self._head_file is None or not self._head_file.exists():
            return ["The trail's head file is missing."] if by_seq else []
        try:
            number, digest = self._head_file.read_text().split()
            seq = int(number)
        except ValueError:
            return [f"The trail's head file was changed: {self._head_file}"]
        if by_seq.get(seq) != digest:
            return [f"Record {seq}, the head noted beside the database, is gone or was changed."]
        return []


def _has_key(connection: Connection, schema: str, key: str) -> bool:
    query = "SELECT 1 FROM record WHERE schema = ? AND json_extract(body, '$.key') = ?"
    return connection.exec_driver_sql(query, (schema, key)).first() is not None


def _seal(value: Kind, seq: int, at: str, actor: str, previous: str) -> Record:
    record = Record(
        seq=seq,
        schema=value.schema,
        at=at,
        actor=actor,
        body=json.loads(digests.canonical(value.body())),
        previous=previous,
        digest="",
    )
    return _with_digest(record)


def _with_digest(record: Record) -> Record:
    return replace(record, digest=chained(record))


def _row(record: Record) -> tuple[Any, ...]:
    body = digests.canonical(record.body).decode()
    return (
        record.seq,
        record.schema,
        record.at,
        record.actor,
        body,
        record.previous,
        record.digest,
    )


def _record(row: Any) -> Record:
    try:
        body = json.loads(row[4])
    except ValueError as error:
        raise BrokenTrailError([f"Record {row[0]}: its body is no JSON any more."]) from error
    return Record(
        seq=int(row[0]),
        schema=row[1],
        at=row[2],
        actor=row[3],
        body=body,
        previous=row[5],
        digest=row[6],
    )


def _row_faults(row: Any, expected: int, previous: str) -> list[str]:
    faults = []
    if row[0] != expected:
        faults.append(f"Record {expected} is missing (the next one found is {row[0]}).")
    try:
        record = _record(row)
        if digests.canonical(record.body).decode() != row[4] or chained(record) != record.digest:
            faults.append(f"Record {row[0]} ({row[1]}) was changed after it was written.")
    except (BrokenTrailError, ValueError, TypeError):
        faults.append(f"Record {row[0]} was changed after it was written: it cannot be read.")
    if row[0] == expected and row[5] != previous:
        faults.append(f"Record {row[0]} does not follow record {expected - 1}: the chain is cut.")
    return faults


def _structure_faults(connection: Connection) -> list[str]:
    faults = [
        f"The trail's database is damaged: {row[0]}"
        for row in connection.exec_driver_sql("PRAGMA integrity_check")
        if row[0] != "ok"
    ]
    found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    guards = {row[0]: str(row[1]) for row in found}
    faults += [
        f"The database guard '{name}' was removed or changed."
        for name in _TRIGGERS
        if "RAISE(ABORT, 'the trail is append-only')" not in guards.get(name, "")
    ]
    return faults


def _upgrade(engine: Engine) -> None:
    """Bring the schema to the newest revision; does nothing when it is there."""
    from sqlalchemy import inspect
    from sqlalchemy.exc import DatabaseError

    try:
        with engine.connect() as connection:
            if inspect(connection).has_table("record"):
                return
            from alembic.migration import MigrationContext
            from alembic.operations import Operations

            from evidence.migrations import r0001_record

            connection.exec_driver_sql("BEGIN IMMEDIATE")
            if not inspect(connection).has_table("record"):
                r0001_record.upgrade(Operations(MigrationContext.configure(connection)))
            connection.exec_driver_sql("COMMIT")
    except DatabaseError as error:
        raise BrokenTrailError([f"The trail's database is damaged: {error.orig}"]) from error
