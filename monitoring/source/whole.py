"""Whether a file was written to its end, and stays as it was while it is read.

A night job must not take half a file for a quiet night. Parquet and gzip say where they end; a CSV
file must end with a line break, or its last row may be cut in the middle of a number.
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence import digest as digests
from validation.table import PARQUET

if TYPE_CHECKING:
    from pathlib import Path

SMALL = 16 << 20  # bytes that are digested again after reading
GZIP = b"\x1f\x8b"
BROKEN_OFF = (EOFError, zlib.error, gzip.BadGzipFile)
ADVICE = (
    "let its writer use another name (NAME.part) and rename it when it is done; "
    "the next run will read it"
)


def fault(path: Path) -> str:
    """What shows that a file is half written; empty when nothing does."""
    size = path.stat().st_size
    if not size:
        return f"the file is empty: {ADVICE}"
    with path.open("rb") as stream:
        head = stream.read(len(PARQUET))
        stream.seek(max(0, size - len(PARQUET)))
        tail = stream.read()
    if head == PARQUET or path.suffix == ".parquet":
        whole = head == PARQUET and tail == PARQUET and size > 2 * len(PARQUET)
        return "" if whole else f"is half written (a Parquet file without its end): {ADVICE}"
    if head.startswith(GZIP) or tail.endswith((b"\n", b"\r")):
        return ""
    return f"is half written (its last line has no end): {ADVICE}; or end it with a line break"


def broken_off(error: BaseException) -> str:
    """The same of a compressed file, known when it is read; empty for another error."""
    if not isinstance(error.__cause__, BROKEN_OFF):
        return ""
    return f"is half written (compressed data without their end): {ADVICE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A file as it was digested.

    Attributes:
        path: Where it lies.
        digest: Of its bytes.
        stamp: Its number, size, and times of change, which no writer can set back.
    """

    path: Path
    digest: str
    stamp: tuple[int, int, int, int]

    @classmethod
    def of(cls, path: Path) -> Seen:
        """Digest a file; a change during it shows against its stamp."""
        stamp = _stamp(path)
        return cls(path=path, digest=digests.of_file(path), stamp=stamp)

    def changed(self) -> bool:
        """Whether the file is another one by now.

        The stamp of a small file can be as fine as its writing is fast: it is digested again.
        """
        if not self.path.exists() or _stamp(self.path) != self.stamp:
            return True
        return self.stamp[1] <= SMALL and digests.of_file(self.path) != self.digest


def _stamp(path: Path) -> tuple[int, int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
