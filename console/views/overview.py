"""The Overview: what a board member needs in one look."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from change_control import lifecycle
from console.views import cases, kinds, running, watched
from console.views.running import Clock
from console.views.view import View
from console.views.waiting import Waiting, waiting
from console.views.watched import Model

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from change_control.board import Case
    from change_control.lifecycle import Change
    from console.views.reading import Reading

MOST = 10  # open triggers shown here; the others stand on their own page


class Open(View):
    """An open trigger."""

    id: str
    """Its id."""
    severity: str
    """How grave it is."""
    model: str
    """Which model."""
    window: str
    """The window that raised it."""
    statement: str
    """What happened."""
    days: int
    """Days since it was raised."""
    status: str
    """Open, or what was decided and is still missing."""


class Counted(View):
    """Open triggers of one severity."""

    severity: str
    """Which."""
    number: int
    """How many."""
    oldest: int
    """Days since the oldest of them was raised."""


class Asked(View):
    """A change request that is not closed."""

    id: str
    """Its id."""
    title: str
    """In a few words."""
    model: str
    """Which model is to change."""
    decision: str
    """What it proposes."""
    state: str
    """How far it is."""
    waits_for: str
    """What it waits for."""
    at: str
    """When its newest revision was written."""


class Overview(View):
    """The page."""

    summary: list[str]
    """The state of everything in a few sentences."""
    waiting: list[Waiting]
    """What waits for the reader."""
    clocks: list[Clock]
    """Reporting clocks that run, the nearest limit first."""
    counted: list[Counted]
    """Open triggers by severity, the gravest first."""
    triggers: list[Open]
    """The gravest open triggers, of these the oldest first."""
    open: int
    """How many there are in all."""
    requests: list[Asked]
    """Change requests that are not closed."""
    models: list[Model]
    """Locked models in use, or not superseded."""
    superseded: list[Model]
    """Versions that another has followed and no plan watches any more."""


def overview(seen: Reading, user: str = "", roles: Collection[str] = ()) -> Overview:
    """The state of everything.

    Args:
        seen: What the request sees.
        user: Who reads; empty for a guest.
        roles: What they may do.
    """
    found, changes = cases.opened(seen), lifecycle.changes(seen.trail, seen.access)
    undone = [change for change in changes if change.open]
    clocks, models = running.clocks(seen), watched.models(seen)
    counted = _counted(seen, found)
    current = [model for model in models if not model.superseded]
    return Overview(
        summary=_summary(clocks, counted, undone, current),
        waiting=waiting(seen, user, roles, found, undone),
        clocks=clocks,
        counted=counted,
        triggers=[_open(seen, case) for case in found[:MOST]],
        open=len(found),
        requests=[_asked(change) for change in undone],
        models=current,
        superseded=[model for model in models if model.superseded],
    )


def _counted(seen: Reading, found: Sequence[Case]) -> list[Counted]:
    number = Counter(case.trigger.severity for case in found)
    oldest: dict[str, int] = {}
    for case in found:
        name = case.trigger.severity
        oldest[name] = max(oldest.get(name, 0), cases.days(case, seen))
    return [
        Counted(severity=name, number=number[name], oldest=oldest[name])
        for name in cases.SEVERITIES
        if number[name]
    ]


def _open(seen: Reading, case: Case) -> Open:
    trigger = case.trigger
    return Open(
        id=trigger.id,
        severity=trigger.severity,
        model=trigger.model,
        window=trigger.window,
        statement=kinds.sentence(trigger.statement),
        days=cases.days(case, seen),
        status=kinds.decision(case.status),
    )


def _asked(change: Change) -> Asked:
    return Asked(
        id=change.request.id,
        title=change.request.title,
        model=change.request.model,
        decision=kinds.decision(change.request.decision),
        state=change.state,
        waits_for=change.waits_for,
        at=change.record.at,
    )


def _summary(
    clocks: Sequence[Clock],
    counted: Sequence[Counted],
    undone: Sequence[Change],
    models: Sequence[Model],
) -> list[str]:
    """Sentences, the most pressing first."""
    late = sum(clock.overdue for clock in clocks)
    due = sum(model.due for model in models)
    total = sum(each.number for each in counted)
    severities = ", ".join(f"{each.number} {each.severity}" for each in counted)
    said = []
    if late:
        said.append(f"{_many(late, 'reporting clock is', 'reporting clocks are')} overdue.")
    if len(clocks) > late:
        more = "more " if late else ""
        runs = _many(
            len(clocks) - late, f"{more}reporting clock runs", f"{more}reporting clocks run"
        )
        said.append(f"{runs}; the next limit is {clocks[late].left}.")
    opened = _many(total, "trigger is", "triggers are")
    said.append(f"{opened} open: {severities}." if total else "No trigger is open.")
    if undone:
        said.append(f"{_many(len(undone), 'change request is', 'change requests are')} under way.")
    if due:
        said.append(f"Surveillance is behind: {_many(due, 'window is', 'windows are')} due.")
    return said


def _many(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"
