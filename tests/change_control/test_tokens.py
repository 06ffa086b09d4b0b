"""API tokens: issued by their owner, good for a time, and over when anybody with a say ends them."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from change_control import own_credentials, users
from change_control.credentials import sessions, tokens
from change_control.credentials.gate import Given
from evidence.errors import NotAllowedError, NotFoundError, UsageError
from evidence.records import CredentialChange
from tests.board_room import AT, Room, secret

if TYPE_CHECKING:
    from change_control.credentials.tokens import Issued


def _issue(room: Room, user: str = "ben", days: int = 90) -> Issued:
    return tokens.issue(room.gate(), room.known(user), "nightly export", days)


def _who(room: Room, token: str, at: str = AT) -> str:
    found = tokens.reader(room.vault, room.access, token, at)
    return found.id if found else ""


def test_a_token_reads_in_its_owners_name_and_is_kept_nowhere(room: Room) -> None:
    """Its digest in the vault; that it was issued, under the owner's authority, in the trail."""
    made = _issue(room)
    assert _who(room, made.secret) == "ben"
    value = made.record.value()
    assert isinstance(value, CredentialChange)
    assert (value.user, value.event) == ("ben", "API token issued")
    assert value.reason == f"token {made.token.id}, 'nightly export', until 2026-05-31"
    assert value.authority["user"] == "ben"
    assert room.access.known.faults == []
    with sqlite3.connect(room.vault.path) as base:
        kept = "".join(map(str, base.execute("SELECT * FROM token")))
    base.close()
    assert made.secret not in kept + str([r.body for r in room.trail.records()]) + repr(made)


@pytest.mark.parametrize("token", ["", "tplc_", "tplc_" + "A" * 43, "A" * 43, "tplc_" + "é" * 43])
def test_what_was_never_issued_is_nobodys(room: Room, token: str) -> None:
    """Neither is the digest of one, nor a session's token."""
    made = _issue(room)
    assert _who(room, token) == ""
    assert _who(room, f"tplc_{sessions.digest_of(made.secret)[:43]}") == ""


def test_it_ends_on_its_day(room: Room) -> None:
    """To the second."""
    made = _issue(room, days=1)
    assert _who(room, made.secret, "2026-03-03T08:59:59+00:00") == "ben"
    assert _who(room, made.secret, "2026-03-03T09:00:00+00:00") == ""


def test_it_stays_with_another_password_and_ends_with_a_reset_or_a_disabling(room: Room) -> None:
    """A reset means that the credentials may have been another's."""
    ben, rae = _issue(room), _issue(room, "rae")
    given = Given(user="ben", password=secret("ben"))
    own_credentials.change_password(room.gate(), given, secret("ben", 2))
    assert _who(room, ben.secret) == "ben"
    quinn = room.known("quinn")
    own_credentials.reset_password(room.gate(), quinn, "ben", secret("ben", 7), "Lost it.")
    assert _who(room, ben.secret) == ""
    assert _who(room, rae.secret) == "rae"
    users.disable(room.gate(), quinn, "rae", "She left.")
    assert _who(room, rae.secret) == ""


def test_its_owner_or_quality_revokes_it_and_the_trail_says_so(room: Room) -> None:
    """Nobody else; what the vault forgot is not brought back by a copy of it."""
    ben, rae = _issue(room), _issue(room, "rae")
    copy = sqlite3.connect(":memory:")
    with sqlite3.connect(room.vault.path) as held:
        held.backup(copy)
    held.close()
    with pytest.raises(NotAllowedError, match="not yours"):
        tokens.revoke(room.gate(), room.known("ada"), ben.token.id, "I do not like it.")
    with pytest.raises(UsageError, match="why"):
        tokens.revoke(room.gate(), room.known("ben"), ben.token.id, " ")
    tokens.revoke(room.gate(), room.known("ben"), ben.token.id, "The export moved.")
    tokens.revoke(room.gate(), room.known("quinn"), rae.token.id, "She lost her laptop.")
    assert (_who(room, ben.secret), _who(room, rae.secret)) == ("", "")
    assert tokens.going_on(room.vault, room.access, AT) == []
    with pytest.raises(NotFoundError):
        tokens.revoke(room.gate(), room.known("ben"), ben.token.id, "Again.")
    assert room.access.known.faults == []
    values = [v for _, v in room.trail.all(CredentialChange) if v.event == "API token revoked"]
    assert [(v.user, v.authority["user"], v.before["name"]) for v in values] == [
        ("ben", "ben", "nightly export"),
        ("rae", "quinn", "nightly export"),
    ]
    with sqlite3.connect(room.vault.path) as base:
        copy.backup(base)
        assert base.execute("SELECT count(*) FROM token").fetchone() == (2,)
    base.close()
    assert (_who(room, ben.secret), _who(room, rae.secret)) == ("", "")


def test_a_token_changes_nothing_of_how_its_owner_signs_in(room: Room) -> None:
    """The age of the password, and whether a one-time password is asked for, stay."""
    before = room.access.known.people["ben"]
    made = _issue(room)
    tokens.revoke(room.gate(), room.known("ben"), made.token.id, "The export moved.")
    assert room.access.known.people["ben"] == before


@pytest.mark.parametrize(
    ("name", "days"), [("", 90), (" ", 90), ("x" * 65, 90), ("a\nb", 90), ("n", 0), ("n", 367)]
)
def test_what_cannot_be_issued_is_said(room: Room, name: str, days: int) -> None:
    """And nothing is written."""
    before = room.trail.last()
    with pytest.raises(UsageError, match="cannot be issued"):
        tokens.issue(room.gate(), room.known("ben"), name, days)
    assert room.trail.last() == before
