"""One trigger: what happened, its evidence, what was decided before, and what plan and law say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from change_control import lifecycle
from console.views import affected as of_subgroups
from console.views import (
    cases,
    finding_numbers,
    kinds,
    later,
    running,
    similar,
    trigger_decisions,
    trigger_figure,
    trigger_law,
)
from console.views.affected import Affected
from console.views.finding_numbers import Number
from console.views.heat import Heat
from console.views.later import Note
from console.views.running import Clock
from console.views.similar import Similar
from console.views.trigger_decisions import Decided
from console.views.trigger_law import Assessed, Planned
from console.views.view import View
from console.views.watching import watching
from evidence.errors import NotFoundError
from evidence.records import MonitoringRun
from policies import minimum_cell

if TYPE_CHECKING:
    from change_control.board import Case
    from console.views.reading import Reading
    from policies.plan import MonitoringPlan, TriggerRule


class Figure(View):
    """The figure, which has an address of its own."""

    address: str
    """Where its SVG is."""
    alt: str
    """Its numbers in words."""
    caption: str
    """What it shows."""


class Request(View):
    """A change request raised on this trigger."""

    id: str
    """Its id."""
    title: str
    """In a few words."""
    state: str
    """How far it is."""
    waits_for: str
    """What it waits for."""


class TriggerPage(View):
    """The page."""

    id: str
    """The trigger's id."""
    statement: str
    """What happened, in one sentence."""
    severity: str
    """How grave it was when it was raised."""
    severity_now: str
    """How grave it is since the last note."""
    severity_means: str
    """What that asks of the board."""
    kind: str
    """Kind of finding."""
    asks: str
    """What that check asks."""
    rule: str
    """The plan's rule, in a sentence."""
    model: str
    """Which model."""
    window: str
    """Which window."""
    start: str
    """Its first day; empty where its record is missing."""
    end: str
    """Its last day."""
    raised: str
    """When it was raised."""
    days: int
    """Days since."""
    status: str
    """Open, or what was decided."""
    closed: bool
    """Whether it is closed."""
    awaits: str
    """What the last decision still needs; empty when it counts."""
    record: int
    """The trigger's record."""
    run: int
    """The window's record; 0 where it is missing."""
    numbers: list[Number]
    """The finding's numbers."""
    figure: Figure | None
    """What it is about, over the windows around it."""
    strip: Heat | None
    """The cause over every window."""
    affected: Affected | None
    """Subgroups of the window; none where its record is missing."""
    notes: list[Note]
    """What later windows showed."""
    similar: list[Similar]
    """Other triggers like it."""
    planned: Planned | None
    """The PCCP's answer for the newest version locked since."""
    assessed: list[Assessed]
    """Pathways that were assessed for it."""
    reportable: str
    """Why an authority may have to be told, as the plan says; empty where it does not."""
    clocks: list[Clock]
    """Reporting clocks about it that run."""
    requests: list[Request]
    """Change requests raised on it."""
    decisions: list[Decided]
    """What was decided, oldest first."""


def find(seen: Reading, id: str) -> Case:  # noqa: A002 - the address calls it so
    """A trigger by its id.

    Raises:
        NotFoundError: There is none.
    """
    found = {case.trigger.id: case for case in cases.of(seen)}
    if id not in found:
        raise NotFoundError(f"There is no trigger '{id}'.")
    return found[id]


def trigger(seen: Reading, id: str) -> TriggerPage:  # noqa: A002 - the address calls it so
    """All that the board needs to know of a trigger.

    Args:
        seen: What the request sees.
        id: The trigger's id.

    Raises:
        NotFoundError: There is none.
    """
    case = find(seen, id)
    value, finding = case.trigger, case.trigger.finding
    run = seen.record(case.run.seq).value() if case.run else None
    whole = run if isinstance(run, MonitoringRun) else None
    plan = watching(seen).plans.of(whole) if whole else None
    rule = next((r for r in plan.triggers if r.id == value.rule), None) if plan else None
    minimum = minimum_cell.of_trail(seen.trail)
    notes = later.notes(seen, id)
    now = notes[-1].severity if notes else value.severity
    drawn = trigger_figure.figure(seen, case)
    return TriggerPage(
        id=value.id,
        statement=kinds.sentence(value.statement),
        severity=value.severity,
        severity_now=now,
        severity_means=kinds.SEVERITY.get(now, ""),
        kind=kinds.name(finding.get("kind", "")),
        asks=kinds.asks(finding.get("kind", "")),
        rule=_rule(value.rule, rule, plan),
        model=value.model,
        window=value.window,
        start=whole.window["start"] if whole else "",
        end=whole.window["end"] if whole else "",
        raised=case.record.at,
        days=cases.days(case, seen),
        status=kinds.decision(case.status),
        closed=case.closed,
        awaits=case.awaits,
        record=case.record.seq,
        run=case.run.seq if case.run else 0,
        numbers=finding_numbers.numbers(finding, minimum),
        figure=Figure(
            address=f"/triggers/{value.id}/chart.svg", alt=drawn["alt"], caption=drawn["caption"]
        )
        if drawn
        else None,
        strip=later.strip(seen, case),
        affected=of_subgroups.affected(finding, whole, minimum) if whole else None,
        notes=notes,
        similar=similar.similar(seen, case),
        planned=trigger_law.planned(seen, value.model),
        assessed=trigger_law.assessed(seen, id),
        reportable=rule.reportable.because if rule and rule.reportable else "",
        clocks=running.clocks(seen, id),
        requests=_requests(seen, id),
        decisions=trigger_decisions.decisions(seen, case),
    )


def _rule(name: str, rule: TriggerRule | None, plan: MonitoringPlan | None) -> str:
    if rule is None or plan is None:
        return f"Rule {name}; the plan's text is not in the trail."
    row = rule.windows_in_a_row
    when = "one window" if row == 1 else f"{row} windows in a row"
    what = kinds.name(rule.finding).lower()
    of = f"Rule {name} of the plan, version {plan.version}"
    return f"{of}: {what}, found in {when}, is {rule.severity}."


def _requests(seen: Reading, id: str) -> list[Request]:  # noqa: A002
    return [
        Request(id=c.request.id, title=c.request.title, state=c.state, waits_for=c.waits_for)
        for c in lifecycle.changes(seen.trail, seen.access)
        if c.request.trigger == id
    ]
