"""Other triggers like one: the same cause, or the same kind, and what was decided on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.views import cases, kinds
from console.views.view import View

if TYPE_CHECKING:
    from change_control.board import Case
    from console.views.reading import Reading

MOST = 8


class Similar(View):
    """A trigger like this one."""

    id: str
    """Its id."""
    same: str
    """What is the same: the cause, or only the kind."""
    severity: str
    """How grave it was."""
    model: str
    """Which model."""
    window: str
    """Which window."""
    statement: str
    """What happened."""
    decided: str
    """What was decided, or that it is open."""
    reason: str
    """On which evidence."""


def similar(seen: Reading, case: Case) -> list[Similar]:
    """The triggers most like this one: the same cause first, decided ones before open ones.

    Args:
        seen: What the request sees.
        case: The trigger.
    """
    mine = case.trigger
    found = []
    for other in cases.of(seen):
        if other.record.seq == case.record.seq:
            continue
        cause = other.trigger.cause == mine.cause
        if not cause and other.trigger.finding.get("kind") != mine.finding.get("kind"):
            continue
        rank = (not cause, other.trigger.model != mine.model, not other.closed, -other.record.seq)
        found.append((rank, other))
    found.sort(key=lambda pair: pair[0])
    return [_similar(other, same_cause=not rank[0]) for rank, other in found[:MOST]]


def _similar(case: Case, *, same_cause: bool) -> Similar:
    trigger = case.trigger
    return Similar(
        id=trigger.id,
        same="the same cause" if same_cause else "the same kind of finding",
        severity=trigger.severity,
        model=trigger.model,
        window=trigger.window,
        statement=kinds.sentence(trigger.statement),
        decided=kinds.decision(case.status),
        reason=case.decisions[-1][1].reason if case.decisions else "",
    )
