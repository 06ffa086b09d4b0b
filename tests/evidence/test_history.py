"""The trail as it is read: old and new values beside each other, reasons, search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence import history, search
from evidence.history import Change
from evidence.records import ChangeDecision, PolicyRegistration, User
from evidence.trail import AuditTrail
from tests.board_room import golden

if TYPE_CHECKING:
    from pathlib import Path

AT = "2026-03-02T09:00:00+00:00"


def _user(event: str, roles: list[str], reason: str = "") -> User:
    return User(
        key="", id="ada", event=event, name="Ada A", roles=roles, public_key="k", reason=reason
    )


def _policy(version: int, text: str) -> PolicyRegistration:
    return PolicyRegistration(
        name="access", version=version, digest=f"d{version}", text=text, source="access.yaml"
    )


def _read(folder: Path) -> list[history.Entry]:
    trail = AuditTrail(f"sqlite:///{folder / 'trail.db'}")
    values = [
        _policy(1, "title: a\nquorum: 2\n"),
        _user("enrolled", ["author"]),
        ChangeDecision(trigger="T-1", decision="modify", reason="Because.", actor="ada"),
        _user("roles", ["reviewer"], "She reviews now."),
        _policy(2, "title: a\nquorum: 3\n"),
    ]
    trail.append(values, at=AT, actor="quinn")
    return list(history.entries(trail.records()))


def test_old_and_new_values_stand_beside_each_other(tmp_path: Path) -> None:
    """Of roles, and of the lines of a policy; the first of its kind changes nothing."""
    first, enrolled, decided, changed, newer = _read(tmp_path)
    assert (first.changes, enrolled.changes, decided.changes) == ((), (), ())
    assert changed.changes == (Change(field="roles", old=["author"], new=["reviewer"]),)
    assert Change(field="version", old=1, new=2) in newer.changes
    assert Change(field="text", old="quorum: 2", new="quorum: 3") in newer.changes


def test_who_what_and_why_are_said(tmp_path: Path) -> None:
    """Subject, deed and reason."""
    _, _, decided, changed, _ = _read(tmp_path)
    assert (decided.subject, decided.deed, decided.reason) == ("T-1", "modify", "Because.")
    assert (changed.subject, changed.deed, changed.reason) == ("ada", "roles", "She reviews now.")
    assert changed.record.actor == "quinn"


def test_a_text_is_found_anywhere_in_whatever_case(tmp_path: Path) -> None:
    """In kind, actor, time and body."""
    entries = _read(tmp_path)
    for text, found in (("QUORUM: 3", [5]), ("change-decision", [3]), ("quinn", [1, 2, 3, 4, 5])):
        assert [e.record.seq for e in entries if search.holds_text(e.record, text)] == found


def test_an_outcome_is_told_by_its_title(tmp_path: Path) -> None:
    """A pathway's outcome holds its text, its reference and its weight; the list says its title."""
    trail = AuditTrail(f"sqlite:///{tmp_path / 'trail.db'}")
    trail.append(
        [golden("pathway-assessment/1", outcome={"title": "Letter to file", "weight": 1})],
        at=AT,
        actor="quinn",
    )
    (entry,) = history.entries(trail.records())
    assert entry.deed == entry.record.body["outcome"]["title"]
    assert entry.subject == entry.record.body["change"]
