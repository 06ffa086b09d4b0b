"""The list of triggers, and the page of one with its figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from console.views import trigger, trigger_figure, triggers
from console.views.acts import trigger_acts
from console.views.triggers import Wanted
from console.web import page
from console.web.site import Seen
from console.web.visitor import By
from evidence.errors import NotFoundError

if TYPE_CHECKING:
    from console.views.reading import Reading
    from console.web.form import Form
    from console.web.visitor import Visitor
    from evidence.errors import AssuranceError

router = APIRouter()
DRAWN = {  # Matplotlib writes styles into its drawings; nothing else may happen in one
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"
}


@router.get("/triggers")
def listed(
    request: Request, by: By, seen: Seen, severity: str = "", model: str = "", state: str = ""
) -> Response:
    """The triggers, open ones first."""
    wanted = Wanted(severity=severity, model=model, state=state)
    return page.draw(request, "triggers", by, view=triggers.triggers(seen, wanted))


@router.get("/triggers/{id}")
def show(request: Request, by: By, seen: Seen, id: str) -> Response:  # noqa: A002
    """One trigger with its evidence."""
    return draw_trigger(request, by, seen, id)


@router.get("/triggers/{id}/chart.svg")
def chart(_by: By, seen: Seen, id: str) -> Response:  # noqa: A002
    """The figure of a trigger.

    Raises:
        NotFoundError: There is no such trigger, or no number of it was recorded by window.
    """
    drawn = trigger_figure.figure(seen, trigger.find(seen, id))
    if drawn is None:
        raise NotFoundError(f"There is no figure of trigger '{id}'.")
    return Response(drawn["svg"], media_type="image/svg+xml", headers=DRAWN)


def draw_trigger(
    request: Request,
    by: Visitor,
    seen: Reading,
    id: str,  # noqa: A002
    form: Form | None = None,
    fault: AssuranceError | None = None,
) -> Response:
    """The page of a trigger, also after a form that could not be done.

    Args:
        request: What was asked for.
        by: Who is asking.
        seen: What the request sees.
        id: The trigger's id.
        form: What they sent.
        fault: Why it could not be done.

    Raises:
        NotFoundError: There is no such trigger.
    """
    view = trigger.trigger(seen, id)
    acts = trigger_acts(seen, by.id, by.roles, id)
    return page.draw(request, "trigger", by, form=form, fault=fault, view=view, acts=acts)
