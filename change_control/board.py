"""Open triggers and the board's decisions; rules over the trail.

A trigger is open while no decision that closes it counts: state is derived, never stored. Without
users a decision counts as it is written, and is shown as unsigned. With users it counts once the
board's quorum has signed it, or the change request that it decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from change_control import lifecycle
from change_control.desk import Desk, append, require_text, who
from evidence.errors import NotFoundError, OutOfOrderError, UsageError
from evidence.records import ChangeDecision, MonitoringRun, Trigger
from evidence.signing import shown, standing
from policies import in_force, voting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import Record
    from evidence.signing.standing import Standing
    from evidence.trail import AuditTrail
    from policies.change_control import ChangeControlPolicy
    from policies.in_force import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A trigger with all that was decided on it.

    Attributes:
        trigger: What was raised.
        record: The trigger's record.
        run: The record of the window that raised it.
        decisions: Each decision with its record, oldest first.
        closed: Whether one of them closes it.
        awaits: Of the last decision, what it needs before it counts; empty when it counts.
        signatures: Of each decision by its record's number, the signatures on it.
    """

    trigger: Trigger
    record: Record
    run: Record | None
    decisions: tuple[tuple[Record, ChangeDecision], ...]
    closed: bool
    awaits: str = ""
    signatures: dict[int, list[Standing]] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """Open, or the last decision."""
        if not self.decisions:
            return "open"
        last = self.decisions[-1][1].decision
        if self.awaits:
            return f"open ({last}: {self.awaits})"
        return f"decided: {last}" if self.closed else f"open ({last})"


def cases(trail: AuditTrail, policy: ChangeControlPolicy, access: Access | None) -> list[Case]:
    """Every trigger, in the order they were raised.

    Args:
        trail: The trail.
        policy: Which decisions there are, and which of them close.
        access: People and rules as they are in force now; None in a workspace without users. To
            find them verifies every proof, so a door finds them once and passes them on.
    """
    return _cases(trail, policy, access, trail.all(Trigger))


def _cases(
    trail: AuditTrail,
    policy: ChangeControlPolicy,
    access: Access | None,
    triggers: Sequence[tuple[Record, Trigger]],
) -> list[Case]:
    decisions = trail.all(ChangeDecision)
    runs = {run.key: record for record, run in trail.all(MonitoringRun)}
    found = []
    for record, trigger in triggers:
        mine = tuple(pair for pair in decisions if pair[1].trigger == trigger.id)
        run = runs.get(trigger.run_key)
        case = Case(trigger=trigger, record=record, run=run, decisions=mine, closed=False)
        found.append(_case(trail, policy, access, case))
    return found


def _case(
    trail: AuditTrail, policy: ChangeControlPolicy, access: Access | None, case: Case
) -> Case:
    """The case with what is derived of it."""
    closing = {d.id for d in policy.decisions if d.closes}
    counted = {r.seq: _counts(trail, access, r, d) for r, d in case.decisions}
    closed = any(d.decision in closing and counted[r.seq] for r, d in case.decisions)
    if access is None or not case.decisions:
        return replace(case, closed=closed)
    signed = {
        r.seq: standing.of(trail, access.known, shown.thing_of(r, d)) for r, d in case.decisions
    }
    last, value = case.decisions[-1]
    awaits = "" if counted[last.seq] else _awaits(trail, access, last, value)
    return replace(case, closed=closed, awaits=awaits, signatures=signed)


def _counts(
    trail: AuditTrail, access: Access | None, record: Record, value: ChangeDecision
) -> bool:
    """Whether a decision counts; of a change request, whether it is the one that now holds."""
    if not value.request:
        return voting.counts(trail, access, record, value)
    try:
        held = lifecycle.find(trail, value.request, access).decision
    except NotFoundError:
        return False
    return held is not None and held[0].seq == record.seq


def _awaits(trail: AuditTrail, access: Access, record: Record, value: ChangeDecision) -> str:
    if not access.known.acts.get(record.seq):
        return "nobody proved that they took it"
    return voting.tally(trail, access, shown.thing_of(record, value)).words


def find(
    trail: AuditTrail, policy: ChangeControlPolicy, access: Access | None, trigger: str
) -> Case:
    """One trigger by its id.

    Args:
        trail: The trail.
        policy: Which decisions there are.
        access: People and rules as they are in force now; None in a workspace without users.
        trigger: The id.

    Raises:
        NotFoundError: There is none.
    """
    mine = [pair for pair in trail.all(Trigger) if pair[1].id == trigger]
    if not mine:
        found = cases(trail, policy, access)
        waiting = ", ".join(case.trigger.id for case in found if not case.closed) or "none"
        raise NotFoundError(f"There is no trigger '{trigger}' (open: {waiting}).")
    return _cases(trail, policy, access, mine[-1:])[0]


def decide(
    trail: AuditTrail,
    policy: ChangeControlPolicy,
    trigger: str,
    decision: str,
    reason: str,
    *,
    follow_up: str = "",
    at: str,
    actor: str,
) -> Record:
    """Write down what the board decided, in a workspace without users.

    Raises:
        UsageError: The decision is none of the policy's, or the reason is too short.
        OutOfOrderError: The trigger is closed already.
        NotFoundError: There is no such trigger.
        NotAllowedError: There are users: somebody must sign in, as `decide_at` asks.
    """
    access = in_force.access(trail)
    desk = Desk(trail=trail, policy=policy, access=access, by=None, at=at, actor=actor)
    return decide_at(desk, trigger, decision, reason, follow_up=follow_up)


def decide_at(
    desk: Desk, trigger: str, decision: str, reason: str, *, follow_up: str = ""
) -> Record:
    """Write down what is decided on a trigger; with users it counts once the board has signed it.

    Raises:
        UsageError: The decision is none of the policy's, or the reason is too short.
        OutOfOrderError: The trigger is closed already.
        NotFoundError: There is no such trigger.
        NotAllowedError: Nobody signed in where there are users, or their role does not allow it.
    """
    known = [d.id for d in desk.policy.decisions]
    if decision not in known:
        raise UsageError(f"'{decision}' is no decision of the policy ({', '.join(known)}).")
    require_text(desk, reason)
    actor = who(desk, "decide")
    case = find(desk.trail, desk.policy, desk.access, trigger)
    if case.closed:
        record, last = case.decisions[-1]
        raise OutOfOrderError(
            f"Trigger {trigger} was closed by {last.actor} on {record.at} ({last.decision})."
        )
    value = ChangeDecision(
        trigger=trigger, decision=decision, reason=reason.strip(), actor=actor, follow_up=follow_up
    )
    return append(desk, value, actor)


def thing(trail: AuditTrail, policy: ChangeControlPolicy, access: Access | None, named: str) -> str:
    """What is signed where a person names a trigger: its newest decision.

    Args:
        trail: The trail.
        policy: Which decisions there are.
        access: People and rules as they are in force now; None in a workspace without users.
        named: Id of a change request or a trigger, or a record's number.

    Raises:
        NotFoundError: There is no such trigger.
        OutOfOrderError: Nothing was decided on it yet.
    """
    if named.isdecimal() or named.startswith("C-"):
        return named
    case = find(trail, policy, access, named)
    if not case.decisions:
        raise OutOfOrderError(f"Nothing was decided on {named} yet: there is nothing to sign.")
    record, decision = case.decisions[-1]
    return shown.thing_of(record, decision)
