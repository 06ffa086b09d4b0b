"""The plan's control charts, taken on by each window whose labels are taken as they are.

A chart's limits are computed once, when its rule is first used, and go with its state from record
to record; an edited rule starts anew. Where rows stand for many people, the order within a day is
not known, and a fixed order without chance stands for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evidence import digest as digests
from monitoring.control_chart import cusum, scores, watched
from monitoring.control_chart import ewma as smoothing
from monitoring.control_chart.path import thinned
from monitoring.design import charted, running
from monitoring.design.charted import ChartRow
from validation.table import COUNT, LABEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from evidence.records import Body
    from monitoring.cases import WindowCases
    from monitoring.design.known import Known
    from monitoring.ledger import Ledger
    from monitoring.schedule import Window
    from policies.chart import ChartRule

LOSS = 0.05  # whose delay goes with a limit; `tplc monitor design --loss` tells of others
SIGNALS = 10  # of a window that a record tells of; their number is kept whole
POINTS = 200  # of a path in a record
SEED = 20240101  # of the order within a day, where rows stand for many people


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The people of a window that a chart counts, in their order.

    Attributes:
        event: Whether each row is an event.
        count: People a row.
        day: Of each row.
        risk: Expected chance of an event, for risk-adjusted charts.
        total: People that the window had at all, for shares.
    """

    event: np.ndarray
    count: np.ndarray
    day: np.ndarray
    risk: np.ndarray | None
    total: int


Given = Callable[["ChartRule", str], "WindowCases"]


def run(known: Known, given: Given, ledger: Ledger, window: Window) -> list[Body]:
    """Take every chart of a plan on.

    Args:
        known: The plan with what is frozen.
        given: The window's cases for a rule and the column of a subgroup (empty: all cases).
        ledger: Where the charts stood before.
        window: Which window.
    """
    runs = [run for run in ledger.final_before(window) if run.charts]
    before = {body["id"]: body for body in (runs[-1].charts if runs else [])}
    found: list[Body] = []
    for rule in known.plan.charts:
        mark = digests.of_value([rule.model_dump(mode="json"), known.plan.reference])
        for name, row in _rows(rule, mark, known, before):
            held = before.get(name, {})
            state = held.get("state") if held.get("mark") == mark else None
            column = str(row["stream"]).partition("=")[0] if "=" in row["stream"] else ""
            cases = given(rule, column)
            found.append(_head(rule, row, name, mark) | _body(rule, row, known, cases, state))
    return found


def _name(row: ChartRow) -> str:
    return f"{row.chart}:{row.stream}:{row.direction}"


def _rows(
    rule: ChartRule, mark: str, known: Known, before: dict[str, Body]
) -> list[tuple[str, Body]]:
    """Each chart of a rule with its limit: as the last window had it, or computed."""
    held = [body for body in before.values() if body["mark"] == mark]
    if held:
        return [(body["id"], body["design"]) for body in held]
    made = charted.rows(rule, known.streams(rule), known.pace, LOSS)
    return [(_name(row), row.to_dict()) for row in made]


def _head(rule: ChartRule, row: Body, name: str, mark: str) -> Body:
    """What a chart is."""
    return {
        "id": name,
        "mark": mark,
        "rule": rule.id,
        "kind": rule.kind,
        "watch": rule.watch,
        "column": rule.column,
        "stream": row["stream"],
        "direction": row["direction"],
        "limit": row["limit"],
        "design": row,
        "reason": "",
        "signalled": 0,
        "signals": [],
        "path": [],
    }


def _body(rule: ChartRule, row: Body, known: Known, given: WindowCases, state: Body | None) -> Body:
    """Where a chart stands after the window, or why it is not run."""
    if row["limit"] is None:
        return {"reason": row["reason"], "state": state}
    try:
        stretch = _stretch(rule, row, known, given)
    except ValueError as error:
        return {"reason": str(error), "state": state}
    if rule.kind == "ewma":
        return _smoothed(row, rule, stretch, state)
    return _summed(row, stretch, state)


def _summed(row: Body, stretch: Stretch, state: Body | None) -> Body:
    """A cumulative sum over the people of the window."""
    import numpy as np

    begin = cusum.State.from_dict(state) if state else cusum.START
    if stretch.risk is not None:
        odds = float(row["odds_ratio"])
        points = scores.log_ratios(stretch.event, stretch.risk, odds)
    else:
        event, none = running.weights(_of(row))
        points = np.where(stretch.event, event, none)
    found = cusum.run(
        points, limit=row["limit"], counts=stretch.count, state=begin, points=len(points) + 1
    )
    seen = begin.seen + np.cumsum(stretch.count)
    return {
        "counted": int(stretch.count.sum()),
        "events": int(stretch.count[stretch.event].sum()),
        "signalled": len(found.signals),
        "signals": [
            {
                "position": signal.position,
                "statistic": signal.statistic,
                "day": _day(stretch, seen, signal.position),
                "since": _since(stretch, seen, found.path, signal.position),
            }
            for signal in found.signals[:SIGNALS]
        ],
        "maximum": found.maximum,
        "statistic": found.statistic,
        "state": found.state.to_dict(),
        "path": _thin(found.path),
    }


def _day(stretch: Stretch, seen: np.ndarray, position: int) -> str:
    import numpy as np

    place = min(int(np.searchsorted(seen, position)), len(seen) - 1)
    return str(stretch.day[place])


def _since(
    stretch: Stretch, seen: np.ndarray, path: Sequence[tuple[int, float]], position: int
) -> str:
    """The day from which the sum has not been at zero: when the change is likely to have begun.

    The estimate of the change point of a cumulative sum (Page, Biometrika 1954; 41: 100-115);
    empty where it rose before the window began.
    """
    place = next((i for i, (at, _) in enumerate(path) if at >= position), len(path))
    for at, level in reversed(path[:place]):
        if level == 0:
            return _day(stretch, seen, at + 1)
    return ""


def _thin(path: Sequence[tuple[int, float]]) -> list[list[float]]:
    import numpy as np

    if not path:
        return []
    kept = thinned(np.array([level for _, level in path]), POINTS)
    return [[int(path[i][0]), round(float(path[i][1]), 6)] for i in kept]


def _smoothed(row: Body, rule: ChartRule, stretch: Stretch, state: Body | None) -> Body:
    """A weighted average of the windows' shares."""
    chart = running.ewma(_of(row), minimum=rule.minimum_volume)
    begin = smoothing.State.from_dict(state) if state else smoothing.START
    events = int(stretch.count[stretch.event].sum())
    points, after = smoothing.run(chart, [events], [stretch.total], begin)
    last = points[-1] if points else None
    return {
        "counted": stretch.total,
        "events": events,
        "signalled": sum(p.signal for p in points),
        "signals": [{"position": p.window, "statistic": p.value} for p in points if p.signal],
        "maximum": None if last is None else last.value,
        "statistic": None if last is None else last.value,
        "low": None if last is None else last.low,
        "high": None if last is None else last.high,
        "observed": None if last is None else last.observed,
        "state": after.to_dict(),
        "path": [[p.window, round(p.value, 9)] for p in points],
    }


def _of(row: Body) -> ChartRow:
    known = {name: row[name] for name in ChartRow.__dataclass_fields__ if name in row}
    return ChartRow(**(known | {"delay": None}))


def _stretch(rule: ChartRule, row: Body, known: Known, given: WindowCases) -> Stretch:
    """The people whom a chart counts."""
    import numpy as np

    frame, score = given.cohort.frame, given.score
    label = frame[LABEL].to_numpy(dtype=float)
    counts, event = np.ones(len(frame), dtype=bool), np.zeros(len(frame), dtype=bool)
    risk = None
    if rule.watch == "missing" and rule.column:
        event = frame[rule.column].isna().to_numpy()
    elif rule.watch == "abstention":
        event = np.isnan(score)
    elif rule.watch in ("event", "prevalence"):
        counts, event = ~np.isnan(label), label == 1
    else:
        points = {point.name: point.threshold for point in known.plan.operating_points}
        called = np.nan_to_num(score, nan=-1.0) >= points[rule.at or ""]
        counts, event = watched.errors(rule.watch, label, called)
        counts &= ~np.isnan(score)
    if rule.kind == "risk-adjusted-cusum":
        counts &= ~np.isnan(score)
        risk = known.expected(score)
    column, _, value = str(row["stream"]).partition("=")
    if value:
        counts &= _member(frame[column], value)
    return _ordered(given, counts, event, risk)


def _member(values: Any, value: str) -> np.ndarray:
    from validation.table import groups

    found: np.ndarray = (groups(values) == value).to_numpy()
    return found


def _ordered(
    given: WindowCases, counts: np.ndarray, event: np.ndarray, risk: np.ndarray | None
) -> Stretch:
    """Rows by day, each row one person where any stands for several."""
    import numpy as np

    frame, time = given.cohort.frame[counts], given.spec.time
    n, hit = frame[COUNT].to_numpy(), event[counts]
    day = frame[time].astype(str).to_numpy() if time else np.full(len(frame), "")
    chance = None if risk is None else risk[counts]
    order = np.argsort(day, kind="stable")
    if (n > 1).any():
        people = np.repeat(np.arange(len(n)), n)
        mixed = np.random.default_rng(SEED).permutation(len(people))
        people = people[mixed]
        order = people[np.argsort(day[people], kind="stable")]
        n = np.ones(len(frame), dtype=int)
    return Stretch(
        event=hit[order],
        count=n[order],
        day=day[order],
        risk=None if chance is None else chance[order],
        total=int(n[order].sum()),
    )
