"""Run lengths by simulation with a seed: the check of the Markov chains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """An average run length.

    Attributes:
        mean: The average.
        error: Its standard error.
        runs: How many charts were run.
        seed: Of the random numbers.
    """

    mean: float
    error: float
    runs: int
    seed: int


def run_lengths(
    draw: Callable[[np.random.Generator, int], np.ndarray],
    limit: float,
    *,
    runs: int,
    seed: int,
) -> np.ndarray:
    """Run lengths of cumulative sums that start at zero, by one seed.

    Args:
        draw: Gives so many scores.
        limit: A statistic at or above it ends the run.
        runs: How many charts.
        seed: Of the random numbers.
    """
    rng = np.random.default_rng(seed)
    found = np.zeros(runs, dtype=np.int64)
    alive, level, step = np.arange(runs), np.zeros(runs), 0
    while len(alive):
        step += 1
        level = np.maximum(0.0, level + draw(rng, len(alive)))
        over = level >= limit
        if over.any():
            found[alive[over]] = step
            alive, level = alive[~over], level[~over]
    return found


def average(
    draw: Callable[[np.random.Generator, int], np.ndarray],
    limit: float,
    *,
    runs: int = 2000,
    seed: int = 20240101,
) -> Simulated:
    """The average run length of a cumulative sum."""
    lengths = run_lengths(draw, limit, runs=runs, seed=seed)
    error = float(lengths.std(ddof=1) / np.sqrt(runs))
    return Simulated(mean=float(lengths.mean()), error=error, runs=runs, seed=seed)
