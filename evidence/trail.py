"""The append-only, hash-chained audit trail.

The database itself refuses UPDATE and DELETE (by triggers); each record carries the digest of the
one before and is checked whenever it is read; `verify` finds any edit, removal or reordering and
says where. Writers queue behind one lock, so the chain never forks. All records of one `append` are
written, or none.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from evidence import chain
from evidence.chain import GENESIS
from evidence.errors import AssuranceError, BrokenTrailError
from evidence.pages import Pages
from evidence.records import Kind
from evidence.search import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Engine

    from evidence.records import Record

_COLUMNS = "seq, schema, at, actor, body, previous, digest"
SCHEMA_VERSION = 3  # changes of the schema up to the newest revision: a table and two guards
PATIENCE = 60  # seconds that a writer waits for the others
UNWRITABLE = ("readonly database", "unable to open database", "disk is full")

K = TypeVar("K", bound=Kind)


@dataclass(frozen=True)
class AuditTrail:
    """The trail at a database URL.

    Attributes:
        url: An SQLAlchemy URL of an SQLite file.
        create: Whether a trail that does not exist yet is made.
    """

    url: str
    create: bool = True

    def __post_init__(self) -> None:
        if not self.url.startswith("sqlite:///"):
            scheme = self.url.partition(":")[0]
            raise AssuranceError(
                f"The trail cannot be kept in '{scheme}' yet: this version writes SQLite files. "
                "Set TPLC_DATABASE_URL to sqlite:///PATH or unset it."
            )
        path = self._path
        if not self.create and not path.exists():
            raise AssuranceError(
                f"There is no trail at {path}. Make a workspace with: tplc init DIR"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            if self._head_file.exists() and self._head() != (0, GENESIS):
                noted = self._head_file.read_text().strip()
                raise BrokenTrailError([f"The trail is gone: {path}. Its head was noted: {noted}"])
            self._write_head(0, GENESIS)  # before the first record, so that it is never missing

    @property
    def _path(self) -> Path:
        return Path(self.url.removeprefix("sqlite:///"))

    @property
    def _head_file(self) -> Path:
        return self._path.with_suffix(".head")

    @cached_property
    def _engine(self) -> Engine:
        from sqlalchemy import create_engine, event
        from sqlalchemy.pool import NullPool

        engine = create_engine(self.url, poolclass=NullPool, connect_args={"timeout": PATIENCE})

        @event.listens_for(engine, "connect")
        def _settle(connection: Any, _record: object) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")  # unused space is zero: see `pages`

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
        except (DatabaseError, sqlite3.DatabaseError) as error:  # the second while connecting
            raise self._fault(str(getattr(error, "orig", error))) from error

    def _fault(self, said: str) -> AssuranceError:
        """What SQLite says, told apart: nobody's damage when it could only not be written now."""
        if "locked" in said:
            return AssuranceError(
                f"Another process has held the trail for more than {PATIENCE} s: {self._path}. "
                "Nothing was written; run the command again."
            )
        if any(word in said for word in UNWRITABLE):
            return AssuranceError(
                f"The trail cannot be written ({said}): {self._path}. See to the folder's rights "
                "and room; nothing was written."
            )
        return BrokenTrailError([f"The trail's database is damaged: {said}"])

    def append(
        self, values: Sequence[Kind], *, at: str, actor: str, once: str = "", by: str = "key"
    ) -> list[Record]:
        """Write records at the end of the chain, all or none.

        Args:
            values: What to write, in order.
            at: When, UTC ISO 8601; read once, at the door.
            actor: Who; read once, at the door.
            once: A key: when a record of the first value's schema has it already, nothing is
                written. Two processes that do the same work thus leave it once.
            by: The field that holds the key.

        Returns:
            The records written; none when `once` was found.
        """
        written: list[Record] = []
        with self._connect("BEGIN IMMEDIATE") as connection:
            if once and _has_key(connection, values[0].schema, by, once):
                return []
            last = connection.exec_driver_sql(
                "SELECT seq, digest FROM record ORDER BY seq DESC LIMIT 1"
            ).first()
            seq, previous = (int(last[0]), str(last[1])) if last else (0, GENESIS)
            for value in values:
                seq += 1
                record = chain.seal(value, seq, at, actor, previous)
                connection.exec_driver_sql(
                    f"INSERT INTO record ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - constant names
                    chain.row(record),
                )
                written.append(record)
                previous = record.digest
        self._write_head(written[-1].seq, written[-1].digest)
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
                yield chain.record(row)

    def texts(self, *schemas: str) -> Iterator[tuple[int, str]]:
        """Number and text of the records, to be searched: as they stand, not checked, not parsed.

        Whoever shows a record that was found reads it by its number, and it is checked then.
        """
        marks = ", ".join("?" * len(schemas))
        only = f" WHERE schema IN ({marks})" if schemas else ""
        query = f"SELECT seq, schema, actor, at, body FROM record{only} ORDER BY seq"  # noqa: S608 - constant names
        with self._connect() as connection:
            for row in connection.exec_driver_sql(query, schemas):
                yield int(row[0]), written(row[1], row[2], row[3], row[4])

    def all(self, kind: type[K]) -> list[tuple[Record, K]]:
        """Every record of one kind, with its value."""
        schemas = (kind.schema, *kind.earlier)
        return [(record, kind.read(record.body)) for record in self.records(*schemas)]

    def last(self) -> Record | None:
        """The newest record, if there is one."""
        query = f"SELECT {_COLUMNS} FROM record ORDER BY seq DESC LIMIT 1"  # noqa: S608 - constant names
        with self._connect() as connection:
            row = connection.exec_driver_sql(query).first()
        return chain.record(row) if row else None

    def verify(self) -> int:
        """Walk the whole chain.

        Returns:
            How many records stand.

        Raises:
            BrokenTrailError: Each broken place.
        """
        faults: list[str] = []
        head = self._head()  # before the snapshot: it is written after its record
        seq, previous, standing = 0, GENESIS, head == (0, GENESIS)
        with self._connect() as connection:
            faults += _structure_faults(connection)
            rows = connection.exec_driver_sql(f"SELECT {_COLUMNS} FROM record ORDER BY seq")  # noqa: S608 - constant names
            for row in rows:
                faults += chain.row_faults(row, seq + 1, previous)
                seq, previous = int(row[0]), str(row[6])
                standing = standing or head == (seq, previous)
        if isinstance(head, str):
            faults.append(head)
        elif not standing:
            faults.append(
                f"Record {head[0]}, the head noted beside the database, is gone or was changed."
            )
        faults += self._page_faults()
        if faults:
            raise BrokenTrailError(faults)
        return seq

    def _page_faults(self) -> list[str]:
        """Audit the file itself, while nobody writes and nothing waits beside it."""
        with self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                log = self._path.with_name(self._path.name + "-wal")
                quiet = not log.exists() or not log.stat().st_size
                return Pages(self._path).audit(SCHEMA_VERSION) if quiet else []
            finally:
                connection.exec_driver_sql("ROLLBACK")

    def _write_head(self, seq: int, digest: str) -> None:
        # A second witness beside the database: a tail cut off the table shows against it.
        part = self._head_file.with_name(f".{uuid4().hex}.head")
        part.write_text(f"{seq} {digest}\n")
        part.replace(self._head_file)

    def _head(self) -> tuple[int, str] | str:
        """Number and digest of the noted head, or what is wrong with the note."""
        if not self._head_file.exists():
            return f"The trail's head file is missing: {self._head_file}"
        try:
            number, digest = self._head_file.read_text().split()
            return int(number), digest
        except ValueError:
            return f"The trail's head file was changed: {self._head_file}"


def _has_key(connection: Connection, schema: str, by: str, key: str) -> bool:
    query = "SELECT 1 FROM record WHERE schema = ? AND json_extract(body, ?) = ?"
    return connection.exec_driver_sql(query, (schema, f"$.{by}", key)).first() is not None


def _structure_faults(connection: Connection) -> list[str]:
    faults = [
        f"The trail's database is damaged: {row[0]}"
        for row in connection.exec_driver_sql("PRAGMA integrity_check")
        if row[0] != "ok"
    ]
    query = "SELECT name, sql FROM sqlite_master"
    found = {row[0]: row[1] for row in connection.exec_driver_sql(query)}
    wanted = _schema()
    faults += [
        f"The database's '{name}' was removed or changed: it is part of what makes the trail "
        "append-only."
        for name in sorted({*found, *wanted})
        if found.get(name) != wanted.get(name)
    ]
    return faults


def _schema() -> dict[str, str]:
    """What the newest revision makes, name to SQL."""
    from sqlalchemy import create_engine

    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        _migrate(connection)
        return {
            row[0]: row[1]
            for row in connection.exec_driver_sql("SELECT name, sql FROM sqlite_master")
        }


def _migrate(connection: Connection) -> None:
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    from evidence.migrations import r0001_record

    r0001_record.upgrade(Operations(MigrationContext.configure(connection)))


def _upgrade(engine: Engine) -> None:
    """Bring the schema to the newest revision; does nothing when it is there."""
    from sqlalchemy import inspect

    with engine.connect() as connection:
        if inspect(connection).has_table("record"):
            return
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        if not inspect(connection).has_table("record"):
            _migrate(connection)
        connection.exec_driver_sql("COMMIT")
