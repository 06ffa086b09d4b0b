"""Sample size and power for two proportions: a gap between separate groups, or paired.

Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 2003, ch. 4, without
continuity correction, as R's `power.prop.test`; Connor, Biometrics 1987; 43: 207-211 (McNemar). A
gap of AUCs: `validation.power.power_auroc`.
"""

from __future__ import annotations

from math import sqrt

from validation.power.plan import Plan, inside, levels, tested, up, z
from validation.power.power_auroc import aim, distance

REFERENCES = {
    "power-two-proportions": "Fleiss JL, Levin B, Paik MC. 2003, ch. 4.",
    "power-mcnemar": "Connor RJ. Biometrics 1987; 43: 207-211.",
}


def gap_plan(
    a: float,
    b: float,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    sides: int = 2,
    ratio: float = 1.0,
    margin: float | None = None,
    n: float | None = None,
    endpoint: str = "sensitivity",
) -> Plan:
    """Cases needed in each of two groups to see a gap, or to show that it is within a margin.

    Args:
        a: Proportion in group a.
        b: In group b.
        power: Wanted; not used when `n` is given.
        alpha: Significance level.
        sides: Of the test.
        ratio: Cases of group b for each of group a.
        margin: Shows that a is not worse than b by more than this; unpooled variance throughout.
        n: Cases of group a at hand: gives their power.
        endpoint: Named in the paragraph.

    Raises:
        ValueError: Numbers out of range, or nothing to detect.
    """
    from scipy.stats import norm

    for name, value in (("a", a), ("b", b)):
        inside(name, value)
    levels(alpha=alpha, power=None if n else power, sides=sides)
    if ratio <= 0:
        raise ValueError(f"a ratio of group sizes is more than 0, not {ratio}")
    gap = distance(a, b, margin)
    pooled = (a + ratio * b) / (1 + ratio)
    true = a * (1 - a) + b * (1 - b) / ratio
    null = true if margin is not None else pooled * (1 - pooled) * (1 + 1 / ratio)
    quantile = z(alpha, sides)
    raw = n or ((quantile * sqrt(null) + float(norm.ppf(power)) * sqrt(true)) / gap) ** 2
    first, second = up(raw), up(ratio * raw)
    reached = float(norm.cdf((gap * sqrt(n or first) - quantile * sqrt(null)) / sqrt(true)))
    facts = {
        "a": a, "b": b, "margin": margin, "alpha": alpha, "sides": sides, "ratio": ratio,
        "power": None if n else power, "endpoint": endpoint, "n_a": first, "n_b": second,
    }  # fmt: skip
    words = (
        f"The study is to {aim(a, b, margin, endpoint)} in two separate groups. {first:,} "
        f"evaluable cases of the first and {second:,} of the second group, in the denominator of "
        f"{endpoint}, give a power of {reached:.1%} at a {tested(alpha, sides)} (normal test of "
        "two proportions, Fleiss et al. 2003)."
    )
    return Plan(
        design="proportion-gap", method="power-two-proportions", n=first + second, power=reached,
        target=None if n else power, alpha=alpha, sides=sides, exact=None if n else raw,
        assumptions=facts, justification=words,
    )  # fmt: skip


def paired_proportion_plan(
    a: float,
    b: float,
    *,
    discordant: float | None = None,
    power: float = 0.8,
    alpha: float = 0.05,
    sides: int = 2,
    margin: float | None = None,
    n: int | None = None,
    endpoint: str = "sensitivity",
) -> Plan:
    """Cases needed for McNemar's test, or for non-inferiority of paired proportions.

    Args:
        a: Proportion of the new test.
        b: Of the comparator.
        discordant: Share of cases where exactly one test succeeds; as if the tests were
            independent when None, the most that a non-negative correlation allows.
        power: Wanted; not used when `n` is given.
        alpha: Significance level.
        sides: Of the test.
        margin: Non-inferiority margin; the variance under the alternative is used throughout.
        n: Cases at hand: gives their power.
        endpoint: Named in the paragraph.

    Raises:
        ValueError: Numbers out of range, or a discordance that the proportions rule out.
    """
    from scipy.stats import norm

    for name, value in (("a", a), ("b", b)):
        inside(name, value)
    levels(alpha=alpha, power=None if n else power, sides=sides)
    gap, d = distance(a, b, margin), a - b
    share = a * (1 - b) + b * (1 - a) if discordant is None else discordant
    if not abs(d) <= share <= min(1.0, a + b, 2 - a - b) or share <= d * d:
        raise ValueError(f"a discordance of {share:g} cannot go with proportions {a:g} and {b:g}")
    true = share - d * d
    null = true if margin is not None else share
    quantile = z(alpha, sides)
    raw = n or ((quantile * sqrt(null) + float(norm.ppf(power)) * sqrt(true)) / gap) ** 2
    size = up(raw)
    reached = float(norm.cdf((gap * sqrt(size) - quantile * sqrt(null)) / sqrt(true)))
    facts = {
        "a": a, "b": b, "discordant": share, "margin": margin, "alpha": alpha, "sides": sides,
        "power": None if n else power, "endpoint": endpoint,
    }  # fmt: skip
    words = (
        f"The study is to {aim(a, b, margin, endpoint)} on the same cases. With "
        f"{share:.1%} of cases discordant, {size:,} evaluable cases in the denominator give a "
        f"power of {reached:.1%} at a {tested(alpha, sides)} (McNemar's test, normal; Connor 1987)."
    )
    return Plan(
        design="proportion-difference-paired", method="power-mcnemar", n=size, power=reached,
        target=None if n else power, alpha=alpha, sides=sides, exact=None if n else raw,
        assumptions=facts, justification=words,
    )  # fmt: skip
