"""A change request: what is signed, its course, the board's votes, and what can be done now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from change_control import lifecycle, supporting
from console.views import act, offered, signed_thing
from console.views import course as courses
from console.views import votes as counted
from console.views.act import Act, Meaning
from console.views.course import Place
from console.views.offered import Offered
from console.views.signed_thing import SignedThing
from console.views.view import View
from console.views.votes import Votes
from evidence.records import ModelLock
from evidence.signing import shown
from evidence.signing.register import Register
from policies.access import Board

if TYPE_CHECKING:
    from collections.abc import Callable

    from change_control.lifecycle import Change
    from console.views.reading import Reading
    from evidence.records import ChangeStep, Record
    from evidence.signing.register import Person

AMEND, DECIDE = "amend", "decide"
ROLE = {AMEND: "request", DECIDE: "decide"} | {step: step for step in lifecycle.STEPS}
ORDER = (
    *(lifecycle.ASSESSMENT, DECIDE, lifecycle.IMPLEMENTATION, lifecycle.VERIFICATION),
    *(lifecycle.EFFECTIVENESS, AMEND, lifecycle.WITHDRAWAL),
)


class Choice(View):
    """A decision of the policy."""

    id: str
    """How it is named."""
    meaning: str
    """What it means."""
    closes: bool
    """Whether it closes the trigger."""


class Step(View):
    """A step that was taken."""

    record: int
    """Its record."""
    at: str
    """When, UTC."""
    by: str
    """Who, by name."""
    step: str
    """Which."""
    outcome: str
    """What came of it."""
    text: str
    """What was done and found."""
    evidence: list[int]
    """Numbers of the records that it rests on."""


class Proposal(View):
    """The newest revision as it was proposed."""

    title: str
    """In a few words."""
    description: str
    """What is to change, and why."""
    decision: str
    """The decision that the board is asked to take."""
    trigger: str
    """Id of the trigger behind it; empty where it was raised by hand."""
    model: str
    """The model that is to change."""
    evidence: list[int]
    """Numbers of the records it rests on."""


class RequestPage(View):
    """A change request."""

    id: str
    """Its id."""
    revision: int
    """Of what is proposed."""
    state: str
    """Where it stands."""
    waits_for: str
    """What it waits for, in words."""
    open: bool
    """Whether anything is left to do."""
    proposal: Proposal
    """What is proposed."""
    means: str
    """What the proposed decision means."""
    new_version: bool
    """Whether a new locked version must follow the decision."""
    course: list[Place]
    """Its course."""
    thing: SignedThing
    """Exactly what is signed."""
    votes: Votes | None
    """Where the board stands; none without users."""
    steps: list[Step]
    """Every step that was taken."""
    acts: list[Act]
    """What can be done, now or later."""
    meanings: list[Meaning]
    """The meanings it can be signed with."""
    decisions: list[Choice]
    """The decisions of the policy."""
    models: list[str]
    """Every locked version."""
    offered: list[Offered]
    """Records that a step may rest on."""
    reason_at_least: int
    """Characters that a text needs."""

    def may(self, name: str) -> bool:
        """Whether an act is allowed now."""
        return any(each.name == name and each.allowed for each in self.acts)


def request_page(seen: Reading, by_id: str, request: str) -> RequestPage:
    """A change request, for whoever is asking.

    Args:
        seen: What the request sees.
        by_id: Their id; empty for a guest.
        request: The request's id.

    Raises:
        NotFoundError: There is none.
    """
    change = lifecycle.find(seen.trail, request, seen.access)
    known = seen.access.known if seen.access else Register.of(seen.trail)
    body, by = shown.now(seen.trail, known, request), act.person_of(seen, by_id)
    value = change.request
    return RequestPage(
        id=value.id,
        revision=value.revision,
        state=change.state,
        waits_for=change.waits_for,
        open=change.open,
        proposal=_proposal(change),
        means=next((d.meaning for d in seen.policy.decisions if d.id == value.decision), ""),
        new_version=lifecycle.new_version(change, seen.access),
        course=courses.course(seen, change),
        thing=signed_thing.laid_out(body, seen.name),
        votes=counted.votes(seen, request),
        steps=[_step(seen, *each) for each in change.steps],
        acts=acts(seen, by, change),
        meanings=act.meanings(seen, by, request, body),
        decisions=choices(seen),
        models=locked(seen),
        offered=offered.records(seen, value.model, value.trigger),
        reason_at_least=seen.policy.reason_at_least,
    )


def acts(seen: Reading, by: Person | None, change: Change) -> list[Act]:
    """What can be done with a request besides signing it."""
    found = []
    for name in ORDER:
        rules = [act.with_role(seen.access, ROLE[name], by), act.in_state(change, name)]
        if name == lifecycle.EFFECTIVENESS:
            rules.append(_watched(seen, change))
        found.append(act.of(name, by, *rules))
    return found


def _watched(seen: Reading, change: Change) -> Callable[[], None]:
    """The rule that enough windows were run since."""
    board = seen.access.policy.board if seen.access else Board()
    return lambda: _discard(supporting.windows(seen.trail, change, board, lifecycle.EFFECTIVE))


def _discard(_found: object) -> None:
    """Only whether it was refused is asked."""


def choices(seen: Reading) -> list[Choice]:
    """The decisions of the policy."""
    return [Choice(id=d.id, meaning=d.meaning, closes=d.closes) for d in seen.policy.decisions]


def locked(seen: Reading) -> list[str]:
    """Every locked version, newest first."""
    return list(dict.fromkeys(lock.model for _, lock in reversed(seen.trail.all(ModelLock))))


def _proposal(change: Change) -> Proposal:
    value = change.request
    names = ("title", "description", "decision", "trigger", "model")
    return Proposal(
        **{name: getattr(value, name) for name in names},
        evidence=[each["record"] for each in value.evidence],
    )


def _step(seen: Reading, record: Record, step: ChangeStep) -> Step:
    return Step(
        record=record.seq,
        at=record.at,
        by=seen.name(record.actor),
        step=step.step,
        outcome=step.outcome,
        text=step.text,
        evidence=[each["record"] for each in step.evidence],
    )
