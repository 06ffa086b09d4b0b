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

AT = "2026-01-02T03:04:05+00:00"
GOLDEN = Path(__file__).parent / "golden"


def _trail(folder: Path) -> AuditTrail:
    return AuditTrail(f"sqlite:///{folder / 'trail.db'}")


def _decision(reason: str) -> ChangeDecision:
    return ChangeDecision(trigger="T", decision="no-action", reason=reason, actor="a")


def _filled(folder: Path) -> AuditTrail:
    trail = _trail(folder)
    for number in range(4):
        trail.append([_decision(f"reason {number}")], at=AT, actor="a")
    return trail


def _raw(folder: Path, *statements: str) -> None:
    with sqlite3.connect(folder / "trail.db") as base:
        for statement in statements:
            base.execute(statement)
    base.close()


def test_law_2_the_database_itself_refuses_update_and_delete(tmp_path: Path) -> None:
    """Even a direct statement cannot change or remove a record."""
    _filled(tmp_path)
    for statement in ("UPDATE record SET actor = 'x'", "DELETE FROM record"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            _raw(tmp_path, statement)


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
    tmp_path: Path, statement: str, said: str
) -> None:
    """Whoever first takes the guards away is found as well."""
    trail = _filled(tmp_path)
    assert trail.verify() == 4
    guards = ("DROP TRIGGER record_no_update", "DROP TRIGGER record_no_delete")
    _raw(tmp_path, *guards, statement)
    with pytest.raises(BrokenTrailError) as caught:
        trail.verify()
    assert said in str(caught.value)


def _append(folder: str, times: int) -> None:
    trail = _trail(Path(folder))
    for number in range(times):
        trail.append([_decision(f"r {number}")], at=AT, actor="a")


def test_law_2_concurrent_writers_never_fork_the_chain(tmp_path: Path) -> None:
    """Four processes append at once; one chain holds all."""
    _trail(tmp_path).append([_decision("first")], at=AT, actor="a")
    context = multiprocessing.get_context("spawn")
    jobs = [context.Process(target=_append, args=(str(tmp_path), 25)) for _ in range(4)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join(60)
    assert _trail(tmp_path).verify() == 101


def test_law_3_records_of_one_append_are_written_all_or_none(tmp_path: Path) -> None:
    """A value that has no JSON form leaves nothing of its companions."""
    trail = _filled(tmp_path)
    bad = _decision("x")
    object.__setattr__(bad, "reason", float("nan"))
    with pytest.raises(ValueError, match="NaN|nan|non-finite|out of range|float"):
        trail.append([_decision("good"), bad], at=AT, actor="a")
    assert trail.verify() == 4


def test_law_3_the_same_key_is_written_once(tmp_path: Path) -> None:
    """Whoever comes second with a key finds it there."""
    trail = _trail(tmp_path)
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


def test_records_of_an_earlier_schema_are_found_with_those_of_today(tmp_path: Path) -> None:
    """A trail begun by an earlier version goes on."""

    class Early(records.ValidationRun):
        schema = "validation-run/1"

    trail = _trail(tmp_path)
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
    trail = _filled(tmp_path)
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
    monkeypatch.setattr("evidence.trail.PATIENCE", 0.1)
    trail = AuditTrail(url)
    with sqlite3.connect(tmp_path / "trail.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(AssuranceError, match="Another process has held the trail") as caught:
            trail.append([value], at="2026-01-01T00:00:00+00:00", actor="a")
        assert not isinstance(caught.value, BrokenTrailError)
        other.execute("ROLLBACK")
    assert trail.verify() == 1
    said = trail._fault("attempt to write a readonly database")
    assert "See to the folder's rights" in str(said)
    assert isinstance(trail._fault("database disk image is malformed"), BrokenTrailError)


def test_a_server_that_is_not_supported_is_refused_with_what_to_do() -> None:
    """This version writes SQLite; it says so."""
    with pytest.raises(AssuranceError, match="SQLite"):
        AuditTrail("postgresql://host/db")


def _flipped(folder: Path, offset: int, bit: int) -> list[str]:
    """What `verify` says of a trail with one bit flipped."""
    path = folder / "trail.db"
    good = path.read_bytes()
    spoiled = bytearray(good)
    spoiled[offset] ^= 1 << bit
    path.write_bytes(spoiled)
    try:
        _trail(folder).verify()
    except BrokenTrailError as error:
        return list(error.faults)
    finally:
        for name in ("trail.db-wal", "trail.db-shm"):
            (folder / name).unlink(missing_ok=True)
        path.write_bytes(good)
    return []


def test_law_2_one_flipped_bit_anywhere_in_the_database_file_is_found(tmp_path: Path) -> None:
    """Records, the tree, the header, unused space: each byte but SQLite's own version number."""
    trail = _filled(tmp_path)
    trail.append([_decision("long " * 3000)], at=AT, actor="a")  # with overflow pages
    size = (tmp_path / "trail.db").stat().st_size
    stamp = range(96, 100)  # which SQLite wrote last; it says nothing of the records
    offsets = {*range(100), *range(100, size, 149)} - {*stamp}
    missed = [at for at in sorted(offsets) if not _flipped(tmp_path, at, at % 8)]
    assert missed == []
    assert trail.verify() == 5


def test_a_changed_record_is_refused_when_it_is_read(tmp_path: Path) -> None:
    """Not only by `verify`: nothing is computed on a record that was edited."""
    trail = _filled(tmp_path)
    _raw(
        tmp_path,
        "DROP TRIGGER record_no_update",
        "UPDATE record SET body = replace(body, 'reason 1', 'reason 9') WHERE seq = 2",
    )
    with pytest.raises(BrokenTrailError, match="Record 2 .* was changed"):
        trail.all(ChangeDecision)


def test_law_3_a_process_killed_before_the_first_record_leaves_a_clean_trail(
    tmp_path: Path,
) -> None:
    """The head is noted from the beginning, and after each record: in between is clean too."""
    trail = _trail(tmp_path)
    assert trail.verify() == 0
    before = (tmp_path / "trail.head").read_text()
    trail.append([_decision("one")], at=AT, actor="a")
    (tmp_path / "trail.head").write_text(before)  # as if killed between record and note
    assert trail.verify() == 1


def test_law_2_a_database_that_is_gone_is_not_begun_anew(tmp_path: Path) -> None:
    """The note beside it says that there were records."""
    _filled(tmp_path)
    (tmp_path / "trail.db").unlink()
    with pytest.raises(BrokenTrailError, match="The trail is gone"):
        _trail(tmp_path)
