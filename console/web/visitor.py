"""Who is asking: a person with a session, or, in a workspace without users, a guest who reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

if TYPE_CHECKING:
    from console.web.site import Site


class SignInFirst(Exception):  # noqa: N818 - it is no fault
    """Nobody with a session is asking; they are sent to the door and come back afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who is asking.

    Attributes:
        id: User id; empty for a guest in a workspace without users.
        name: As it is printed.
        roles: What they may do.
        totp: Whether they are asked for a one-time password when they sign.
        token: What each of their forms carries, so that no other site can send one.
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
    """Who is asking, of the session's cookie.

    Raises:
        SignInFirst: There are users, and none of them is asking.
    """
    site: Site = request.app.state.site
    if site.reading().access is None:
        return Visitor()
    raise SignInFirst


By = Annotated[Visitor, Depends(visitor)]
