"""Sessions end: by time, by sign-out, and with the password or the person they were begun with."""

from __future__ import annotations

import sqlite3

import pytest

from change_control import own_credentials, users
from change_control.credentials import sessions
from change_control.credentials.gate import Given
from policies import reader
from policies.access import AccessPolicy, Sessions
from tests.board_room import AT, TEXT, Room, secret


def _at(hour: int, minute: int = 0) -> str:
    return f"2026-03-02T{hour:02d}:{minute:02d}:00+00:00"


def _begin(room: Room, user: str = "ben", at: str = AT) -> str:
    return sessions.begin(room.vault, room.access, user, at)


def _who(room: Room, token: str, at: str = AT) -> str:
    found = sessions.resume(room.vault, room.access, token, at)
    return found.id if found else ""


def test_a_token_is_made_anew_and_only_its_digest_is_kept(room: Room) -> None:
    """Two sign-ins of one second have two tokens; the file holds neither."""
    first, second = _begin(room), _begin(room)
    assert first != second
    assert len(first) == 43  # 32 bytes
    assert (_who(room, first), _who(room, second)) == ("ben", "ben")
    with sqlite3.connect(room.vault.path) as base:
        text = "".join(map(str, base.execute("SELECT * FROM session")))
    base.close()
    assert sessions.digest_of(first) in text
    assert first not in text


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "' OR 1=1 --", "\udc80" * 43, "a" * 10**6])
def test_a_token_that_nobody_was_given_is_nobodys(room: Room, token: str) -> None:
    """Neither adopted nor kept."""
    _begin(room)
    assert _who(room, token) == ""
    assert len(sessions.of(room.vault, room.access, "ben", AT)) == 1


def test_a_session_without_requests_ends_and_one_with_requests_ends_too(room: Room) -> None:
    """30 minutes idle, 12 hours in all; neither comes back when the clock is set back."""
    idle, busy = _begin(room), _begin(room)
    for minute in range(29, 60 * 12, 29):
        assert _who(room, busy, _at(9 + minute // 60, minute % 60)) == "ben"
    assert _who(room, idle, _at(9, 30)) == ""
    assert _who(room, idle, _at(9, 1)) == ""
    assert _who(room, busy, _at(20, 59)) == "ben"
    assert _who(room, busy, _at(21)) == ""


def test_another_password_a_reset_and_a_disabling_end_it(room: Room) -> None:
    """Whoever does it, at the terminal too; the sessions of others go on."""
    given, later = Given(user="ben", password=secret("ben")), _at(9, 5)
    ben, rae, ada = _begin(room), _begin(room, "rae"), _begin(room, "ada")
    own_credentials.change_password(room.gate(later), given, secret("ben", 2))
    assert [_who(room, t, later) for t in (ben, rae, ada)] == ["", "rae", "ada"]
    quinn = room.known("quinn")
    own_credentials.reset_password(room.gate(AT), quinn, "rae", secret("rae", 7), "Forgot it.")
    assert [_who(room, t, later) for t in (ben, rae, ada)] == ["", "", "ada"]
    users.disable(room.gate(later), quinn, "ada", "She left.")
    assert [_who(room, t, later) for t in (ben, rae, ada)] == ["", "", ""]


def test_roles_are_those_of_the_trail_at_each_request(room: Room) -> None:
    """Not those of the sign-in."""
    token = _begin(room)
    users.change_roles(room.gate(), room.known("quinn"), "ben", ["read-only"], "He moved.")
    found = sessions.resume(room.vault, room.access, token, AT)
    assert found is not None
    assert found.roles == ("read-only",)


def test_signing_out_ends_one_session_or_all(room: Room) -> None:
    """In the vault, not only in the browser."""
    first, second, third, rae = _begin(room), _begin(room), _begin(room), _begin(room, "rae")
    sessions.end(room.vault, first)
    assert [_who(room, t) for t in (first, second, third)] == ["", "ben", "ben"]
    sessions.end_all(room.vault, "ben")
    assert [_who(room, t) for t in (second, third, rae)] == ["", "", "rae"]


def test_sessions_that_are_over_do_not_pile_up(room: Room) -> None:
    """They are forgotten at the next sign-in of anybody."""
    for _ in range(5):
        _begin(room)
    _begin(room, "rae", _at(22))
    with sqlite3.connect(room.vault.path) as base:
        ((count,),) = base.execute("SELECT count(*) FROM session")
    base.close()
    assert count == 1


def test_the_token_of_a_form_is_the_sessions_own() -> None:
    """It tells nothing of the session's token, and no other session has it."""
    one, other = "A" * 43, "B" * 43
    assert sessions.form_token(one) != sessions.form_token(other)
    assert one not in sessions.form_token(one)


def test_the_limits_are_the_policys_and_texts_of_before_still_read() -> None:
    """A registered text without the key has the defaults."""
    old = reader.parse(TEXT.format(version=1, quorum=2), AccessPolicy, "access.yaml")
    assert old.sessions == Sessions(idle_minutes=30, hours=12)
    new = TEXT.format(version=1, quorum=2) + "sessions: {idle_minutes: 5, hours: 1}\n"
    assert reader.parse(new, AccessPolicy, "access.yaml").sessions.hours == 1
