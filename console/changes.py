"""`tplc change`: open triggers, what they rest on, change requests, and the board's decisions.

The plan and the pathways stand in `pccp` and `pathways`, reporting clocks in `clocks`.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from console import answer, clocks, identity, pathways, pccp, settings, sign
from console.answer import AsJson
from console.identity import As, Asker, FromStdin
from evidence.errors import UsageError

app = typer.Typer(
    help="Change control: triggers, change requests, decisions, signatures.", no_args_is_help=True
)
app.command("request")(sign.request)
app.command("step")(sign.step)
app.command("sign")(sign.sign)
app.command("pccp")(pccp.pccp)
app.command("pathway")(pathways.pathway)
app.add_typer(clocks.app, name="clock")


def _policy(door: settings.Door) -> Any:
    return door.workspace.policy("change_control").value


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """List every trigger and change request, and whether it is open."""
    from change_control import board, lifecycle

    door = settings.enter()
    access = identity.access(door)
    found = board.cases(door.workspace.trail, _policy(door), access)
    changes = lifecycle.changes(door.workspace.trail, access)
    if not as_json:
        rows = [(c.trigger.id, c.trigger.severity, c.status, c.trigger.statement) for c in found]
        answer.table("Triggers", ("Trigger", "Severity", "Status", "What happened"), rows)
        asked = [(c.request.id, c.request.title, c.state, c.waits_for) for c in changes]
        if asked:
            answer.table("Change requests", ("Request", "Title", "State", "Waits for"), asked)
    answer.give(
        {
            "triggers": [_summary(case) for case in found],
            "requests": [sign.summary(change) for change in changes],
        },
        as_json=as_json,
    )


def _summary(case: Any) -> dict[str, Any]:
    names = ("id", "window", "cause", "severity", "statement")
    return {name: getattr(case.trigger, name) for name in names} | {"status": case.status}


@app.command()
def show(
    trigger: Annotated[
        str, typer.Argument(metavar="ID", help="The trigger's or the change request's id.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Show a trigger or a change request, what was decided, and who signed."""
    from change_control import board

    door = settings.enter()
    if trigger.startswith("C-"):
        sign.show_request(door, trigger, as_json=as_json)
        return
    case = board.find(door.workspace.trail, _policy(door), identity.access(door), trigger)
    if not as_json:
        _say(case)
    decisions = [
        {"at": r.at, **r.body, "signatures": [sign.told(s) for s in case.signatures.get(r.seq, [])]}
        for r, _ in case.decisions
    ]
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
    if case.decisions:
        sign.say_signatures([s for found in case.signatures.values() for s in found])
    if case.awaits:
        answer.say(f"Sign with: tplc change sign {t.id} --meaning approval", as_json=False)
    elif not case.closed:
        answer.say(
            f'Decide with: tplc change decide {t.id} --decision investigate --reason "..."',
            as_json=False,
        )


@app.command()
def decide(
    trigger: Annotated[
        str, typer.Argument(metavar="ID", help="The trigger's or the change request's id.")
    ],
    *,
    reason: Annotated[str, typer.Option(help="On which evidence.")],
    decision: Annotated[
        str, typer.Option(help="One of the policy's decisions; of a request, the one it proposes.")
    ] = "",
    follow_up: Annotated[str, typer.Option(help="What comes of it, such as a model.")] = "",
    as_: As = "",
    password_stdin: FromStdin = False,
    as_json: AsJson = False,
) -> None:
    """Record the board's decision on an open trigger, or on a change request that it approved.

    Where there are users, a decision on a trigger counts once the board has signed it.
    """
    from change_control import board, requests

    if not decision and not trigger.startswith("C-"):
        raise UsageError("Say which decision was taken: --decision, one of the policy's.")
    door = settings.enter()
    desk = identity.desk(door, as_, Asker(password_stdin))
    if trigger.startswith("C-"):
        record = requests.decide(desk, trigger, reason, decision)
        sign.say_where(door, trigger, record, as_json=as_json)
        return
    record = board.decide_at(desk, trigger, decision, reason, follow_up=follow_up)
    after = identity.access(door)  # with what was just written
    status = board.find(door.workspace.trail, desk.policy, after, trigger).status
    taken = record.body["decision"]
    answer.say(
        f"{trigger}: {taken}, by {record.actor}, as {record.ref}. It is {status}.", as_json=as_json
    )
    answer.give(
        {"trigger": trigger, "decision": taken, "record": record.seq, "status": status},
        as_json=as_json,
    )
