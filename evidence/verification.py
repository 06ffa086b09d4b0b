"""The walk over a whole trail: its chain, its head, its database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence import chain
from evidence.chain import GENESIS
from evidence.head import EMPTY

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from evidence.databases.database import Database

ROWS = "SELECT seq, schema, at, actor, body, previous, digest FROM record ORDER BY seq"
STEP = 10_000  # records between two words of progress
MOST = 1_000  # faults that are named; a trail that is all broken needs no list of millions


def of(
    database: Database, *, create: bool = False, progress: Callable[[int, int], None] | None = None
) -> tuple[list[str], int]:
    """What is wrong with a trail, and the number of its last record."""
    database.prepare(create=create)
    noted = database.head.read()  # before the snapshot: it is written after its record
    with database.connect() as connection:
        faults = database.structure_faults(connection)
        walked, seq, standing = _walk(connection, noted, progress)
    faults += walked
    if isinstance(noted, str):
        faults.append(noted)
    elif not standing:
        faults.append(
            f"Record {noted[0]}, the head noted beside the database, is gone or was changed."
        )
    return faults + database.file_faults(), seq


def _walk(
    connection: Connection,
    noted: tuple[int, str] | str,
    progress: Callable[[int, int], None] | None,
) -> tuple[list[str], int, bool]:
    """Faults of the chain, its last number, and whether the noted head stands in it."""
    from sqlalchemy import text

    faults: list[str] = []
    seq, previous, standing = 0, GENESIS, noted == EMPTY
    of = int(connection.execute(text("SELECT max(seq) FROM record")).scalar() or 0)
    for row in connection.execution_options(stream_results=True).execute(text(ROWS)):
        if len(faults) < MOST:
            faults += chain.row_faults(row, seq + 1, previous)
        seq, previous = int(row[0]), str(row[6])
        standing = standing or noted == (seq, previous)
        if progress and not seq % STEP:
            progress(seq, of)
    if progress:
        progress(seq, of)
    return faults, seq, standing
