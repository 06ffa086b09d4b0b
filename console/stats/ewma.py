"""`tplc stats ewma`: a weighted average of the windows' shares, or counts, with its limits."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from console import answer
from console.answer import AsJson
from console.stats import chart_answer, door, rows
from console.stats.door import Cite, DataFile
from evidence.errors import UsageError

if TYPE_CHECKING:
    from monitoring.control_chart.ewma import Point


def ewma(
    file: DataFile,
    *,
    events: Annotated[str, typer.Option(help="Column of events; a row is a window, in order.")],
    of: Annotated[str, typer.Option(help="Column of people: shares are charted.")] = "",
    exposure: Annotated[
        str, typer.Option(help="Instead of --of: column of exposure; counts a unit are charted.")
    ] = "",
    target: Annotated[float, typer.Option(help="In-control share, or events a unit.")],
    smoothing: Annotated[float, typer.Option(min=1e-6, max=1, help="Weight of the newest.")] = 0.2,
    width: Annotated[
        float | None, typer.Option(help="Limits, in standard deviations of the average.")
    ] = None,
    in_control_arl: Annotated[
        float | None, typer.Option(help="Instead of --width: windows until a false alarm.")
    ] = None,
    direction: Annotated[
        Literal["up", "down", "both"], typer.Option(help="Which changes it looks for.")
    ] = "both",
    cite: Cite = False,
    as_json: AsJson = False,
) -> None:
    """Where an average of shares or counts leaves its limits, and how often it would by chance."""
    from monitoring.control_chart import ewma as charts
    from monitoring.control_chart.smoothed import Ewma

    if of and exposure:
        raise UsageError("give --of for shares, or --exposure for counts, not both")
    chart_answer.require_one(width, in_control_arl, "--width")
    frame = door.load(file, [events, of, exposure])
    frame, warned = rows.complete(frame, [events, of, exposure], str(file))
    counts = door.numbers(frame, events, str(file)).tolist()
    column = of or exposure
    totals = door.numbers(frame, column, str(file)).tolist() if column else [1.0] * len(counts)
    kind: Literal["share", "count"] = "share" if of else "count"
    known = [total for total in totals if total > 0]
    size = sum(known) / len(known) if known else 1.0
    try:
        model = Ewma(target=target, size=size, smoothing=smoothing, side=direction, of=kind)
        wide = model.limit_for(in_control_arl) if in_control_arl is not None else width or 0.0
        chart = charts.Chart(
            target=target, width=wide, smoothing=smoothing, side=direction, of=kind
        )
        points, state = charts.run(chart, counts, totals)
        arl = model.arl(wide)
    except ValueError as error:
        raise UsageError(str(error)) from error
    told = _chart(kind, points, wide, arl, size) | {
        "target": target,
        "smoothing": smoothing,
        "direction": direction,
        "state": state.to_dict(),
    }
    body = chart_answer.body(told, warned, (f"ewma-{kind}", "markov-chain"), cite=cite)
    answer.give(body, as_json=as_json)
    if not as_json:
        _say(body)


def _chart(
    kind: str, points: tuple[Point, ...], width: float, arl: float, size: float
) -> dict[str, Any]:
    signals = [point.window for point in points if point.signal]
    return {
        "kind": f"ewma-{kind}",
        "width": width,
        "in_control_arl": arl,
        "arl_unit": "windows",
        "arl_method": "markov-chain",
        "arl_at_size": size,
        "after_signal": "restarts",
        "first_signal": signals[0] if signals else None,
        "signals": signals,
        "maximum": max((point.value for point in points), default=None),
        "minimum": min((point.value for point in points), default=None),
        "windows": len(points),
        "points": [dataclasses.asdict(point) for point in points],
    }


def _say(body: dict[str, Any]) -> None:
    chart = body["chart"]
    first = chart["first_signal"]
    said = [
        ("Windows", f"{chart['windows']:,}"),
        ("In-control value", f"{chart['target']:g}"),
        ("Limits", f"{chart['width']:.4g} standard deviations"),
        ("In-control average run length", f"{chart['in_control_arl']:,.0f} windows"),
        ("First signal", "none" if first is None else f"window {first:,}"),
        ("Signals", f"{len(chart['signals']):,}"),
    ]
    chart_answer.say(chart["kind"], said, body)
