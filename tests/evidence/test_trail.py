"""The trail: append-only, chained, whole or nothing, one chain for all writers."""

from __future__ import annotations

import json
import multiprocessing
import sqlite3
from pathlib import Path

import pytest

from evidence import digest, records
from evidence.errors import AssuranceError, BrokenTrailError
from evidence.records import KINDS, ChangeDecision, Record
from evidence.trail import AuditTrail
from tests.evidence.places import AT, Place, decision

GOLDEN = Path(__file__).parent / "golden"


def test_law_2_the_database_itself_refuses_update_and_delete(place: Place) -> None:
    """Even a direct statement cannot change or remove a record."""
    place.filled()
    statements = ["UPDATE record SET actor = 'x'", "DELETE FROM record"]
    if not place.is_file:
        statements += ["TRUNCATE record", "UPDATE record SET actor = 'x' WHERE seq = 99"]
        statements.append("SET session_replication_role = replica; DELETE FROM record")
    for statement in statements:
        with pytest.raises(Exception, match="append-only"):
            place.raw(statement)
    assert place.trail().verify() == 4


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE record SET body = replace(body, 'reason 1', 'reason 9') WHERE seq = 2",
            "Record 2",
        ),
        ("UPDATE record SET actor = 'x' WHERE seq = 3", "Record 3"),
        ("UPDATE record SET at = '2020' WHERE seq = 1", "Record 1"),
        ("UPDATE record SET schema = 'look/1' WHERE seq = 4", "Record 4"),
        ("UPDATE record SET previous = 'x' WHERE seq = 2", "Record 2"),
        ("UPDATE record SET digest = 'x' WHERE seq = 2", "Record 2"),
        ("DELETE FROM record WHERE seq = 2", "Record 2 is missing"),
        ("DELETE FROM record WHERE seq = 4", "Record 4"),
        ("UPDATE record SET seq = 9 WHERE seq = 3", "Record 3 is missing"),
        ("SELECT 1", "append-only"),
    ],
)
def test_law_2_any_edit_removal_or_reordering_is_found_and_named(
    place: Place, statement: str, said: str
) -> None:
    """Whoever first takes the guards away is found as well."""
    trail = place.filled()
    assert trail.verify() == 4
    place.forced(statement)
    with pytest.raises(BrokenTrailError) as caught:
        trail.verify()
    assert said in str(caught.value)


def _append(place: Place, times: int) -> None:
    for number in range(times):
        place.trail().append([decision(f"r {number}")], at=AT, actor="a")


def test_law_2_concurrent_writers_never_fork_the_chain(place: Place) -> None:
    """Four processes append at once; one chain holds all."""
    context = multiprocessing.get_context("spawn")
    jobs = [context.Process(target=_append, args=(place, 25)) for _ in range(4)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join(60)
    assert [job.exitcode for job in jobs] == [0] * 4
    assert place.trail().verify() == 100


def test_law_3_records_of_one_append_are_written_all_or_none(place: Place) -> None:
    """A value that has no JSON form leaves nothing of its companions."""
    trail = place.filled()
    bad = decision("x")
    object.__setattr__(bad, "reason", float("nan"))
    with pytest.raises(ValueError, match="NaN|nan|non-finite|out of range|float"):
        trail.append([decision("good"), bad], at=AT, actor="a")
    assert trail.verify() == 4


def test_law_3_the_same_key_is_written_once(place: Place) -> None:
    """Whoever comes second with a key finds it there."""
    trail = place.trail()
    look = records.Look(
        reference="r",
        reference_digest="d",
        number=1,
        model="m/1",
        model_digest="d",
        policies={},
        key="k",
    )
    assert len(trail.append([look], at=AT, actor="a", once="k")) == 1
    assert trail.append([look], at=AT, actor="b", once="k") == []
    assert trail.verify() == 1


def test_every_schema_has_a_golden_body_that_todays_code_reads() -> None:
    """Old records stay readable: goldens are added, never changed."""
    for schema, kind in KINDS.items():
        path = GOLDEN / f"{schema.replace('/', '-')}.json"
        body = json.loads(path.read_text())
        read = kind.read(body).body()
        if schema == kind.schema:
            assert digest.canonical(read) == digest.canonical(body), schema
        else:  # an earlier one: nothing of it is lost, what came later has its default
            assert digest.canonical({key: read[key] for key in body}) == digest.canonical(body)


def test_records_of_an_earlier_schema_are_found_with_those_of_today(place: Place) -> None:
    """A trail begun by an earlier version goes on."""

    class Early(records.ValidationRun):
        schema = "validation-run/1"

    trail = place.trail()
    body = json.loads((GOLDEN / "validation-run-1.json").read_text())
    trail.append([Early.read(body)], at=AT, actor="a")
    trail.append([records.ValidationRun.read(body)], at=AT, actor="a")
    assert [r.schema for r, _ in trail.all(records.ValidationRun)] == [
        "validation-run/1",
        "validation-run/2",
    ]
    assert trail.verify() == 2


def test_a_golden_record_keeps_its_digest() -> None:
    """The recipe of the chain does not drift: this digest was computed once, by hand of version 1."""
    from evidence.chain import GENESIS, chained

    record = Record(
        seq=1,
        schema="look/1",
        at=AT,
        actor="a",
        body={"b": 1.5, "a": "ü"},
        previous=GENESIS,
        digest="",
    )
    text = (
        '{"actor":"a","at":"2026-01-02T03:04:05+00:00","body":{"a":"ü","b":1.5},"previous":"'
        + GENESIS
        + '","schema":"look/1","seq":1}'
    )
    assert chained(record) == digest.of_bytes(text.encode())


def test_a_damaged_database_is_said_without_a_traceback(tmp_path: Path) -> None:
    """Bytes that are no database are named as damage."""
    trail = Place.file(tmp_path).filled()
    (tmp_path / "trail.db").write_bytes(b"x" * 8192)
    with pytest.raises(BrokenTrailError, match="damaged"):
        AuditTrail(trail.url).verify()


def test_a_trail_that_is_locked_or_cannot_be_written_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads it must not go and restore a backup: nothing is broken."""
    url = f"sqlite:///{tmp_path / 'trail.db'}"
    value = ChangeDecision(trigger="T-1", decision="no-action", reason="r", actor="a")
    AuditTrail(url).append([value], at="2026-01-01T00:00:00+00:00", actor="a")
    monkeypatch.setattr("evidence.databases.database.PATIENCE", 0.1)
    trail = AuditTrail(url)
    with sqlite3.connect(tmp_path / "trail.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(AssuranceError, match="Another process has held the trail") as caught:
            trail.append([value], at="2026-01-01T00:00:00+00:00", actor="a")
        assert not isinstance(caught.value, BrokenTrailError)
        other.execute("ROLLBACK")
    assert trail.verify() == 1
    said = trail.database.fault(Exception("attempt to write a readonly database"))
    assert "See to the folder's rights" in str(said)
    assert isinstance(trail.database.fault(Exception("disk image is malformed")), BrokenTrailError)


def test_a_database_that_is_not_supported_is_refused_with_what_to_do() -> None:
    """The message names what is, and nothing else of the URL."""
    with pytest.raises(AssuranceError, match=r"'mysql'.*sqlite:///PATH or postgresql://") as caught:
        AuditTrail("mysql://me:secret@host/db")
    assert "secret" not in str(caught.value)


def _flipped(folder: Path, offset: int, bit: int) -> list[str]:
    """What `verify` says of a trail with one bit flipped."""
    path = folder / "trail.db"
    good = path.read_bytes()
    spoiled = bytearray(good)
    spoiled[offset] ^= 1 << bit
    path.write_bytes(spoiled)
    try:
        Place.file(folder).trail().verify()
    except BrokenTrailError as error:
        return list(error.faults)
    finally:
        for name in ("trail.db-wal", "trail.db-shm"):
            (folder / name).unlink(missing_ok=True)
        path.write_bytes(good)
    return []


def test_law_2_one_flipped_bit_anywhere_in_the_database_file_is_found(tmp_path: Path) -> None:
    """Records, the tree, the header, unused space: each byte but SQLite's own version number."""
    trail = Place.file(tmp_path).filled()
    trail.append([decision("long " * 3000)], at=AT, actor="a")  # with overflow pages
    size = (tmp_path / "trail.db").stat().st_size
    stamp = range(96, 100)  # which SQLite wrote last; it says nothing of the records
    offsets = {*range(100), *range(100, size, 149)} - {*stamp}
    missed = [at for at in sorted(offsets) if not _flipped(tmp_path, at, at % 8)]
    assert missed == []
    assert trail.verify() == 5


def test_a_changed_record_is_refused_when_it_is_read(place: Place) -> None:
    """Not only by `verify`: nothing is computed on a record that was edited."""
    trail = place.filled()
    place.forced("UPDATE record SET body = replace(body, 'reason 1', 'reason 9') WHERE seq = 2")
    with pytest.raises(BrokenTrailError, match="Record 2 .* was changed"):
        trail.all(ChangeDecision)


def test_law_3_a_process_killed_before_the_first_record_leaves_a_clean_trail(
    place: Place,
) -> None:
    """The head is noted from the beginning, and after each record: in between is clean too."""
    trail = place.trail()
    assert trail.verify() == 0
    before = (place.folder / "trail.head").read_text()
    trail.append([decision("one")], at=AT, actor="a")
    (place.folder / "trail.head").write_text(before)  # as if killed between record and note
    assert trail.verify() == 1


def test_law_2_a_database_that_is_gone_is_not_begun_anew(place: Place) -> None:
    """The note beside it says that there were records."""
    place.filled()
    if place.is_file:
        (place.folder / "trail.db").unlink()
    else:
        place.raw("DROP TABLE record", "DROP TABLE alembic_version")
    with pytest.raises(BrokenTrailError, match="The trail is gone"):
        place.trail().verify()


def test_law_2_a_tail_that_was_cut_off_is_missed_also_after_the_next_record(place: Place) -> None:
    """The noted head is not set back by a shorter chain that goes on."""
    trail = place.filled()
    place.forced("DELETE FROM record WHERE seq > 2")
    trail.append([decision("goes on")], at=AT, actor="a")
    with pytest.raises(BrokenTrailError, match="Record 4, the head noted"):
        trail.verify()
