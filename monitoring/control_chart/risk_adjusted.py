"""The risk-adjusted CUSUM: its run lengths and limits over a mixture of expected risks.

Steiner, Cook, Farewell and Treasure (Biostatistics 2000; 1: 441) compute them by a Markov chain
over the patients' mixture; a mixture is the reference set's distribution of recalibrated scores.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from monitoring.control_chart import cusum_chain, scores, search

if TYPE_CHECKING:
    from monitoring.control_chart.chain import Chain

STATES = 1200  # below the limit
RISKS = 400  # distinct expected risks that a chain is made of


@dataclass(frozen=True, kw_only=True)
class RiskAdjustedCusum:
    """A chart tuned to a change of the odds of the event.

    Attributes:
        risks: Distinct expected risks, shape (k,).
        shares: The share of people with each; they add up to 1.
        odds: Odds ratio that it is tuned to.
        states: Of the Markov chain.
    """

    risks: np.ndarray
    shares: np.ndarray
    odds: float
    states: int = STATES

    @classmethod
    def of(
        cls, risk: np.ndarray, count: np.ndarray, odds: float, states: int = STATES
    ) -> RiskAdjustedCusum:
        """From risks and the people that have each; more than 400 are put into groups.

        Raises:
            ValueError: Risks that are none, nobody, or an odds ratio that changes nothing.
        """
        scores.require_odds(odds)
        risk, count = np.asarray(risk, dtype=float), np.asarray(count, dtype=float)
        if not len(risk) or count.sum() <= 0:
            raise ValueError("there is nobody to take the distribution of risks from")
        if not ((risk > 0) & (risk < 1)).all():
            raise ValueError("an expected risk lies between 0 and 1, neither of them included")
        values, place = np.unique(risk, return_inverse=True)
        people = np.bincount(place, weights=count)
        if len(values) > RISKS:
            values, people = _grouped(values, people)
        return cls(risks=values, shares=people / people.sum(), odds=odds, states=states)

    def chain(self, limit: float, odds: float = 1.0) -> Chain:
        """The chain at a limit when the odds of the event are `odds` times the expected ones."""
        return self.coarse(limit, odds, self.states)

    def coarse(self, limit: float, odds: float, states: int) -> Chain:
        """A chain of another number of states."""
        return cusum_chain.of_mixture(*self._mixture(odds), limit / states, states)

    def arl(self, limit: float, odds: float = 1.0) -> float:
        """The zero-state average run length, in people."""
        return cusum_chain.arl(*self._mixture(odds), limit / self.states, self.states)

    def _mixture(self, odds: float) -> tuple[np.ndarray, np.ndarray]:
        """Scores of an event and of none at each risk, and the probability of each."""
        happens = scores.shifted(self.risks, odds)
        event = scores.log_ratios(np.ones_like(self.risks), self.risks, self.odds)
        none = scores.log_ratios(np.zeros_like(self.risks), self.risks, self.odds)
        chances = [self.shares * happens, self.shares * (1 - happens)]
        return np.concatenate([event, none]), np.concatenate(chances)

    def limit_for(self, arl: float) -> float:
        """The limit of an in-control average run length, in people.

        Raises:
            ValueError: No limit has it.
        """
        return search.limit(arl, self.arl, start=abs(float(np.log(self.odds))))


def _grouped(values: np.ndarray, people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Groups of neighbours with about equally many people; each has their mean risk."""
    share = (np.cumsum(people) - people / 2) / people.sum()
    place = np.minimum((share * RISKS).astype(int), RISKS - 1)
    total = np.bincount(place, weights=people, minlength=RISKS)
    risk = np.bincount(place, weights=people * values, minlength=RISKS)
    kept = total > 0
    return risk[kept] / total[kept], total[kept]
