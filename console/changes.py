"""`tplc change`: open triggers, what they rest on, and the board's decisions.

The plan and the pathways stand in `pccp` and `pathways`, reporting clocks in `clocks`.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from console import answer, clocks, pathways, pccp, settings
from console.answer import AsJson

app = typer.Typer(help="Change control: list, show and decide triggers.", no_args_is_help=True)
app.command(name="pccp")(pccp.pccp)
app.command(name="pathway")(pathways.pathway)
app.add_typer(clocks.app, name="clock")


def _policy(door: settings.Door) -> Any:
    return door.workspace.policy("change_control").value


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """List every trigger and whether it is open."""
    from change_control import board

    door = settings.enter()
    found = board.cases(door.workspace.trail, _policy(door))
    if not as_json:
        rows = [(c.trigger.id, c.trigger.severity, c.status, c.trigger.statement) for c in found]
        answer.table("Triggers", ("Trigger", "Severity", "Status", "What happened"), rows)
    answer.give({"triggers": [_summary(case) for case in found]}, as_json=as_json)


def _summary(case: Any) -> dict[str, Any]:
    names = ("id", "window", "cause", "severity", "statement")
    return {name: getattr(case.trigger, name) for name in names} | {"status": case.status}


@app.command()
def show(
    trigger: Annotated[str, typer.Argument(metavar="ID", help="The trigger's id.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Show a trigger, the finding behind it and what was decided."""
    from change_control import board

    door = settings.enter()
    case = board.find(door.workspace.trail, _policy(door), trigger)
    if not as_json:
        _say(case)
    decisions = [{"at": r.at, **r.body} for r, _ in case.decisions]
    answer.give(
        _summary(case) | {"finding": case.trigger.finding, "decisions": decisions}, as_json=as_json
    )


def _say(case: Any) -> None:
    t = case.trigger
    rows = [
        ("What happened", t.statement),
        ("Severity", f"{t.severity} (rule {t.rule})"),
        ("Model", t.model),
        ("Window", t.window),
        ("Measured by", f"{t.finding['method']}, {t.finding['n']:,} cases"),
        ("Evidence", case.run.ref if case.run else "the window's record is missing"),
        ("Status", case.status),
    ]
    for record, decision in case.decisions:
        text = f"{decision.decision} by {decision.actor}, {record.at}: {decision.reason}"
        rows.append(("Decision", text))
    answer.table(f"Trigger {t.id}", ("", ""), rows)
    if not case.closed:
        answer.say(
            f'Decide with: tplc change decide {t.id} --decision investigate --reason "..."',
            as_json=False,
        )


@app.command()
def decide(
    trigger: Annotated[str, typer.Argument(metavar="ID", help="The trigger's id.")],
    *,
    decision: Annotated[str, typer.Option(help="One of the policy's decisions.")],
    reason: Annotated[str, typer.Option(help="On which evidence.")],
    follow_up: Annotated[str, typer.Option(help="What comes of it, such as a model.")] = "",
    as_json: AsJson = False,
) -> None:
    """Record the board's decision on an open trigger."""
    from change_control import board

    door = settings.enter()
    record = board.decide(
        door.workspace.trail,
        _policy(door),
        trigger,
        decision,
        reason,
        follow_up=follow_up,
        at=door.at,
        actor=door.actor,
    )
    answer.say(f"{trigger}: {decision}, by {door.actor}, as {record.ref}.", as_json=as_json)
    answer.give({"trigger": trigger, "decision": decision, "record": record.seq}, as_json=as_json)
