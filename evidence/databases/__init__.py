"""Where a trail is kept: what SQLite and PostgreSQL do differently, behind one interface.

`database` says what a trail needs of a database, `sqlite` and `postgres` do it, `revisions` brings
a schema up or down. `sqlite_pages` and `postgres_catalog` look for what was altered in the database
itself. SQLAlchemy and Alembic are used only here and in the migrations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence.databases import address
from evidence.errors import AssuranceError

if TYPE_CHECKING:
    from pathlib import Path

    from evidence.databases.database import Database


def at(url: str, beside: Path | None = None) -> Database:
    """The database at a URL.

    Args:
        url: An SQLAlchemy URL.
        beside: The folder of what is noted beside a database on a server.

    Raises:
        AssuranceError: The URL is of no database that a trail can be kept in.
    """
    if url.startswith("sqlite:///"):
        from evidence.databases.sqlite import Sqlite

        return Sqlite(url)
    if address.is_postgres(url):
        from evidence.databases.postgres import Postgres

        if beside is None:
            raise TypeError("a trail on a server needs a folder for its head")
        return Postgres(url, beside)
    raise AssuranceError(
        f"The trail cannot be kept in '{address.scheme(url)}'. Set TPLC_DATABASE_URL to "
        "sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE, or unset it."
    )
