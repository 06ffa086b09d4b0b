"""What a memo says of its approval: what was signed, by whom, and what is still missing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reports import approval
from tests.board_room import PROPOSAL, Room, golden

if TYPE_CHECKING:
    from pathlib import Path

    from evidence.records import Record


def _assessed(room: Room) -> Record:
    """A pathway assessment, and a request of Ada's that rests on it, assessed by Rae."""
    (found,) = room.trail.append(
        [golden("pathway-assessment/1")], at="2026-03-02T09:00:00+00:00", actor="rae"
    )
    room.request("ada", replace(PROPOSAL, evidence=(found.seq,)))
    room.assess("rae")
    return found


def test_nothing_is_said_to_be_signed_before_it_is(tmp_path: Path) -> None:
    """The request is named with what it waits for."""
    room = Room.open(tmp_path, "quinn", "ada", "ben", "rae")
    found = approval.of(room.trail, _assessed(room).seq)
    assert (found.signed, found.reached) == ([], False)
    assert [r["votes"] for r in found.requests] == ["awaiting approver and quality"]


def test_signatures_on_the_request_are_the_memos(tmp_path: Path) -> None:
    """Two people approve; both stand with their names, and void when the request is amended."""
    from change_control import requests

    room = Room.open(tmp_path, "quinn", "ada", "ben", "rae")
    number = _assessed(room).seq
    room.sign("ben", "C-1")
    last = room.sign("quinn", "C-1")
    found = approval.of(room.trail, number)
    assert [(s["name"], s["thing"], s["valid"]) for s in found.signed] == [
        ("Ben Approver", "change request C-1", True),
        ("Quinn Quality", "change request C-1", True),
    ]
    assert (found.reached, found.through) == (True, last.seq)
    requests.amend(
        room.desk("ada"), "C-1", replace(PROPOSAL, title="Something else", evidence=(number,))
    )
    changed = approval.of(room.trail, number)
    assert ([s["valid"] for s in changed.signed], changed.reached) == ([False, False], False)


def test_a_signature_on_the_assessment_itself_is_shown(tmp_path: Path) -> None:
    """By its record's number; requests that rest on another assessment are not named."""
    room = Room.open(tmp_path, "quinn", "ada", "ben", "rae")
    other = _assessed(room).seq
    (mine,) = room.trail.append(
        [golden("pathway-assessment/1", key="other")], at="2026-03-02T09:00:00+00:00", actor="rae"
    )
    room.sign("quinn", str(mine.seq), "review")
    found = approval.of(room.trail, mine.seq)
    assert [(s["meaning"], s["thing"]) for s in found.signed] == [("review", f"record {mine.seq}")]
    assert found.requests == []
    assert [r["id"] for r in approval.of(room.trail, other).requests] == ["C-1"]
