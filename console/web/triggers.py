"""The page of a trigger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from console.views.acts import trigger_acts
from console.web import page
from console.web.site import Seen
from console.web.visitor import By, Visitor

if TYPE_CHECKING:
    from console.views.reading import Reading
    from console.web.form import Form
    from evidence.errors import AssuranceError

router = APIRouter()


@router.get("/triggers/{name}")
def trigger(request: Request, by: By, seen: Seen, name: str) -> Response:
    """One trigger, and what the board can do about it."""
    return draw_trigger(request, by, seen, name)


def draw_trigger(
    request: Request,
    by: Visitor,
    seen: Reading,
    name: str,
    form: Form | None = None,
    fault: AssuranceError | None = None,
) -> Response:
    """Draw it, with what could not be done and the words that were typed."""
    acts = trigger_acts(seen, by.id, by.roles, name)
    return page.draw(request, "trigger", by, form=form, fault=fault, acts=acts)
