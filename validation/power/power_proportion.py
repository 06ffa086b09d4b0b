"""Sample size and power for a proportion against a performance goal.

Exact: the power of the exact binomial test moves in steps with n, so the size is the least n from
which on the power never falls below the target (Chernick and Liu, Am Stat 2002; 56: 149-155).
Normal: Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 2003, ch. 2.
Precision: Buderer, Acad Emerg Med 1996; 3: 895-900.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any, Literal

from validation.power.plan import Plan, inside, levels, recruited, tested, up, z

if TYPE_CHECKING:
    import numpy as np

Method = Literal["binomial-exact", "normal"]
REFERENCES = {
    "power-binomial-exact": "Chernick MR, Liu CY. Am Stat 2002; 56: 149-155.",
    "power-normal-one-proportion": "Fleiss JL, Levin B, Paik MC. 2003, ch. 2.",
    "precision-buderer": "Buderer NMF. Acad Emerg Med 1996; 3: 895-900.",
}
LARGEST = 200_000  # cases; beyond this the exact search gives way to the normal formula
NAMES = {"binomial-exact": "power-binomial-exact", "normal": "power-normal-one-proportion"}


def proportion_plan(
    expected: float,
    goal: float,
    *,
    power: float = 0.8,
    alpha: float = 0.025,
    sides: int = 1,
    method: Method = "binomial-exact",
    n: int | None = None,
    prevalence: float | None = None,
    endpoint: str = "sensitivity",
) -> Plan:
    """Cases needed to show that a proportion exceeds (or stays below) a performance goal.

    Args:
        expected: The proportion believed true.
        goal: The performance goal; the expected one may lie on either side of it.
        power: Wanted; not used when `n` is given.
        alpha: Significance level.
        sides: Of the test.
        method: ``binomial-exact`` or ``normal``.
        n: Cases at hand: gives their power instead of a size.
        prevalence: Adds how many cases must be collected to contain the n.
        endpoint: Named in the paragraph; its n are cases of its denominator.

    Raises:
        ValueError: Proportions, levels or n out of range, or expected equal to goal.
    """
    for name, value in (("expected", expected), ("goal", goal)):
        inside(name, value)
    levels(alpha=alpha, power=None if n else power, sides=sides)
    if expected == goal:
        raise ValueError("expected and goal are equal: no size can tell them apart")
    raw = _normal_size(expected, goal, power, z(alpha, sides)) if method == "normal" else None
    if n is not None:
        size, raw = n, None
    else:
        size = up(raw) if raw else _exact_size(expected, goal, power, alpha / sides)
    if size < 1:
        raise ValueError(f"n is at least 1, not {size}")
    reached = (
        float(exact_power(expected, goal, size, alpha / sides))
        if method == "binomial-exact"
        else normal_power(expected, goal, size, z(alpha, sides))
    )
    facts: dict[str, Any] = {
        "endpoint": endpoint, "expected": expected, "goal": goal, "alpha": alpha, "sides": sides,
        "power": power if n is None else None, "prevalence": prevalence,
    }  # fmt: skip
    return Plan(
        design="proportion-against-goal",
        method=NAMES[method],
        n=size,
        power=reached,
        target=None if n else power,
        alpha=alpha,
        sides=sides,
        exact=raw,
        assumptions=facts,
        justification=_words(facts, size, reached, method) + recruited(size, prevalence, endpoint),
    )


def exact_power(
    expected: float, goal: float, n: int | np.ndarray, alpha: float
) -> float | np.ndarray:
    """Power of the exact one-sided binomial test at n (a number or an array)."""
    import numpy as np
    from scipy.stats import binom

    size = np.asarray(n)
    if expected > goal:
        least = binom.ppf(1 - alpha, size, goal) + 1  # P(X >= least | goal) <= alpha
        least = np.where(binom.sf(least - 2, size, goal) <= alpha, least - 1, least)
        found = binom.sf(least - 1, size, expected)
    else:
        most = binom.ppf(alpha, size, goal)
        most = np.where(binom.cdf(most, size, goal) > alpha, most - 1, most)
        found = np.where(most < 0, 0.0, binom.cdf(most, size, expected))
    return float(found) if np.ndim(n) == 0 else found


def normal_power(expected: float, goal: float, n: int, quantile: float) -> float:
    """Power by the normal approximation, variance of each hypothesis under itself."""
    from scipy.stats import norm

    null, true = sqrt(goal * (1 - goal)), sqrt(expected * (1 - expected))
    return float(norm.cdf((abs(expected - goal) * sqrt(n) - quantile * null) / true))


def precision_plan(
    expected: float,
    half_width: float,
    *,
    confidence: float = 0.95,
    prevalence: float | None = None,
    endpoint: str = "sensitivity",
) -> Plan:
    """Cases needed for an interval of given half width (Buderer 1996, normal interval).

    Raises:
        ValueError: Numbers out of range.
    """
    inside("expected", expected)
    inside("half_width", half_width)
    inside("confidence", confidence)
    raw = z(1 - confidence, 2) ** 2 * expected * (1 - expected) / half_width**2
    size = up(raw)
    facts = {
        "endpoint": endpoint, "expected": expected, "half_width": half_width,
        "confidence": confidence, "prevalence": prevalence,
    }  # fmt: skip
    words = (
        f"With an expected {endpoint} of {expected:g}, {size:,} cases in its denominator give a "
        f"{confidence:.0%} confidence interval of half width {half_width:g} (normal approximation; "
        "Buderer 1996)."
    )
    return Plan(
        design="proportion-precision",
        method="precision-buderer",
        n=size,
        power=None,
        alpha=1 - confidence,
        sides=2,
        exact=raw,
        assumptions=facts,
        justification=words + recruited(size, prevalence, endpoint),
    )


def _normal_size(expected: float, goal: float, power: float, quantile: float) -> float:
    from scipy.stats import norm

    null, true = sqrt(goal * (1 - goal)), sqrt(expected * (1 - expected))
    return ((quantile * null + float(norm.ppf(power)) * true) / (expected - goal)) ** 2


def _exact_size(expected: float, goal: float, power: float, alpha: float) -> int:
    """The least n from which on the exact power stays at or above the target.

    Looked for up to twice the normal size and a margin, where the steps have died away.
    """
    import numpy as np

    raw = _normal_size(expected, goal, power, z(alpha, 1))
    top = int(2 * raw) + 200
    if top > LARGEST:
        raise ValueError(f"about {up(raw):,} cases: too many for the exact search, use normal")
    sizes = np.arange(1, top + 1)
    short = np.flatnonzero(np.asarray(exact_power(expected, goal, sizes, alpha)) < power)
    return int(sizes[short[-1]]) + 1 if len(short) else 1


def _words(facts: dict[str, Any], n: int, power: float, method: Method) -> str:
    side = "exceeds" if facts["expected"] > facts["goal"] else "lies below"
    how = {
        "binomial-exact": "exact binomial test; the least number from which on the power never "
        "falls below the target, Chernick and Liu 2002"
        if facts["power"]
        else "exact binomial test",
        "normal": "normal approximation, Fleiss et al. 2003",
    }[method]
    return (
        f"The study is to show that {facts['endpoint']} {side} the performance goal of "
        f"{facts['goal']:g}. If the true {facts['endpoint']} is {facts['expected']:g}, {n:,} "
        f"evaluable cases in its denominator give a power of {power:.1%} at a "
        f"{tested(facts['alpha'], facts['sides'])} ({how})."
    )
