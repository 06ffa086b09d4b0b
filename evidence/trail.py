"""The append-only, hash-chained audit trail.

The database itself refuses UPDATE, DELETE and TRUNCATE (by triggers); each record carries the
digest of the one before and is checked whenever it is read; `verify` finds any edit, removal or
reordering and says where. Writers queue behind one lock, so the chain never forks. All records of
one `append` are written, or none. What SQLite and PostgreSQL do differently is in `databases`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from evidence import chain, databases
from evidence.chain import GENESIS
from evidence.errors import BrokenTrailError
from evidence.records import Kind
from evidence.search import written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Connection

    from evidence.checkpoint import Checkpoint
    from evidence.databases.database import Database
    from evidence.records import Record

_COLUMNS = "seq, schema, at, actor, body, previous, digest"
_NEWEST = f"SELECT {_COLUMNS} FROM record ORDER BY seq DESC LIMIT 1"  # noqa: S608 - constant names
_INSERT = (
    f"INSERT INTO record ({_COLUMNS}) "  # noqa: S608 - constant names
    "VALUES (:seq, :schema, :at, :actor, :body, :previous, :digest)"
)
_NAMES = tuple(_COLUMNS.split(", "))

K = TypeVar("K", bound=Kind)


@dataclass(frozen=True)
class AuditTrail:
    """The trail at a database URL.

    Attributes:
        url: An SQLAlchemy URL of an SQLite file or a PostgreSQL database; it may hold a password.
        create: Whether a trail that does not exist yet is made.
        beside: The folder of what is noted beside a trail on a server: its head, its checkpoints.
        brought: Whether the noted head is of records that are brought here from another database.
    """

    url: str = field(repr=False)
    create: bool = True
    beside: Path | None = None
    brought: bool = False

    def __post_init__(self) -> None:
        self.database.check(create=self.create, brought=self.brought)

    @cached_property
    def database(self) -> Database:
        """Where the trail is kept."""
        return databases.at(self.url, self.beside)

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
            by: The field that holds the key; the look-up takes the same time in a trail of any
                length for `key`, and reads the records of the schema for another.

        Returns:
            The records written; none when `once` was found.
        """
        from sqlalchemy import text

        written: list[Record] = []
        with self.database.connect(writing=True, create=self.create) as connection:
            if once and self.database.has_key(connection, values[0].schema, by, once):
                return []
            last = connection.execute(text(_NEWEST)).first()
            seq, previous = (int(last[0]), str(last[6])) if last else (0, GENESIS)
            for value in values:
                seq += 1
                record = chain.seal(value, seq, at, actor, previous)
                self.put(connection, record)
                written.append(record)
                previous = record.digest
        self.database.head.write(written[-1].seq, written[-1].digest)
        return written

    @staticmethod
    def put(connection: Connection, record: Record) -> None:
        """Write a record that was sealed, in a transaction that writes."""
        from sqlalchemy import text

        row = dict(zip(_NAMES, chain.row(record), strict=True))
        connection.execute(text(_INSERT), row)

    def records(self, *schemas: str, after: int = 0) -> Iterator[Record]:
        """The records in order, optionally of some schemas, after a number."""
        for row in self._rows(schemas, after):
            yield chain.record(row)

    def texts(self, *schemas: str) -> Iterator[tuple[int, str]]:
        """Number and text of the records, to be searched: as they stand, not checked, not parsed.

        Whoever shows a record that was found reads it by its number, and it is checked then.
        """
        for seq, schema, at, actor, body, *_ in self._rows(schemas, 0):
            yield int(seq), written(schema, actor, at, body)

    def _rows(self, schemas: Sequence[str], after: int) -> Iterator[Any]:
        from sqlalchemy import bindparam, text

        query = f"SELECT {_COLUMNS} FROM record WHERE seq > :after"  # noqa: S608 - constant names
        values: dict[str, object] = {"after": after}
        if schemas:
            query += " AND schema IN :schemas"
            values["schemas"] = list(schemas)
        statement = text(query + " ORDER BY seq")
        if schemas:
            statement = statement.bindparams(bindparam("schemas", expanding=True))
        with self.database.connect(create=self.create) as connection:
            streamed = connection.execution_options(stream_results=True)
            yield from streamed.execute(statement, values)

    def all(self, kind: type[K]) -> list[tuple[Record, K]]:
        """Every record of one kind, with its value."""
        schemas = (kind.schema, *kind.earlier)
        return [(record, kind.read(record.body)) for record in self.records(*schemas)]

    def last(self) -> Record | None:
        """The newest record, if there is one."""
        from sqlalchemy import text

        with self.database.connect(create=self.create) as connection:
            row = connection.execute(text(_NEWEST)).first()
        return chain.record(row) if row else None

    @property
    def where(self) -> str:
        """The place as people may see it: without a password."""
        return self.database.where

    def migrate(self, revision: str) -> None:
        """Bring the schema up or down to a revision; records stay as they are."""
        self.database.prepare(create=self.create)
        self.database.migrate(revision)

    def revision(self) -> str:
        """The revision of the schema; reading leaves it, writing brings it to the newest."""
        with self.database.connect(create=self.create) as connection:
            return self.database.revision(connection)

    def verify(
        self,
        progress: Callable[[int, int], None] | None = None,
        *,
        since: Checkpoint | None = None,
        given: Sequence[Checkpoint] = (),
    ) -> int:
        """Walk the whole chain, in memory that does not grow with it.

        Args:
            progress: Told how many records were read, and of how many.
            since: A signed checkpoint to begin at; what is before it is not read again.
            given: Signed checkpoints that were kept elsewhere.

        Returns:
            The number of the last record: how many stand.

        Raises:
            BrokenTrailError: Each broken place.
        """
        from evidence import verification

        faults, seq = verification.of(
            self.database, create=self.create, progress=progress, since=since, given=given
        )
        if faults:
            raise BrokenTrailError(list(dict.fromkeys(faults)))
        return seq
