"""What the 2x2 table says beyond proportions: agreement, likelihood ratios, Youden's index.

All are functions of four counts (`measures` has the formulas), so their standard errors are one
formula: with the gradient g of the measure in the counts, the square root of sum(g^2 x count), the
delta method under multinomial sampling. On the scale of each measure this is exactly the field's
own: Simel's for likelihood ratios, Woolf's for the diagnostic odds ratio, Fleiss, Cohen and
Everitt's for kappa, that of phi for MCC. `clustered` has the same for patients with several cases.

Balanced accuracy and Youden's index are a difference of two independent proportions, sensitivity
and the false positive rate, and take Newcombe's interval; F1 takes Wilson's, by way of F*.
"""

from __future__ import annotations

import dataclasses
from math import atanh, exp, isclose, tanh
from typing import TYPE_CHECKING

from validation.binary.measures import MEASURES, RECIPROCALS, Measure
from validation.binary.two_by_two import Table
from validation.cases import Cases
from validation.choices import DEFAULT, Choices
from validation.estimate import Estimate, absent
from validation.intervals import quantile
from validation.rating import kappa_score

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

REFERENCES = {
    "newcombe": "Newcombe RG. Stat Med 1998; 17: 873-890 (method 10, hybrid score).",
    "wilson-f-star": "Lam KFY, Gopal V, Qian J. arXiv:2309.14621 (Wilson indirect): Wilson's "
    "interval of F* = tp / (tp + fp + fn), carried to F1 = 2 F* / (1 + F*).",
    "fleiss-cohen-everitt": "Fleiss JL, Cohen J, Everitt BS. Psychol Bull 1969; 72: 323-327.",
    "delta-fisher-z": "Bishop YMM, Fienberg SE, Holland PW. Discrete Multivariate Analysis, MIT "
    "Press 1975, ch. 11 (variance of phi), on Fisher's z scale.",
    "simel-log": "Simel DL, Samsa GP, Matchar DB. J Clin Epidemiol 1991; 44: 763-770.",
    "woolf-log": "Woolf B. Ann Hum Genet 1955; 19: 251-253.",
}
CONFUSION = (*MEASURES, *RECIPROCALS)


def confusion(
    endpoint: str,
    label: ArrayLike,
    score: ArrayLike,
    count: ArrayLike | None = None,
    *,
    threshold: float,
    confidence: float = 0.95,
) -> Estimate:
    """A measure of the 2x2 table of separate people, with its interval.

    Args:
        endpoint: One of `CONFUSION`.
        label: 1 or 0, one a row.
        score: Higher means more likely positive.
        count: People a row.
        threshold: The operating point; a score at or above it is called positive.
        confidence: Of the interval.

    Returns:
        The estimate; its `error` is on the scale of the interval (logarithm for ratios, Fisher's z
        for MCC).
    """
    cases = Cases.of(label, score, count)
    return measured(
        endpoint, Table.of(cases, threshold), threshold=threshold, confidence=confidence
    )


def measured(
    endpoint: str,
    table: Table,
    *,
    threshold: float | None = None,
    confidence: float = 0.95,
    choices: Choices = DEFAULT,
) -> Estimate:
    """A measure of a 2x2 table of separate people; of `choices` only `kappa` is used."""
    if endpoint in RECIPROCALS:
        base = RECIPROCALS[endpoint]
        found = measured(base, table, threshold=threshold, confidence=confidence)
        return reciprocal(endpoint, found)
    measure = MEASURES[endpoint]
    blank = absent(
        endpoint,
        measure.undefined(table),
        n=table.total,
        positives=table.positives,
        method=measure.method,
        confidence=confidence,
        threshold=threshold,
        unit=measure.unit,
    )
    if blank.reason:
        return blank
    value = float(measure.value(table.cells()))
    if endpoint == "kappa" and choices.kappa == "small-sample":
        return _kappa_score(blank, table, value)
    reason = without_interval(measure, value)
    error = None if reason else float((measure.gradient(table) ** 2 @ table.cells()) ** 0.5)
    low, high = _interval(measure, table, value, error, confidence)
    if low is None and not reason:
        reason = "the standard error is zero, no interval"
    return dataclasses.replace(
        blank,
        value=value,
        low=low,
        high=high,
        error=error,
        reason=reason if low is None else "",
    )


def _kappa_score(blank: Estimate, table: Table, value: float) -> Estimate:
    """Kappa with its score interval; calls are the rows."""
    import numpy as np

    counts = np.array([[table.tp, table.fp], [table.fn, table.tn]], dtype=float)
    low, high = kappa_score.interval(counts, 1 - np.eye(2), value, blank.confidence)
    return dataclasses.replace(blank, value=value, low=low, high=high, method=kappa_score.METHOD)


def without_interval(measure: Measure, value: float) -> str:
    """Why a value has no standard error on its scale; empty when it has one."""
    if measure.scale == "log" and value == 0:
        return "the ratio is zero: it has no interval on the log scale"
    if measure.scale == "fisher-z" and isclose(abs(value), 1, abs_tol=1e-12):
        return "perfect agreement or disagreement: no interval on Fisher's z scale"
    return ""


def scaled(
    measure: Measure, value: float, error: float, confidence: float, *, df: float | None = None
) -> tuple[float, float]:
    """The interval of a value from its standard error on the measure's scale; t where given df."""
    half = quantile(confidence, df) * error
    if measure.scale == "log":
        return value * exp(-half), value * exp(half)
    if measure.scale == "fisher-z":
        return tanh(atanh(value) - half), tanh(atanh(value) + half)
    return max(measure.within[0], value - half), min(measure.within[1], value + half)


def _interval(
    measure: Measure, table: Table, value: float, error: float | None, confidence: float
) -> tuple[float | None, float | None]:
    if measure.shares:
        return _newcombe(measure, table, confidence)
    if measure.scale == "f-star":
        return f_one(wilson(table.tp, table.total - table.tn, confidence))
    return scaled(measure, value, error, confidence) if error else (None, None)


def _newcombe(measure: Measure, table: Table, confidence: float) -> tuple[float, float]:
    """Newcombe's interval of a difference of two shares, moved to the measure's range."""
    from statsmodels.stats.proportion import confint_proportions_2indep

    if measure.shares is None:
        raise TypeError("the measure is no difference of two shares")
    low, high = confint_proportions_2indep(
        *measure.shares(table), method="newcomb", compare="diff", alpha=1 - confidence
    )
    least, most = measure.within  # the difference lies within -1 to 1
    half = (most - least) / 2
    return least + half * (1 + float(low)), least + half * (1 + float(high))


def wilson(events: float, n: float, confidence: float) -> tuple[float, float]:
    """Wilson's interval; `events` and `n` may be fractions (an effective sample size)."""
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(events, n, alpha=1 - confidence, method="wilson")
    return (float(low) if events > 0 else 0.0), (float(high) if events < n else 1.0)


def f_one(f_star: tuple[float, float]) -> tuple[float, float]:
    """F1 = 2 F* / (1 + F*) at both ends."""
    low, high = f_star
    return 2 * low / (1 + low), 2 * high / (1 + high)


def reciprocal(endpoint: str, base: Estimate) -> Estimate:
    """One over a measure and its interval; none where the interval reaches zero."""
    named = dataclasses.replace(base, endpoint=endpoint, unit="people", error=None)
    if base.value is None or base.value <= 0:
        reason = base.reason or "the index is not above zero: no number of people is enough"
        return dataclasses.replace(named, value=None, low=None, high=None, reason=reason)
    value = 1 / base.value
    if base.low is None or base.high is None or base.low <= 0:
        reason = base.reason or "the interval of the index reaches zero"
        return dataclasses.replace(named, value=value, low=None, high=None, reason=reason)
    return dataclasses.replace(named, value=value, low=1 / base.high, high=1 / base.low)
