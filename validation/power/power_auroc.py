"""Sample size and power for AUCs: one against a goal, two paired, two on separate people.

Variances of an AUC, named apart: ``obuchowski`` (binormal approximation, Obuchowski and McClish,
Stat Med 1997; 16: 1529-1542; Obuchowski, Acad Radiol 1998; 5: 561; as `power.roc.test` of R's pROC)
and ``hanley-mcneil`` (Radiology 1982; 143: 29-36).
"""

from __future__ import annotations

from math import exp, sqrt
from typing import Any, Literal

from validation.power.plan import Plan, inside, levels, tested, up, z

Variance = Literal["obuchowski", "hanley-mcneil"]
_OBUCHOWSKI = (
    "Obuchowski NA, McClish DK. Stat Med 1997; 16: 1529-1542; "
    "Obuchowski NA, Lieber ML, Wians FH. Clin Chem 2004; 50: 1118-1125."
)
REFERENCES = {
    "power-auroc-obuchowski": _OBUCHOWSKI,
    "power-auroc-hanley-mcneil": "Hanley JA, McNeil BJ. Radiology 1982; 143: 29-36.",
}
ROOT2 = 1.414  # as printed by Obuchowski 1998, and kept so in pROC
LARGEST = 10_000_000


def auroc_variance(auc: float, positives: float, negatives: float, variance: Variance) -> float:
    """Variance of one AUC.

    Args:
        auc: The true value.
        positives: Cases with a positive reference standard.
        negatives: Cases with a negative one.
        variance: ``obuchowski`` (binormal) or ``hanley-mcneil`` (exponential).

    Raises:
        ValueError: An unknown variance.
    """
    from scipy.stats import norm

    if variance == "obuchowski":
        a = float(norm.ppf(auc)) * ROOT2
        ratio = negatives / positives
        return 0.0099 * exp(-a * a / 2) * ((5 * a * a + 8) + (a * a + 8) / ratio) / positives
    if variance == "hanley-mcneil":
        q1, q2 = auc / (2 - auc), 2 * auc * auc / (1 + auc)
        above = auc * (1 - auc) + (positives - 1) * (q1 - auc**2) + (negatives - 1) * (q2 - auc**2)
        return above / (positives * negatives)
    raise ValueError(f"unknown variance '{variance}'")


def auroc_plan(
    expected: float,
    goal: float = 0.5,
    *,
    power: float = 0.8,
    alpha: float = 0.025,
    sides: int = 1,
    ratio: float = 1.0,
    variance: Variance = "obuchowski",
    positives: float | None = None,
) -> Plan:
    """Cases needed to show that an AUC exceeds a goal; with goal 0.5 as pROC's `power.roc.test`.

    Args:
        expected: The AUC believed true.
        goal: The performance goal.
        power: Wanted; not used when `positives` is given.
        alpha: Significance level.
        sides: Of the test.
        ratio: Negatives for each positive.
        variance: Of the AUC.
        positives: At hand: gives their power.

    Raises:
        ValueError: Numbers out of range, or expected not above goal.
    """
    inside("expected", expected, 0.5)
    if not 0.5 <= goal < expected:  # noqa: PLR2004 - chance
        raise ValueError(f"a goal lies from 0.5 to the expected {expected}, not at {goal}")
    _given(alpha=alpha, power=None if positives else power, sides=sides, ratio=ratio)

    def reached(m: float) -> float:
        null, true = (auroc_variance(a, m, ratio * m, variance) for a in (goal, expected))
        return _power(expected - goal, null, true, alpha, sides)

    size = positives or _least(reached, power)
    facts = {
        "expected": expected, "goal": goal, "alpha": alpha, "sides": sides, "ratio": ratio,
        "variance": variance, "power": None if positives else power,
    }  # fmt: skip
    m, n = up(size), up(ratio * size)
    attained = reached(positives or m)
    words = (
        f"The study is to show that the area under the ROC curve exceeds {goal:g}. If the true "
        f"area is {expected:g}, {m:,} positive and {n:,} negative cases ({ratio:g} negatives a "
        f"positive) give a power of {attained:.1%} at a {tested(alpha, sides)} (normal test, "
        f"variance of {_named(variance)})."
    )
    return _plan("auroc-against-goal", facts, size, attained, words)


def unpaired_auroc_plan(
    auc_a: float,
    auc_b: float,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    sides: int = 2,
    ratio: float = 1.0,
    variance: Variance = "obuchowski",
    margin: float | None = None,
    positives: float | None = None,
) -> Plan:
    """Cases in each of two groups of the same size to tell two AUCs apart.

    With a margin: to show that a is not worse than b by more than it.

    Args:
        auc_a: AUC believed true in group a.
        auc_b: In group b.
        power: Wanted; not used when `positives` is given.
        alpha: Significance level.
        sides: Of the test.
        ratio: Negatives for each positive.
        variance: Of each AUC.
        margin: Non-inferiority margin.
        positives: In each group, at hand: gives their power.

    Raises:
        ValueError: Numbers out of range, or nothing to detect.
    """
    for name, value in (("auc_a", auc_a), ("auc_b", auc_b)):
        inside(name, value)
    _given(alpha=alpha, power=None if positives else power, sides=sides, ratio=ratio)
    gap = distance(auc_a, auc_b, margin)

    def reached(m: float) -> float:
        true = sum(auroc_variance(a, m, ratio * m, variance) for a in (auc_a, auc_b))
        null = true if margin is not None else 2 * auroc_variance(auc_a, m, ratio * m, variance)
        return _power(gap, null, true, alpha, sides)

    size = positives or _least(reached, power)
    m, n = up(size), up(ratio * size)
    attained = reached(positives or m)
    facts = {
        "auc_a": auc_a, "auc_b": auc_b, "margin": margin, "alpha": alpha, "sides": sides,
        "ratio": ratio, "variance": variance, "power": None if positives else power,
    }  # fmt: skip
    words = (
        f"The study is to {aim(auc_a, auc_b, margin, 'areas under the ROC curve')} in two separate "
        f"groups. In each group {m:,} positive and {n:,} negative cases give a power of "
        f"{attained:.1%} at a {tested(alpha, sides)} (normal test, variance of {_named(variance)})."
    )
    return _plan("auroc-difference-unpaired", facts, size, attained, words, 2)


def distance(a: float, b: float, margin: float | None) -> float:
    """How far the truth lies from the null hypothesis.

    Raises:
        ValueError: It does not lie outside it.
    """
    if margin is None:
        if a == b:
            raise ValueError("both values are equal: no size can tell them apart")
        return abs(a - b)
    if margin <= 0 or a - b <= -margin:
        raise ValueError(f"a true difference of {a - b:g} is not above minus the margin {margin:g}")
    return a - b + margin


def aim(a: float, b: float, margin: float | None, what: str) -> str:
    """The hypothesis in words."""
    if margin is None:
        return f"tell apart {what} of {a:g} and {b:g}"
    return (
        f"show non-inferiority within a margin of {margin:g}, with true {what} of {a:g} (new) and "
        f"{b:g} (comparator)"
    )


def _given(*, alpha: float, power: float | None, sides: int, ratio: float) -> None:
    levels(alpha=alpha, power=power, sides=sides)
    if ratio <= 0:
        raise ValueError(f"negatives for each positive are more than 0, not {ratio}")


def _power(gap: float, null: float, true: float, alpha: float, sides: int) -> float:
    from scipy.stats import norm

    return float(norm.cdf((gap - z(alpha, sides) * sqrt(null)) / sqrt(true)))


def _least(reached: Any, power: float) -> float:
    """The size, not rounded, at which a power that grows with size is reached."""
    from scipy.optimize import brentq

    low, high = 1.0, 2.0
    while reached(high) < power:
        low, high = high, 2 * high
        if high > LARGEST:
            raise ValueError(f"more than {LARGEST:,} positives would be needed")
    if reached(low) >= power:
        return low
    return float(brentq(lambda m: reached(m) - power, low, high, xtol=1e-10))


def _named(variance: Variance) -> str:
    return {
        "obuchowski": "Obuchowski and McClish 1997, binormal",
        "hanley-mcneil": "Hanley and McNeil 1982",
    }[variance]


def _plan(
    design: str, facts: dict[str, Any], size: float, power: float, words: str, groups: int = 1
) -> Plan:
    m, n = groups * up(size), groups * up(facts["ratio"] * size)
    return Plan(
        design=design,
        method=f"power-auroc-{facts['variance']}",
        n=m + n,
        positives=m,
        negatives=n,
        power=power,
        target=facts["power"],
        alpha=facts["alpha"],
        sides=facts["sides"],
        exact=size,
        assumptions=facts,
        justification=words,
    )
