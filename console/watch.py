"""`tplc monitor`: run the windows that are due, and say what was found."""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import answer, federate, metrics, notices, settings, status, stopping, tracked
from console import design as designs
from console.answer import AsJson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.settings import Door
    from evidence.records import Body, MonitoringRun
    from monitoring.source.contract import Source
    from monitoring.surveillance import Surveillance
    from policies.plan import MonitoringPlan

app = typer.Typer(help="Surveillance: run due windows, show their state.")
app.command("design")(designs.design)
federate.register(app)


@app.callback(invoke_without_command=True)
def monitor(
    context: typer.Context,
    *,
    as_of: Annotated[
        str, typer.Option(metavar="DATE", help="Act as on this day; not in the future.")
    ] = "",
    watch: Annotated[
        bool, typer.Option("--watch", help="Stay, and run by the plan's cron expression.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run every window that is due, missed ones included."""
    if context.invoked_subcommand:
        return
    if watch:
        _stay(as_of, as_json=as_json)
        return
    from evidence.records import Trigger

    door = settings.enter()
    runs, warnings, plan = _night(door, as_of)
    keys = {run.key for run in runs}
    triggers = [t for _, t in door.workspace.trail.all(Trigger) if t.run_key in keys]
    for warning in warnings:
        sys.stderr.write(f"Note: {warning['message']}\n")
    if not as_json:
        _say(runs, triggers, plan, door)
    shown = ("id", "window", "cause", "severity", "statement")
    answer.give(
        {
            "windows": [
                {"window": r.window, "cases": r.cases, "findings": r.findings} for r in runs
            ],
            "triggers": [{key: getattr(t, key) for key in shown} for t in triggers],
            "warnings": warnings,
        },
        as_json=as_json,
    )
    notices.tell(door.workspace)
    raise typer.Exit(answer.FAILED if triggers else answer.OK)


def _stay(as_of: str, *, as_json: bool) -> None:
    from console import nights
    from evidence.errors import UsageError
    from policies.plan import MonitoringPlan

    if as_of:
        raise UsageError("--watch goes by the clock: leave --as-of out.")
    space = settings.enter().workspace
    plan = space.policy("monitoring").value
    if not isinstance(plan, MonitoringPlan):
        raise TypeError("monitoring.yaml holds another policy")

    def line(result: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
        sys.stdout.flush()

    watch = nights.Watch(space.folder, plan.schedule)
    if as_json:
        watch.give = line
    watch.run()


def _night(door: Door, as_of: str) -> tuple[list[MonitoringRun], list[Body], MonitoringPlan]:
    """The windows run, what should be known besides, and the plan."""
    from evidence.records import MonitoringRun
    from monitoring import surveillance
    from monitoring.source import opening
    from validation.lock import Registry

    space = door.workspace
    watch = surveillance.prepare(space.trail, space.policies, at=door.at, actor=door.actor)
    notices.begin(space)
    today = watch.plan.schedule.today(door.at)
    source = opening.opened(watch.plan.source, space.folder, settings.environment())
    with answer.progress("monitor") as shown, stopping.between_windows(shown) as step:
        written = surveillance.execute(
            watch,
            source,
            space.trail,
            space.store,
            Registry(space.registry_uri),
            today=_day(as_of, today) if as_of else today,
            at=door.at,
            actor=door.actor,
            progress=step,
        )
    tracked.log(space, watch.lock, written)
    runs = [MonitoringRun.read(record.body) for record in written]
    warnings = _clock(door) + (_beside(door, watch, source, runs) if runs else [])
    return runs, warnings, watch.plan


def _day(text: str, today: dt.date) -> dt.date:
    from evidence.errors import UsageError

    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"'{text}' is no date; write --as-of 2026-01-31") from None
    if day > today:
        raise UsageError(
            f"--as-of {text} is in the future (today is {today}): windows that are not over would "
            "be judged, once and for all, on rows that have not come yet."
        )
    return day


def _clock(door: Door) -> list[Body]:
    """A note when the clock stands before the newest run: the trail goes on by its numbers."""
    from evidence.records import MonitoringRun

    newest = max((record.at for record, _ in door.workspace.trail.all(MonitoringRun)), default="")
    if newest <= door.at:
        return []
    message = (
        f"The clock says {door.at}, but the newest run was written at {newest}: was the clock set "
        "back? No window is run twice; records keep the order of their numbers."
    )
    return [{"code": "clock-before-newest-run", "message": message, "columns": [], "count": 1}]


def _beside(
    door: Door, watch: Surveillance, source: Source, runs: Sequence[MonitoringRun]
) -> list[Body]:
    """What was left aside in the source, and rows that came after their window was judged."""
    from evidence.errors import AssuranceError
    from evidence.records import MonitoringRun
    from monitoring import late

    ran = {run.key for run in runs}
    earlier = [
        run
        for _, run in door.workspace.trail.all(MonitoringRun)
        if (run.model, run.source) == (watch.lock.model, source.name) and run.key not in ran
    ]
    notes = source.warnings()
    column = (watch.plan.texts and watch.plan.texts.time) or watch.frozen.spec["time"]
    try:
        changed = late.changed(source, str(column), earlier)
    except AssuranceError as error:  # the night itself is done
        said = f"Whether rows arrived late could not be found out: {error}"
        return [*notes, {"code": "late-rows-unknown", "message": said, "columns": [], "count": 0}]
    return notes + [found.warning() for found in changed]


def _say(
    runs: Sequence[MonitoringRun], triggers: Sequence[Any], plan: MonitoringPlan, door: Door
) -> None:
    from monitoring import schedule

    if not runs:
        coming = schedule.upcoming(plan.schedule, plan.schedule.today(door.at), plan.ages[0])
        rest = f" The next, {coming[0].label}, is due on {coming[1]}." if coming else ""
        answer.say(f"No window is due.{rest}", as_json=False)
        return
    rows = [(r.window["label"], f"{r.cases:,}", len(r.findings)) for r in runs]
    answer.table("Windows run", ("Window", "Cases", "Findings"), rows)
    found = [(t.id, t.severity, t.statement) for t in triggers]
    if found:
        answer.table("Triggers raised", ("Trigger", "Severity", "What happened"), found)


app.command("status")(status.status)
app.command("notify")(notices.notify)
app.command("metrics")(metrics.metrics)
