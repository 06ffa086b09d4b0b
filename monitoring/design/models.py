"""A chart of the plan as one of the models whose run lengths are computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from monitoring.control_chart import scores
from monitoring.control_chart.bernoulli import BernoulliCusum
from monitoring.control_chart.risk_adjusted import RiskAdjustedCusum
from monitoring.control_chart.smoothed import Ewma

if TYPE_CHECKING:
    from monitoring.control_chart.chain import Chain
    from monitoring.design.stream import Pace, Stream
    from policies.chart import ChartRule

STATES = 200  # of a cumulative sum whose delay is computed
Model = BernoulliCusum | RiskAdjustedCusum | Ewma


@dataclass(frozen=True, kw_only=True)
class Charted:
    """A chart of one stream and one direction.

    Attributes:
        model: What its run lengths are computed from.
        rate: In-control rate.
        step_a_year: Steps of its chain in a year: people, or windows of an EWMA.
        people: People a window; 1 for an EWMA, whose steps are windows.
    """

    model: Model
    rate: float
    step_a_year: float
    people: float

    def arl(self, limit: float, rate: float) -> float:
        """The zero-state average run length at a rate of the event, in the chart's own steps."""
        if isinstance(self.model, RiskAdjustedCusum):
            return self.model.arl(limit, scores.odds_ratio(self.rate, rate))
        return self.model.arl(limit, rate)

    def chain(self, limit: float, rate: float, states: int = STATES) -> Chain:
        """The chain at a rate of the event, in the chart's own steps."""
        if isinstance(self.model, RiskAdjustedCusum):
            return self.model.coarse(limit, scores.odds_ratio(self.rate, rate), states)
        if isinstance(self.model, BernoulliCusum):
            return self.model.coarse(limit, rate, states)
        return self.model.chain(limit, rate)

    def windows(self, chain: Chain) -> Chain:
        """The same chain in steps of windows."""
        return chain if isinstance(self.model, Ewma) else chain.grouped(self.people)


def of(
    rule: ChartRule, stream: Stream, pace: Pace, direction: Literal["worse", "better"]
) -> Charted:
    """The chart of a rule.

    Raises:
        ValueError: The rule does not fit the stream's rate.
    """
    rate = stream.rate
    if rate is None:
        raise ValueError(stream.reason or "the in-control rate is not known")
    if not 0 < rate < 1:
        raise ValueError(f"no chart has an in-control rate of {rate:g}")
    people = pace.a_window(stream.counted_a_year)
    if people <= 0 or people < rule.minimum_volume:
        raise ValueError(f"{people:.1f} people a window are expected, {rule.minimum_volume} needed")
    if rule.kind == "ewma":
        side: Literal["up", "down"] = "up" if direction == "worse" else "down"
        model: Model = Ewma(target=rate, size=people, smoothing=rule.weight, side=side)
        return Charted(model=model, rate=rate, step_a_year=pace.windows_a_year, people=1.0)
    odds = tuned(rule, rate, direction)
    if rule.kind == "risk-adjusted-cusum":
        model = RiskAdjustedCusum.of(np.array(stream.risks), np.array(stream.counts), odds)
    else:
        model = BernoulliCusum(rate=rate, odds=odds)
    return Charted(model=model, rate=rate, step_a_year=stream.counted_a_year, people=people)


def tuned(rule: ChartRule, rate: float, direction: Literal["worse", "better"]) -> float:
    """The odds ratio that a cumulative sum is tuned to.

    Raises:
        ValueError: The loss leads out of 0 to 1.
    """
    if rule.odds_ratio is not None:
        return rule.odds_ratio if direction == "worse" else 1 / rule.odds_ratio
    return scores.odds_ratio(rate, moved(rate, rule.loss_of or 0.0, direction))


def moved(rate: float, by: float, direction: Literal["worse", "better"]) -> float:
    """A rate after a rise, or a fall for better.

    Raises:
        ValueError: It leaves 0 to 1.
    """
    after = rate + by if direction == "worse" else rate - by
    if not 0 < after < 1:
        raise ValueError(f"a rate of {rate:.4g} cannot move by {by:g} for the {direction}")
    return after
