"""Each column of a window's summary against the reference's, and the data set as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING

from monitoring.drift import bracket, dataset, distances, evidently_door, rebuilt, two_sample
from monitoring.drift.cells import known, missing_share, unable
from policies.drift import larger_is_drift, suits

if TYPE_CHECKING:
    from evidence.records import Body
    from policies.drift import DriftPlan, DriftRule

ABSENT = "the window has no such column"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The drift of each column, and Evidently's own report.

    Attributes:
        columns: One body a column.
        html: Evidently's page; empty when no column could be judged, or nobody asked for it.
        dataset: The verdict over all columns (`dataset.judged`).
    """

    columns: list[Body]
    html: bytes
    dataset: Body = field(default_factory=dict)


def measure(reference: Body, current: Body, plan: DriftPlan, *, html: bool = True) -> Drift:
    """Compare each column of two summaries.

    Args:
        reference: Column to its frozen summary.
        current: The window's, over the same edges.
        plan: Method and threshold of each column.
        html: Whether Evidently's page is made too, which costs more than all the rest.
    """
    columns = [_column(name, then, current.get(name), plan) for name, then in reference.items()]
    return Drift(
        columns=columns,
        html=page(reference, current, plan) if html else b"",
        dataset=dataset.judged(columns, plan.dataset),
    )


def page(reference: Body, current: Body, plan: DriftPlan) -> bytes:
    """Evidently's page of the columns that it judges; empty when there are none."""
    shown = {}
    for name, then in reference.items():
        rule = plan.rule(name, then["type"])
        if larger_is_drift(rule.method) and not _reason(then, current.get(name), rule):
            made = rebuilt.sample(then, current[name], rule.method, plan.sample)
            shown[name] = (made, rule)
    return evidently_door.page(shown)[1] if shown else b""


def _reason(then: Body, now: Body | None, rule: DriftRule) -> str:
    if now is None:
        return ABSENT
    if not suits(rule.method, then["type"]):
        kind = "numbers" if then["type"] == "category" else "categories"
        return f"{rule.method} compares {kind}, and this column is a {then['type']}"
    return unable(then, now)


def _column(name: str, then: Body, now: Body | None, plan: DriftPlan) -> Body:
    rule = plan.rule(name, then["type"])
    reason = _reason(then, now, rule)
    found: Body = {"value": None, "exact": None, "status": "not evaluable", "reason": reason}
    found |= {"borderline": False, "range": None, "statistic": None, "measures": {}}
    if now is not None and not reason:
        judge = _distance if larger_is_drift(rule.method) else _test
        found |= judge(then, now, rule, plan)
    return {
        "column": name,
        "method": rule.method,
        "threshold": rule.threshold,
        "larger_is_drift": larger_is_drift(rule.method),
        **found,
        "missing_reference": missing_share(then),
        "missing_window": None if now is None else missing_share(now),
        "n_reference": known(then),
        "n_window": 0 if now is None else known(now),
    }


def _distance(then: Body, now: Body, rule: DriftRule, plan: DriftPlan) -> Body:
    """Evidently's distance and verdict on rebuilt rows."""
    made = rebuilt.sample(then, now, rule.method, plan.sample)
    value, drifted = evidently_door.distance(made, rule)
    low, high = bracket.bracket(then, now, rule.method, value)
    doubt = low * (1 - plan.borderline) <= rule.threshold <= high * (1 + plan.borderline)
    return {
        "value": value,
        "exact": distances.exact(then, now, rule.method),
        "status": _status(drifted=drifted),
        "borderline": doubt,
        "range": [low, high],
        "measures": distances.measures(then, now),
    }


def _test(then: Body, now: Body, rule: DriftRule, plan: DriftPlan) -> Body:
    """A test from the counts, with the true number of cases."""
    found = two_sample.test(then, now, rule.method)
    if isinstance(found, str):
        return {"reason": found}
    near = two_sample.near(found, then, now, rule.method, plan.borderline)
    return {
        "value": found.p,
        "exact": found.p,
        "status": _status(drifted=found.p <= rule.threshold),
        "borderline": near[0] <= rule.threshold <= near[1] and near[0] < near[1],
        "range": [found.least_p, found.p],
        # A value that the reference set never held makes it infinite, which no record can hold.
        "statistic": found.statistic if isfinite(found.statistic) else None,
        "measures": distances.measures(then, now),
    }


def _status(*, drifted: bool) -> str:
    return "drift" if drifted else "stable"
