"""The bytes of an SQLite file that hold no record, checked as well.

A record's bytes are covered by its digest, the tree's pointers and the indexes by SQLite's own
integrity check. What is left are the file's header, the unused space inside pages, and the tails of
overflow pages; in an append-only file written with ``secure_delete`` they are zero or known. So one
flipped bit anywhere shows.

But for one place: when a page of an index, or one that only points to others, is split, SQLite
leaves stale pointers and copies of cells that moved to the page beside it between the pointers and
the cells (``rebuildPage`` and ``editPage`` of btree.c do not zero them). Nothing ever reads them.
That gap is left out in the pages where it happens: all of an index but one that is a single page,
and those between the root and the leaves of a table.
Format: https://www.sqlite.org/fileformat2.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

HEADER = 100
LEAF_TABLE, INNER_TABLE, LEAF_INDEX, INNER_INDEX = 13, 5, 10, 2
TREES = {LEAF_TABLE: 8, INNER_TABLE: 12, LEAF_INDEX: 8, INNER_INDEX: 12}  # kind to header's length
CONTINUED = 0x80  # a varint's byte that is not its last


@dataclass(frozen=True)
class Pages:
    """An SQLite file read page by page.

    Attributes:
        path: The file; no connection may be writing to it.
        faults: What was found, filled by `audit`.
    """

    path: Path
    faults: list[str] = field(default_factory=list)

    def audit(self, schema_version: int, roots: Collection[int]) -> list[str]:
        """Every place whose bytes are not what SQLite leaves there.

        Args:
            schema_version: How often the schema was changed to become what it is.
            roots: Numbers of the pages that trees begin with.
        """
        with self.path.open("rb") as stream, self.path.open("rb") as beside:
            head = stream.read(HEADER)
            size = _number(head, 16, 2)
            size = 65536 if size == 1 else size
            self._header(head, schema_version)
            number = 0
            stream.seek(0)
            while page := stream.read(size):
                number += 1
                kind = page[HEADER if number == 1 else 0]
                if kind in TREES:  # the first byte of an overflow page is 0 below 64 GiB
                    split = kind == INNER_INDEX or (kind != LEAF_TABLE and number not in roots)
                    for first, length in self._tree(page, number, split=split):
                        self._overflow(beside, first, length, size)
        return self.faults

    def _fault(self, what: str, number: int) -> None:
        self.faults.append(f"The trail's database is damaged: {what} of page {number} was changed.")

    def _header(self, head: bytes, schema_version: int) -> None:
        expected = {  # offset, length: what it holds
            (18, 2): 0x0202,  # write-ahead log
            (20, 4): 0x00402020,
            (36, 4): 0,  # no free pages: nothing was ever removed
            (40, 4): schema_version,
            (44, 4): 4,
            (48, 4): 0,
            (52, 4): 0,
            (56, 4): 1,  # UTF-8
            (60, 4): 0,
            (64, 8): 0,
            (72, 8): 0,
            (80, 8): 0,
            (88, 4): 0,
        }
        same_counters = head[24:28] == head[92:96]
        known = all(_number(head, at, n) == value for (at, n), value in expected.items())
        if not (known and same_counters):
            self._fault("the header", 1)

    def _tree(self, page: bytes, number: int, *, split: bool) -> list[tuple[int, int]]:
        """Audit a tree's page; first overflow page and length of each cell that does not fit."""
        start = HEADER if number == 1 else 0
        kind, cells = page[start], _number(page, start + 3, 2)
        pointers = start + TREES[kind]
        used, tails = [(0, pointers + 2 * cells)], []
        for index in range(cells):
            at = _number(page, pointers + 2 * index, 2)
            end, *tail = _cell(page, at, kind)
            used.append((at, end))
            tails += [(tail[0], tail[1])] if tail else []
        used += _free_blocks(page, start)
        if split:
            used.append((0, min([_number(page, start + 5, 2), *(at for at, _ in used[1:])])))
        if any(any(page[low:high]) for low, high in _gaps(used, len(page))):
            self._fault("unused space", number)
        return tails

    def _overflow(self, stream: BinaryIO, first: int, length: int, size: int) -> None:
        number, left = first, length
        while number and left > 0:
            stream.seek((number - 1) * size)
            page = stream.read(size)
            held = min(left, size - 4)
            if any(page[4 + held :]):
                self._fault("unused space", number)
            number, left = _number(page, 0, 4), left - held
        if number:
            self._fault("the end of the chain", first)


def _cell(page: bytes, at: int, kind: int) -> tuple[int, ...]:
    """Where a cell ends; its first overflow page and how much is there, if it has one."""
    place = at + (4 if kind in (INNER_TABLE, INNER_INDEX) else 0)
    if kind == INNER_TABLE:
        return (_varint(page, place)[1],)
    length, place = _varint(page, place)
    if kind == LEAF_TABLE:
        place = _varint(page, place)[1]
    local = _local(length, len(page), table=kind == LEAF_TABLE)
    if local == length:
        return (place + max(length, 4 - (place - at)),)  # a cell has at least four bytes
    return place + local + 4, _number(page, place + local, 4), length - local


def _number(content: bytes, at: int, length: int) -> int:
    return int.from_bytes(content[at : at + length], "big")


def _varint(content: bytes, at: int) -> tuple[int, int]:
    """A varint's value and where it ends."""
    value = 0
    for place in range(at, min(at + 8, len(content))):
        value = value << 7 | content[place] & 0x7F
        if content[place] < CONTINUED:
            return value, place + 1
    return value << 8 | content[min(at + 8, len(content) - 1)], at + 9


def _local(length: int, size: int, *, table: bool) -> int:
    """How many bytes of a payload stand in the page itself."""
    most = size - 35 if table else (size - 12) * 64 // 255 - 23
    if length <= most:
        return length
    least = (size - 12) * 32 // 255 - 23
    kept = least + (length - least) % (size - 4)
    return kept if kept <= most else least


def _free_blocks(page: bytes, start: int) -> Iterator[tuple[int, int]]:
    """The four bytes that head each free block; its body is unused space."""
    at, seen = _number(page, start + 1, 2), 0
    while at and seen < len(page):
        yield at, at + 4
        at, seen = _number(page, at, 2), seen + 1


def _gaps(used: list[tuple[int, int]], size: int) -> Iterator[tuple[int, int]]:
    reached = 0
    for low, high in sorted(used):
        if low > reached:
            yield reached, low
        reached = max(reached, high)
    yield reached, size
