"""The Markov chain of a cumulative sum of a mixture of scores.

The range from zero to the limit is cut into equal steps; a score between two multiples of the step
goes to both, in such shares that its mean is kept (the paired rounding of Knoth, Wittenberg and
Gan, Statistics in Medicine 2019; 38: 2206).
"""

from __future__ import annotations

import numpy as np

from monitoring.control_chart.chain import Chain

ROUNDING = 1e-9  # of a step: a multiple but for it


def of_mixture(scores: np.ndarray, chances: np.ndarray, step: float, states: int) -> Chain:
    """The chain.

    Args:
        scores: The values that a score may take.
        chances: The probability of each; they add up to 1.
        step: Width of a state.
        states: How many lie below the limit; the limit is at or just below states x step.
    """
    jumps, weights = _jumps(scores / step, chances, states)
    moves = np.zeros((states, states))
    rows = np.arange(states)
    for jump, weight in zip(jumps, weights, strict=True):
        goes = np.maximum(rows + jump, 0)
        stays = goes < states
        moves[rows[stays], goes[stays]] += weight
    return Chain(moves=moves)


def arl(scores: np.ndarray, chances: np.ndarray, step: float, states: int) -> float:
    """The zero-state average run length of the same chain, without its matrix.

    But for the first column the equations are Toeplitz, so that Levinson's recursion solves them in
    a number of operations that grows with the square of the states, not the cube (Knoth, Wittenberg
    and Gan 2019).
    """
    from scipy.linalg import solve_toeplitz

    jumps, weights = _jumps(scores / step, chances, states)
    full = np.zeros(2 * states + 1)
    full[jumps + states] = weights
    down, up = full[states::-1][:states].copy(), full[states : 2 * states].copy()
    beyond = np.cumsum(full)[states - 1 :: -1][:states]  # of falling below zero from each state
    first, row = -down, -up
    first[0] += 1.0
    row[0] = first[0]
    sides = np.column_stack([np.ones(states), beyond])
    plain, back = solve_toeplitz((first, row), sides).T
    return float(plain[0] / (1 - back[0]))


def _jumps(steps: np.ndarray, chances: np.ndarray, states: int) -> tuple[np.ndarray, np.ndarray]:
    """Whole jumps and their probabilities; those that lead beyond every state are put together."""
    near = np.rint(steps)
    steps = np.where(np.abs(steps - near) < ROUNDING, near, steps)
    low = np.floor(steps)
    part = steps - low
    every = np.clip(np.concatenate([low, low + 1]), -states, states).astype(int)
    weight = np.concatenate([chances * (1 - part), chances * part])
    total = np.bincount(every + states, weights=weight, minlength=2 * states + 1)
    jumps = np.flatnonzero(total)
    return jumps - states, total[jumps]
