"""Open triggers and the board's decisions; rules over the trail.

A trigger is open while no decision that closes it is in the trail: state is derived, never stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.errors import NotFoundError, OutOfOrderError, UsageError
from evidence.records import ChangeDecision, MonitoringRun, Trigger

if TYPE_CHECKING:
    from evidence.records import Record
    from evidence.trail import AuditTrail
    from policies.change_control import ChangeControlPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A trigger with all that was decided on it.

    Attributes:
        trigger: What was raised.
        record: The trigger's record.
        run: The record of the window that raised it.
        decisions: Each decision with its record, oldest first.
        closed: Whether one of them closes it.
    """

    trigger: Trigger
    record: Record
    run: Record | None
    decisions: tuple[tuple[Record, ChangeDecision], ...]
    closed: bool

    @property
    def status(self) -> str:
        """Open, or the last decision."""
        if not self.decisions:
            return "open"
        last = self.decisions[-1][1].decision
        return f"decided: {last}" if self.closed else f"open ({last})"


def cases(trail: AuditTrail, policy: ChangeControlPolicy) -> list[Case]:
    """Every trigger, in the order they were raised."""
    closing = {d.id for d in policy.decisions if d.closes}
    decisions = trail.all(ChangeDecision)
    runs = {run.key: record for record, run in trail.all(MonitoringRun)}
    found = []
    for record, trigger in trail.all(Trigger):
        mine = tuple(pair for pair in decisions if pair[1].trigger == trigger.id)
        found.append(
            Case(
                trigger=trigger,
                record=record,
                run=runs.get(trigger.run_key),
                decisions=mine,
                closed=any(d.decision in closing for _, d in mine),
            )
        )
    return found


def find(trail: AuditTrail, policy: ChangeControlPolicy, trigger: str) -> Case:
    """One trigger by its id.

    Raises:
        NotFoundError: There is none.
    """
    known = {case.trigger.id: case for case in cases(trail, policy)}
    if trigger not in known:
        waiting = ", ".join(i for i, case in known.items() if not case.closed) or "none"
        raise NotFoundError(f"There is no trigger '{trigger}' (open: {waiting}).")
    return known[trigger]


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
    """Write down what the board decided.

    Raises:
        UsageError: The decision is none of the policy's, or the reason is too short.
        OutOfOrderError: The trigger is closed already.
        NotFoundError: There is no such trigger.
    """
    known = [d.id for d in policy.decisions]
    if decision not in known:
        raise UsageError(f"'{decision}' is no decision of the policy ({', '.join(known)}).")
    reason = reason.strip()
    if len(reason) < policy.reason_at_least:
        raise UsageError(
            f"The reason has {len(reason)} characters, {policy.reason_at_least} are required: "
            "say on which evidence the board decided."
        )
    case = find(trail, policy, trigger)
    if case.closed:
        record, last = case.decisions[-1]
        raise OutOfOrderError(
            f"Trigger {trigger} was closed by {last.actor} on {record.at} ({last.decision})."
        )
    value = ChangeDecision(
        trigger=trigger, decision=decision, reason=reason, actor=actor, follow_up=follow_up
    )
    return trail.append([value], at=at, actor=actor)[0]
