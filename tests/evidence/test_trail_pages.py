"""The audit of an SQLite file's own bytes, in trails of more than a few pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evidence.databases.sqlite_pages import INNER_INDEX, INNER_TABLE, LEAF_INDEX, LEAF_TABLE
from evidence.errors import BrokenTrailError
from evidence.records import Look
from tests.evidence.places import AT, Place, decision

if TYPE_CHECKING:
    from evidence.trail import AuditTrail

PAGE = 4096
MANY = 2_500  # records, after which the table's tree has three levels
HIDDEN = b"hidden"


def _look(number: int) -> Look:
    return Look(
        reference="r" * 400,
        reference_digest="d",
        number=number,
        model="m/1",
        model_digest="d",
        policies={},
        key=f"{number * 7919 % 10_007:05d}" + "k" * (number % 60),
    )


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[AuditTrail, Path]:
    """A trail whose trees were split, by appends of one and of many."""
    folder = tmp_path_factory.mktemp("large")
    trail = Place.file(folder).trail()
    number = 0
    while number < MANY:
        some = 1 if number % 3 else 60
        values = [decision("d"), *(_look(number + n) for n in range(some))]
        trail.append(values, at=AT, actor="a")
        number += some
    return trail, folder / "trail.db"


def test_a_trail_of_thousands_is_not_called_damaged(large: tuple[AuditTrail, Path]) -> None:
    """SQLite leaves stale pointers in pages that it splits: no one altered them."""
    trail, path = large
    kinds = {page[0] for page in _pages(path)[1:]}
    assert {INNER_TABLE, LEAF_TABLE, INNER_INDEX, LEAF_INDEX} <= kinds
    last = trail.last()
    assert last is not None
    assert trail.verify() == last.seq


def _pages(path: Path) -> list[bytes]:
    content = path.read_bytes()
    return [content[at : at + PAGE] for at in range(0, len(content), PAGE)]


def _hide(path: Path, number: int, place: int) -> None:
    with path.open("r+b") as stream:
        stream.seek(number * PAGE + place)
        stream.write(HIDDEN)


def _gap(page: bytes) -> int:
    """Where unused space begins: after the pointers to cells."""
    header = 12 if page[0] in (INNER_TABLE, INNER_INDEX) else 8
    return header + 2 * int.from_bytes(page[3:5], "big")


@pytest.mark.parametrize("kind", [LEAF_TABLE, LEAF_INDEX, INNER_TABLE])
def test_hidden_data_are_found_where_nothing_is_ever_left(tmp_path: Path, kind: int) -> None:
    """In the leaves that hold the records, and in every tree that was not split."""
    trail = Place.file(tmp_path).trail()
    trail.append([decision("long " * 100) for _ in range(30)], at=AT, actor="a")
    assert trail.verify() == 30
    path = tmp_path / "trail.db"
    number = next(
        n
        for n, page in enumerate(_pages(path))
        if n and page[0] == kind and not any(page[_gap(page) :][:20])
    )
    _hide(path, number, _gap(_pages(path)[number]) + 2)
    with pytest.raises(BrokenTrailError, match=f"unused space of page {number + 1}"):
        trail.verify()


def test_a_changed_entry_of_an_index_is_found(large: tuple[AuditTrail, Path]) -> None:
    """An index that points elsewhere would hide a record from whoever asks for one kind."""
    trail, path = large
    good = path.read_bytes()
    number = next(
        n
        for n, page in enumerate(_pages(path))
        if n and page[0] == LEAF_INDEX and b"look/1" in page
    )
    at = good.index(b"look/1", number * PAGE)
    try:
        path.write_bytes(good[:at] + b"lock/1" + good[at + 6 :])
        with pytest.raises(BrokenTrailError, match="damaged"):
            trail.verify()
    finally:
        path.write_bytes(good)


def test_an_index_taken_out_of_the_table_of_contents_is_found(tmp_path: Path) -> None:
    """Past DROP INDEX, which counts as a change of the schema."""
    place = Place.file(tmp_path)
    trail = place.filled()
    place.raw(
        "PRAGMA writable_schema = ON", "DELETE FROM sqlite_master WHERE name = 'record_schema'"
    )
    with pytest.raises(BrokenTrailError, match="record_schema"):
        trail.verify()
