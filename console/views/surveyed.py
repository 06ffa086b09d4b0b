"""Surveillance of one locked version: its windows, its main endpoint over them, open triggers."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from change_control import board
from console.views.measured import Measured, measured
from console.views.view import View
from evidence import windows
from evidence.records import MonitoringRun
from policies import reader, registration
from policies.plan import MonitoringPlan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from change_control.board import Case
    from console.views.reading import Reading
    from evidence.records import Body, Record

LEADS = ("auroc", "accuracy", "sensitivity")  # where no plan says what is watched


class Window(View):
    """A window as it was judged last."""

    label: str
    """Its name, such as ``2026-03``."""
    start: str
    """Its first day."""
    end: str
    """Its last day."""
    record: int
    """The record that judged it."""
    cases: int
    """Cases in it."""
    estimate: Measured | None
    """The main endpoint; none where it was not measured."""
    findings: int
    """How many findings it has."""


class Raised(View):
    """An open trigger."""

    id: str
    """Its id."""
    severity: str
    """Critical, major or minor."""
    window: str
    """Of which window."""
    statement: str
    """What happened."""
    record: int
    """Its record."""
    at: str
    """When it was raised, UTC."""


class Surveyed(View):
    """Surveillance of a locked version."""

    watched: bool
    """Whether the plan registered last watches it."""
    plan: int
    """Record of that plan; 0 without one."""
    endpoint: str
    """The main endpoint; empty where nothing was measured."""
    windows: list[Window]
    """Every window, oldest first."""
    triggers: list[Raised]
    """Triggers that wait for the board, newest first."""
    raised: int
    """How many triggers there were."""


class Main(NamedTuple):
    """Which estimate is followed from window to window."""

    endpoint: str
    threshold: float | None


def watched(seen: Reading) -> tuple[int, MonitoringPlan | None]:
    """The surveillance plan registered last, and its record; 0 without one."""
    known = registration.registered(seen.trail, "monitoring")
    if not known:
        return 0, None
    record, value = known[-1]
    return record.seq, _plan(value.text, f"{value.source} as registered in {record.ref}")


@lru_cache(maxsize=16)  # a registered text never changes
def _plan(text: str, name: str) -> MonitoringPlan:
    return reader.parse(text, MonitoringPlan, name)


def surveyed(seen: Reading, model: str, minimum: int, cases: Sequence[Case]) -> Surveyed:
    """Surveillance of a version.

    Args:
        seen: The workspace.
        model: ``NAME/VERSION``.
        minimum: Cells below it are not shown.
        cases: Every trigger with what was decided on it.
    """
    number, plan = watched(seen)
    judged = windows.newest_of(seen.trail.all(MonitoringRun), model)
    main = _main(plan, [run for _, run in judged])
    mine = [case for case in cases if case.trigger.model == model]
    shown = [_window(record, run, main, minimum) for record, run in judged]
    named = next((w.estimate for w in reversed(shown) if w.estimate), None)
    at = f" at {named.threshold}" if named and named.threshold else ""
    return Surveyed(
        watched=plan is not None and plan.model == model,
        plan=number,
        endpoint=f"{named.name}{at}" if named else "",
        windows=shown,
        triggers=[_raised(case) for case in reversed(mine) if not case.closed],
        raised=len(mine),
    )


def open_cases(seen: Reading) -> list[Case]:
    """Every trigger with what was decided on it."""
    return board.cases(seen.trail, seen.policy, seen.access)


def _main(plan: MonitoringPlan | None, runs: Sequence[MonitoringRun]) -> Main | None:
    """What the plan watches first, else the first that is usual and was measured."""
    there = {
        Main(e["endpoint"], e["threshold"]): None
        for run in runs
        for e in run.estimates
        if e["subgroup"] == "overall"
    }
    wanted = [rule.endpoint for rule in plan.performance] if plan else []
    for name in (*wanted, *LEADS):
        found = [main for main in there if main.endpoint == name]
        if found:
            return found[0]
    return next(iter(there), None)


def _window(record: Record, run: MonitoringRun, main: Main | None, minimum: int) -> Window:
    found: list[Body] = [
        e
        for e in run.estimates
        if e["subgroup"] == "overall" and main == (e["endpoint"], e["threshold"])
    ]
    return Window(
        label=run.window["label"],
        start=run.window["start"],
        end=run.window["end"],
        record=record.seq,
        cases=run.cases,
        estimate=measured(found[0], minimum) if found else None,
        findings=len(run.findings),
    )


def _raised(case: Case) -> Raised:
    trigger = case.trigger
    return Raised(
        id=trigger.id,
        severity=trigger.severity,
        window=trigger.window,
        statement=trigger.statement,
        record=case.record.seq,
        at=case.record.at,
    )
