"""The walk over a trail: its chain, its head, its signed checkpoints, its database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evidence import chain, checkpoint
from evidence.chain import GENESIS
from evidence.head import EMPTY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from evidence.checkpoint import Checkpoint
    from evidence.databases.database import Database

ROWS = (
    "SELECT seq, schema, at, actor, body, previous, digest FROM record "
    "WHERE seq >= :since ORDER BY seq"
)
FIRST = "SELECT digest FROM record ORDER BY seq LIMIT 1"
STEP = 10_000  # records between two words of progress
MOST = 1_000  # faults that are named; a trail that is all broken needs no list of millions


@dataclass(slots=True)
class Walk:
    """A walk along the chain, in memory that does not grow with it.

    Attributes:
        noted: The head noted beside the database, or what is wrong with the note.
        points: Checkpoints whose signatures hold.
        since: One to begin at, instead of the first record.
        faults: What was found.
        seq: The last record's number.
    """

    noted: tuple[int, str] | str
    points: Sequence[Checkpoint]
    since: Checkpoint | None = None
    faults: list[str] = field(default_factory=list)
    seq: int = 0

    def along(self, connection: Connection, progress: Callable[[int, int], None] | None) -> None:
        """Read the rows in order."""
        from sqlalchemy import text

        of = int(connection.execute(text("SELECT max(seq) FROM record")).scalar() or 0)
        start = self.since.seq if self.since else 1
        trail = connection.execute(text(FIRST)).scalar()
        met: dict[int, str] = {}  # digests at the numbers that somebody noted
        asked = {point.seq for point in self.points}
        asked |= set() if isinstance(self.noted, str) else {self.noted[0]}
        self.seq, previous = start - 1, GENESIS
        rows = connection.execution_options(stream_results=True).execute(
            text(ROWS), {"since": start}
        )
        for row in rows:
            after = row[5] if self.since and row[0] == start else previous
            if len(self.faults) < MOST:
                self.faults += chain.row_faults(row, self.seq + 1, after)
            self.seq, previous = int(row[0]), str(row[6])
            if self.seq in asked:
                met[self.seq] = previous
            if progress and not self.seq % STEP:
                progress(self.seq, of)
        if progress:
            progress(self.seq, of)
        self._held(met, start, str(trail))

    def _held(self, met: dict[int, str], start: int, trail: str) -> None:
        if isinstance(self.noted, str):
            self.faults.append(self.noted)
        elif self.noted != EMPTY and not (self.since and self.noted[0] < start):
            seq, digest = self.noted
            if met.get(seq) != digest:
                said = f"Record {seq}, the head noted beside the database, is gone or was changed."
                self.faults.append(said)
        for point in self.points:
            if point.trail != trail:
                said = f"The {point} is of another trail: the first record was changed."
                self.faults.append(said)
            elif point.seq >= start and met.get(point.seq) != point.head:
                said = f"Record {point.seq} is not what was signed in {point}: it was written anew."
                self.faults.append(said)


def of(
    database: Database,
    *,
    create: bool = False,
    progress: Callable[[int, int], None] | None = None,
    since: Checkpoint | None = None,
    given: Sequence[Checkpoint] = (),
) -> tuple[list[str], int]:
    """What is wrong with a trail, and the number of its last record.

    Args:
        database: Where it is kept.
        create: Whether it is made when it is not there.
        progress: Told how many records were read, and of how many.
        since: A checkpoint to begin at: records before it, and the database's file, are not read.
        given: Checkpoints that were kept elsewhere.
    """
    database.prepare(create=create)
    noted = database.head.read()  # before the snapshot: it is written after its record
    points, faults = checkpoint.faults(database.folder, [*given, *([since] if since else [])])
    start = since if since in points else None
    walk = Walk(noted, points, start)
    with database.connect() as connection:
        faults += database.structure_faults(connection, quick=start is not None)
        walk.along(connection, progress)
    faults += walk.faults
    return faults + ([] if start else database.file_faults()), walk.seq
