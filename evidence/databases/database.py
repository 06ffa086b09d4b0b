"""What a trail needs of the database it is kept in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from evidence.databases import revisions
from evidence.errors import AssuranceError, BrokenTrailError
from evidence.head import EMPTY, Head

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

PATIENCE = 60  # seconds that a writer waits for the others
STREAMED = 500  # rows that are held while a trail is read


class Database(ABC):
    """A place for one trail.

    Attributes:
        url: Its SQLAlchemy URL; it may hold a password, and is never shown.
        where: The place as people may see it.
        folder: Where the head, and what else is noted beside the trail, are kept.
        head: The note of the newest record.
    """

    def __init__(self, url: str, where: str, head: Path) -> None:
        self.url, self.where = url, where
        self.folder, self.head = head.parent, Head(head)
        self._newest = False  # whether the newest revision was seen

    def check(self, *, create: bool, brought: bool = False) -> None:  # noqa: B027 - a server is asked when it is needed
        """Look, without opening the database, whether the trail can be there.

        Args:
            create: Whether it is made when it is not.
            brought: Whether the noted head is of records that are brought here now.
        """

    @abstractmethod
    def begin(self, *, writing: bool) -> Any:
        """A context of a connection in a transaction; writers queue behind one lock."""

    @abstractmethod
    def fault(self, error: Exception) -> AssuranceError:
        """What the database says, told apart: nobody's damage when it could only not be used."""

    @abstractmethod
    def has_key(self, connection: Connection, schema: str, by: str, key: str) -> bool:
        """Whether a record of a schema has a key in a field."""

    @abstractmethod
    def structure_faults(self, connection: Connection, *, quick: bool = False) -> list[str]:
        """What of the table, its guards and indexes is not as the revisions make it.

        Args:
            connection: In a transaction.
            quick: Whether what would read all of the database is left out.
        """

    def audit(self) -> list[str]:
        """The file's faults; there is none on a server, whose files are not ours to read."""
        return []

    @abstractmethod
    def settle(self, revision: str) -> None:
        """Tidy up after a revision was undone."""

    @contextmanager
    def connect(self, *, writing: bool = False, create: bool = True) -> Iterator[Connection]:
        """A connection in a transaction, with the table there; the newest revision for writing."""
        with self._told():
            self._prepare(writing=writing, create=create)
            with self.begin(writing=writing) as connection:
                yield connection

    def prepare(self, *, create: bool, brought: bool = False) -> None:
        """See to it that there is a trail.

        Args:
            create: Whether it is made when it is not there.
            brought: Whether the noted head is of records that are brought here now.

        Raises:
            AssuranceError: There is none, and none is to be made.
        """
        with self._told():
            self._prepare(writing=False, create=create, brought=brought)

    @contextmanager
    def _told(self) -> Iterator[None]:
        from sqlalchemy.exc import DBAPIError

        try:
            yield
        except DBAPIError as error:
            raise self.fault(error) from None  # its own text has the statement's values

    def revision(self, connection: Connection) -> str:
        """The revision of the schema."""
        return revisions.present(connection)

    def migrate(self, to: str) -> None:
        """Bring the schema to a revision, up or down; records stay."""
        with self._told():
            with self.begin(writing=True) as connection:
                before = revisions.present(connection)
                if before != to:
                    revisions.migrate(connection, to)
            if before > to:
                self.settle(to)
        self._newest = False

    def file_faults(self) -> list[str]:
        """What in the database's own file is neither a record nor known."""
        with self._told():
            return self.audit()

    def _prepare(self, *, writing: bool, create: bool, brought: bool = False) -> None:
        if self._newest:
            return
        with self.begin(writing=False) as connection:
            found = revisions.present(connection)
        if found == revisions.NONE:
            self._make(create=create, brought=brought)
        elif found != revisions.NEWEST and writing:
            with self.begin(writing=True) as connection:
                if revisions.present(connection) != revisions.NEWEST:  # another was faster
                    revisions.migrate(connection)
        self._newest = writing or found in (revisions.NEWEST, revisions.NONE)

    def _make(self, *, create: bool, brought: bool) -> None:
        if (noted := self.head.says_records()) and not brought:
            raise BrokenTrailError([self.gone(noted)])
        if not create:
            raise AssuranceError(f"There is no trail at {self.where}. {self.how_to_make()}")
        with self.begin(writing=True) as connection:
            if revisions.present(connection) == revisions.NONE:
                self.head.write(*EMPTY)  # before the first record, so that it is never missing
                revisions.migrate(connection)

    def gone(self, noted: str) -> str:
        """That a trail whose head was noted is not there."""
        return (
            f"The trail is gone: {self.where}. Its head was noted: {noted}. If it is to be moved "
            "here, export it where it was, and then: tplc trail import FILE"
        )

    def how_to_make(self) -> str:
        """What to type when there is no trail."""
        return "Make one with: tplc trail create; make a workspace with: tplc init DIR"
