"""The schema's revisions: which one a database has, and how it comes to another.

A trail that was begun before there were two has no table that names its revision: it is the first.
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from evidence import migrations
from evidence.errors import BrokenTrailError, UsageError

if TYPE_CHECKING:
    from sqlalchemy import Connection

FIRST, NEWEST = "r0001", "r0002"
KNOWN = (FIRST, NEWEST)
NONE = ""  # of a database that holds no trail
TABLES = ("record", "alembic_version")
_ONE = Lock()  # Alembic keeps what it runs in a global


def present(connection: Connection) -> str:
    """The revision of the trail in a database; empty when there is none.

    Raises:
        BrokenTrailError: The table of the revision does not hold one that was ever made.
    """
    from sqlalchemy import inspect, text

    look = inspect(connection)
    record, version = (look.has_table(name) for name in TABLES)
    if not version:
        return FIRST if record else NONE
    rows = connection.execute(text("SELECT version_num FROM alembic_version"))
    found = [str(row[0]) for row in rows]
    if not record or len(found) != 1 or found[0] not in KNOWN:
        said = ", ".join(found) or "none"
        raise BrokenTrailError(
            [f"The database's revision ({said}) was changed, or is of a newer suite."]
        )
    return found[0]


def migrate(connection: Connection, to: str = NEWEST) -> None:
    """Bring the schema up or down, in the connection's transaction.

    Raises:
        UsageError: There is no such revision.
    """
    from alembic import command
    from alembic.config import Config

    if to not in KNOWN:
        raise UsageError(f"There is no revision '{to}'; there are {', '.join(KNOWN)}.")
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    with _ONE:
        before = present(connection)
        if before == FIRST and not _named(connection):
            command.stamp(config, FIRST)
        (command.downgrade if before > to else command.upgrade)(config, to)


def _named(connection: Connection) -> bool:
    from sqlalchemy import inspect

    return inspect(connection).has_table(TABLES[1])
