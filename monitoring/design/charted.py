"""The rows of the plan's charts: limit, false alarms, delay, and what an uncertain rate does."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from monitoring.control_chart.smoothed import Ewma
from monitoring.design import delay as delays
from monitoring.design import models

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitoring.design.delay import Delay
    from monitoring.design.models import Charted
    from monitoring.design.stream import Pace, Stream
    from policies.chart import ChartRule

METHOD = "Markov chain (Brook and Evans 1972)"
LOSSES = frozenset({"sensitivity", "specificity", "ppv", "npv", "accuracy"})
ODDS = 2.0  # of an event whose chart names no shift


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRow:
    """One chart of one stream in one direction.

    Attributes:
        chart: The rule's id.
        kind: The rule's kind.
        watch: What it watches.
        at: Operating point by name.
        stream: ``overall`` or the subgroup.
        direction: worse or better.
        counted: Whom it counts, in words.
        counted_a_year: How many.
        rate: In-control rate of the error or event.
        origin: Where that was measured.
        odds_ratio: The change that a cumulative sum is tuned to.
        smoothing: Weight of the newest window, of an EWMA.
        limit: The limit; of an EWMA, in standard deviations of the average.
        in_control_arl: Average run length without a change, from the start, as computed.
        unit: What run lengths count.
        false_alarms_a_year: Steps in a year over that run length.
        bound: The rate at the unfavourable end of its interval.
        arl_at_bound: The average run length if that were the true rate.
        false_alarms_at_bound: The false alarms a year, then.
        delay: Of a change; None when there is none.
        method: How everything was computed.
        reason: Why a number is missing.
    """

    chart: str
    kind: str
    watch: str
    at: str | None
    stream: str
    direction: str
    counted: str
    counted_a_year: float
    rate: float | None
    origin: str
    odds_ratio: float | None = None
    smoothing: float | None = None
    limit: float | None = None
    in_control_arl: float | None = None
    unit: str = ""
    false_alarms_a_year: float | None = None
    bound: float | None = None
    arl_at_bound: float | None = None
    false_alarms_at_bound: float | None = None
    delay: Delay | None = None
    method: str = ""
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


COUNTED = {
    "sensitivity": "positives",
    "specificity": "negatives",
    "ppv": "called positive",
    "npv": "called negative",
    "accuracy": "cases",
}


def rows(rule: ChartRule, streams: Sequence[Stream], pace: Pace, loss: float) -> list[ChartRow]:
    """A row for each stream and direction of a rule.

    Args:
        rule: The rule.
        streams: All cases, then the groups.
        pace: When windows come.
        loss: Absolute change of an error rate whose delay is asked for.
    """
    able = [stream for stream in streams if _able(rule, stream, pace)]
    parts = len(able) * len(rule.directions)
    return [_row(rule, s, pace, loss, side, parts) for s in streams for side in rule.directions]


def _able(rule: ChartRule, stream: Stream, pace: Pace) -> bool:
    people = pace.a_window(stream.counted_a_year)
    known = stream.rate is not None and 0 < stream.rate < 1
    return known and people > 0 and people >= rule.minimum_volume


def _row(
    rule: ChartRule,
    stream: Stream,
    pace: Pace,
    loss: float,
    direction: Literal["worse", "better"],
    parts: int,
) -> ChartRow:
    told: dict[str, Any] = {
        "chart": rule.id,
        "kind": rule.kind,
        "watch": rule.watch,
        "at": rule.at,
        "stream": stream.name,
        "direction": direction,
        "counted": COUNTED.get(rule.watch, "cases"),
        "counted_a_year": stream.counted_a_year,
        "rate": stream.rate,
        "origin": stream.origin,
        "unit": "windows" if rule.kind == "ewma" else COUNTED.get(rule.watch, "cases"),
    }
    try:
        chart = models.of(rule, stream, pace, direction)
        told |= _in_control(rule, chart, parts)
    except ValueError as error:
        return ChartRow(**told, reason=str(error))
    told |= _at_bound(chart, stream, told["limit"], direction)
    try:
        told["delay"] = _delay(rule, chart, stream, pace, told["limit"], loss, direction)
    except ValueError as error:
        told["reason"] = str(error)
    return ChartRow(**told, method=METHOD)


def _in_control(rule: ChartRule, chart: Charted, parts: int) -> dict[str, Any]:
    if rule.in_control_arl is not None:
        wanted = rule.in_control_arl
    else:
        wanted = chart.step_a_year * parts / (rule.false_alarms_a_year or 1.0)
    limit = chart.model.limit_for(wanted)
    arl = chart.model.arl(limit)
    tuned = None if isinstance(chart.model, Ewma) else chart.model.odds
    return {
        "odds_ratio": tuned,
        "smoothing": chart.model.smoothing if isinstance(chart.model, Ewma) else None,
        "limit": limit,
        "in_control_arl": arl,
        "false_alarms_a_year": chart.step_a_year / arl,
    }


def _at_bound(
    chart: Charted, stream: Stream, limit: float, direction: Literal["worse", "better"]
) -> dict[str, Any]:
    """The run length if the in-control rate were at the bound of its interval.

    The overall rate's uncertainty is the main part of what estimation does to a chart (Jones and
    Steiner, International Journal for Quality in Health Care 2012; 24: 176).
    """
    bound = stream.high if direction == "worse" else stream.low
    if bound is None or not 0 < bound < 1:
        return {}
    arl = chart.arl(limit, bound)
    return {
        "bound": bound,
        "arl_at_bound": arl,
        "false_alarms_at_bound": chart.step_a_year / arl,
    }


def _delay(
    rule: ChartRule,
    chart: Charted,
    stream: Stream,
    pace: Pace,
    limit: float,
    loss: float,
    direction: Literal["worse", "better"],
) -> Delay:
    before = chart.rate
    after, words = change(rule, before, loss, direction)
    begin = chart.chain(limit, before).steady
    chain = chart.windows(chart.chain(limit, after))
    return delays.measure(chain, begin, stream, pace, shift=words, before=before, after=after)


def change(
    rule: ChartRule, rate: float, loss: float, direction: Literal["worse", "better"]
) -> tuple[float, str]:
    """The rate after the change whose delay is told, and the change in words.

    Raises:
        ValueError: The rate cannot move so far.
    """
    if rule.watch in LOSSES:
        word = "loss" if direction == "worse" else "gain"
        return models.moved(rate, loss, direction), f"{word} of {loss:g} in {rule.watch}"
    if rule.loss_of is not None:
        word = "rise" if direction == "worse" else "fall"
        return models.moved(rate, rule.loss_of, direction), f"{word} of {rule.loss_of:g}"
    odds = rule.odds_ratio or ODDS
    odds = odds if direction == "worse" else 1 / odds
    return odds * rate / (1 - rate + odds * rate), f"odds times {odds:.3g}"
