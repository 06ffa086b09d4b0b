"""`tplc monitor status`: the timeline of windows × checks, open triggers, and what comes next."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import answer, identity, notices, settings, timeline
from console.answer import AsJson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from change_control.board import Case
    from console.settings import Door
    from console.timeline import Row
    from evidence.records import Body, MonitoringRun
    from policies.plan import MonitoringPlan

SEVERITIES = ("critical", "major", "minor")
NAME, WORDS, CELL, FRAME = 22, 20, 3, 8  # columns of the screen
LEGEND = "· quiet   o found   T trigger raised   - not measured"


def status(
    *,
    last: Annotated[
        int, typer.Option(metavar="N", min=0, help="Windows shown; as many as fit when 0.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Show windows × checks, open triggers and the next window.

    Leaves with 0 whatever was found (`tplc monitor` says that with 1), and with 4 when the trail or
    a policy could not be read.
    """
    from change_control import board
    from evidence.records import MonitoringRun, Trigger
    from policies.change_control import ChangeControlPolicy
    from policies.plan import MonitoringPlan

    door = settings.enter()
    space = door.workspace
    plan, policy = space.policy("monitoring").value, space.policy("change_control").value
    if not isinstance(plan, MonitoringPlan) or not isinstance(policy, ChangeControlPolicy):
        raise TypeError("the policies' names and kinds do not agree")
    every = [run for _, run in space.trail.all(MonitoringRun) if run.model == plan.model]
    runs = timeline.newest(every)
    shown = runs[-(last or _fitting()) :]
    raised = {(t.window, t.cause) for _, t in space.trail.all(Trigger) if t.model == plan.model}
    rows = timeline.rows(shown, raised, plan)
    found = board.cases(space.trail, policy, identity.access(door))
    waiting = [case for case in found if not case.closed]
    waiting.sort(key=lambda case: (SEVERITIES.index(case.trigger.severity), case.record.at))
    coming = _coming(plan, runs, door)
    undelivered = notices.waiting(space)
    if not as_json:
        _print(plan, shown, len(runs), rows)
        _print_triggers(waiting, door.at)
        answer.say("\n".join(coming["words"]), as_json=False)
        for notice in undelivered:
            why = notice["why"] or "not tried yet"
            words = f"A notice of {notice['trigger']} waits for {notice['channel']}: {why}."
            answer.say(words, as_json=False)
    told = _json(runs, rows, waiting, coming, door.at) | {"undelivered": undelivered}
    answer.give(told, as_json=as_json)


def _fitting() -> int:
    """How many windows a line holds."""
    return max(4, (answer.screen().width - NAME - WORDS - FRAME) // CELL)


def _coming(plan: MonitoringPlan, runs: Sequence[MonitoringRun], door: Door) -> Body:
    """What is due, what will be, and when the watch runs next."""
    from monitoring import schedule
    from policies import cron

    today = plan.schedule.today(door.at)
    last = plan.ages[-1]
    done = {run.window["label"]: int(run.stage.get("age_days", last)) for run in runs}
    due = [turn.window for turn in schedule.due(plan.schedule, done, today, plan.ages)]
    upcoming = schedule.upcoming(plan.schedule, today, plan.ages[0])
    words = []
    if due:
        few = ", ".join(w.label for w in due[:3]) + (" ..." if len(due) > 3 else "")  # noqa: PLR2004
        words.append(f"{len(due)} windows are due now ({few}): tplc monitor runs them.")
    if upcoming:
        words.append(f"The next window, {upcoming[0].label}, is due on {upcoming[1]}.")
    else:
        words.append("No further window: the plan's last day has passed.")
    found: Body = {"due": [w.label for w in due], "next": None, "next_run": None}
    if upcoming:
        found["next"] = upcoming[0].body() | {"due": str(upcoming[1])}
    if plan.schedule.cron:
        now = dt.datetime.fromisoformat(door.at)
        run = cron.next_run(plan.schedule.cron, plan.schedule.timezone, now)
        found["next_run"] = run.isoformat() if run else None
        words.append(f"With --watch the next run is at {run:%Y-%m-%d %H:%M %Z}." if run else "")
    return found | {"words": [line for line in words if line]}


def _print(plan: MonitoringPlan, runs: Sequence[MonitoringRun], of: int, rows: list[Row]) -> None:
    from rich.table import Table
    from rich.text import Text

    title = f"{plan.model}: {len(runs)} of {of} windows, newest at the right"
    answer.say(title if runs else f"{plan.model}: no window was run yet.", as_json=False)
    if not runs:
        return
    made = Table(box=None, pad_edge=False)
    made.add_column("Check", width=NAME, overflow="ellipsis", no_wrap=True, vertical="bottom")
    made.add_column(_heads(runs, plan.schedule.every), no_wrap=True)
    made.add_column("Newest window", overflow="fold", vertical="bottom")
    styles = {timeline.FOUND: "yellow", timeline.RAISED: "bold red", timeline.NONE: "dim"}
    for row in rows:
        strip = Text()
        for cell in row.cells:
            strip.append(f"{timeline.SIGN[cell]:>{CELL - 1}} ", style=styles.get(cell, ""))
        made.add_row(Text(("  " if row.below else "") + row.check), strip, row.words)
    answer.screen().print(made)
    answer.say(LEGEND, as_json=False)
    few = min((run.cases for run in runs), default=0)
    many = max((run.cases for run in runs), default=0)
    answer.say(f"Cases: {few:,} to {many:,} a window; newest {runs[-1].cases:,}.", as_json=False)


def _heads(runs: Sequence[MonitoringRun], every: str) -> str:
    """Two lines: the year (of months) or month where it begins, and the month or day of each."""
    tops, lows, before = "", "", ""
    for run in runs:
        year, month, day = run.window["start"].split("-")
        top, low = (year[2:], month) if every == "month" else (month, day)
        mark = ("'" if every == "month" else "") + top
        tops += f"{mark if top != before else '':<{CELL}}"
        lows += f"{low:<{CELL}}"
        before = top
    return f"{tops.rstrip()}\n{lows.rstrip()}"


def _age(case: Case, at: str) -> int:
    """Days since a trigger was raised."""
    then, now = dt.datetime.fromisoformat(case.record.at), dt.datetime.fromisoformat(at)
    return max(0, (now - then).days)


def _print_triggers(waiting: Sequence[Case], at: str) -> None:
    if not waiting:
        answer.say("No trigger is open.", as_json=False)
        return
    counted = [
        f"{number} {severity}"
        for severity in SEVERITIES
        if (number := sum(case.trigger.severity == severity for case in waiting))
    ]
    rows = [
        (c.trigger.severity, f"{_age(c, at)} days", c.trigger.id, c.trigger.statement)
        for c in waiting
    ]
    title = f"Open triggers: {', '.join(counted)}"
    answer.table(title, ("Severity", "Open for", "Trigger", "What happened"), rows)


def _json(
    runs: Sequence[MonitoringRun], rows: list[Row], waiting: list[Case], coming: Body, at: str
) -> dict[str, Any]:
    return {
        "windows": [
            {"window": run.window, "cases": run.cases, "findings": run.findings} for run in runs
        ],
        "checks": [row.body() for row in rows],
        "open": [case.trigger.id for case in waiting],
        "triggers": [
            {
                "id": case.trigger.id,
                "window": case.trigger.window,
                "cause": case.trigger.cause,
                "severity": case.trigger.severity,
                "days_open": _age(case, at),
                "statement": case.trigger.statement,
            }
            for case in waiting
        ],
        "due": coming["due"],
        "next": coming["next"],
        "next_run": coming["next_run"],
    }
