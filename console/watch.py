"""`tplc monitor`: run the windows that are due, and say what was found."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import answer, federate, settings
from console.answer import AsJson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import MonitoringRun

app = typer.Typer(help="Surveillance: run due windows, show their state.")
federate.register(app)


@app.callback(invoke_without_command=True)
def monitor(
    context: typer.Context,
    *,
    as_of: Annotated[str, typer.Option(metavar="DATE", help="Act as on this day.")] = "",
    as_json: AsJson = False,
) -> None:
    """Run every window that is due, missed ones included."""
    if context.invoked_subcommand:
        return
    from evidence.records import MonitoringRun, Trigger
    from monitoring import surveillance
    from validation.lock import Registry

    door = settings.enter()
    space = door.workspace
    watch = surveillance.prepare(space.trail, space.policies, at=door.at, actor=door.actor)
    with answer.progress("monitor") as step:
        written = surveillance.execute(
            watch,
            space.folder / watch.plan.source,
            space.trail,
            space.store,
            Registry(space.registry_uri),
            today=_day(as_of) if as_of else door.today,
            at=door.at,
            actor=door.actor,
            progress=step,
        )
    runs = [MonitoringRun.read(record.body) for record in written]
    keys = {run.key for run in runs}
    triggers = [t for _, t in space.trail.all(Trigger) if t.run_key in keys]
    _say(runs, triggers, as_json=as_json)
    shown = ("id", "window", "cause", "severity", "statement")
    answer.give(
        {
            "windows": [
                {"window": r.window, "cases": r.cases, "findings": r.findings} for r in runs
            ],
            "triggers": [{key: getattr(t, key) for key in shown} for t in triggers],
        },
        as_json=as_json,
    )
    raise typer.Exit(answer.FAILED if triggers else answer.OK)


def _day(text: str) -> dt.date:
    from evidence.errors import UsageError

    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"'{text}' is no date; write --as-of 2026-01-31") from None


def _say(runs: Sequence[MonitoringRun], triggers: Sequence[Any], *, as_json: bool) -> None:
    if as_json:
        return
    if not runs:
        answer.say("No window is due.", as_json=False)
        return
    rows = [(r.window["label"], f"{r.cases:,}", len(r.findings)) for r in runs]
    answer.table("Windows run", ("Window", "Cases", "Findings"), rows)
    found = [(t.id, t.severity, t.statement) for t in triggers]
    if found:
        answer.table("Triggers raised", ("Trigger", "Severity", "What happened"), found)


@app.command("status")
def status(*, as_json: AsJson = False) -> None:
    """Show each window that was run, and the triggers still open."""
    from change_control import board
    from evidence.records import MonitoringRun

    door = settings.enter()
    space = door.workspace
    runs = space.trail.all(MonitoringRun)
    policy: Any = space.policy("change_control").value
    waiting = [case for case in board.cases(space.trail, policy) if not case.closed]
    if not as_json:
        rows = [
            (run.window["label"], f"{run.cases:,}", _kinds(run), record.seq) for record, run in runs
        ]
        answer.table("Windows", ("Window", "Cases", "Findings", "Record"), rows)
        answer.say(f"{len(waiting)} triggers are open.", as_json=False)
    answer.give(
        {
            "windows": [
                {"window": run.window, "cases": run.cases, "findings": run.findings}
                for _, run in runs
            ],
            "open": [case.trigger.id for case in waiting],
        },
        as_json=as_json,
    )


def _kinds(run: MonitoringRun) -> str:
    kinds = [finding["kind"] for finding in run.findings]
    return ", ".join(f"{kind} {kinds.count(kind)}" for kind in dict.fromkeys(kinds)) or "none"
