"""A chart as a Markov chain that ends in a signal (Brook and Evans, Biometrika 1972; 59: 539).

From the probabilities of moving between the states without a signal come the run length's mean,
quantiles and survival, for a chart just started (zero state) and for one that has run for long and
restarted after each false alarm (cyclical steady state; Crosier, Technometrics 1986; 28: 187).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

DOUBLINGS = 60  # of the run length, when a quantile is sought
SMALL, TERMS = 1 / 16, 8  # people whose exponential is a series of so many terms, to 1e-16


@dataclass(frozen=True, kw_only=True)
class Chain:
    """States without a signal.

    Attributes:
        moves: Probability of going from a state to another without a signal, shape (m, m).
        start: The state of a chart just started.
    """

    moves: np.ndarray
    start: int = 0

    @property
    def fresh(self) -> np.ndarray:
        """A chart just started."""
        found = np.zeros(len(self.moves))
        found[self.start] = 1.0
        return found

    @cached_property
    def means(self) -> np.ndarray:
        """The average run length from each state."""
        return np.linalg.solve(np.eye(len(self.moves)) - self.moves, np.ones(len(self.moves)))

    @cached_property
    def steady(self) -> np.ndarray:
        """Share of time that a chart which restarts after each signal spends in each state."""
        visits = np.linalg.solve((np.eye(len(self.moves)) - self.moves).T, self.fresh)
        visits = np.clip(visits, 0.0, None)
        return np.asarray(visits / visits.sum())

    @property
    def arl(self) -> float:
        """The zero-state average run length."""
        return float(self.means[self.start])

    def mean(self, begin: np.ndarray) -> float:
        """The average run length of a chart whose state has a distribution."""
        return float(begin @ self.means)

    def quantiles(self, shares: Sequence[float], begin: np.ndarray) -> list[float]:
        """The smallest numbers of steps within which such shares of the charts have signalled.

        Infinite where 2^60 steps do not suffice.
        """
        powers, top = [self.moves], 1 - max(shares)
        while (begin @ powers[-1]).sum() > top:
            if len(powers) > DOUBLINGS:
                break
            powers.append(powers[-1] @ powers[-1])
        return [self._quantile(1 - share, begin, powers) for share in shares]

    @staticmethod
    def _quantile(left: float, begin: np.ndarray, powers: list[np.ndarray]) -> float:
        if (begin @ powers[-1]).sum() > left:
            return float("inf")
        steps, now = 0, begin
        for place in range(len(powers) - 1, -1, -1):
            later = now @ powers[place]
            if later.sum() > left:
                steps, now = steps + 2**place, later
        return float(steps + 1)

    def grouped(self, people: float) -> Chain:
        """The same chart looked at once a window, with a Poisson number of people in each.

        The moves of a window are the average of the moves' powers over the number of people: the
        matrix exponential of people x (moves - 1), by its series for a small part of the people
        and squaring (uniformisation; every term is positive, so that nothing cancels).
        """
        halvings = max(0, math.ceil(math.log2(people / SMALL))) if people > 0 else 0
        part = people / 2**halvings
        one = np.eye(len(self.moves))
        moves = one
        for term in range(TERMS, 0, -1):
            moves = one + (part / term) * (self.moves @ moves)
        moves = math.exp(-part) * moves
        for _ in range(halvings):
            moves = moves @ moves
        return Chain(moves=moves, start=self.start)


def in_a_row(chance: float, windows: int) -> Chain:
    """A rule that signals when something of a constant chance happens in k windows in a row."""
    moves = np.zeros((windows, windows))
    moves[:, 0] = 1 - chance
    for row in range(windows - 1):
        moves[row, row + 1] = chance
    return Chain(moves=moves)


def waiting(chance: float, windows: int) -> float:
    """Its average run length in closed form, also where it is beyond what the chain can solve.

    (1 - p^k) / ((1 - p) p^k) (Feller, An Introduction to Probability Theory 1968, XIII.7).
    """
    if chance >= 1:
        return float(windows)
    return (1 - chance**windows) / ((1 - chance) * chance**windows)
