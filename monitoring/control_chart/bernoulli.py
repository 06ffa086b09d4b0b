"""The Bernoulli CUSUM: its run lengths and limits (Reynolds and Stoumbos 1999).

Both scores are brought onto a lattice: the step is a whole part of the smaller score, such that the
larger is as nearly a multiple as it can be, and what remains is rounded in pairs. A limit lies
half-way between two points of the lattice, where rounding cannot tip it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from monitoring.control_chart import cusum_chain, scores, search

if TYPE_CHECKING:
    from monitoring.control_chart.chain import Chain

STATES = 800  # about as many below the limit, where the smaller score allows it
TRIES = 5  # at a lattice that the limit found on it asks for as well


@dataclass(frozen=True, kw_only=True)
class BernoulliCusum:
    """A chart tuned to a change of the odds of an event that all people are equally likely to have.

    Attributes:
        rate: In-control rate of the event.
        odds: Odds ratio that it is tuned to.
    """

    rate: float
    odds: float

    def __post_init__(self) -> None:
        scores.require_odds(self.odds)
        if not 0 < self.rate < 1:
            raise ValueError(f"an in-control rate lies between 0 and 1, not {self.rate:g}")

    @cached_property
    def scores(self) -> np.ndarray:
        """The score of an event, and that of none."""
        return scores.log_ratios([1.0, 0.0], self.rate, self.odds)

    def step(self, limit: float) -> float:
        """The lattice's step for a limit: finer for a low limit, never finer than it pays."""
        small, large = sorted(abs(self.scores))
        finest = int(STATES * small / limit)
        if finest < 1:
            return limit / STATES
        parts = np.arange(1, min(finest, 60) + 1)
        ratio = parts * large / small
        off = np.abs(ratio - np.rint(ratio)) / parts  # as a share of the smaller score
        good = np.flatnonzero(off <= max(2 * off.min(), 1e-4))
        return float(small / parts[good[-1]])

    def chain(self, limit: float, rate: float | None = None) -> Chain:
        """The chain at a limit, in control or at another rate."""
        return cusum_chain.of_mixture(self.scores, *self._lattice(limit, rate))

    def coarse(self, limit: float, rate: float, states: int) -> Chain:
        """A chain of few states, within a percent or so, where many are computed."""
        chances = np.array([rate, 1 - rate])
        return cusum_chain.of_mixture(self.scores, chances, limit / states, states)

    def arl(self, limit: float, rate: float | None = None) -> float:
        """The zero-state average run length, in people."""
        return cusum_chain.arl(self.scores, *self._lattice(limit, rate))

    def _lattice(self, limit: float, rate: float | None) -> tuple[np.ndarray, float, int]:
        p, step = self.rate if rate is None else rate, self.step(limit)
        return np.array([p, 1 - p]), step, max(1, math.ceil(limit / step - 1e-9))

    def limit_for(self, arl: float) -> float:
        """The limit of an in-control average run length, in people.

        Raises:
            ValueError: No limit has it.
        """
        limit = search.limit(arl, self._smooth, start=float(max(abs(self.scores))))
        chances = np.array([self.rate, 1 - self.rate])
        for _ in range(TRIES):
            step = self.step(limit)
            wanted = search.whole(
                arl,
                lambda k, step=step: cusum_chain.arl(self.scores, chances, step, k),  # type: ignore[misc]
                start=round(limit / step),
            )
            limit = (wanted - 0.5) * step
            if self.step(limit) == step:
                break
        return limit

    def _smooth(self, limit: float) -> float:
        chances, states = np.array([self.rate, 1 - self.rate]), STATES // 3
        return cusum_chain.arl(self.scores, chances, limit / states, states)
