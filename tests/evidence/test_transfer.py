"""A trail as JSON lines: from SQLite to PostgreSQL and back, not a byte lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evidence import transfer
from evidence.errors import AssuranceError, BrokenTrailError
from tests.evidence.places import AT, Place, decision

ROWS = "SELECT * FROM record ORDER BY seq"


def test_there_and_back_again_every_byte_is_the_same(tmp_path: Path, on_server: Place) -> None:
    """SQLite to PostgreSQL to SQLite; the head that was noted stands, the chain goes on."""
    begun = Place.file(tmp_path / "begun")
    begun.folder.mkdir()
    trail = begun.filled(5)
    trail.append([decision("é \x00 \u2028 1e400 \"'\\")], at=AT, actor="ü")
    assert transfer.export(trail, tmp_path / "one.jsonl") == 6
    (on_server.folder / "trail.head").write_bytes((begun.folder / "trail.head").read_bytes())
    with pytest.raises(BrokenTrailError, match="tplc trail import"):
        on_server.trail().last()
    there = on_server.trail()
    assert transfer.bring(there, tmp_path / "one.jsonl") == 6
    assert (there.verify(), on_server.raw(ROWS)) == (6, begun.raw(ROWS))
    there.append([decision("goes on")], at=AT, actor="a")
    transfer.export(there, tmp_path / "two.jsonl")
    back = Place.file(tmp_path / "back")
    back.folder.mkdir()
    assert transfer.bring(back.trail(), tmp_path / "two.jsonl") == 7
    assert (back.trail().verify(), back.raw(ROWS)) == (7, on_server.raw(ROWS))
    assert (tmp_path / "two.jsonl").read_bytes().startswith((tmp_path / "one.jsonl").read_bytes())


def test_bringing_a_file_again_brings_what_is_new(place: Place, tmp_path: Path) -> None:
    """So that a copy may follow a trail."""
    other = Place.file(tmp_path / "other")
    other.folder.mkdir()
    trail = other.filled(3)
    transfer.export(trail, tmp_path / "a.jsonl")
    assert transfer.bring(place.trail(), tmp_path / "a.jsonl") == 3
    trail.append([decision("more")], at=AT, actor="a")
    transfer.export(trail, tmp_path / "b.jsonl")
    assert transfer.bring(place.trail(), tmp_path / "b.jsonl") == 1
    assert transfer.bring(place.trail(), tmp_path / "b.jsonl") == 0
    with pytest.raises(AssuranceError, match="ends at record 3; the trail has 4"):
        transfer.bring(place.trail(), tmp_path / "a.jsonl")
    assert place.trail().verify() == 4


@pytest.mark.parametrize(
    "spoil", ["actor", "body", "digest", "previous", "seq", "cut", "swap", "noise"]
)
def test_a_file_that_is_no_whole_chain_brings_nothing(
    place: Place, tmp_path: Path, spoil: str
) -> None:
    """Edited, reordered, with a line missing, or no JSON."""
    other = Place.file(tmp_path / "other")
    other.folder.mkdir()
    path = tmp_path / "a.jsonl"
    transfer.export(other.filled(4), path)
    lines = path.read_text().splitlines()
    record = json.loads(lines[2])
    if spoil == "cut":
        del lines[2]
    elif spoil == "swap":
        lines[1], lines[2] = lines[2], lines[1]
    elif spoil == "noise":
        lines[2] = "{"
    else:
        record[spoil] = {"files": {}} if spoil == "body" else 7 if spoil == "seq" else "x"
        lines[2] = json.dumps(record)
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(BrokenTrailError, match="line [23]"):
        transfer.bring(place.trail(), path)
    assert place.trail().last() is None


def test_another_trail_is_not_mixed_in(place: Place, tmp_path: Path) -> None:
    """Both are whole, and not one."""
    other = Place.file(tmp_path / "other")
    other.folder.mkdir()
    transfer.export(other.filled(5), tmp_path / "a.jsonl")
    place.trail().append([decision("mine")], at=AT, actor="a")
    with pytest.raises(BrokenTrailError, match="record 1 differs"):
        transfer.bring(place.trail(), tmp_path / "a.jsonl")
    assert place.trail().verify() == 1
