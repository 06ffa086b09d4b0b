"""A change from request to closed: every move, and every illegal one with its reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from change_control import lifecycle, requests
from evidence.errors import NotAllowedError, NotFoundError, OutOfOrderError, UsageError
from evidence.records import ChangeStep, MonitoringRun, ValidationRun
from policies import in_force
from tests.board_room import AT, PROPOSAL, Room, golden

if TYPE_CHECKING:
    from pathlib import Path

    from evidence.kind import Kind

TEXT = "As the records that are named here show."
REASON = "The board has approved it on the evidence named."


def _state(room: Room, request: str = "C-1") -> str:
    return lifecycle.find(room.trail, request, in_force.access(room.trail)).state


def _decided(room: Room) -> Room:
    """C-1, up to its decision."""
    room.request()
    room.assess()
    room.sign("ben", "C-1")
    room.sign("quinn", "C-1")
    requests.decide(room.desk("ben"), "C-1", REASON)
    return room


def _put(room: Room, value: Kind) -> int:
    return room.trail.append([value], at=AT, actor="machine")[0].seq


def _run(room: Room, version: str, verdict: str = "pass") -> int:
    value = golden(
        "validation-run/2",
        model=f"fever/{version}",
        model_digest=f"sha256:{version}",
        verdict=verdict,
    )
    assert isinstance(value, ValidationRun)
    return _put(room, value)


def _window(room: Room, version: str = "2") -> int:
    value = golden("monitoring-run/1", model=f"fever/{version}", model_digest=f"sha256:{version}")
    assert isinstance(value, MonitoringRun)
    return _put(room, value)


def _step(room: Room, kind: str, *numbers: int, user: str = "rae", outcome: str = "") -> None:
    requests.step(room.desk(user), "C-1", kind, TEXT, numbers, outcome)


def _move(room: Room, move: str) -> None:
    """Any move, by somebody whose role allows it."""
    if move == "decide":
        requests.decide(room.desk("ben"), "C-1", REASON)
    elif move == "amend":
        requests.amend(room.desk("ada"), "C-1", PROPOSAL)
    else:
        reviewer = move in ("assessment", "verification", "effectiveness")
        _step(room, move, user="rae" if reviewer else "ada")


def test_the_whole_course_of_a_change(room: Room) -> None:
    """Request, assessment, votes, decision, new lock, protocol run, windows, closed."""
    room.request()
    seen = [_state(room)]
    room.assess()
    seen.append(_state(room))
    room.sign("ben", "C-1")
    room.sign("quinn", "C-1")
    seen.append(_state(room))
    assert not room.cases()[0].closed
    requests.decide(room.desk("ben"), "C-1", REASON)
    seen.append(_state(room))
    assert room.cases()[0].closed
    lock = _put(room, room.lock("2"))
    _step(room, "implementation", lock, user="ada")
    seen.append(_state(room))
    _step(room, "verification", _run(room, "2", "fail"))
    seen.append(_state(room))
    _step(room, "verification", _run(room, "2"))
    seen.append(_state(room))
    _window(room)
    _step(room, "effectiveness", outcome="effective")
    seen.append(_state(room))
    assert seen == [
        "requested",
        "assessed",
        "approved",
        "decided",
        "implemented",
        "verification failed",
        "in effect",
        "closed",
    ]
    last = room.trail.all(ChangeStep)[-1][1]
    assert [e["kind"] for e in last.evidence] == ["monitoring-run"]
    assert room.access.known.faults == []


@pytest.mark.parametrize(
    ("state", "move", "said"),
    [
        ("requested", "decide", "is requested and waits for its assessment"),
        ("requested", "implementation", "'implementation' comes when it is decided"),
        ("requested", "verification", "'verification' comes when it is implemented"),
        ("requested", "effectiveness", "'effectiveness' comes when it is in effect"),
        ("assessed", "decide", "waits for the board's votes: awaiting approver and quality"),
        ("decided", "decide", "is decided and waits for its implementation"),
        ("decided", "assessment", "'assessment' comes when it is requested or assessed"),
        ("decided", "amend", "'amend' comes when it is requested or assessed"),
        ("decided", "withdrawal", "'withdrawal' comes when"),
        ("decided", "verification", "'verification' comes when it is implemented"),
    ],
)
def test_an_illegal_move_is_refused_with_its_reason(
    room: Room, state: str, move: str, said: str
) -> None:
    """What it waits for, and when the move can come; nothing is written."""
    if state == "decided":
        _decided(room)
    else:
        room.request()
        if state == "assessed":
            room.assess()
    before = room.trail.last()
    with pytest.raises(OutOfOrderError, match=said):
        _move(room, move)
    assert room.trail.last() == before


def test_a_rejection_stops_it_until_it_is_amended(room: Room) -> None:
    """One is enough; the amendment makes it void."""
    room.request()
    room.assess()
    room.sign("ben", "C-1", "rejection")
    room.sign("quinn", "C-1")
    found = lifecycle.find(room.trail, "C-1", room.access)
    assert (found.state, found.waits_for) == ("rejected", "an amendment, or its withdrawal")
    requests.amend(room.desk("ada"), "C-1", replace(PROPOSAL, title="Retrain without it"))
    room.assess()
    room.sign("ben", "C-1")
    room.sign("quinn", "C-1")
    assert _state(room) == "approved"
    requests.step(room.desk("ada"), "C-1", "withdrawal", "The sites answer the question again.")
    found = lifecycle.find(room.trail, "C-1", room.access)
    assert (found.state, found.open) == ("withdrawn", False)


def test_a_change_without_effect_is_assessed_and_approved_anew(room: Room) -> None:
    """The decision before does not carry it; its trigger is open again."""
    _decided(room)
    _step(room, "implementation", _put(room, room.lock("2")), user="ada")
    _step(room, "verification", _run(room, "2"))
    _window(room)
    _step(room, "effectiveness", outcome="not effective")
    assert _state(room) == "requested"
    assert not room.cases()[0].closed
    room.assess()
    assert _state(room) == "assessed"  # and the votes before are void
    room.sign("ben", "C-1")
    room.sign("quinn", "C-1")
    requests.decide(room.desk("ben"), "C-1", REASON)
    assert _state(room) == "decided"


def test_evidence_must_be_what_the_step_needs(room: Room) -> None:
    """A lock of another version; a run of that version; windows since."""
    _decided(room)
    for numbers in ((), (2,)):  # none, and the lock of the version that is to change
        with pytest.raises(OutOfOrderError, match="one new locked version"):
            _step(room, "implementation", *numbers, user="ada")
    with pytest.raises(NotFoundError, match="There is no record 999"):
        _step(room, "implementation", 999, user="ada")
    _step(room, "implementation", _put(room, room.lock("2")), user="ada")
    with pytest.raises(OutOfOrderError, match="Name the one protocol run"):
        _step(room, "verification")
    with pytest.raises(OutOfOrderError, match=r"That run is of fever/1, not of fever/2"):
        _step(room, "verification", _run(room, "1"))
    _step(room, "verification", _run(room, "2"))
    _window(room, "1")
    with pytest.raises(UsageError, match="--outcome 'effective'"):
        _step(room, "effectiveness", outcome="splendid")
    with pytest.raises(OutOfOrderError, match=r"0 windows of fever/2 were run since record \d+"):
        _step(room, "effectiveness", outcome="effective")


def test_a_decision_without_a_change_closes_at_once(room: Room) -> None:
    """No action: nothing to implement."""
    room.request(proposal=replace(PROPOSAL, decision="no-action"))
    room.assess()
    room.sign("ben", "C-1")
    room.sign("quinn", "C-1")
    with pytest.raises(UsageError, match="For 'withdraw' amend it"):
        requests.decide(room.desk("ben"), "C-1", REASON, "withdraw")
    requests.decide(room.desk("ben"), "C-1", REASON)
    assert _state(room) == "closed"


def test_use_restricted_needs_no_new_version(room: Room) -> None:
    """It is in effect once it is implemented."""
    room.request(proposal=replace(PROPOSAL, decision="restrict-use"))
    room.assess()
    room.sign("ben", "C-1")
    room.sign("quinn", "C-1")
    requests.decide(room.desk("ben"), "C-1", REASON)
    _step(room, "implementation", user="ada")
    assert _state(room) == "in effect"
    _window(room, "1")
    _step(room, "effectiveness", outcome="effective")
    assert _state(room) == "closed"


def test_roles_are_checked_at_each_step(room: Room) -> None:
    """11.10(g): who may not, is told who may."""
    with pytest.raises(NotAllowedError, match="'request' is for: author, quality"):
        room.request("ben")
    room.request()
    with pytest.raises(NotAllowedError, match="'assessment' is for: reviewer, quality"):
        room.assess("ada")
    with pytest.raises(NotAllowedError, match="--as USER"):
        room.assess("")


def test_what_the_policy_or_the_trail_does_not_know_is_named(room: Room) -> None:
    """Decisions, triggers, models, evidence."""
    for changes, said in (
        ({"decision": "applaud"}, "no decision of the policy"),
        ({"trigger": "T-9"}, "no trigger 'T-9'"),
        ({"trigger": "", "model": "fever/9"}, "of those locked: fever/1"),
        ({"evidence": (77,)}, "no record 77"),
        ({"description": "short"}, "5 characters, 20 are required"),
        ({"title": " "}, "a title"),
    ):
        with pytest.raises((UsageError, NotFoundError), match=said):
            room.request(proposal=replace(PROPOSAL, **changes))
    with pytest.raises(UsageError, match="no step 'dance'"):
        requests.step(room.desk("rae"), "C-1", "dance", TEXT)


def test_without_users_the_course_is_the_same_unsigned(tmp_path: Path) -> None:
    """Nobody votes; the decision says who was at the machine."""
    room = Room.open(tmp_path)
    room.request("")
    room.assess("")
    assert _state(room) == "assessed"
    record = requests.decide(room.desk(), "C-1", REASON)
    assert (record.actor, record.body["authority"]) == ("tester", {})
    assert _state(room) == "decided"
    assert room.cases()[0].closed
    assert [c.request.id for c in lifecycle.changes(room.trail, None)] == ["C-1"]
