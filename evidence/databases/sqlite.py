"""A trail in an SQLite file: write-ahead log, one writer at a time, zeroed unused space."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence.databases import database, lookup, revisions
from evidence.databases.database import Database
from evidence.databases.sqlite_pages import Pages
from evidence.errors import AssuranceError, BrokenTrailError
from evidence.head import EMPTY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

UNWRITABLE = ("readonly database", "unable to open database", "disk is full")
MASTER = "SELECT name, sql, rootpage FROM sqlite_master"


class Sqlite(Database):
    """A trail's file."""

    def __init__(self, url: str) -> None:
        self.path = Path(url.removeprefix("sqlite:///"))
        super().__init__(url, str(self.path), self.path.with_suffix(".head"))

    def check(self, *, create: bool, brought: bool = False) -> None:
        """Look for the file; make its folder and first head when there is none."""
        if not create and not self.path.exists():
            raise AssuranceError(f"There is no trail at {self.path}. {self.how_to_make()}")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self.path.exists():
            if (noted := self.head.says_records()) and not brought:
                raise BrokenTrailError([self.gone(noted)])
            self.head.write(*EMPTY)  # before the first record, so that it is never missing

    @cached_property
    def engine(self) -> Engine:
        """Opens a connection each time."""
        from sqlalchemy import create_engine, event
        from sqlalchemy.pool import NullPool

        engine = create_engine(
            self.url, poolclass=NullPool, connect_args={"timeout": database.PATIENCE}
        )

        @event.listens_for(engine, "connect")
        def _settle(connection: Any, _record: object) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")  # unused space is zero: see the pages

        return engine

    @contextmanager
    def begin(self, *, writing: bool) -> Iterator[Connection]:
        """A connection in a transaction."""
        try:
            with self.engine.connect() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
                try:
                    yield connection
                except BaseException:
                    connection.exec_driver_sql("ROLLBACK")
                    raise
                connection.exec_driver_sql("COMMIT")
        except sqlite3.DatabaseError as error:  # while connecting
            raise self.fault(error) from error

    def fault(self, error: Exception) -> AssuranceError:
        """What SQLite says, told apart."""
        said = str(getattr(error, "orig", error))
        if "locked" in said:
            return AssuranceError(
                f"Another process has held the trail for more than {database.PATIENCE} s: "
                f"{self.where}. Nothing was written; run the command again."
            )
        if any(word in said for word in UNWRITABLE):
            return AssuranceError(
                f"The trail cannot be written ({said}): {self.where}. See to the folder's rights "
                "and room; nothing was written."
            )
        return BrokenTrailError([f"The trail's database is damaged: {said}"])

    def has_key(self, connection: Connection, schema: str, by: str, key: str) -> bool:
        """Whether a record of a schema has a key in a field."""
        from sqlalchemy import text

        values = {"schema": schema, "key": lookup.as_found(key)}
        return connection.execute(text(lookup.in_file(by)), values).first() is not None

    def structure_faults(self, connection: Connection, *, quick: bool = False) -> list[str]:
        """SQLite's own check (unless quick), and everything in the file's table of contents."""
        faults = [
            f"The trail's database is damaged: {row[0]}"
            for row in ([] if quick else connection.exec_driver_sql("PRAGMA integrity_check"))
            if row[0] != "ok"
        ]
        found = {row[0]: row[1] for row in connection.exec_driver_sql(MASTER)}
        wanted, _ = self._wanted(connection, found)
        return faults + [
            f"The database's '{name}' was removed or changed: it is part of what makes the trail "
            "append-only."
            for name in sorted({*found, *wanted})
            if found.get(name, "") != wanted.get(name, "")
        ]

    def _wanted(self, connection: Connection, found: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """What a file of this revision holds, name to SQL; how often its schema was changed."""
        wanted, changes = _made(revisions.present(connection))
        if revisions.TABLES[1] in found:
            return wanted, changes
        named = {name for name in wanted if revisions.TABLES[1] in name}
        return {name: sql for name, sql in wanted.items() if name not in named}, changes - 1

    def audit(self) -> list[str]:
        """Audit the file itself, while nobody writes and nothing waits beside it."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                log = self.path.with_name(self.path.name + "-wal")
                if log.exists() and log.stat().st_size:
                    return []
                rows = connection.exec_driver_sql(MASTER).all()
                _, changes = self._wanted(connection, {row[0]: row[1] for row in rows})
                return Pages(self.path).audit(changes, {row[2] for row in rows})
            finally:
                connection.exec_driver_sql("ROLLBACK")

    def settle(self, revision: str) -> None:
        """Give back the pages of what was dropped, and count the schema's changes anew."""
        _, changes = _made(revision)
        with self.engine.connect() as connection:
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql(f"PRAGMA schema_version = {changes}")


@cache
def _made(revision: str) -> tuple[dict[str, Any], int]:
    """What the revisions make in an empty file."""
    from sqlalchemy import create_engine

    with create_engine("sqlite://").connect() as connection:
        revisions.migrate(connection, revision)
        made = {row[0]: row[1] for row in connection.exec_driver_sql(MASTER)}
        return made, int(connection.exec_driver_sql("PRAGMA schema_version").scalar_one())
