"""Findings on distributions: columns, all together, new values, other units, exchanged ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring.drift import columns, mixups
from monitoring.findings import Finding, of_estimate, span
from validation.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import Body
    from monitoring.drift.mixups import Stretched, Swapped
    from policies.plan import MonitoringPlan

TELLING = 3  # columns that a sentence names


def drifted(found: Sequence[Body], n: int, window: str) -> list[Finding]:
    """Columns whose distribution moved beyond the plan's threshold."""
    return [
        Finding(
            kind="drift",
            cause=f"drift:{c['column']}",
            subject=c["column"],
            window=window,
            statement=f"The distribution of {c['column']} moved: {_measure(c)}.",
            value=c["value"],
            limit=c["threshold"],
            unit="divergence" if c.get("larger_is_drift", True) else "p value",
            method=f"evidently {c['method']}" if c.get("larger_is_drift", True) else c["method"],
            n=n,
        )
        for c in found
        if c["status"] == "drift"
    ]


def _measure(column: Body) -> str:
    if not column.get("larger_is_drift", True):
        return f"{column['method']} test, p {_p(column['value'])}, level {column['threshold']:g}"
    words = f"{column['method'].upper()} {column['value']:.3f}, limit {column['threshold']:g}"
    return f"{words} (borderline)" if column.get("borderline") else words


def _p(value: float) -> str:
    return "below 0.001" if value < 0.001 else f"{value:.3f}"  # noqa: PLR2004 - the form itself


def together(dataset: Body, n: int, window: str) -> list[Finding]:
    """So many columns drifted that the data set as a whole did."""
    if dataset.get("status") != "drift":
        return []
    names = ", ".join(dataset["drifted"])
    return [
        Finding(
            kind="dataset-drift",
            cause="dataset-drift:columns",
            subject="columns",
            window=window,
            statement=f"{len(dataset['drifted'])} of {dataset['columns']} columns drifted "
            f"({names}); the plan's limit is {dataset['limit']:.0%}.",
            value=dataset["share"],
            limit=dataset["limit"],
            method=f"share of columns, {dataset['correction']}",
            n=n,
        )
    ]


def joint(found: Body, window: str) -> list[Finding]:
    """A classifier tells the window's rows from frozen ones."""
    if found.get("status") != "drift":
        return []
    area = Estimate.from_dict(found["estimate"])
    first = [t["column"] for t in found["telling"][:TELLING]]
    by = f", mostly by {', '.join(first)}" if first else ""
    statement = (
        f"A classifier tells the window's cases from the reference set's{by}: ROC AUC "
        f"{area.value:.3f} ({span(area)}), limit {found['threshold']:g}."
    )
    limit = found["threshold"]
    return [of_estimate("joint-drift", "columns together", area, window, statement, 0.5, limit)]


def new_values(
    reference: Body, current: Body, plan: MonitoringPlan, minimum: int, window: str
) -> list[Finding]:
    """Columns with values that the frozen set does not have.

    Args:
        reference: Column to its frozen summary.
        current: The window's.
        plan: The share that is a finding, and the confidence of its bound.
        minimum: Rarer values are not named.
        window: The window's label.
    """
    found = []
    limit = plan.drift.new_category_share
    for name, then in reference.items():
        if then["type"] != "category" or name not in current:
            continue
        share = columns.new_share(name, then, current[name], plan.confidence)
        if share.value is None or share.low is None or share.low <= limit:
            continue
        named = [f"{v} ({n:,})" for v, n in columns.new_values(then, current[name], minimum)]
        which = f": {', '.join(named)}" if named else ""
        statement = (
            f"{share.value:.1%} of the values of {name} are not in the reference set "
            f"({span(share, percent=True)}; limit {limit:.1%}){which}."
        )
        found.append(of_estimate("new-category", name, share, window, statement, 0.0, limit))
    return found


def mixed_up(reference: Body, current: Body, plan: MonitoringPlan, window: str) -> list[Finding]:
    """Number columns that look multiplied, or exchanged with each other."""
    numbers = [n for n, then in reference.items() if then["type"] == "number" and n in current]
    then, now = ({name: side[name] for name in numbers} for side in (reference, current))
    pairs = mixups.swapped(then, now)
    taken = {name for pair in pairs for name in pair.columns}
    found = [_swapped(pair, now, window) for pair in pairs]
    for name in numbers:
        if name not in taken:
            factor = mixups.stretched(name, then[name], now[name], plan.drift.unit_factors)
            found += [_stretched(factor, now, window)] if factor else []
    return found


def _stretched(found: Stretched, now: Body, window: str) -> Finding:
    part = "all values" if found.share == 1 else f"about {found.share:.0%} of the values"
    also = f" (or {', '.join(f'{f:.4g}' for f in found.alike)})" if found.alike else ""
    return Finding(
        kind="unit",
        cause=f"unit:{found.column}",
        subject=found.column,
        window=window,
        statement=f"{found.column} looks as if {part} had been multiplied by {found.factor:.4g}"
        f"{also}: another unit? Distance to the reference set {found.own:.2f}, to the multiplied "
        f"one {found.left:.2f}.",
        value=found.factor,
        reference=1.0,
        unit="factor",
        method="kolmogorov-smirnov distance",
        n=now[found.column]["total"] - now[found.column]["missing"],
    )


def _swapped(found: Swapped, now: Body, window: str) -> Finding:
    one, other = found.columns
    return Finding(
        kind="unit",
        cause=f"unit:{one}<>{other}",
        subject=f"{one}, {other}",
        window=window,
        statement=f"{one} and {other} look exchanged: each is far from its own reference "
        f"({found.own[0]:.2f} and {found.own[1]:.2f}) and like the other's "
        f"({found.crossed[0]:.2f} and {found.crossed[1]:.2f}).",
        value=None,
        unit="columns",
        method="kolmogorov-smirnov distance",
        n=now[one]["total"] - now[one]["missing"],
    )
