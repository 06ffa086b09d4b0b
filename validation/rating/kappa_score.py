"""The score interval of Cohen's kappa: every kappa that Pearson's chi-squared does not reject.

For each kappa the most likely table of shares that has it is found, and held against the counts
(Lang JB. Stat Med 2008; 27: 5975-5990, score intervals of contingency-table parameters; for one
proportion the same recipe is Wilson's interval). The large-sample interval takes the standard error
at the observed table, which is too small with few cases or a rare category, and zero where all
agree; this one keeps its coverage there (docs/coverage.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.intervals import quantile

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

METHOD = "score"
REFERENCES = {
    METHOD: "Lang JB. Stat Med 2008; 27: 5975-5990 (score interval of a function of a contingency "
    "table: Pearson's chi-squared at the most likely table that has the value)."
}
EMPTY = 1e-7  # what an empty cell counts, so that the most likely table may put cases there
EDGE = 1e-6  # how near to a kappa of 1 or of -1 the search goes
STEP = 0.05  # the first step away from the observed kappa
EXACT = 1e-6  # of the bounds
TURNS = 25  # of the quick search for the most likely table
SETTLED = 1e-9  # change of its shares that ends it
LEAST = 1e-12  # a share of zero, in the slow search
REJECTED = 1e6  # a statistic of a kappa that no table near the counts has


def interval(
    counts: np.ndarray, apart: np.ndarray, value: float, confidence: float
) -> tuple[float, float]:
    """The score interval of a kappa.

    Args:
        counts: Cases by first and second rating, shape (categories, categories).
        apart: Disagreement between each two categories, 0 to 1, the same shape.
        value: The observed kappa.
        confidence: Of the interval.

    Returns:
        The bounds, within -1 to 1.
    """
    allowed = quantile(confidence) ** 2

    def excess(kappa: float) -> float:
        return min(statistic(counts, apart, kappa), REJECTED) - allowed

    return _bound(excess, value, -1.0), _bound(excess, value, 1.0)


def statistic(counts: np.ndarray, apart: np.ndarray, kappa: float) -> float:
    """Pearson's chi-squared between the counts and the most likely table that has a kappa.

    Args:
        counts: Cases by first and second rating.
        apart: Disagreement between each two categories.
        kappa: The value to be held against the counts.
    """
    share = most_likely(counts, apart, kappa)
    if share is None:
        return REJECTED
    expected = share * counts.sum()
    held = share > 10 * LEAST
    return float(((counts[held] - expected[held]) ** 2 / expected[held]).sum())


def most_likely(counts: np.ndarray, apart: np.ndarray, kappa: float) -> np.ndarray | None:
    """The shares of greatest multinomial likelihood that have a kappa; None where none is found.

    Kappa is no linear function of the shares: the constraint is made linear at the last shares,
    solved by its one multiplier, and made linear again. Where cells that are empty would hold
    cases this may go to and fro; then a general solver starts where it stopped.

    Args:
        counts: Cases by first and second rating.
        apart: Disagreement between each two categories.
        kappa: The value that the shares are to have.
    """
    import numpy as np

    cells = np.where(counts > 0, counts, EMPTY)
    share = cells / cells.sum()
    for _ in range(TURNS):
        off, slope = _constraint(share, apart, kappa)
        found = _on_line(cells, slope - (float((slope * share).sum()) - off))
        if found is None:
            break
        change = float(np.abs(found - share).max())
        share = found
        if change < SETTLED:
            return share
    return _searched(counts, apart, kappa)


def _constraint(share: np.ndarray, apart: np.ndarray, kappa: float) -> tuple[float, np.ndarray]:
    """Seen less (1 - kappa) x expected disagreement, zero where shares have kappa; its slope."""
    import numpy as np

    rows, columns = share.sum(axis=1), share.sum(axis=0)
    slope = apart - (1 - kappa) * np.add.outer(apart @ columns, apart.T @ rows)
    return float((share * apart).sum() - (1 - kappa) * (rows @ apart @ columns)), slope


def _searched(counts: np.ndarray, apart: np.ndarray, kappa: float) -> np.ndarray | None:
    """The most likely shares by sequential quadratic programming."""
    import numpy as np
    from scipy.optimize import minimize

    held, n, shape = counts > 0, counts.sum(), counts.shape

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        share = flat.reshape(shape)
        slope = np.zeros(shape)
        slope[held] = -counts[held] / share[held] / n
        return -float((counts[held] * np.log(share[held])).sum() / n), slope.ravel()

    start = (counts + 0.5) / (counts + 0.5).sum()
    found = minimize(
        loss,
        start.ravel(),
        jac=True,
        method="SLSQP",
        bounds=[(LEAST, 1.0)] * counts.size,
        constraints=[
            {
                "type": "eq",
                "fun": lambda x: _constraint(x.reshape(shape), apart, kappa)[0],
                "jac": lambda x: _constraint(x.reshape(shape), apart, kappa)[1].ravel(),
            },
            {"type": "eq", "fun": lambda x: x.sum() - 1, "jac": np.ones_like},
        ],
        options={"maxiter": 300, "ftol": 1e-13},
    )
    share = found.x.reshape(shape)
    missed = abs(_constraint(share, apart, kappa)[0])
    return np.asarray(share) if found.success and missed < SETTLED * 10 else None


def _on_line(cells: np.ndarray, slope: np.ndarray) -> np.ndarray | None:
    """The most likely shares whose sum with `slope` is zero; None where no shares have that."""
    import numpy as np
    from scipy.optimize import brentq

    total, least, most = float(cells.sum()), float(slope.min()), float(slope.max())
    if least >= 0 or most <= 0:
        return None
    low, high = -total / most, -total / least  # between them all shares are positive
    inside = (high - low) * 1e-13
    low, high = low + inside, high - inside

    def sum_at(multiplier: float) -> float:
        return float((cells * slope / (total + multiplier * slope)).sum())

    if sum_at(low) < 0 or sum_at(high) > 0:
        return None
    multiplier = float(brentq(sum_at, low, high, xtol=inside, rtol=1e-14))
    share = cells / (total + multiplier * slope)
    return np.asarray(share / share.sum())


def _bound(excess: Callable[[float], float], value: float, end: float) -> float:
    """Where the statistic exceeds what is allowed, from the observed kappa towards an end."""
    from scipy.optimize import brentq

    last, inside = end * (1 - EDGE), value
    step = STEP if end > value else -STEP
    while (last - inside) * step > 0:
        further = inside + step
        further = further if (last - further) * step > 0 else last
        if excess(further) > 0:
            return float(brentq(excess, inside, further, xtol=EXACT))
        inside, step = further, 2 * step
    return end
