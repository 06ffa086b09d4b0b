"""A trail in PostgreSQL, through psycopg 3: writers queue behind one advisory lock."""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from evidence.databases import address, database, lookup, postgres_catalog, revisions
from evidence.databases.database import STREAMED, Database
from evidence.errors import AssuranceError, BrokenTrailError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

LOCK = 0x74706C63  # "tplc": the same for every process, and for one schema of one database
# A commit is only told when it is on the disk, whatever the server's default is.
SETTINGS = """
SELECT set_config('lock_timeout', :patience, true), set_config('synchronous_commit',
  CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
  ELSE current_setting('synchronous_commit') END, true)
"""
QUEUE = f"SELECT pg_advisory_xact_lock({LOCK}, hashtext(current_schema()))"
HELD = ("55P03", "57014")  # lock not available, statement timeout
UNWRITABLE = ("25006", "42501", "53100", "53200", "54")  # read-only, rights, disk, memory, limits
AWAY = ("08", "53300", "57P", "28", "3D")  # connection, too many, shut down, password, no database
REFUSED = ("22",)  # a value that the database cannot hold


class Postgres(Database):
    """A trail's database on a server."""

    def __init__(self, url: str, beside: Path) -> None:
        super().__init__(url, address.shown(url), beside / "trail.head")

    @contextmanager
    def begin(self, *, writing: bool) -> Iterator[Connection]:
        """A connection in a transaction: of one moment for reading, queued for writing."""
        from sqlalchemy import text

        level = "READ COMMITTED" if writing else "REPEATABLE READ"  # each sees who came before
        with _engine(self.url).connect() as plain:
            connection = plain.execution_options(
                isolation_level=level, postgresql_readonly=not writing, max_row_buffer=STREAMED
            )
            with connection.begin():
                if writing:
                    patience = {"patience": f"{round(database.PATIENCE * 1000)}ms"}
                    connection.execute(text(SETTINGS), patience)
                    connection.execute(text(QUEUE))
                yield connection

    def fault(self, error: Exception) -> AssuranceError:
        """What PostgreSQL says, told apart by its code (SQLSTATE)."""
        import psycopg

        cause = getattr(error, "orig", error)
        code = str(getattr(cause, "sqlstate", None) or "")
        lines = address.masked(str(cause), self.url).strip().splitlines()
        said = " ".join(lines[:1]) or type(cause).__name__
        if code in HELD:
            return AssuranceError(
                f"Another process has held the trail for more than {database.PATIENCE} s: "
                f"{self.where}. Nothing was written; run the command again."
            )
        if code.startswith(UNWRITABLE):
            return AssuranceError(
                f"The trail cannot be written ({said}): {self.where}. See to the rights of the "
                "database's user and the server's room; nothing was written."
            )
        if code.startswith(AWAY) or (not code and isinstance(cause, psycopg.OperationalError)):
            return AssuranceError(
                f"The trail's database cannot be reached ({said}): {self.where}. What was being "
                "written stands whole or not at all; run the command again when it is back."
            )
        if code.startswith(REFUSED) or "append-only" in said:
            return AssuranceError(f"The database refused ({said}). Nothing was written.")
        return BrokenTrailError([f"The trail's database is damaged: {said}"])

    def has_key(self, connection: Connection, schema: str, by: str, key: str) -> bool:
        """Whether a record of a schema has a key in a field."""
        from sqlalchemy import text

        values = {"schema": schema, "key": lookup.as_found(key)}
        return connection.execute(text(lookup.on_server(by)), values).first() is not None

    def structure_faults(self, connection: Connection, *, quick: bool = False) -> list[str]:  # noqa: ARG002 - it is quick
        """What the catalog says of the table, its guards and indexes."""
        return postgres_catalog.faults(connection, revisions.present(connection))

    def settle(self, revision: str) -> None:
        """Nothing is left behind."""


@cache
def _engine(url: str) -> Engine:
    """One of each URL in a process: it keeps one connection, and opens more when needed at once.

    A connection is asked whether it still lives before each use.
    """
    from sqlalchemy import create_engine
    from sqlalchemy.exc import ArgumentError

    try:
        engine = create_engine(
            address.driven(url),
            pool_size=1,
            max_overflow=20,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"connect_timeout": 10, "application_name": "tplc"},
        )
    except (ArgumentError, ValueError) as error:
        said = address.masked(str(error), url)
        raise AssuranceError(f"TPLC_DATABASE_URL cannot be read: {said}") from None
    except ModuleNotFoundError:
        raise AssuranceError(
            "PostgreSQL is reached through psycopg 3, which is not installed. Type: "
            "pip install 'psycopg[binary]'"
        ) from None
    if hasattr(os, "register_at_fork"):  # a child must not speak on its parent's connection
        os.register_at_fork(after_in_child=lambda: engine.dispose(close=False))
    return engine
