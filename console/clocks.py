"""`tplc change clock`: reporting clocks, from the moment of awareness to the limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import answer, settings
from console.answer import AsJson

if TYPE_CHECKING:
    from change_control.clocks import Running

app = typer.Typer(help="Reporting clocks: start, list, stop.", no_args_is_help=True)
DAY, HOUR = 86_400, 3_600
Zone = Annotated[str, typer.Option(help="Time zone of the moment, such as Europe/Berlin.")]


@app.command()
def start(
    clock: Annotated[
        str,
        typer.Argument(
            metavar="CLOCK",
            help="mdr-15, mdr-10, mdr-2, ai-act-15, fda-30, fda-5, fda-supplement-30, fda-806-10; "
            "as a trigger shows it.",
        ),
    ],
    *,
    aware_at: Annotated[str, typer.Option(help="When, as 2026-03-02T09:30.")],
    zone: Zone,
    what: Annotated[str, typer.Option(help="Of what, without naming a patient.")],
    person: Annotated[str, typer.Option(help="Who became aware; you if not.")] = "",
    trigger: Annotated[str, typer.Option(help="Id of the trigger that it is about.")] = "",
    state: Annotated[str, typer.Option(help="EU: the Member State that is told, as DE.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write down who became aware of what, when; the clock runs from then."""
    from change_control import clocks, limits
    from policies import reporting_clocks

    door = settings.enter()
    aware = clocks.Aware(
        moment=limits.moment(aware_at, zone),
        zone=zone,
        person=person or door.actor,
        what=what,
        trigger=trigger,
        state=state,
    )
    record = clocks.start(
        door.workspace.trail, reporting_clocks.load(), clock, aware, at=door.at, actor=door.actor
    )
    running = next(
        each for each in clocks.started(door.workspace.trail) if each.record.seq == record.seq
    )
    value = _value(running, door.at)
    answer.say(
        f"{running.value.id}: {value['title']} ({value['ref']}). {value['must']} "
        f"Last moment: {running.value.limit['due']} UTC, {value['left']}. {record.ref}.",
        as_json=as_json,
    )
    _say_moved(running, as_json=as_json)
    answer.give(value, as_json=as_json)


def _say_moved(running: Running, *, as_json: bool) -> None:
    limit = running.value.limit
    if limit["moved"]:
        text = (
            f"The last day was {limit['nominal']} and moves to {limit['last']}: {limit['moved']}."
        )
        answer.say(text, as_json=as_json)
    if limit["unknown"]:
        answer.say(f"Not known: {limit['unknown']}.", as_json=as_json)


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """List every clock, the nearest limit first; exit code 1 where a limit has passed."""
    from change_control import clocks

    door = settings.enter()
    found = clocks.started(door.workspace.trail)
    values = [_value(each, door.at) for each in found]
    if not as_json:
        names = ("id", "title", "aware_at", "due", "left", "status", "what", "record")
        head = ("Id", "Clock", "Aware", "Last moment (UTC)", "Time", "Status", "What", "Record")
        answer.table("Reporting clocks", head, [[v[name] for name in names] for v in values])
    answer.give({"clocks": values}, as_json=as_json)
    late = [v for v in values if v["status"] == "overdue"]
    raise typer.Exit(answer.FAILED if late else answer.OK)


@app.command()
def stop(
    awareness: Annotated[str, typer.Argument(metavar="ID", help="As tplc change clock list.")],
    *,
    sent_at: Annotated[str, typer.Option(help="When the report was sent.")],
    zone: Zone,
    reference: Annotated[str, typer.Option(help="Number by which the authority knows it.")],
    person: Annotated[str, typer.Option(help="Who sent it; you if not.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write down the report that was sent to the authority; its clock stops."""
    from change_control import clocks, limits

    door = settings.enter()
    record = clocks.stop(
        door.workspace.trail,
        awareness,
        sent=limits.moment(sent_at, zone),
        reference=reference,
        person=person or door.actor,
        at=door.at,
        actor=door.actor,
    )
    answer.say(f"{awareness}: reported as {reference}, {record.ref}.", as_json=as_json)
    answer.give({"id": awareness, "record": record.seq}, as_json=as_json)


def _value(running: Running, at: str) -> dict[str, Any]:
    value = running.value
    seconds = running.left(at).total_seconds()
    facts = {name: value.clock_facts[name] for name in ("title", "ref", "must", "starts", "note")}
    return facts | {
        "id": value.id,
        "clock": value.clock,
        "aware_at": value.aware_at,
        "zone": value.zone,
        "person": value.person,
        "what": value.what,
        "trigger": value.trigger,
        "state": value.state,
        "limit": value.limit,
        "due": value.limit["due"],
        "seconds_left": int(seconds),
        "left": _left(seconds) if running.report is None else "—",
        "status": running.status(at),
        "record": running.record.seq,
    }


def _left(seconds: float) -> str:
    whole, rest = divmod(abs(int(seconds)), DAY)
    words = f"{whole} d {rest // HOUR} h"
    return f"{words} left" if seconds >= 0 else f"{words} over"
