"""Proportions of people: Wilson and Clopper-Pearson intervals, Newcombe's for differences.

Wilson, J Am Stat Assoc 1927; 22: 209-212. Clopper and Pearson, Biometrika 1934; 26: 404-413.
Newcombe, Stat Med 1998; 17: 873-890, method 10 (hybrid score), for two separate groups.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.cases import Cases
from validation.estimate import Estimate, absent

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

METHODS = {"wilson": "wilson", "clopper-pearson": "beta"}  # our name to statsmodels'
REFERENCES = {
    "wilson": "Wilson EB. J Am Stat Assoc 1927; 22: 209-212.",
    "clopper-pearson": "Clopper CJ, Pearson ES. Biometrika 1934; 26: 404-413.",
    "newcombe": "Newcombe RG. Stat Med 1998; 17: 873-890 (method 10, hybrid score).",
}
AT_THRESHOLD = ("sensitivity", "specificity", "ppv", "npv", "accuracy")


def proportion(
    endpoint: str,
    events: int,
    n: int,
    *,
    positives: int,
    confidence: float = 0.95,
    method: str = "wilson",
    threshold: float | None = None,
) -> Estimate:
    """A proportion with the interval of Wilson 1927 or Clopper and Pearson 1934."""
    from statsmodels.stats.proportion import proportion_confint

    if not n:
        return absent(
            endpoint,
            "no cases in the denominator",
            n=0,
            positives=positives,
            method=method,
            confidence=confidence,
            threshold=threshold,
        )
    low, high = proportion_confint(events, n, alpha=1 - confidence, method=METHODS[method])
    return Estimate(
        endpoint=endpoint,
        value=events / n,
        low=float(low) if events else 0.0,  # both intervals reach the end there, but for rounding
        high=float(high) if events < n else 1.0,
        n=n,
        positives=positives,
        method=method,
        confidence=confidence,
        events=events,
        threshold=threshold,
    )


def at_threshold(
    endpoint: str,
    label: ArrayLike,
    score: ArrayLike,
    count: ArrayLike | None = None,
    *,
    threshold: float,
    confidence: float = 0.95,
    method: str = "wilson",
) -> Estimate:
    """A proportion of the 2x2 table; a score at or above the threshold is called positive.

    Args:
        endpoint: One of `AT_THRESHOLD`.
        label: 1 or 0, one a row.
        score: Higher means more likely positive.
        count: People a row.
        threshold: The operating point.
        confidence: Of the interval.
        method: ``wilson`` or ``clopper-pearson``.
    """
    cases = Cases.of(label, score, count)
    called, true = cases.score >= threshold, cases.label == 1
    rows = {
        "sensitivity": true,
        "specificity": ~true,
        "ppv": called,
        "npv": ~called,
        "accuracy": true | ~true,
    }[endpoint]
    return proportion(
        endpoint,
        int(cases.count[rows & (called == true)].sum()),
        int(cases.count[rows].sum()),
        positives=cases.positives,
        confidence=confidence,
        method=method,
        threshold=threshold,
    )


def prevalence(
    label: ArrayLike, count: ArrayLike | None = None, *, confidence: float = 0.95
) -> Estimate:
    """The share of people with a positive reference standard."""
    cases = Cases.of(label, None, count)
    hits = cases.positives
    return proportion("prevalence", hits, cases.total, positives=hits, confidence=confidence)


def proportion_difference(a: Estimate, b: Estimate) -> Estimate:
    """Proportion of a minus b in two separate groups (Newcombe 1998, method 10)."""
    name, label = f"{a.endpoint}-difference", f"{a.subgroup} − {b.subgroup}"
    n, positives = a.n + b.n, a.positives + b.positives
    if a.value is None or b.value is None or a.events is None or b.events is None:
        return absent(
            name,
            a.reason or b.reason or "no interval for this endpoint",
            n=n,
            positives=positives,
            method="newcombe",
            confidence=a.confidence,
            subgroup=label,
            threshold=a.threshold,
        )
    from statsmodels.stats.proportion import confint_proportions_2indep

    low, high = confint_proportions_2indep(
        a.events, a.n, b.events, b.n, method="newcomb", compare="diff", alpha=1 - a.confidence
    )
    return Estimate(
        endpoint=name,
        value=a.value - b.value,
        low=float(low),
        high=float(high),
        n=n,
        positives=positives,
        method="newcombe",
        confidence=a.confidence,
        subgroup=label,
        threshold=a.threshold,
    )
