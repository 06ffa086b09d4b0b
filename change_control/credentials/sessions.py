"""Sessions of people who read on a page. They prove nothing: a signature asks for the password.

A token is made at each sign-in and its SHA-256 kept; one that a client brings is never adopted. A
session holds what the trail knew of its person then. When they get another password or key, or are
disabled, that no longer fits and the session is over, whoever changed it and wherever.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import re
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from change_control.credentials.gate import moment

if TYPE_CHECKING:
    import sqlite3

    from change_control.credentials.vault import Vault
    from evidence.signing.register import Person
    from policies.in_force import Access

BYTES = 32  # 256 bits of a token
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 bytes in base 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session as the vault keeps it.

    Attributes:
        user: Whose it is.
        public_key: Theirs at sign-in.
        password_at: When the password was chosen that they signed in with.
        opened: When they signed in, UTC, ISO 8601.
        seen: Their last request.
    """

    user: str
    public_key: str
    password_at: str
    opened: str
    seen: str


def begin(vault: Vault, access: Access, user: str, at: str) -> str:
    """Begin the session of somebody who just came in; forget those that are over.

    Returns:
        Its token, which nobody can make again.
    """
    token, person = secrets.token_urlsafe(BYTES), access.known.people[user]
    fresh = Session(
        user=user,
        public_key=person.public_key,
        password_at=person.password_at,
        opened=at,
        seen=at,
    )
    with vault.transaction() as base:
        for digest, held in _all(base):
            if _owner(held, access, at) is None:
                _drop(base, digest)
        _keep(base, digest_of(token), fresh)
    return token


def resume(vault: Vault, access: Access, token: str, at: str) -> Person | None:
    """Whose session a token is of, as the trail knows them now; none when it is over."""
    if not TOKEN.fullmatch(token):
        return None
    digest = digest_of(token)
    with vault.transaction() as base:
        row = base.execute("SELECT body FROM session WHERE digest = ?", (digest,)).fetchone()
        if row is None:
            return None
        held = Session(**json.loads(row[0]))
        person = _owner(held, access, at)
        if person is None:
            _drop(base, digest)
        elif moment(at) > moment(held.seen):
            _keep(base, digest, Session(**asdict(held) | {"seen": at}))
    return person


def end(vault: Vault, token: str) -> None:
    """Sign out: the token is worth nothing from now on."""
    with vault.transaction() as base:
        _drop(base, digest_of(token))


def end_all(vault: Vault, user: str) -> None:
    """Sign a person out everywhere."""
    with vault.transaction() as base:
        for digest, held in _all(base):
            if held.user == user:
                _drop(base, digest)


def of(vault: Vault, access: Access, user: str, at: str) -> list[tuple[str, Session]]:
    """The sessions of a person that go on, newest first, each with its digest."""
    with vault.transaction() as base:
        found = [(d, s) for d, s in _all(base) if s.user == user and _owner(s, access, at)]
    return sorted(found, key=lambda each: each[1].opened, reverse=True)


def form_token(token: str) -> str:
    """What each form of a session carries: only who has the session's token can make it."""
    return hmac.new(token.encode(), b"a form of this session", "sha256").hexdigest()


def digest_of(token: str) -> str:
    """What the vault keeps of a token; it needs no salt, having 256 bits of chance."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _owner(held: Session, access: Access, at: str) -> Person | None:
    """Whose session it still is: the policy's limits, and the person as the trail knows them."""
    rules, now = access.policy.sessions, moment(at)
    idle = now - moment(held.seen) >= dt.timedelta(minutes=rules.idle_minutes)
    old = now - moment(held.opened) >= dt.timedelta(hours=rules.hours)
    person = access.known.person(held.user)
    if idle or old or person is None or person.disabled:
        return None
    same = (person.public_key, person.password_at) == (held.public_key, held.password_at)
    return person if same else None


def _all(base: sqlite3.Connection) -> list[tuple[str, Session]]:
    rows = base.execute("SELECT digest, body FROM session").fetchall()
    return [(digest, Session(**json.loads(body))) for digest, body in rows]


def _keep(base: sqlite3.Connection, digest: str, value: Session) -> None:
    text = json.dumps(asdict(value))
    base.execute("INSERT OR REPLACE INTO session VALUES (?, ?)", (digest, text))


def _drop(base: sqlite3.Connection, digest: str) -> None:
    base.execute("DELETE FROM session WHERE digest = ?", (digest,))
