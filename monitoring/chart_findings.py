"""Findings of control charts: a signal is one, with the rate at which it would be false."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import Body

WATCHED = {
    "sensitivity": ("misses among the positives", "share of misses"),
    "specificity": ("false positives among the negatives", "share of false positives"),
    "ppv": ("wrong calls among those called positive", "share of wrong calls"),
    "npv": ("wrong calls among those called negative", "share of wrong calls"),
    "accuracy": ("wrong calls", "share of wrong calls"),
    "event": ("positives", "share of positives"),
    "prevalence": ("positives", "share of positives"),
    "missing": ("missing values", "share of missing values"),
    "abstention": ("cases without a score", "share without a score"),
    "unparsable": ("outputs that cannot be read", "share that cannot be read"),
}


def signalled(charts: Sequence[Body], window: str) -> list[Finding]:
    """The charts that signalled in a window."""
    return [_finding(chart, window) for chart in charts if chart["signals"]]


def _finding(chart: Body, window: str) -> Finding:
    first, design = chart["signals"][0], chart["design"]
    observed = chart["events"] / chart["counted"] if chart["counted"] else None
    onset = first.get("since", "")
    return Finding(
        kind="chart",
        cause=f"chart:{chart['id']}",
        subject=chart["id"],
        window=window,
        statement=_statement(chart, observed),
        value=first["statistic"],
        reference=design["rate"],
        limit=chart["limit"] if chart["kind"] != "ewma" else chart["high"] or chart["low"],
        unit="statistic" if chart["kind"] != "ewma" else "proportion",
        method=chart["kind"],
        n=chart["counted"],
        onset=onset,
    )


def _statement(chart: Body, observed: float | None) -> str:
    """One sentence: which chart, when, what it saw, and how often it is wrong."""
    first, design = chart["signals"][0], chart["design"]
    what, share = WATCHED[chart["watch"]]
    if chart["column"]:
        what, share = f"{what} of {chart['column']}", f"{share} of {chart['column']}"
    word = "risen" if chart["direction"] == "worse" else "fallen"
    group = "" if chart["stream"] == "overall" else f", {chart['stream']}"
    when = f" on {first['day']}" if first.get("day") else ""
    since = f", since about {first['since']}" if first.get("since") else ""
    seen = "" if observed is None else f" to {observed:.1%} in this window"
    if chart["kind"] == "risk-adjusted-cusum":
        seen = f" against the risk that the scores stand for ({chart['events']:,} in this window)"
    else:
        seen += f" from {design['rate']:.1%}"
    return (
        f"Chart {chart['rule']} of {what}{group} signals{when}{since}: the {share} has {word}"
        f"{seen}. Without a change it would signal "
        f"{design['false_alarms_a_year']:.2g} times a year."
    )
