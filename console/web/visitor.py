"""Who is asking: a person with a session, or, in a workspace without users, a guest who reads.

Name and roles are the trail's at each request; the cookie says only which session it is.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from change_control.credentials import sessions
from change_control.credentials.sign_in import password_due
from console.web import cookies

if TYPE_CHECKING:
    from console.views.reading import Reading
    from console.web.front import Front
    from console.web.site import Site
    from evidence.signing.register import Person
    from policies.in_force import Access

WITHOUT = ("/account", "/account/password", "/logout")  # for those whose password is due
BY_PROXY = secrets.token_urlsafe(sessions.BYTES)  # of the forms of those whom a proxy names


class SignInFirst(Exception):  # noqa: N818 - it is no fault
    """Nobody with a session is asking; they are sent to the door and come back afterwards."""

    door = "/login"


class ChangePasswordFirst(SignInFirst):
    """Whoever is asking must choose another password before they read on."""

    door = "/account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who is asking.

    Attributes:
        id: User id; empty for a guest in a workspace without users.
        name: As it is printed.
        roles: What they may do.
        totp: Whether they are asked for a one-time password when they sign.
        token: What each of their forms carries, so that no other site can send one; empty for
            those who can send none.
    """

    id: str = ""
    name: str = "nobody signed in"
    roles: tuple[str, ...] = ()
    totp: bool = False
    token: str = ""

    @property
    def guest(self) -> bool:
        """Whether nobody signed in."""
        return not self.id

    def has(self, *roles: str) -> bool:
        """Whether they have one of these roles."""
        return not set(roles).isdisjoint(self.roles)


def visitor(request: Request) -> Visitor:
    """Who is asking, of the session's cookie, or as a trusted proxy says.

    Raises:
        SignInFirst: There are users, and none of them is asking; or there are none, and others
            than this machine can reach the site.
        ChangePasswordFirst: Their password was chosen by somebody else, or has expired.
    """
    site: Site = request.app.state.site
    seen = site.reading()
    if seen.access is None:
        if site.local:
            return Visitor()
        raise SignInFirst
    person = _of_proxy(request, seen.access)
    if person:
        return _visitor(person, sessions.form_token(BY_PROXY + person.id))
    token = cookies.brought(site, request, cookies.SESSION)
    person = sessions.resume(site.vault, seen.access, token, seen.at)
    if person is None:
        raise SignInFirst
    if request.url.path not in WITHOUT and due(seen, person.id):
        raise ChangePasswordFirst
    return _visitor(person, sessions.form_token(token))


def token_visitor(request: Request) -> Visitor:
    """Who is asking, of the token that a program sends: it reads, and can send no form.

    Raises:
        SignInFirst: There is no token, or it is nobody's, or it is over.
    """
    site: Site = request.app.state.site
    seen, bearers = site.reading(), request.app.state.bearers
    if seen.access is None:
        if site.local:
            return Visitor()
        raise SignInFirst
    given = request.headers.getlist("authorization")
    scheme, _, token = (given[0] if len(given) == 1 else "").partition(" ")
    if scheme.lower() != "bearer":
        raise SignInFirst
    person = bearers.person(site.vault, seen, token.strip())
    if person is None:
        raise SignInFirst
    return _visitor(person, "")


def due(seen: Reading, user: str) -> str:
    """Why a user must choose another password now; empty when they need not."""
    if seen.access is None:
        return ""
    return password_due(seen.access.policy, seen.access.known.people[user], seen.at)


def _of_proxy(request: Request, access: Access) -> Person | None:
    """Whom the proxy names that stands before the site: an active user, to read."""
    front: Front = request.app.state.front
    peer = request.client.host if request.client else ""
    if not front.user_header or peer not in front.proxies:
        return None
    named = request.headers.getlist(front.user_header)
    person = access.known.person(named[0]) if len(named) == 1 else None
    return person if person and not person.disabled else None


def _visitor(person: Person, token: str) -> Visitor:
    return Visitor(
        id=person.id, name=person.name, roles=person.roles, totp=person.totp, token=token
    )


By = Annotated[Visitor, Depends(visitor)]
