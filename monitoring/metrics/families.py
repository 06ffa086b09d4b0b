"""Each metric: its name, its labels, and its samples of the newest window. Pure.

Only the newest window of the plan's model is shown, so that there are as many series as the plan
watches things, however long surveillance goes on. What rests on few people is left out (law 6).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitoring import schedule
from policies.severity import ORDER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from evidence.records import Body
    from monitoring.metrics.state import State
    from policies.plan import MonitoringPlan

DAY = dt.timedelta(days=1)
BOUNDS = ("value", "low", "high")
MOST = 2_000  # series of a family: a plan with more columns than that is cut, and says so
Sample = tuple[tuple[str, ...], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One metric.

    Attributes:
        name: As it is scraped.
        help: What it is.
        labels: The names of its labels.
        samples: The values of its labels, and its value.
    """

    name: str
    help: str
    labels: tuple[str, ...] = ()
    samples: tuple[Sample, ...] = ()


# Name to labels and meaning; docs/notices.md says the same, and a test holds it to this.
NAMES: dict[str, tuple[tuple[str, ...], str]] = {
    "tplc_window_cases": (("model",), "Cases of the newest window."),
    "tplc_estimate": (
        ("model", "endpoint", "subgroup", "threshold", "bound"),
        "An endpoint of the newest window: its value, and its confidence bounds (low, high).",
    ),
    "tplc_drift": (("model", "column", "method"), "Drift of a column of the newest window."),
    "tplc_drift_threshold": (
        ("model", "column", "method"),
        "The drift above which the plan finds a column moved.",
    ),
    "tplc_chart_statistic": (
        ("model", "chart", "subject"),
        "The statistic of a control chart after the newest window.",
    ),
    "tplc_chart_limit": (("model", "chart", "subject"), "The limit of the same chart."),
    "tplc_open_triggers": (("severity",), "Triggers that no decision closes."),
    "tplc_windows_due": (("model",), "Windows that are due and were not run."),
    "tplc_last_run_timestamp_seconds": ((), "When the last window was recorded, Unix time."),
    "tplc_last_window_end_timestamp_seconds": (
        ("model",),
        "The end of the last day of the newest window, Unix time, UTC.",
    ),
    "tplc_series_left_out": (
        ("reason",),
        "Series of the newest window that are not shown: small cells, or too many.",
    ),
}


def all_of(
    state: State,
    plan: MonitoringPlan | None,
    *,
    closing: Collection[str],
    minimum: int,
    today: dt.date,
) -> list[Family]:
    """Every metric that there is something to say of.

    Args:
        state: What the trail adds up to.
        plan: The registered plan; None when none is registered.
        closing: Decisions that close a trigger.
        minimum: What fewer people stand behind is left out.
        today: The day, as the door read it.
    """
    found: dict[str, list[Sample]] = {name: [] for name in NAMES}
    severities = state.open_triggers(closing)
    found["tplc_open_triggers"] = [((s,), float(severities.count(s))) for s in ORDER]
    if state.last_run:
        moment = dt.datetime.fromisoformat(state.last_run).timestamp()
        found["tplc_last_run_timestamp_seconds"] = [((), moment)]
    if plan is not None:
        done = state.done(plan.model, plan.reference)
        waiting = schedule.due(plan.schedule, done, today, plan.ages)
        found["tplc_windows_due"] = [((plan.model,), float(len(waiting)))]
        body = state.newest(plan.model)
        if body is not None:
            _window(body, plan.model, minimum, found)
    return [
        Family(name=name, help=NAMES[name][1], labels=NAMES[name][0], samples=tuple(samples))
        for name, samples in found.items()
        if samples
    ]


def _window(body: Body, model: str, minimum: int, found: dict[str, list[Sample]]) -> None:
    end = dt.datetime.fromisoformat(body["window"]["end"]).replace(tzinfo=dt.UTC) + DAY
    found["tplc_last_window_end_timestamp_seconds"] = [((model,), end.timestamp())]
    if not 0 < body["cases"] < minimum:
        found["tplc_window_cases"] = [((model,), float(body["cases"]))]
    estimates = [*body["estimates"], *body["gaps"]]
    shown = [e for e in estimates if not small(e, minimum)]
    left_out = {"small-cell": len(estimates) - len(shown), "too-many": 0}
    for name, samples in (
        ("tplc_estimate", (s for e in shown for s in _estimate(e, model))),
        ("tplc_drift", _drift(body["drift"], model, "value")),
        ("tplc_drift_threshold", _drift(body["drift"], model, "threshold")),
        ("tplc_chart_statistic", _chart(body, model, minimum, "statistic")),
        ("tplc_chart_limit", _chart(body, model, minimum, "limit")),
    ):
        # The first of the same labels stands: a scraper refuses a series that is given twice.
        once: dict[tuple[str, ...], float] = {}
        for labels, value in samples:
            once.setdefault(labels, value)
        kept = list(once.items())
        found[name] = kept[:MOST]
        left_out["too-many"] += len(kept[MOST:])
    found["tplc_series_left_out"] = [((why,), float(n)) for why, n in left_out.items()]


def small(body: Body, minimum: int) -> bool:
    """Whether an estimate would give few people away: they are few, or few of them are hits."""
    n, positives, events = body["n"], body["positives"], body.get("events")
    if n < minimum or 0 < positives < minimum:
        return True
    if events is None or body["subgroup"] == "overall":
        return False  # as the documents print it
    return bool(0 < events < minimum or 0 < n - events < minimum)


def _estimate(body: Body, model: str) -> Iterator[Sample]:
    threshold = "" if body.get("threshold") is None else f"{body['threshold']:g}"
    labels = (model, body["endpoint"], body["subgroup"], threshold)
    for bound in BOUNDS:
        if body[bound] is not None:
            yield (*labels, bound), float(body[bound])


def _drift(columns: list[Body], model: str, key: str) -> Iterator[Sample]:
    for body in columns:
        if body["value"] is not None:
            yield (model, body["column"], body["method"]), float(body[key])


def _chart(body: Body, model: str, minimum: int, key: str) -> Iterator[Sample]:
    """Control charts, where a window has them: a name, what is watched, statistic and limit."""
    for chart in body.get("charts", []):
        value, few = chart.get(key), 0 < (chart.get("counted") or 0) < minimum
        if isinstance(value, int | float) and not few:
            subject = f"{chart['stream']}, {chart['direction']}"
            yield (model, str(chart["rule"]), subject), float(value)
