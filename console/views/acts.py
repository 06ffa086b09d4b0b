"""What the board can do about a trigger: decide, sign, raise a request, start a clock. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from change_control import board, lifecycle
from console.views import act, change_request, change_requests, offered, reporting, signed_thing
from console.views import votes as counted
from console.views.act import Act, Meaning
from console.views.change_request import Choice
from console.views.change_requests import Line
from console.views.offered import PATHWAY, Offered
from console.views.pathway_tables import TableLink, links
from console.views.reporting import ClockOffer, RunningClock
from console.views.signed_thing import SignedThing
from console.views.view import View
from console.views.votes import Votes
from evidence.errors import NotAllowedError, OutOfOrderError
from evidence.signing import shown
from evidence.signing.register import Register

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from change_control.board import Case
    from console.views.reading import Reading
    from evidence.signing.register import Person

READS = "read-only"


class TakenDecision(View):
    """The newest decision on a trigger, as it is signed."""

    record: int
    """Its record."""
    decision: str
    """What was decided."""
    request: str
    """Id of the change request that it decides; empty for a decision on the trigger itself."""
    by: str
    """Who wrote it down, by name."""
    at: str
    """When, UTC."""
    counts: bool
    """Whether it counts: the board has signed it, or it was taken before there were users."""
    thing: SignedThing
    """Exactly what is signed."""
    votes: Votes | None
    """Where the board stands; none without users."""
    meanings: list[Meaning]
    """The meanings it can be signed with; none where the request is signed instead."""


class TriggerActs(View):
    """What can be done about a trigger."""

    trigger: str
    """Its id."""
    model: str
    """The model it is about."""
    status: str
    """Open, or what was decided."""
    closed: bool
    """Whether a decision that counts closes it."""
    decide: Act
    """Whether whoever is asking may decide on it."""
    decisions: list[Choice]
    """The decisions of the policy."""
    needed: str
    """What the board needs before a decision counts; empty without users."""
    taken: TakenDecision | None
    """The newest decision on it."""
    raising: Act
    """Whether whoever is asking may raise a change request."""
    models: list[str]
    """Every locked version."""
    offered: list[Offered]
    """Records that a request may rest on."""
    requests: list[Line]
    """Change requests that answer it."""
    clock: Act
    """Whether whoever is asking may start or stop a clock."""
    clocks: list[ClockOffer]
    """Clocks that can be started."""
    running: list[RunningClock]
    """Clocks that were started about it."""
    zones: list[str]
    """Time zones that are offered."""
    states: list[str]
    """Member States whose calendars are known."""
    tables: list[TableLink]
    """Decision tables that can be answered for it."""
    assessments: list[Offered]
    """Pathway assessments about its model."""
    reason_at_least: int
    """Characters that a text needs."""


def trigger_acts(seen: Reading, by_id: str, roles: Sequence[str], trigger: str) -> TriggerActs:
    """What whoever is asking can do about a trigger.

    Args:
        seen: What the request sees.
        by_id: Their id; empty for a guest.
        roles: Theirs.
        trigger: The trigger's id.

    Raises:
        NotFoundError: There is none.
    """
    case = board.find(seen.trail, seen.policy, seen.access, trigger)
    by, model = act.person_of(seen, by_id), case.trigger.model
    zones, states = reporting.zones()
    evidence = offered.records(seen, model, trigger)
    changes = lifecycle.changes(seen.trail, seen.access)
    mine = [change for change in changes if change.request.trigger == trigger]
    return TriggerActs(
        trigger=trigger,
        model=model,
        status=case.status,
        closed=case.closed,
        decide=act.of("decide", by, act.with_role(seen.access, "decide", by), _still_open(case)),
        decisions=change_request.choices(seen),
        needed=_needed(seen),
        taken=_taken(seen, by, case) if case.decisions else None,
        raising=change_requests.raising(seen, by),
        models=change_request.locked(seen),
        offered=evidence,
        requests=[change_requests.line(seen, by, change) for change in reversed(mine)],
        clock=act.of("clock", by, lambda: require_more_than_reading(roles)),
        clocks=reporting.offers(),
        running=reporting.running(seen, trigger),
        zones=zones,
        states=states,
        tables=links(f"/triggers/{trigger}"),
        assessments=[each for each in evidence if each.kind == PATHWAY],
        reason_at_least=seen.policy.reason_at_least,
    )


def require_more_than_reading(roles: Sequence[str]) -> None:
    """Refuse whoever may only read.

    Raises:
        NotAllowedError: They have no other role.
    """
    if not set(roles) - {READS}:
        raise NotAllowedError("The role read-only writes nothing.")


def _still_open(case: Case) -> Callable[[], None]:
    def rule() -> None:
        if case.closed:
            raise OutOfOrderError(f"The trigger is closed: {case.status}.")

    return rule


def _needed(seen: Reading) -> str:
    """Who must sign a decision before it counts."""
    if seen.access is None:
        return ""
    rules = seen.access.policy.board
    roles = f", among them {' and '.join(rules.roles)}" if rules.roles else ""
    people = "one person" if rules.quorum == 1 else f"{rules.quorum} people"
    own = "; whoever writes it down may not be one of them" if rules.not_own else ""
    return f"It counts once {people} have approved it{roles}{own}."


def _taken(seen: Reading, by: Person | None, case: Case) -> TakenDecision:
    record, value = case.decisions[-1]
    named = shown.thing_of(record, value)
    known = seen.access.known if seen.access else Register.of(seen.trail)
    body = shown.now(seen.trail, known, named)
    return TakenDecision(
        record=record.seq,
        decision=value.decision,
        request=value.request,
        by=seen.name(value.actor),
        at=record.at,
        counts=not case.awaits,
        thing=signed_thing.laid_out(body, seen.name),
        votes=counted.votes(seen, named),
        meanings=[] if value.request else act.meanings(seen, by, named, body),
    )
