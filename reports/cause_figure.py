"""What a trigger is about, over the windows around it: drawn from the windows' records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports import alarms, chart_figures, words
from reports.canvas import BLUE, GREY, ORANGE, axes_of, figure, name_windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import Body, MonitoringRun

MOST_NAMED = 12  # windows
WIDE = 10  # so many times the limit, and the scale is a logarithmic one


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What one window measured.

    Attributes:
        window: Its label.
        value: What was measured.
        low: Lower bound, where there is an interval.
        high: Upper bound.
    """

    window: str
    value: float
    low: float | None = None
    high: float | None = None


def draw(
    finding: Body,
    runs: Sequence[MonitoringRun],
    *,
    threshold: float | None = None,
    minimum: int,
) -> Body | None:
    """A figure of what a finding is about.

    Args:
        finding: The trigger's.
        runs: Windows with their whole records, oldest first; the trigger's among them.
        threshold: Of the score, for an endpoint at an operating point.
        minimum: Smaller cells are not shown.

    Returns:
        The figure; none where the records hold no number of it for any window.
    """
    if not runs:
        return None
    if finding["kind"] == "chart":
        return _chart(finding, runs, minimum)
    points = [p for run in runs if (p := _point(finding, run, threshold, minimum))]
    return _line(finding, points) if points else None


def _chart(finding: Body, runs: Sequence[MonitoringRun], minimum: int) -> Body | None:
    found = [
        ({"label": run.window["label"]}, chart)
        for run in runs
        for chart in alarms.charts(run, minimum)
        if chart["id"] == finding["subject"] and chart["path"] and not chart["reason"]
    ]
    return chart_figures.chart(found) if found else None


def _point(
    finding: Body, run: MonitoringRun, threshold: float | None, minimum: int
) -> Point | None:
    kind, subject, label = finding["kind"], finding["subject"], run.window["label"]
    if kind in ("missingness", "drift"):
        row = next((d for d in run.drift if d["column"] == subject), None)
        value = row["missing_window" if kind == "missingness" else "value"] if row else None
        return None if value is None else Point(window=label, value=value)
    if kind == "joint-drift":
        row = run.joint.get("estimate")
    elif kind == "subgroup-gap":
        row = _gap(subject, run)
    else:
        row = _estimate(subject.partition("@")[0], run, threshold)
    if row is None or row["value"] is None or words.withheld(row, minimum):
        return None
    return Point(window=label, value=row["value"], low=row["low"], high=row["high"])


def _estimate(endpoint: str, run: MonitoringRun, threshold: float | None) -> Body | None:
    mine = [e for e in run.estimates if (e["endpoint"], e["subgroup"]) == (endpoint, "overall")]
    return next((e for e in mine if threshold is None or e["threshold"] == threshold), None)


def _gap(subject: str, run: MonitoringRun) -> Body | None:
    """The difference between two subgroups, the one named first above the other."""
    attribute, _, pair = subject.partition(":")
    high, _, low = pair.partition(">")
    first, other = f"{attribute}={high}", f"{attribute}={low}"
    for row in run.gaps:
        if row["endpoint"] != "auroc-difference":
            continue
        if row["subgroup"] == f"{first} − {other}":
            return row
        if row["subgroup"] == f"{other} − {first}" and row["value"] is not None:
            turned = {"value": -row["value"], "low": row["high"], "high": row["low"]}
            turned |= {k: -turned[k] if turned[k] is not None else None for k in ("low", "high")}
            return row | turned
    return None


def _line(finding: Body, points: Sequence[Point]) -> Body:
    unit, limit = finding["unit"], _limit(finding)
    scale = 100 if unit == "proportion" else 1
    name = _name(finding)
    with axes_of(6.3, 2.0) as (axes, svg):
        x = range(len(points))
        y = [scale * p.value for p in points]
        for place, point in enumerate(points):
            if point.low is not None and point.high is not None:
                axes.plot([place] * 2, [scale * point.low, scale * point.high], color=BLUE)
        axes.plot(x, y, "o-", color=BLUE, markersize=3.5, linewidth=1)
        for place in (i for i, p in enumerate(points) if p.window == finding["window"]):
            axes.plot(place, y[place], "D", color=ORANGE, markersize=6)
        if limit is not None:
            axes.axhline(scale * limit, color=ORANGE, linewidth=0.9, linestyle="--")
        if finding["reference"] is not None:
            axes.axhline(scale * finding["reference"], color=GREY, linewidth=0.9, linestyle=":")
        if limit and min(y) > 0 and max(y) > WIDE * scale * limit > 0 and scale == 1:
            axes.set_yscale("log")
        name_windows(axes, [p.window for p in points], most=MOST_NAMED)
        axes.set_ylabel(name + (" (%)" if scale > 1 else ""))
    return figure(svg, _caption(finding, name, limit), _alt(finding, name, points, limit))


def _name(finding: Body) -> str:
    kind, subject = finding["kind"], finding["subject"]
    if kind == "missingness":
        return "Share of missing values"
    if kind == "drift":
        return f"Divergence ({finding['method'].removeprefix('evidently ')})"
    if kind == "joint-drift":
        return "AUROC, window against reference"
    if kind == "subgroup-gap":
        return "Difference in AUROC"
    return words.endpoint(subject.partition("@")[0])


def _limit(finding: Body) -> float | None:
    """The value that must not be passed; of missing values the plan gives the rise."""
    limit: float | None = finding["limit"]
    if finding["kind"] == "missingness" and limit is not None:
        return limit + (finding["reference"] or 0.0)
    return limit


def _caption(finding: Body, name: str, limit: float | None) -> str:
    parts = [f"{name} by window. Diamond: the window that raised the trigger."]
    if limit is not None:
        parts.append("Dashed: the plan's limit.")
    if finding["reference"] is not None:
        parts.append("Dotted: the reference set.")
    return " ".join(parts)


def _alt(finding: Body, name: str, points: Sequence[Point], limit: float | None) -> str:
    unit = finding["unit"]
    said = "; ".join(f"{p.window} {words.number(p.value, unit)}" for p in points)
    text = f"{name} by window: {said}."
    if limit is not None:
        text += f" The plan's limit is {words.number(limit, unit)}."
    if finding["reference"] is not None:
        text += f" In the reference set it is {words.number(finding['reference'], unit)}."
    return text
