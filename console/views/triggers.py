"""The list of triggers: open ones first, then decided ones; by severity, model and state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.views import cases, kinds
from console.views.view import View

if TYPE_CHECKING:
    from change_control.board import Case
    from console.views.reading import Reading

MOST = 200  # shown at once
OPEN, DECIDED = "open", "decided"


class Wanted(View):
    """Which triggers are wanted; all of them where a field is empty."""

    severity: str = ""
    """How grave."""
    model: str = ""
    """Which model."""
    state: str = ""
    """Open or decided."""


class Line(View):
    """A trigger in the list."""

    id: str
    """Its id."""
    severity: str
    """How grave it is."""
    kind: str
    """Kind of finding."""
    model: str
    """Which model."""
    window: str
    """Which window."""
    statement: str
    """What happened."""
    raised: str
    """When it was raised."""
    days: int
    """Days since."""
    closed: bool
    """Whether it is decided."""
    status: str
    """Open, or what was decided."""


class Triggers(View):
    """The page."""

    wanted: Wanted
    """What was asked for."""
    severities: list[str]
    """The severities that there are."""
    models: list[str]
    """The models that have triggers."""
    found: int
    """How many there are."""
    open: int
    """How many of these are open."""
    triggers: list[Line]
    """The first of them."""


def triggers(seen: Reading, wanted: Wanted) -> Triggers:
    """The triggers that are asked for: open ones, the gravest first; then decided, newest first.

    Args:
        seen: What the request sees.
        wanted: Which.
    """
    every = cases.of(seen)
    undecided = [case for case in cases.opened(seen) if _wanted(case, wanted)]
    decided = [case for case in reversed(every) if case.closed and _wanted(case, wanted)]
    found = [*undecided, *decided]
    return Triggers(
        wanted=wanted,
        severities=list(cases.SEVERITIES),
        models=sorted({case.trigger.model for case in every}),
        found=len(found),
        open=len(undecided),
        triggers=[_line(seen, case) for case in found[:MOST]],
    )


def _wanted(case: Case, wanted: Wanted) -> bool:
    state = DECIDED if case.closed else OPEN
    return (
        wanted.severity in ("", case.trigger.severity)
        and wanted.model in ("", case.trigger.model)
        and wanted.state in ("", state)
    )


def _line(seen: Reading, case: Case) -> Line:
    value = case.trigger
    return Line(
        id=value.id,
        severity=value.severity,
        kind=kinds.name(value.finding.get("kind", "")),
        model=value.model,
        window=value.window,
        statement=kinds.sentence(value.statement),
        raised=case.record.at,
        days=cases.days(case, seen),
        closed=case.closed,
        status=kinds.decision(case.status),
    )
