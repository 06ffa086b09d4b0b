"""Signatures: bound to what was shown, to one person and one trail; attacks that must fail."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from change_control import board, lifecycle, requests, signature, users
from evidence import digest as digests
from evidence.errors import (
    AssuranceError,
    BrokenTrailError,
    NotAllowedError,
    NotFoundError,
    OutOfOrderError,
)
from evidence.records import Signature, User
from evidence.signing import proofs, shown, standing
from evidence.signing.register import Register
from policies import in_force, voting
from tests.board_room import AT, PROPOSAL, Room

WORDS = ("no-action", "Referral changed; the endpoint holds in this window.")

if TYPE_CHECKING:
    from pathlib import Path

    from evidence.records import Record
    from evidence.signing.standing import Standing


def _approved(room: Room) -> Room:
    """C-1 raised by Ada, assessed by Rae, approved by Ben and Quinn."""
    room.request()
    room.assess()
    room.sign("ben", "C-1")
    room.sign("quinn", "C-1")
    return room


def _standings(room: Room, thing: str = "C-1") -> list[Standing]:
    return standing.of(room.trail, room.access.known, thing)


def _reasons(room: Room, thing: str = "C-1") -> list[str]:
    return [each.reason for each in _standings(room, thing)]


def _state(room: Room) -> str:
    return lifecycle.find(room.trail, "C-1", room.access).state


def _forge(room: Room, record: Record, **changes: Any) -> Record:
    """Append an altered copy of a record, past every rule, with a right chain."""
    return room.trail.append(
        [replace(record.value(), **changes)], at=record.at, actor=record.actor
    )[0]


def test_a_signature_states_name_time_meaning_and_holds_what_was_shown(room: Room) -> None:
    """11.50(a): name, date and time, meaning; the very bytes that were shown lie in the store."""
    room.request()
    record = room.sign("rae", "C-1", "review")
    value = record.value()
    assert isinstance(value, Signature)
    assert (value.name, record.at, value.meaning, value.roles) == (
        "Rae Reviewer",
        AT,
        "review",
        ["reviewer"],
    )
    body = shown.now(room.trail, room.access.known, "C-1")
    assert room.store.get(value.object_digest) == digests.canonical(body)
    assert body["request"]["title"] == PROPOSAL.title
    assert value.statement.startswith("I, Rae Reviewer, have reviewed change request C-1")
    assert digests.short(value.object_digest) in value.statement


def test_no_secret_is_in_any_record_or_stored_file(room: Room) -> None:
    """Neither passwords, nor hashes, nor private keys."""
    _approved(room)
    credential = room.vault.credential("ada")
    assert credential is not None
    kept = [credential.hash, credential.salt, credential.sealed_key, *credential.earlier, "tulip"]
    text = "\n".join(digests.canonical(r.body).decode() for r in room.trail.records())
    files = b"".join(p.read_bytes() for p in (room.folder / "store").rglob("*") if p.is_file())
    assert [word for word in kept if word in text or word.encode() in files] == []
    assert "private_key" not in repr(room.enter("ada"))


def test_the_board_approves_by_quorum_and_roles(room: Room) -> None:
    """One vote is not enough; two are, when each role is held by another person."""
    room.request()
    room.assess()
    room.sign("ben", "C-1")
    found = lifecycle.find(room.trail, "C-1", room.access)
    assert (found.state, found.waits_for) == ("assessed", "the board's votes: awaiting quality")
    room.sign("quinn", "C-1")
    assert _state(room) == "approved"


def test_self_approval_is_refused(room: Room) -> None:
    """The author may not vote, though an approver; neither under an earlier revision's name."""
    room.request()
    room.assess()
    with pytest.raises(NotAllowedError, match="author of this change"):
        room.sign("ada", "C-1")
    requests.amend(room.desk("quinn"), "C-1", PROPOSAL)
    room.assess()
    with pytest.raises(NotAllowedError, match="author of this change"):
        room.sign("ada", "C-1")


def test_self_approval_past_the_rules_does_not_count(room: Room) -> None:
    """Even with a proof of her own that holds, an author's vote is left out of the tally."""
    room.request()
    room.assess()
    room.sign("quinn", "C-1")
    gate, ada = room.gate(), room.known("ada")
    body = shown.now(room.trail, room.access.known, "C-1")
    value = signature._value(gate, ada, "C-1", "approval", body, "")
    room.trail.append([value], at=AT, actor="ada")
    assert _reasons(room) == ["", ""]
    assert voting.tally(room.trail, room.access, "C-1").missing == ("approver",)
    assert _state(room) == "assessed"


def test_a_person_signs_once_a_meaning(room: Room) -> None:
    """A second time is refused; another meaning is not."""
    room.request()
    room.assess()
    room.sign("quinn", "C-1")
    with pytest.raises(OutOfOrderError, match="already"):
        room.sign("quinn", "C-1")
    room.sign("quinn", "C-1", "responsibility")
    assert _reasons(room) == ["", ""]


def test_a_replayed_signature_is_detected(room: Room) -> None:
    """A copied record; the same moved to another object; one from another trail."""
    _approved(room)
    room.request(proposal=replace(PROPOSAL, title="Something else"))
    first = next(r for r in room.trail.records(Signature.schema))
    _forge(room, first)
    _forge(room, first, object="C-2", proof=first.body["proof"])
    other = shown.digest(shown.now(room.trail, room.access.known, "C-2"))
    _forge(room, first, object="C-2", object_digest=other, files={"shown": other})
    assert [bool(reason) for reason in _reasons(room)] == [False, False, True]
    assert f"copy of record {first.seq}" in _reasons(room)[2]
    assert all("copy" in reason for reason in _reasons(room, "C-2"))
    assert len(room.access.known.faults) == 3


def test_a_signature_moved_to_another_object_has_no_proof(room: Room) -> None:
    """11.70: it cannot be transferred, also where the original is not in the same trail."""
    _approved(room)
    request = room.request(proposal=replace(PROPOSAL, title="Something else"))
    first = next(r for r in room.trail.records(Signature.schema))
    value = first.value()
    assert isinstance(value, Signature)
    known = room.access.known
    for changes in (
        {"object": "C-2"},
        {"object_digest": request.digest},
        {"meaning": "rejection"},
        {"name": "Quinn Quality"},
        {"roles": ["quality"]},
        {"reason": "added later"},
        {"signer": "quinn"},
        {"trail": request.digest},
    ):
        assert proofs.signature(known, first, replace(value, **changes)), changes
    assert proofs.signature(known, replace(first, at="2026-03-02T10:00:00+00:00"), value)
    assert proofs.signature(known, first, value) == ""


def test_an_approval_is_void_after_the_object_changed(room: Room) -> None:
    """Amended or assessed again: derived, never stored; putting the words back revives nothing."""
    _approved(room)
    assert _state(room) == "approved"
    before = len(list(room.trail.records(Signature.schema)))
    room.assess()
    assert _reasons(room) == [standing.CHANGED, standing.CHANGED]
    assert _state(room) == "assessed"
    requests.amend(room.desk("ada"), "C-1", replace(PROPOSAL, decision="recalibrate"))
    requests.amend(room.desk("ada"), "C-1", PROPOSAL)
    assert _reasons(room) == [standing.CHANGED, standing.CHANGED]
    assert len(list(room.trail.records(Signature.schema))) == before
    with pytest.raises(OutOfOrderError, match="requested and waits for its assessment"):
        requests.decide(room.desk("ben"), "C-1", "The board has approved it, has it not?")


def test_what_changed_while_it_was_read_is_not_signed(room: Room) -> None:
    """The digest of what was shown is held against what is there."""
    room.request()
    room.assess()
    seen = shown.digest(shown.now(room.trail, room.access.known, "C-1"))
    room.assess()
    with pytest.raises(OutOfOrderError, match="was changed since it was shown to you"):
        signature.sign(room.gate(), room.store, room.known("ben"), "C-1", "approval", seen)
    assert not list(room.trail.records(Signature.schema))


def test_role_escalation_by_editing_files_changes_nothing(room: Room) -> None:
    """Neither the policy's file nor a registration that nobody of quality signed is in force."""
    room.request()
    room.assess()
    with pytest.raises(NotAllowedError, match="approval is signed by: approver, quality"):
        room.sign("rae", "C-1")
    record = room.register(2, quorum=5)
    assert room.access.policy.board.quorum == 2
    assert room.access.waiting == record
    with pytest.raises(NotAllowedError, match="approval is signed by"):
        room.sign("rae", str(record.seq))
    room.sign("ben", str(record.seq))  # an approver, but not of quality
    assert room.access.policy.board.quorum == 2
    room.sign("quinn", str(record.seq))
    assert room.access.policy.board.quorum == 5
    assert room.access.waiting is None


def test_a_forged_user_record_gives_nobody_a_role(room: Room) -> None:
    """Appended with a right chain, so that the chain alone shows nothing; the proof is missing."""
    enrolled = next(r for r in room.trail.records(User.schema) if r.body["id"] == "rae")
    _forge(room, enrolled, key="", event="roles", roles=["quality"])
    _forge(room, enrolled, key="eve", id="eve", name="Eve Evil", roles=["quality"])
    _forge(room, enrolled, authority={}, event="roles", roles=["quality"], key="")
    assert room.trail.verify() > 0
    known = room.access.known
    assert known.people["rae"].roles == ("reviewer",)
    assert "eve" not in known.people
    assert len(known.faults) == 3


def test_an_old_promotion_cannot_be_replayed(room: Room) -> None:
    """Rae was of quality once; a copy of that record does not make her so again."""
    promoted = users.change_roles(
        room.gate(), room.known("quinn"), "rae", ["reviewer", "quality"], "She stands in."
    )
    users.change_roles(room.gate(), room.known("quinn"), "rae", ["reviewer"], "Quinn is back.")
    _forge(room, promoted)
    assert room.access.known.people["rae"].roles == ("reviewer",)
    assert f"copy of record {promoted.seq}" in room.access.known.faults[0]


def test_a_forged_record_in_the_database_is_found(room: Room) -> None:
    """Changing a signature's row breaks the chain, as any edit does."""
    _approved(room)
    with sqlite3.connect(room.folder / "trail.db") as base:
        base.execute("DROP TRIGGER record_no_update")
        base.execute("UPDATE record SET body = replace(body, 'Ben Approver', 'Eve Approver')")
    base.close()
    with pytest.raises(BrokenTrailError, match="was changed after it was written"):
        room.trail.verify()


def test_an_amendment_that_nobody_proved_is_left_aside(room: Room) -> None:
    """It neither counts nor makes the signatures void."""
    _approved(room)
    first = next(r for r in room.trail.records("change-request/1"))
    _forge(room, first, key="C-1/2", revision=2, decision="no-action")
    assert _reasons(room) == ["", ""]
    assert lifecycle.find(room.trail, "C-1", room.access).request.decision == "modify-under-pccp"


def test_user_ids_are_never_given_again(room: Room) -> None:
    """11.100(a): not after somebody was disabled either, nor by two at once."""
    users.disable(room.gate(), room.known("quinn"), "rae", "She left the company.")
    with pytest.raises(OutOfOrderError, match="ids are never given again"):
        room.enrol("rae")
    enrolled = next(r for r in room.trail.records(User.schema) if r.body["id"] == "ben")
    assert room.trail.append([enrolled.value()], at=AT, actor="quinn", once="ben") == []


def test_a_disabled_user_signs_nothing_and_what_they_signed_stands(room: Room) -> None:
    """Nor does a signature count that is dated back."""
    _approved(room)
    gate, ben = room.gate(), room.known("ben")
    users.disable(room.gate(), room.known("quinn"), "ben", "He left the company.")
    with pytest.raises(NotAllowedError, match="was disabled on"):
        room.enter("ben")
    assert _reasons(room) == ["", ""]
    room.request(proposal=replace(PROPOSAL, title="Something else"))
    body = shown.now(room.trail, room.access.known, "C-2")
    value = signature._value(gate, ben, "C-2", "approval", body, "")
    room.trail.append([value], at=AT, actor="ben")
    assert _reasons(room, "C-2") == [f"'ben' was disabled on {AT}"]


def test_only_quality_enrols_and_the_last_one_stays(room: Room) -> None:
    """Authority is checked at each write (11.10(g))."""
    with pytest.raises(NotAllowedError, match="only the role quality"):
        users.disable(room.gate(), room.known("ben"), "rae", "I do not like her.")
    with pytest.raises(NotAllowedError, match="the last one with the role quality"):
        users.disable(room.gate(), room.known("quinn"), "quinn", "I am leaving.")
    with pytest.raises(NotAllowedError, match="the last one with the role quality"):
        users.change_roles(room.gate(), room.known("quinn"), "quinn", ["author"], "I write now.")


def test_without_users_a_decision_counts_unsigned_and_goes_on_counting(tmp_path: Path) -> None:
    """Workspaces from before; users who come later reopen nothing."""
    room = Room.open(tmp_path)
    room.trail.append([room.trigger("T-2")], at=AT, actor="watch")
    board.decide(room.trail, room.policy, "T-1", *WORDS, at=AT, actor="board")
    assert [c.closed for c in room.cases()] == [True, False]
    room.enrol("quinn")
    assert [c.closed for c in room.cases()] == [True, False]
    with pytest.raises(NotAllowedError, match="--as USER"):
        board.decide(room.trail, room.policy, "T-2", *WORDS, at=AT, actor="quinn")


def test_with_users_a_decision_closes_its_trigger_once_the_board_has_signed(room: Room) -> None:
    """Signed by others than who took it."""
    record = board.decide_at(room.desk("ada"), "T-1", *WORDS)
    (case,) = room.cases()
    assert (case.closed, case.status) == (
        False,
        "open (no-action: awaiting approver and quality)",
    )
    thing = board.thing(room.trail, room.policy, room.access, "T-1")
    assert thing == str(record.seq)
    with pytest.raises(NotAllowedError, match="author of this change"):
        room.sign("ada", thing)
    room.sign("ben", thing)
    room.sign("quinn", thing)
    (case,) = room.cases()
    assert (case.closed, case.status) == (True, "decided: no-action")
    with pytest.raises(OutOfOrderError, match="was closed by ada"):
        board.decide_at(room.desk("ada"), "T-1", *WORDS)


def test_cases_go_by_the_people_and_rules_they_are_given(room: Room) -> None:
    """A page verifies proofs once a request: what was signed after that is not seen."""
    record = board.decide_at(room.desk("ada"), "T-1", *WORDS)
    before = room.access
    room.sign("ben", str(record.seq))
    room.sign("quinn", str(record.seq))
    assert not board.find(room.trail, room.policy, before, "T-1").closed
    assert board.find(room.trail, room.policy, room.access, "T-1").closed


def test_a_decision_written_by_hand_closes_nothing(room: Room) -> None:
    """No proof, no authority; and one that names a request nobody approved neither."""
    from evidence.records import ChangeDecision

    value = ChangeDecision(trigger="T-1", decision="no-action", reason="x" * 30, actor="quinn")
    record = room.trail.append([value], at=AT, actor="quinn")[0]
    (case,) = room.cases()
    assert (case.closed, case.awaits) == (False, "nobody proved that they took it")
    room.sign("ben", str(record.seq))
    assert not room.cases()[0].closed


def test_a_later_quorum_reopens_nothing(room: Room) -> None:
    """What was decided by the rules of its time stays decided."""
    record = board.decide_at(room.desk("ada"), "T-1", *WORDS)
    room.sign("ben", str(record.seq))
    room.sign("quinn", str(record.seq))
    newer = room.register(2, quorum=4)
    room.sign("quinn", str(newer.seq))
    assert room.access.policy.board.quorum == 4
    assert room.cases()[0].closed


def test_unknown_things_and_meanings_are_named(room: Room) -> None:
    """Messages for the person at the keyboard."""
    with pytest.raises(NotFoundError, match="no change request 'C-9'"):
        room.sign("ben", "C-9")
    with pytest.raises(NotFoundError, match="There is no record 999"):
        room.sign("ben", "999")
    room.request()
    with pytest.raises(AssuranceError, match="no meaning 'applause'"):
        room.sign("ben", "C-1", "applause")
    with pytest.raises(OutOfOrderError, match="'vote' comes when it is assessed"):
        room.sign("ben", "C-1")


def test_the_register_is_the_same_from_any_process(room: Room) -> None:
    """Nothing is kept beside the trail."""
    _approved(room)
    one, other = Register.of(room.trail), in_force.access(Room(room.folder).trail)
    assert other is not None
    assert one.people == other.known.people
    assert [s.record for s in _standings(room)] == [r for r, _, _ in one.signed]
