"""A person's own account: who they are, their password's age, where they are signed in, tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from change_control.credentials.sign_in import password_due
from console.views.view import View
from evidence.errors import NotFoundError

if TYPE_CHECKING:
    from change_control.credentials.sessions import Session
    from change_control.credentials.tokens import Token
    from console.views.reading import Reading


class SignedIn(View):
    """One place where the person is signed in."""

    opened: str
    """When they signed in."""
    seen: str
    """Their last request."""
    here: bool
    """Whether it is the session that asks."""


class OwnToken(View):
    """An API token that is good now."""

    id: str
    """What it is called by."""
    name: str
    """What it is for."""
    issued: str
    """When it was issued."""
    until: str
    """When it ends."""


class Account(View):
    """What a person sees of their own account."""

    id: str
    """User id."""
    name: str
    """As it is printed beside a signature."""
    roles: list[str]
    """What they may do."""
    enrolled: str
    """When they were enrolled."""
    record: int
    """The record that enrolled them."""
    password_at: str
    """When the present password was chosen."""
    password_days: int
    """Its age in days."""
    password_limit: int
    """The age in days at which it must be changed."""
    password_length: int
    """Fewest characters of a new one."""
    due: str
    """Why the password must be changed now; empty when it need not be."""
    totp: bool
    """Whether a one-time password is asked for at each signature."""
    totp_required: list[str]
    """Roles of theirs that cannot sign without one."""
    idle_minutes: int
    """Minutes without a request after which a session ends."""
    hours: int
    """Hours after which it ends in any case."""
    sessions: list[SignedIn]
    """Where they are signed in, the newest first."""
    tokens: list[OwnToken]
    """Their API tokens, the newest first."""


def account(
    seen: Reading,
    user: str,
    sessions: list[tuple[str, Session]],
    tokens: list[Token],
    here: str,
) -> Account:
    """The account of a person.

    Args:
        seen: The workspace.
        user: Their id, as the session says.
        sessions: Theirs that go on, each with its digest.
        tokens: All that are good.
        here: The digest of the session that asks.

    Raises:
        NotFoundError: There are no users, or none of that id.
    """
    person = seen.access.known.person(user) if seen.access else None
    if seen.access is None or person is None:
        raise NotFoundError("There is no account: nobody signed in.")
    policy = seen.access.policy
    age = seen.now - seen.now.fromisoformat(person.password_at)
    return Account(
        id=person.id,
        name=person.name,
        roles=list(person.roles),
        enrolled=person.enrolled,
        record=person.record,
        password_at=person.password_at,
        password_days=max(age.days, 0),
        password_limit=policy.passwords.days,
        password_length=policy.passwords.length,
        due=password_due(policy, person, seen.at),
        totp=person.totp,
        totp_required=[r for r in policy.one_time.required_for if r in person.roles],
        idle_minutes=policy.sessions.idle_minutes,
        hours=policy.sessions.hours,
        sessions=[
            SignedIn(opened=each.opened, seen=each.seen, here=digest == here)
            for digest, each in sessions
        ],
        tokens=[
            OwnToken(id=each.id, name=each.name, issued=each.issued, until=each.until)
            for each in tokens
            if each.user == user
        ],
    )
