"""The JSON interface: everything that the pages show, from the same views. It writes nothing."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Security
from fastapi.security import HTTPBearer

from console.views import audit_trail, reporting_clocks
from console.views.audit_trail import Asked, Trail
from console.views.reporting_clocks import Clocks
from console.views.view import View
from console.web.api_answers import FAULTS
from console.web.site import Seen
from console.web.visitor import Visitor, visitor

LONGEST = 200  # characters of a name in an address
BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A token of a user: tplc user token. Where there are no users, none is needed.",
)
Caller = Annotated[Visitor, Depends(visitor)]
Word = Annotated[str, Query(max_length=LONGEST)]
Name = Annotated[str, Path(min_length=1, max_length=LONGEST)]
Number = Annotated[int, Path(ge=1, le=2**53 - 1)]  # whole in every reader of JSON

router = APIRouter(
    prefix="/api/v1",
    responses=FAULTS,
    dependencies=[Security(BEARER), Depends(visitor)],
    generate_unique_id_function=lambda route: route.name,
)


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


@router.get("/whoami", tags=["people"])
def whoami(by: Caller) -> Person:
    """Say whose token it is."""
    return Person(id=by.id, name=by.name, roles=list(by.roles), guest=by.guest)


@router.get("/clocks", tags=["change control"])
def clocks(seen: Seen) -> Clocks:
    """List every reporting clock, the nearest limit first."""
    return reporting_clocks.reporting_clocks(seen)


@router.get("/trail", tags=["audit trail"])
def trail(seen: Seen, text: Word = "", kind: Word = "", actor: Word = "") -> Trail:
    """Search the audit trail: the newest records that hold a text, of a kind, by somebody."""
    return audit_trail.trail(seen, Asked(text=text, kind=kind, actor=actor))
