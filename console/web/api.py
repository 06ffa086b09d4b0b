"""The JSON interface: everything that the pages show, from the same views. It writes nothing."""

from __future__ import annotations

from fastapi import APIRouter

from console.views.view import View
from console.web import api_board, api_evidence
from console.web.api_asked import Caller, addresses

people = addresses("people")


class Person(View):
    """Whose token it is."""

    id: str
    """User id; empty for a guest in a workspace without users."""
    name: str
    """As it is printed."""
    roles: list[str]
    """What they may do."""
    guest: bool
    """Whether nobody signed in, since there are no users."""


@people.get("/whoami")
def whoami(by: Caller) -> Person:
    """Say whose token it is."""
    return Person(id=by.id, name=by.name, roles=list(by.roles), guest=by.guest)


router = APIRouter()
for each in (api_board.router, api_evidence.router, people):
    router.include_router(each)
