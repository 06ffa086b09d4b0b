"""The head of a chain, noted in a file beside it: a second witness.

A tail that is cut off the table shows against it. On a server it is in the workspace, so that each
machine has its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from evidence.chain import GENESIS

if TYPE_CHECKING:
    from pathlib import Path

EMPTY = (0, GENESIS)


@dataclass(frozen=True, slots=True)
class Head:
    """The note of a chain's newest record.

    Attributes:
        path: Where it is.
    """

    path: Path

    def read(self) -> tuple[int, str] | str:
        """Number and digest of the noted head, or what is wrong with the note."""
        if not self.path.exists():
            return f"The trail's head file is missing: {self.path}"
        try:
            number, digest = self.path.read_text().split()
            return int(number), digest
        except ValueError:
            return f"The trail's head file was changed: {self.path}"

    def write(self, seq: int, digest: str) -> None:
        """Note a newer head; one that is older than what is noted was overtaken."""
        noted = self.read()
        if not isinstance(noted, str) and noted[0] > seq:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_name(f".{uuid4().hex}.head")
        part.write_text(f"{seq} {digest}\n")
        part.replace(self.path)

    def says_records(self) -> str:
        """The note, when it is of a trail that holds records; else empty."""
        return (
            "" if not self.path.exists() or self.read() == EMPTY else self.path.read_text().strip()
        )
