"""Signed checkpoints: a chain that was written anew without the key is found."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evidence import chain, checkpoint
from evidence.errors import BrokenTrailError, NotAllowedError, OutOfOrderError, UsageError
from evidence.signing import keyring, keys
from evidence.signing.keyring import Keyring
from tests.evidence.places import AT, Place, decision

if TYPE_CHECKING:
    from evidence.checkpoint import Checkpoint
    from evidence.trail import AuditTrail

PHRASE, NEXT = "amber-lake-sixty-two", "birch-stone-ninety-one"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passphrases stretched less than in earnest: what is tested does not depend on it."""
    monkeypatch.setattr(keys, "COST", {"n": 2**8, "r": 8, "p": 1})


def _signed(place: Place) -> tuple[AuditTrail, Checkpoint]:
    """Four records, a checkpoint over them, and two more."""
    trail = place.filled()
    Keyring(place.folder).create(PHRASE, at=AT, seq=4)
    made = checkpoint.sign(trail, PHRASE, at=AT)
    trail.append([decision("after"), decision("and more")], at=AT, actor="a")
    return trail, made


def _forged(place: Place, reason: str) -> None:
    """The whole chain written anew by its owner: other words, every digest right, the guards back."""
    trail = place.trail()
    records, previous = list(trail.records()), chain.GENESIS
    trail.database.migrate("r0001")
    names = [row[0] for row in place.raw(_GUARDS if place.is_file else _SERVER_GUARDS)]
    off = [f"DROP TRIGGER {name}" for name in ("record_no_update", "record_no_delete")]
    back = [n for n in names if n]
    if not place.is_file:
        off = ["ALTER TABLE record DISABLE TRIGGER USER"]
        back = [
            f"ALTER TABLE record ENABLE ALWAYS TRIGGER record_no_{v}"
            for v in ("update", "delete", "truncate")
        ]
    rows = []
    for record in records:
        value = decision(reason) if record.seq == 2 else record.value()
        made = chain.seal(value, record.seq, record.at, record.actor, previous)
        rows.append(chain.row(made))
        previous = made.digest
    quoted = [", ".join(str(v) if isinstance(v, int) else f"'{v}'" for v in row) for row in rows]
    inserts = [f"INSERT INTO record VALUES ({row})" for row in quoted]  # noqa: S608 - ours
    changes = [f"PRAGMA schema_version = {4}"] if place.is_file else []
    place.raw(*off, "DELETE FROM record", *inserts, *back, *changes)
    trail.database.migrate("r0002")
    (place.folder / "trail.head").write_text(f"{len(rows)} {previous}\n")


_GUARDS = "SELECT sql FROM sqlite_master WHERE type = 'trigger'"
_SERVER_GUARDS = "SELECT ''"


def test_a_chain_written_anew_without_the_key_is_found_and_named(place: Place) -> None:
    """Database, guards and head are as they should be: only the signature knows better."""
    trail, made = _signed(place)
    assert trail.verify() == 6
    _forged(place, "another reason")
    with pytest.raises(BrokenTrailError) as caught:
        trail.verify()
    assert f"Record 4 is not what was signed in {made}: it was written anew." in caught.value.faults
    for name in (checkpoint.FILE, keyring.EVENTS):  # and somebody takes the witnesses away as well
        (place.folder / name).unlink()
    assert _faults(trail) == []  # nothing else would have
    assert [f for f in _faults(trail, made) if "it was written anew" in f]


def _faults(trail: AuditTrail, *given: Checkpoint) -> list[str]:
    try:
        trail.verify(given=given)
    except BrokenTrailError as error:
        return list(error.faults)
    return []


def test_verify_begins_at_a_checkpoint_and_reads_nothing_before_it(place: Place) -> None:
    """What was signed is not read again; what came later is."""
    trail, made = _signed(place)
    told: list[int] = []
    assert trail.verify(lambda done, _of: told.append(done), since=made) == 6
    place.forced(
        "UPDATE record SET actor = 'x' WHERE seq = 2", "UPDATE record SET actor = 'x' WHERE seq = 5"
    )
    with pytest.raises(BrokenTrailError) as caught:
        trail.verify(since=made)
    assert "Record 5" in str(caught.value)
    assert "Record 2 " not in str(caught.value)


def test_a_checkpoint_that_is_not_signed_is_no_beginning(place: Place) -> None:
    """Verify reads everything, and names it."""
    trail, made = _signed(place)
    place.forced("UPDATE record SET actor = 'x' WHERE seq = 2")
    with pytest.raises(BrokenTrailError) as caught:
        trail.verify(since=replace(made, seq=5))
    assert "its signature does not hold" in str(caught.value)
    assert "Record 2 " in str(caught.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [(name, "0" * 64) for name in ("trail", "head", "at", "key", "public", "signature")]
    + [("seq", 3), ("number", 2)],
)
def test_each_field_of_a_checkpoint_is_covered(tmp_path: Path, field: str, value: object) -> None:
    """Also its number: one that is missing shows."""
    place = Place.file(tmp_path)
    trail, made = _signed(place)
    changed = asdict(made) | {field: value}
    (tmp_path / checkpoint.FILE).write_text(json.dumps(changed) + "\n")
    assert any("checkpoint" in fault.lower() for fault in _faults(trail))


def test_a_checkpoint_by_a_key_of_somebodys_own_is_found(tmp_path: Path) -> None:
    """Its signature holds, but the trail's keys do not know it."""
    place = Place.file(tmp_path)
    trail, made = _signed(place)
    private, public = keys.pair()
    own = replace(made, public=public, key=keyring.key_id(public))
    own = replace(own, signature=keys.prove(private, own.content()))
    (tmp_path / checkpoint.FILE).write_text(json.dumps(asdict(own)) + "\n")
    assert ["do not know" in fault for fault in _faults(trail)] == [True]


def test_keys_are_created_rotated_and_revoked_and_what_they_signed_stands(tmp_path: Path) -> None:
    """A key that has ended signs nothing more; each step proves itself."""
    place = Place.file(tmp_path)
    trail, first = _signed(place)
    ring = Keyring(tmp_path)
    with pytest.raises(OutOfOrderError, match="tplc trail key rotate"):
        ring.create(NEXT, at=AT, seq=6)
    with pytest.raises(NotAllowedError, match="passphrase"):
        ring.rotate(NEXT, NEXT, at=AT, seq=6)
    with pytest.raises(UsageError, match="at least 12"):
        ring.rotate(PHRASE, "short", at=AT, seq=6)
    ring.rotate(PHRASE, NEXT, at=AT, seq=6)
    second = checkpoint.sign(trail, NEXT, at=AT)
    assert (second.number, second.seq, second.key != first.key) == (2, 6, True)
    assert trail.verify() == 6
    ring.revoke(NEXT, at=AT, seq=6)
    with pytest.raises(OutOfOrderError, match="tplc trail key create"):
        checkpoint.sign(trail, NEXT, at=AT)
    assert [event.event for event in ring.events()] == ["created", "rotated", "revoked"]
    assert trail.verify() == 6
    ring.create(PHRASE, at=AT, seq=6)
    ring.revoke("", at=AT, seq=6, lost=True)
    assert ring.active() == ""
    assert [event.event for event in ring.events()][-2:] == ["created", "lost"]


def test_what_a_key_signs_after_its_end_is_void(tmp_path: Path) -> None:
    """Whoever stole it before may go on to sign."""
    place = Place.file(tmp_path)
    trail, first = _signed(place)
    ring = Keyring(tmp_path)
    stolen = ring.unlock(PHRASE)
    ring.revoke(PHRASE, at=AT, seq=4)
    last = trail.last()
    assert last is not None
    late = replace(first, number=2, seq=last.seq, head=last.digest)
    late = replace(late, signature=keys.prove(stolen, late.content()))
    both = [asdict(first), asdict(late)]
    (tmp_path / checkpoint.FILE).write_text("".join(json.dumps(one) + "\n" for one in both))
    assert _faults(trail) == [f"The {late} was signed after its key had ended."]


@pytest.mark.parametrize("spoil", ["public", "proof", "second", "before", "seq", "at", "event"])
def test_a_keyring_that_was_changed_is_found(tmp_path: Path, spoil: str) -> None:
    """No key comes in between."""
    place = Place.file(tmp_path)
    trail, _ = _signed(place)
    Keyring(tmp_path).rotate(PHRASE, NEXT, at=AT, seq=6)
    path = tmp_path / keyring.EVENTS
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    lines[1][spoil] = 1 if spoil == "seq" else "created" if spoil == "event" else "0" * 64
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert any("keys" in fault and "Line 2" in fault for fault in _faults(trail))


def test_the_private_key_is_nowhere_in_the_open(tmp_path: Path) -> None:
    """Sealed, in a file of its owner's only."""
    place = Place.file(tmp_path)
    _signed(place)
    private = Keyring(tmp_path).unlock(PHRASE).hex()
    assert (tmp_path / keyring.SEALED).stat().st_mode & 0o077 == 0
    for path in tmp_path.iterdir():
        content = path.read_bytes()
        assert private.encode() not in content
        assert bytes.fromhex(private) not in content
        assert PHRASE.encode() not in content


def test_a_broken_chain_is_not_signed(place: Place) -> None:
    """A signature over it would make it look whole."""
    trail, _ = _signed(place)
    place.forced("UPDATE record SET actor = 'x' WHERE seq = 6")
    with pytest.raises(BrokenTrailError, match="Record 6"):
        checkpoint.sign(trail, PHRASE, at=AT)
    assert len(checkpoint.of(place.folder)) == 1
