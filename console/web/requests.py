"""The pages of change requests, and what is done on them: raise, amend, step, sign, decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from change_control import requests as changes
from change_control.requests import Proposal
from console.views import change_request, change_requests
from console.web import desk, page, trigger_acts
from console.web.form import Form, Posted
from console.web.site import Seen, Served
from console.web.visitor import By
from evidence.errors import AssuranceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from evidence.records import Record

router = APIRouter()


@router.get("/requests")
def listed(request: Request, by: By, seen: Seen) -> Response:
    """Every change request."""
    return page.draw(request, "requests", by, view=change_requests.requests(seen, by.id))


@router.post("/requests")
def raised(request: Request, served: Served, seen: Seen, form: Posted) -> Response:
    """Raise a change request; of a trigger on its page, which then says what was wrong."""
    try:
        written = changes.raise_request(desk.desk(served, seen, form), _proposal(form))
    except AssuranceError as error:
        now = served.reading()
        if form.text("on") == "trigger":
            trigger = form.text("trigger")
            return trigger_acts.again(request, form, now, trigger, error)
        view = change_requests.requests(now, form.by.id)
        return page.draw(request, "requests", form.by, form=form, fault=error, view=view)
    return _done(str(written.body["id"]), written)


@router.get("/requests/{name}")
def shown(request: Request, by: By, seen: Seen, name: str, written: int = 0) -> Response:
    """One change request."""
    view = change_request.request_page(seen, by.id, name)
    return page.draw(request, "request", by, view=view, written=written)


@router.post("/requests/{name}/amend")
def amended(request: Request, served: Served, seen: Seen, form: Posted, name: str) -> Response:
    """Put another revision in its place."""

    def act() -> Record:
        return changes.amend(desk.desk(served, seen, form), name, _proposal(form))

    return _do(request, served, form, name, act)


@router.post("/requests/{name}/step")
def stepped(request: Request, served: Served, seen: Seen, form: Posted, name: str) -> Response:
    """Take it one step on."""

    def act() -> Record:
        records = form.numbers("record")
        step = form.text("step", required="Say which step is taken.")
        where = desk.desk(served, seen, form)
        return changes.step(where, name, step, form.text("text"), records, form.text("outcome"))

    return _do(request, served, form, name, act)


@router.post("/requests/{name}/sign")
def signed(request: Request, served: Served, seen: Seen, form: Posted, name: str) -> Response:
    """Sign what was shown."""
    return _do(request, served, form, name, lambda: desk.sign(served, seen, form, name))


@router.post("/requests/{name}/decide")
def decided(request: Request, served: Served, seen: Seen, form: Posted, name: str) -> Response:
    """Record the decision that the board has approved."""

    def act() -> Record:
        return changes.decide(desk.desk(served, seen, form), name, form.text("reason"))

    return _do(request, served, form, name, act)


def _proposal(form: Form) -> Proposal:
    names = ("title", "description", "decision", "trigger", "model")
    return Proposal(**{name: form.text(name) for name in names}, evidence=form.numbers("record"))


def _do(
    request: Request, served: Served, form: Form, name: str, act: Callable[[], Record]
) -> Response:
    """Do an act; where it is refused, the page as it is now, with the words still in the fields."""
    try:
        written = act()
    except AssuranceError as error:
        view = change_request.request_page(served.reading(), form.by.id, name)
        return page.draw(request, "request", form.by, form=form, fault=error, view=view, written=0)
    return _done(name, written)


def _done(name: str, written: Record) -> Response:
    return RedirectResponse(f"/requests/{name}?written={written.seq}", status_code=303)
