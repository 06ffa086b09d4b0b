"""Sample size and power for two AUCs on the same cases.

Obuchowski and McClish, Stat Med 1997; 16: 1529-1542, eqs 4 and 5 (binormal, whole or partial
area, as `power.roc.test` of R's pROC), or a pilot's DeLong variances, or Hanley and McNeil,
Radiology 1983; 148: 839-843 (a correlation of the two AUCs).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, pi, sqrt
from typing import TYPE_CHECKING, Any

from validation.power.plan import Plan, inside, levels, tested, up, z
from validation.power.power_auroc import Variance, aim, auroc_variance, distance

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

REFERENCES = {
    "power-paired-auroc-binormal": "Obuchowski NA, McClish DK. Stat Med 1997; 16: 1529-1542.",
    "power-paired-auroc-pilot": (
        "Obuchowski NA, McClish DK. Stat Med 1997; 16: 1529-1542; variances of a pilot by DeLong "
        "ER et al. Biometrics 1988; 44: 837-845."
    ),
    "power-paired-auroc-correlation": "Hanley JA, McNeil BJ. Radiology 1983; 148: 839-843.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Variances of two AUCs and their covariance, for one positive case (divide by positives).

    Attributes:
        a: Of AUC a.
        b: Of AUC b.
        shared: Their covariance.
        ratio: Negatives for each positive that they hold for.
        source: In words.
        method: Name of the method.
    """

    a: float
    b: float
    shared: float
    ratio: float
    source: str
    method: str


def paired_auroc_plan(
    auc_a: float,
    auc_b: float,
    spread: Spread,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    sides: int = 2,
    margin: float | None = None,
    positives: float | None = None,
) -> Plan:
    """Cases needed to tell two AUCs on the same cases apart, or to show non-inferiority.

    Under the null hypothesis both AUCs vary as a does (Obuchowski and McClish); with a margin the
    variance under the alternative is used throughout.

    Args:
        auc_a: AUC believed true, new test (partial areas when the spread is for them).
        auc_b: Comparator.
        spread: From `binormal_spread`, `pilot_spread` or `correlated_spread`.
        power: Wanted; not used when `positives` is given.
        alpha: Significance level.
        sides: Of the test.
        margin: Non-inferiority margin.
        positives: At hand: gives their power.

    Raises:
        ValueError: Numbers out of range, or nothing to detect.
    """
    from scipy.stats import norm

    levels(alpha=alpha, power=None if positives else power, sides=sides)
    gap = distance(auc_a, auc_b, margin)
    true = spread.a + spread.b - 2 * spread.shared
    null = true if margin is not None else 2 * (spread.a - spread.shared)
    if true <= 0 or null < 0:
        raise ValueError("the variance of the difference is not positive: check the correlations")
    quantile = z(alpha, sides)
    size = (
        positives
        or ((quantile * sqrt(null) + float(norm.ppf(power)) * sqrt(true)) / gap) ** 2
    )  # fmt: skip
    at = positives or up(size)
    reached = float(norm.cdf((gap * sqrt(at) - quantile * sqrt(null)) / sqrt(true)))
    facts: dict[str, Any] = {
        "auc_a": auc_a, "auc_b": auc_b, "margin": margin, "alpha": alpha, "sides": sides,
        "ratio": spread.ratio, "variance_a": spread.a, "variance_b": spread.b,
        "covariance": spread.shared, "power": None if positives else power,
    }  # fmt: skip
    return _plan(facts, spread, size, reached)


def correlated_spread(
    auc_a: float,
    auc_b: float,
    correlation: float,
    *,
    ratio: float = 1.0,
    variance: Variance = "obuchowski",
) -> Spread:
    """From the correlation of the two AUCs themselves (Hanley and McNeil 1983).

    Raises:
        ValueError: Numbers out of range.
    """
    inside("correlation", correlation, -1.0)
    big = 1e6  # positives; Hanley and McNeil's variance has a term that fades with size
    a, b = (auroc_variance(auc, big, ratio * big, variance) * big for auc in (auc_a, auc_b))
    return Spread(
        a=a,
        b=b,
        shared=correlation * sqrt(a * b),
        ratio=ratio,
        source=f"{variance} variances, AUCs correlated {correlation:g}, Hanley and McNeil 1983",
        method="power-paired-auroc-correlation",
    )


def pilot_spread(
    label: ArrayLike, score_a: ArrayLike, score_b: ArrayLike, count: ArrayLike | None = None
) -> tuple[float, float, Spread]:
    """AUCs of a pilot and their DeLong variances, for one positive case (as pROC).

    Raises:
        ValueError: The pilot has no variance: one class, or one case of a class.
    """
    from validation.binary.discrimination import auroc, paired_auroc_difference

    a, b = (auroc(label, score, count) for score in (score_a, score_b))
    gap = paired_auroc_difference(label, score_a, score_b, count)
    if a.value is None or b.value is None or None in (a.error, b.error, gap.error):
        raise ValueError(f"the pilot has no variance: {a.reason or b.reason or gap.reason}")
    va, vb, vd = (e.error**2 if e.error else 0.0 for e in (a, b, gap))
    m = a.positives
    spread = Spread(
        a=va * m,
        b=vb * m,
        shared=(va + vb - vd) / 2 * m,
        ratio=(a.n - m) / m,
        source=f"DeLong variances of a pilot of {a.n:,} cases, {m:,} positive",
        method="power-paired-auroc-pilot",
    )
    return a.value, b.value, spread


def binormal_spread(
    a: tuple[float, float],
    b: tuple[float, float],
    *,
    correlation_positives: float,
    correlation_negatives: float,
    ratio: float = 1.0,
    false_positive_range: tuple[float, float] | None = None,
) -> Spread:
    """From binormal parameters and the correlations of the scores (Obuchowski and McClish 1997).

    Args:
        a: Binormal A (separation) and B (slope) of test a; see `binormal`.
        b: Of test b.
        correlation_positives: Of the two scores among positives.
        correlation_negatives: Among negatives.
        ratio: Negatives for each positive.
        false_positive_range: Of a partial area; the whole when None.

    Raises:
        ValueError: Correlations out of range.
    """
    ra, rn = correlation_positives, correlation_negatives
    for name, value in (("correlation_positives", ra), ("correlation_negatives", rn)):
        inside(name, value, -1.0)
    (f1, g1), (f2, g2) = (_slopes(*curve, false_positive_range) for curve in (a, b))
    (a1, b1), (a2, b2), k = a, b, ratio
    shared = (
        f1 * f2 * (ra + rn * b1 * b2 / k + ra**2 * a1 * a2 / 2)
        + g1 * g2 * b1 * b2 * (rn**2 + k * ra**2) / (2 * k)
        + f1 * g2 * ra**2 * a1 * b2 / 2
        + f2 * g1 * ra**2 * a2 * b1 / 2
    )

    def own(f: float, g: float, curve: tuple[float, float]) -> float:
        first = f * f * (1 + curve[1] ** 2 / k + curve[0] ** 2 / 2)
        return first + g * g * curve[1] ** 2 * (1 + k) / (2 * k)

    return Spread(
        a=own(f1, g1, a),
        b=own(f2, g2, b),
        shared=shared,
        ratio=ratio,
        source=(
            f"binormal, scores correlated {ra:g} among positives and {rn:g} among negatives, "
            "Obuchowski and McClish 1997"
        ),
        method="power-paired-auroc-binormal",
    )


def binormal(auc: float, slope: float = 1.0) -> tuple[float, float]:
    """Binormal A and B of an AUC: A = Phi^-1(AUC) sqrt(1 + B^2)."""
    from scipy.stats import norm

    inside("auc", auc)
    return float(norm.ppf(auc)) * sqrt(1 + slope**2), slope


def _slopes(a: float, b: float, span: tuple[float, float] | None) -> tuple[float, float]:
    """Derivatives of the area by A and by B (Obuchowski and McClish 1997, table 1)."""
    from scipy.stats import norm

    width = 1 + b * b
    base = exp(-a * a / (2 * width))
    f, g = base / sqrt(2 * pi * width), -base * a * b / sqrt(2 * pi * width**3)
    if span is None:
        return f, g
    low, high = ((norm.ppf(rate) + a * b / width) * sqrt(width) for rate in sorted(span))
    part = float(norm.cdf(high) - norm.cdf(low))
    tail = base / (2 * pi * width) * float(exp(-(low**2) / 2) - exp(-(high**2) / 2))
    return f * part, tail + g * part


def _plan(facts: dict[str, Any], spread: Spread, size: float, power: float) -> Plan:
    m, n = up(size), up(spread.ratio * size)
    what = aim(facts["auc_a"], facts["auc_b"], facts["margin"], "areas under the ROC curve")
    words = (
        f"The study is to {what} on the same cases. {m:,} positive and {n:,} negative cases give a "
        f"power of {power:.1%} at a {tested(facts['alpha'], facts['sides'])} (normal test; "
        f"{spread.source})."
    )
    return Plan(
        design="auroc-difference-paired",
        method=spread.method,
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
