"""What a program reads of the board's work: the overview, triggers, change requests, clocks."""

from __future__ import annotations

from console.views import (
    acts,
    change_request,
    change_requests,
    overview,
    reporting_clocks,
    trigger,
    triggers,
)
from console.views.acts import TriggerActs
from console.views.change_request import RequestPage
from console.views.change_requests import Requests
from console.views.overview import Overview
from console.views.reporting_clocks import Clocks
from console.views.trigger import TriggerPage
from console.views.triggers import Triggers, Wanted
from console.web.api_asked import Caller, Name, Word, addresses
from console.web.site import Seen

router = addresses("change control")


@router.get("/overview")
def show_overview(by: Caller, seen: Seen) -> Overview:
    """Give the state of everything, and what waits for the person whose token it is."""
    return overview.overview(seen, by.id, by.roles)


@router.get("/triggers")
def list_triggers(seen: Seen, severity: Word = "", model: Word = "", state: Word = "") -> Triggers:
    """List the triggers of a severity, of a model, in a state; open ones first."""
    return triggers.triggers(seen, Wanted(severity=severity, model=model, state=state))


@router.get("/triggers/{id}")
def show_trigger(seen: Seen, id: Name) -> TriggerPage:  # noqa: A002 - the address calls it so
    """Give one trigger with its evidence, and what was decided."""
    return trigger.trigger(seen, id)


@router.get("/triggers/{id}/acts")
def show_acts(by: Caller, seen: Seen, id: Name) -> TriggerActs:  # noqa: A002 - as above
    """Give what was decided on a trigger, and what whoever asks may do about it on its page."""
    return acts.trigger_acts(seen, by.id, by.roles, id)


@router.get("/requests")
def list_requests(by: Caller, seen: Seen) -> Requests:
    """List every change request, with what waits for the person whose token it is."""
    return change_requests.requests(seen, by.id)


@router.get("/requests/{id}")
def show_request(by: Caller, seen: Seen, id: Name) -> RequestPage:  # noqa: A002 - as above
    """Give one change request: what is proposed, its steps, votes and signatures."""
    return change_request.request_page(seen, by.id, id)


@router.get("/clocks")
def list_clocks(seen: Seen) -> Clocks:
    """List every reporting clock, the nearest limit first."""
    return reporting_clocks.reporting_clocks(seen)
