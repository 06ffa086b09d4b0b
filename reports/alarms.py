"""What a plan promises of its alarms, and where its control charts stand, as a page shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence.records import SurveillanceDesign
from reports import origin, words

if TYPE_CHECKING:
    from evidence.records import Body, MonitoringRun
    from evidence.trail import AuditTrail

CHARTS = {
    "bernoulli-cusum": "CUSUM",
    "risk-adjusted-cusum": "risk-adjusted CUSUM",
    "ewma": "EWMA",
}
WATCHED = {
    "sensitivity": "misses among positives",
    "specificity": "false positives among negatives",
    "ppv": "wrong calls among those called positive",
    "npv": "wrong calls among those called negative",
    "accuracy": "wrong calls",
    "event": "positives",
    "prevalence": "positives",
    "missing": "missing values",
    "abstention": "cases without a score",
    "unparsable": "outputs that cannot be read",
}
DAYS_A_MONTH = 30.4375
YEAR = 365.25


def design(trail: AuditTrail) -> Body:
    """The newest recorded design; empty where there is none."""
    found = trail.all(SurveillanceDesign)
    if not found:
        return {}
    record, value = found[-1]
    body = value.design
    return origin.of(record) | {
        "model": value.model,
        "reference": value.reference,
        "cases_a_year": words.whole(body["cases_a_year"]),
        "prevalence": None
        if body["prevalence"] is None
        else words.number(body["prevalence"], "proportion"),
        "loss": f"{body['loss'] * 100:g} percentage points",
        "together": _rate(body["false_alarms_a_year"]),
        "of_charts": _rate(body["of_charts"]),
        "of_rules": _rate(body["of_rules"]),
        "at_bound": _rate(body["at_bound"]),
        "charts": [_charted(row) for row in body["charts"]],
        "rules": [_ruled(row) for row in body["rules"]],
        "assumptions": body["assumptions"],
        "raw": body,
    }


def _rate(value: float | None) -> str:
    """A number of alarms a year; rare ones as one in so many years."""
    if value is None:
        return "not computed"
    if value < 0.01:  # noqa: PLR2004 - the form itself
        return "<0.01"
    return f"{value:.2f}"


def _charted(row: Body) -> Body:
    return {
        "name": row["chart"].replace("-", " "),
        "what": f"{CHARTS[row['kind']]} of {WATCHED[row['watch']]}",
        "group": words.subgroup(row["stream"]) + _side(row["direction"]),
        "rate": "—" if row["rate"] is None else words.number(row["rate"], "proportion"),
        "limit": "—" if row["limit"] is None else f"{row['limit']:.2f}",
        "arl": "—" if row["in_control_arl"] is None else _run_length(row),
        "false_alarms": _rate(row["false_alarms_a_year"]),
        "at_bound": _rate(row["false_alarms_at_bound"]),
        "delay": _delay(row["delay"]),
        "change": (row["delay"] or {}).get("shift", "—"),
        "reason": row["reason"],
    }


def _side(direction: str) -> str:
    return "" if direction == "worse" else ", for the better"


def _run_length(row: Body) -> str:
    return f"{row['in_control_arl']:,.0f} {row['unit']}"


def _delay(delay: Body | None) -> str:
    """Median and 90 % of the time until a change is seen, labels included."""
    if delay is None:
        return "—"
    if not delay["within"] or delay["days_median"] is None:
        return "not within the years looked at"
    late = delay["days_late"]
    return f"{_time(delay['days_median'])} ({'—' if late is None else _time(late)})"


def _time(days: float) -> str:
    """A time in the unit in which it is readable."""
    if days < 2 * DAYS_A_MONTH:
        return f"{days:.0f} days"
    if days < 2 * YEAR:
        return f"{days / DAYS_A_MONTH:.1f} months"
    return f"{days / YEAR:.1f} years"


def _ruled(row: Body) -> Body:
    return {
        "rule": words.sentence(row["rule"]),
        "in_a_row": row["windows_in_a_row"],
        "false_alarms": _rate(row["false_alarms_a_year"]),
        "delay": _delay(row["delay"]),
        "method": row["method"],
        "reason": row["reason"],
    }


def charts(value: MonitoringRun, minimum: int) -> list[Body]:
    """Where each control chart stands after a window."""
    return [_chart(body, minimum) for body in value.charts]


def _chart(body: Body, minimum: int) -> Body:
    """One chart after one window; few people are not counted in public."""
    name = body["rule"].replace("-", " ")
    column = f" of {words.column(body['column'])}" if body["column"] else ""
    shown: Body = {
        "id": body["id"],
        "name": name,
        "what": f"{CHARTS[body['kind']]} of {WATCHED[body['watch']]}{column}",
        "group": words.subgroup(body["stream"]) + _side(body["direction"]),
        "limit": body["limit"],
        "reason": body["reason"],
        "path": body["path"],
        "kind": body["kind"],
        "signals": [],
    }
    if body["reason"]:
        return shown
    return shown | {
        "counted": words.cell(body["counted"], minimum),
        "events": words.cell(body["events"], minimum),
        "share": words.number(body["events"] / body["counted"], "proportion")
        if body["counted"] and not 0 < body["events"] < minimum
        else "withheld",
        "statistic": "—" if body["statistic"] is None else f"{body['statistic']:.3f}",
        "bounds": [body.get("low"), body.get("high")],
        "signals": [
            {
                "day": signal.get("day") or "",
                "since": signal.get("since") or "",
                "at": signal["position"],
            }
            for signal in body["signals"]
        ],
        "more": body["signalled"] - 1,
        "false_alarms": _rate(body["design"]["false_alarms_a_year"]),
    }
