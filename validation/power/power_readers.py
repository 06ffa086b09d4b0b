"""Sample size and power of a multi-reader multi-case study, from a pilot's variance components.

Hillis, Obuchowski and Berbaum, Acad Radiol 2011; 18: 129-142 (Obuchowski-Rockette model, error
variance and covariances scaled by cases, Hillis' degrees of freedom); as `SsPowerGivenJK` of R's
RJafroc. Two modalities, each reader reads each case in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any, Literal

from validation.power.plan import Plan, levels, tested

Generalise = Literal["readers-and-cases", "readers", "cases"]
REFERENCES = {
    "power-mrmc-hillis-2011": "Hillis SL, Obuchowski NA, Berbaum KS. Acad Radiol 2011; 18: 129-142."
}
LARGEST = 100_000  # cases
FORMS = ("readers-and-cases", "readers", "cases")


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """Obuchowski-Rockette variance components of a pilot study.

    Attributes:
        modality_reader: Variance of the modality-by-reader interaction, var(TR).
        error: Error variance.
        cov1: Same reader, different modalities.
        cov2: Different readers, same modality.
        cov3: Different readers, different modalities.
        cases: Cases of the pilot, of both classes.
    """

    modality_reader: float
    error: float
    cov1: float
    cov2: float
    cov3: float
    cases: int


def reader_power(
    difference: float,
    pilot: Components,
    *,
    readers: int,
    cases: float,
    alpha: float = 0.05,
    generalise: Generalise = "readers-and-cases",
) -> tuple[float, float, float]:
    """Power of the test of two modalities, its noncentrality and denominator df.

    An F test; for fixed readers the chi-squared test of the Obuchowski-Rockette model (df is
    infinite). Negative estimates of var(TR) and of Cov2 - Cov3 count as zero. With fixed cases the
    variance between cases is left out, with fixed readers that between readers.

    Raises:
        ValueError: Fewer than two readers or cases, or components without a positive variance.
    """
    from scipy.stats import chi2, f, ncf, ncx2

    if generalise not in FORMS:
        raise ValueError(f"generalise to one of {', '.join(FORMS)}, not '{generalise}'")
    if readers < 2 or cases < 2 or pilot.cases < 2:  # noqa: PLR2004 - a variance needs two
        raise ValueError("a reader study needs two readers and two cases")
    scale = pilot.cases / cases
    shared = max(pilot.cov2 - pilot.cov3, 0.0)
    interaction = 0.0 if generalise == "cases" else max(0.0, pilot.modality_reader)
    within = interaction + scale * (pilot.error - pilot.cov1 - shared)
    below = within if generalise == "readers" else within + scale * readers * shared
    if within <= 0 or below <= 0:
        raise ValueError("the components leave no positive variance: check error and Cov1 to Cov3")
    df = {
        "readers-and-cases": below**2 / (within**2 / (readers - 1)),
        "readers": float(readers - 1),
        "cases": inf,
    }[generalise]
    shift = readers * difference**2 / 2 / below
    if generalise == "cases":
        return float(ncx2.sf(chi2.ppf(1 - alpha, 1), 1, shift)), shift, df
    return float(ncf.sf(f.ppf(1 - alpha, 1, df), 1, df, shift)), shift, df


def reader_plan(
    difference: float,
    pilot: Components,
    *,
    readers: int,
    power: float = 0.8,
    alpha: float = 0.05,
    cases: int | None = None,
    generalise: Generalise = "readers-and-cases",
) -> Plan:
    """Cases needed for so many readers; or, with `cases` given, the power.

    Args:
        difference: Of the mean AUCs (or other figure of merit) believed true.
        pilot: Components, and how many cases they came from.
        readers: Of the study that is planned.
        power: Wanted; not used when `cases` is given.
        alpha: Two-sided significance level.
        cases: At hand, both classes, mixed as in the pilot.
        generalise: To readers and cases, or to one of them alone.

    Raises:
        ValueError: Numbers out of range, or nothing to detect.
    """
    levels(alpha=alpha, power=None if cases else power, sides=2)
    if not difference:
        raise ValueError("a difference of 0: no size can detect it")

    def reached(k: float) -> float:
        return reader_power(
            difference, pilot, readers=readers, cases=k, alpha=alpha, generalise=generalise
        )[0]

    size = cases or _least(reached, power)
    facts: dict[str, Any] = {
        "difference": difference, "readers": readers, "alpha": alpha, "sides": 2,
        "generalise": generalise, "modality_reader": pilot.modality_reader, "error": pilot.error,
        "cov1": pilot.cov1, "cov2": pilot.cov2, "cov3": pilot.cov3, "pilot_cases": pilot.cases,
        "power": None if cases else power,
    }  # fmt: skip
    attained = None if size is None else reached(size)
    return Plan(
        design="readers-obuchowski-rockette",
        method="power-mrmc-hillis-2011",
        n=size,
        readers=readers,
        power=attained,
        target=None if cases else power,
        alpha=alpha,
        sides=2,
        assumptions=facts,
        justification=_words(facts, size, attained),
        reason="" if size is not None else _few(readers, power),
    )


def _least(reached: Any, power: float) -> int | None:
    """The fewest cases that reach the power; None when readers alone limit it."""
    if reached(LARGEST) < power:
        return None
    low, high = 2, LARGEST
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) >= power else (middle + 1, high)
    return low


def _few(readers: int, power: float) -> str:
    return (
        f"with {readers} readers no number of cases up to {LARGEST:,} reaches a power of "
        f"{power:.0%}: the readers differ too much; take more readers"
    )


def _words(facts: dict[str, Any], size: int | None, power: float | None) -> str:
    if size is None or power is None:
        return f"No such study: {_few(facts['readers'], facts['power'])}."
    what = {
        "readers-and-cases": "readers and cases both as random samples",
        "readers": "readers as a random sample and cases as fixed",
        "cases": "cases as a random sample and readers as fixed",
    }[facts["generalise"]]
    return (
        f"In a fully crossed study {facts['readers']} readers each read {size:,} cases in both "
        f"modalities. If the mean areas under the ROC curve truly differ by "
        f"{abs(facts['difference']):g}, the power is {power:.1%} at a {tested(facts['alpha'], 2)}, "
        f"with {what} (Obuchowski-Rockette model; Hillis, Obuchowski and Berbaum 2011). A pilot of "
        f"{facts['pilot_cases']:,} cases gave var(TR) {facts['modality_reader']:.4g}, error "
        f"variance {facts['error']:.4g}, Cov1 {facts['cov1']:.4g}, Cov2 {facts['cov2']:.4g} and "
        f"Cov3 {facts['cov3']:.4g}; error variance and covariances are taken to shrink in "
        "proportion to the number of cases, which keep the pilot's mix of positives and negatives."
    )
