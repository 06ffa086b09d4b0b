"""The change requests: the open ones first, what each waits for, and what waits for you. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from change_control import lifecycle
from console.views import act, change_request
from console.views.act import Act
from console.views.change_request import DECIDE, Choice
from console.views.view import View
from evidence.records import Trigger
from evidence.signing import shown

if TYPE_CHECKING:
    from change_control.lifecycle import Change
    from console.views.reading import Reading
    from evidence.signing.register import Person

YOURS = {  # by state: the act that it waits for, and how it is asked of a person
    "requested": (lifecycle.ASSESSMENT, "your assessment"),
    "approved": (DECIDE, "you to record the decision"),
    "rejected": ("amend", "your amendment, or its withdrawal"),
    "decided": (lifecycle.IMPLEMENTATION, "you to record its implementation"),
    "implemented": (lifecycle.VERIFICATION, "your verification"),
    "verification failed": (lifecycle.IMPLEMENTATION, "you to record another implementation"),
    "in effect": (lifecycle.EFFECTIVENESS, "your check of its effectiveness"),
}


class Line(View):
    """A change request in the list."""

    id: str
    """Its id."""
    title: str
    """What is proposed."""
    decision: str
    """The decision that the board is asked to take."""
    model: str
    """The model that is to change."""
    trigger: str
    """Id of the trigger behind it; empty where it was raised by hand."""
    state: str
    """Where it stands."""
    open: bool
    """Whether anything is left to do."""
    waits_for: str
    """What it waits for."""
    yours: str
    """What it waits for from whoever is asking; empty when nothing."""
    by: str
    """Who raised it, by name."""
    at: str
    """When it was last revised, UTC."""


class Requests(View):
    """The change requests."""

    requests: list[Line]
    """The open ones first, the newest of each first."""
    raising: Act
    """Whether whoever is asking may raise one."""
    triggers: list[str]
    """Ids of the triggers that one may be raised on."""
    models: list[str]
    """Every locked version."""
    decisions: list[Choice]
    """The decisions of the policy."""
    reason_at_least: int
    """Characters that a text needs."""


def requests(seen: Reading, by_id: str) -> Requests:
    """Every change request, for whoever is asking; `by_id` is empty for a guest."""
    by = act.person_of(seen, by_id)
    changes = reversed(lifecycle.changes(seen.trail, seen.access))
    found = [line(seen, by, each) for each in changes]
    return Requests(
        requests=sorted(found, key=lambda each: not each.open),
        raising=raising(seen, by),
        triggers=[value.id for _, value in reversed(seen.trail.all(Trigger))],
        models=change_request.locked(seen),
        decisions=change_request.choices(seen),
        reason_at_least=seen.policy.reason_at_least,
    )


def raising(seen: Reading, by: Person | None) -> Act:
    """Whether somebody may raise a change request."""
    return act.of("request", by, act.with_role(seen.access, "request", by))


def line(seen: Reading, by: Person | None, change: Change) -> Line:
    """One change request in a list."""
    value = change.request
    names = ("id", "title", "decision", "model", "trigger")
    return Line(
        **{name: getattr(value, name) for name in names},
        state=change.state,
        open=change.open,
        waits_for=change.waits_for,
        yours=_yours(seen, by, change),
        by=seen.name(value.requester),
        at=change.record.at,
    )


def _yours(seen: Reading, by: Person | None, change: Change) -> str:
    if seen.access is None or by is None or not change.open:
        return ""
    if change.state == "assessed":
        body = shown.now(seen.trail, seen.access.known, change.request.id)
        meanings = act.meanings(seen, by, change.request.id, body)
        free = {each.meaning for each in meanings if each.allowed}
        return "your vote" if {"approval", "rejection"} <= free else ""
    wanted, words = YOURS[change.state]
    allowed = {each.name for each in change_request.acts(seen, by, change) if each.allowed}
    return words if wanted in allowed else ""
