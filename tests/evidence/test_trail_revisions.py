"""The schema's revisions, up and down on both databases, and a trail begun before there were two."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from evidence.databases import revisions
from evidence.errors import AssuranceError, BrokenTrailError, UsageError
from evidence.records import Look
from evidence.trail import AuditTrail
from tests.evidence.places import AT, Place, decision

FIRST, NEWEST = revisions.FIRST, revisions.NEWEST
# What the first edition of the suite made, word for word.
EARLY = (
    "PRAGMA journal_mode = WAL",
    "CREATE TABLE record (\n\tseq INTEGER NOT NULL, \n\tschema TEXT NOT NULL, \n\tat TEXT NOT NULL, \n\tactor TEXT NOT NULL, \n\tbody TEXT NOT NULL, \n\tprevious TEXT NOT NULL, \n\tdigest TEXT NOT NULL, \n\tPRIMARY KEY (seq)\n)",
    "CREATE TRIGGER record_no_update BEFORE UPDATE ON record\nBEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END",
    "CREATE TRIGGER record_no_delete BEFORE DELETE ON record\nBEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END",
)


def _look(key: str) -> Look:
    return Look(
        reference="r",
        reference_digest="d",
        number=1,
        model="m/1",
        model_digest="d",
        policies={},
        key=key,
    )


def _early(folder: Path) -> Place:
    """A trail as the first edition left it, with a record in it."""
    from evidence import chain

    place = Place.file(folder)
    record = chain.seal(decision("early"), 1, AT, "a", chain.GENESIS)
    quoted = ", ".join(str(v) if isinstance(v, int) else f"'{v}'" for v in chain.row(record))
    place.raw(*EARLY, f"INSERT INTO record VALUES ({quoted})")  # noqa: S608 - values of ours
    (folder / "trail.head").write_text(f"1 {record.digest}\n")
    return place


def test_every_revision_up_and_down_keeps_every_record(place: Place) -> None:
    """Bytes and all; verify is clean at each step, and each appends what the next one reads."""
    trail = place.filled(30)
    before = place.raw("SELECT * FROM record ORDER BY seq")
    for revision in (FIRST, NEWEST, FIRST, NEWEST):
        trail.database.migrate(revision)
        assert (trail.revision(), trail.verify()) == (revision, 30)
        assert place.raw("SELECT * FROM record ORDER BY seq") == before
    trail.append([decision("on")], at=AT, actor="a")
    assert place.trail().verify() == 31


def test_an_index_that_was_dropped_is_no_earlier_revision(place: Place) -> None:
    """The revision that the database names is held against what stands in it."""
    trail = place.filled()
    place.raw("DROP INDEX record_key")
    with pytest.raises(BrokenTrailError, match="'record_key' was removed or changed"):
        trail.verify()


@pytest.mark.parametrize(
    "to",
    [
        "UPDATE alembic_version SET version_num = 'r0001'",
        "UPDATE alembic_version SET version_num = 'r9'",
        "DELETE FROM alembic_version",
    ],
)
def test_a_revision_that_was_changed_is_found(place: Place, to: str) -> None:
    """Whether it is known or not."""
    place.filled()
    place.raw(to)
    with pytest.raises(BrokenTrailError, match="revision|record_key"):
        place.trail().verify()


def test_a_trail_of_the_first_edition_is_read_as_it_is_and_upgraded_by_the_first_write(
    tmp_path: Path,
) -> None:
    """Reading and verifying leave its bytes; it is not called damaged."""
    place = _early(tmp_path)
    before = (tmp_path / "trail.db").read_bytes()
    trail = place.trail()
    assert (trail.verify(), trail.revision(), len(list(trail.records()))) == (1, FIRST, 1)
    assert (tmp_path / "trail.db").read_bytes() == before
    assert len(trail.append([_look("k")], at=AT, actor="a", once="k")) == 1
    assert trail.append([_look("k")], at=AT, actor="a", once="k") == []
    assert (trail.verify(), trail.revision()) == (2, NEWEST)
    place.forced("UPDATE record SET actor = 'x' WHERE seq = 1")
    with pytest.raises(BrokenTrailError, match="Record 1"):
        trail.verify()


def _write(place: Place) -> None:
    place.trail().append([decision("together")], at=AT, actor="a")


def test_writers_that_upgrade_together_upgrade_once(place: Place) -> None:
    """The second finds it done."""
    place.filled().database.migrate(FIRST)
    context = multiprocessing.get_context("spawn")
    jobs = [context.Process(target=_write, args=(place,)) for _ in range(3)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join(60)
    assert [job.exitcode for job in jobs] == [0, 0, 0]
    assert (place.trail().verify(), place.trail().revision()) == (7, NEWEST)


def test_there_is_no_way_below_the_first(place: Place) -> None:
    """It would remove the records."""
    trail = place.filled()
    with pytest.raises(UsageError, match="There is no revision 'base'"):
        trail.database.migrate("base")
    assert trail.verify() == 4


def test_a_trail_that_is_not_there_is_not_made_unasked(place: Place) -> None:
    """A wrong address must not begin a second trail."""
    with pytest.raises(AssuranceError, match="There is no trail at .*tplc trail create"):
        place.trail(create=False).last()
    assert isinstance(place.trail(), AuditTrail)


@pytest.mark.parametrize("key", ["k", "é'\"\\", "null\x00inside", "\\u0000", "long " * 4000])
def test_whatever_the_key_a_record_is_written_once(place: Place, key: str) -> None:
    """Keys that the databases' JSON reads differently, and one longer than an index entry may be."""
    trail = place.trail()
    assert len(trail.append([_look(key)], at=AT, actor="a", once=key)) == 1
    assert trail.append([_look(key)], at=AT, actor="a", once=key) == []
    assert len(trail.append([_look(key + "x")], at=AT, actor="a", once=key + "x")) == 1
    assert trail.append([_look("y")], at=AT, actor="a", once="m/1", by="model") == []
    assert trail.verify() == 2


def test_a_key_is_looked_up_and_a_kind_is_read_by_index(place: Place) -> None:
    """Neither reads the whole trail."""
    from evidence.databases import lookup

    place.filled(30)
    plan = ["EXPLAIN QUERY PLAN "] if place.is_file else ["SET enable_seqscan = off", "EXPLAIN "]
    for query, index in (
        ((lookup.in_file if place.is_file else lookup.on_server)("key"), "record_key"),
        (
            "SELECT seq FROM record WHERE seq > 0 AND schema IN (:schema) ORDER BY seq",
            "record_schema",
        ),
    ):
        asked = query.replace(":schema", "'look/1'").replace(":key", "'k'")
        said = str(place.raw(*plan[:-1], plan[-1] + asked))
        assert index in said
