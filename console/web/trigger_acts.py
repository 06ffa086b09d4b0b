"""What is done on a trigger's page: decide, sign the decision, start and stop reporting clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from change_control import board, clocks, limits
from change_control.clocks import Aware
from console.views import acts
from console.web import desk, page
from console.web.form import Form, Posted
from console.web.site import Seen, Served
from console.web.triggers import draw_trigger
from evidence.errors import AssuranceError, OutOfOrderError
from policies import reporting_clocks

if TYPE_CHECKING:
    from console.views.reading import Reading

router = APIRouter()


@router.post("/triggers/{name}/decide")
def decided(request: Request, served: Served, seen: Seen, form: Posted, name: str) -> Response:
    """Write down what is decided on a trigger; it counts once the board has signed it."""
    try:
        decision = form.text("decision", required="Choose a decision.")
        where = desk.desk(served, seen, form)
        board.decide_at(
            where, name, decision, form.text("reason"), follow_up=form.text("follow_up")
        )
    except AssuranceError as error:
        return again(request, form, served.reading(), name, error)
    return _done(name)


@router.post("/triggers/{name}/sign")
def signed(request: Request, served: Served, seen: Seen, form: Posted, name: str) -> Response:
    """Sign the newest decision on a trigger."""
    try:
        thing = board.thing(seen.trail, seen.policy, seen.access, name)
        if not thing.isdecimal():
            raise OutOfOrderError(f"The newest decision is that of {thing}: sign it there.")
        desk.sign(served, seen, form, thing)
    except AssuranceError as error:
        return again(request, form, served.reading(), name, error)
    return _done(name)


@router.post("/triggers/{name}/clock")
def started(request: Request, served: Served, seen: Seen, form: Posted, name: str) -> Response:
    """Write down who became aware of what, when: the clock runs from then."""
    try:
        acts.require_more_than_reading(form.by.roles)
        zone = form.text("zone", required="Say in which time zone, such as Europe/Berlin.")
        at = form.text("aware_at", required="Say when somebody became aware.")
        aware = Aware(
            moment=limits.moment(at, zone),
            zone=zone,
            person=form.text("person") or form.by.id,
            what=form.text("what"),
            trigger=name,
            state=form.text("state"),
        )
        clock = form.text("clock", required="Choose which clock runs.")
        file = reporting_clocks.load()
        clocks.start(seen.trail, file, clock, aware, at=seen.at, actor=form.by.id)
    except AssuranceError as error:
        return again(request, form, served.reading(), name, error)
    return _done(name, "#clocks")


@router.post("/clocks/{name}/stop")
def stopped(request: Request, served: Served, seen: Seen, form: Posted, name: str) -> Response:
    """Write down the report that was sent to the authority: its clock stops."""
    known = {each.value.id: each.value.trigger for each in clocks.started(seen.trail)}
    trigger = known.get(name, "")
    try:
        acts.require_more_than_reading(form.by.roles)
        zone = form.text("zone", required="Say in which time zone, such as Europe/Berlin.")
        at = form.text("sent_at", required="Say when the report was sent.")
        clocks.stop(
            seen.trail,
            name,
            sent=limits.moment(at, zone),
            reference=form.text("reference"),
            person=form.text("person") or form.by.id,
            at=seen.at,
            actor=form.by.id,
        )
    except AssuranceError as error:
        if not trigger:
            return page.draw(request, "refused", form.by, fault=error)
        return again(request, form, served.reading(), trigger, error)
    return _done(trigger, "#clocks") if trigger else RedirectResponse("/", status_code=303)


def again(
    request: Request, form: Form, seen: Reading, name: str, error: AssuranceError
) -> Response:
    """The trigger's page as it is now, with the words still in the fields."""
    return draw_trigger(request, form.by, seen, name, form, error)


def _done(name: str, part: str = "#acts") -> Response:
    return RedirectResponse(f"/triggers/{name}{part}", status_code=303)
