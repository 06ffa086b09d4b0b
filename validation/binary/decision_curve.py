"""Decision curves: what a model is worth to those who act at a threshold of its probability.

Net benefit at threshold t is the share of true positives less the share of false positives times
the odds of t (Vickers and Elkin, Med Decis Making 2006; 26: 565-574). A score at or above t is
called positive, and at threshold 0 a score above 0, as in R's ``dcurves``. Standardised net benefit
is net benefit over prevalence (Kerr et al., J Clin Oncol 2016; 34: 2534-2540). Intervals: the delta
method for the four cells of the 2x2 table (Marsh, Janes and Pepe, Biometrics 2020; 76: 843-852).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.cases import Cases
from validation.estimate import Estimate, absent
from validation.intervals import normal

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike

REFERENCES = {
    "delta-net-benefit": (
        "Vickers AJ, Elkin EB. Med Decis Making 2006; 26: 565-574; interval: Marsh TL, Janes H, "
        "Pepe MS. Biometrics 2020; 76: 843-852."
    ),
    "definition": "Zero by definition.",
}
METHOD = "delta-net-benefit"
ENDPOINTS = (
    "net-benefit",
    "net-benefit-treat-all",
    "net-benefit-treat-none",
    "standardised-net-benefit",
)
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))


@dataclass(frozen=True, slots=True, kw_only=True)
class _At:
    """Shares of all people at a threshold: true and false positives, and the odds."""

    true: float
    false: float
    prevalence: float
    odds: float


def decision_curve(
    label: ArrayLike,
    score: ArrayLike,
    count: ArrayLike | None = None,
    *,
    thresholds: Sequence[float] = THRESHOLDS,
    confidence: float = 0.95,
) -> tuple[Estimate, ...]:
    """Net benefit of the model, of treating all and none, and standardised, at each threshold.

    Args:
        label: 1 or 0, one a row.
        score: Probability, one a row.
        count: People a row.
        thresholds: Threshold probabilities, from 0 to below 1.
        confidence: Of the intervals.

    Raises:
        ValueError: A threshold outside 0 to below 1, or scores that are no probabilities.
    """
    cases = Cases.of(label, score, count, probability=True)
    if outside := [t for t in thresholds if not 0 <= t < 1]:
        raise ValueError(f"a threshold probability lies from 0 to below 1, not {outside}")
    points = zip(thresholds, _shares(cases, thresholds), strict=True)
    return tuple(
        _estimate(endpoint, at, cases, threshold, confidence)
        for threshold, at in points
        for endpoint in ENDPOINTS
    )


def _shares(cases: Cases, thresholds: Sequence[float]) -> list[_At]:
    import numpy as np

    order = np.argsort(cases.score, kind="stable")
    ordered, n = cases.score[order], max(cases.total, 1)

    def at_or_above(weights: np.ndarray) -> np.ndarray:
        below = np.concatenate([[0], np.cumsum(weights[order])])
        return np.asarray((below[-1] - below[first]) / n)

    points = np.maximum(np.asarray(thresholds, dtype=float), np.finfo(float).eps)
    first = np.searchsorted(ordered, points, side="left")
    true = at_or_above(cases.count * cases.label)
    false = at_or_above(cases.count * (1 - cases.label))
    share = cases.positives / n
    return [
        _At(true=float(a), false=float(b), prevalence=share, odds=t / (1 - t))
        for a, b, t in zip(true, false, thresholds, strict=True)
    ]


def _estimate(
    endpoint: str, at: _At, cases: Cases, threshold: float, confidence: float
) -> Estimate:
    method = "definition" if endpoint == "net-benefit-treat-none" else METHOD
    unit = "ratio" if endpoint == "standardised-net-benefit" else "net benefit"
    if cases.one_class:
        return absent(
            endpoint,
            cases.one_class,
            n=cases.total,
            positives=cases.positives,
            method=method,
            confidence=confidence,
            unit=unit,
            threshold=threshold,
        )
    value, variance = _VALUES[endpoint](at)
    error = None if variance is None else (max(variance, 0.0) / cases.total) ** 0.5
    top = 1.0 if endpoint == "standardised-net-benefit" else float("inf")
    low, high = normal(value, error, confidence, within=(-float("inf"), top))
    return Estimate(
        endpoint=endpoint,
        value=value,
        low=low,
        high=high,
        n=cases.total,
        positives=cases.positives,
        method=method,
        confidence=confidence,
        threshold=threshold,
        unit=unit,
        error=error,
    )


def _model(at: _At) -> tuple[float, float]:
    """Net benefit, and the variance of one person's contribution: 1, minus the odds, or 0."""
    value = at.true - at.odds * at.false
    return value, at.true + at.odds**2 * at.false - value**2


def _all(at: _At) -> tuple[float, float]:
    return _model(
        _At(true=at.prevalence, false=1 - at.prevalence, prevalence=at.prevalence, odds=at.odds)
    )


def _none(_: _At) -> tuple[float, None]:
    return 0.0, None


def _standardised(at: _At) -> tuple[float, float]:
    """Net benefit over prevalence, both estimated: influence (z - value * y) / prevalence."""
    value = _model(at)[0] / at.prevalence
    missed = at.prevalence - at.true
    squares = at.true * (1 - value) ** 2 + missed * value**2 + at.false * at.odds**2
    return value, squares / at.prevalence**2


_VALUES = {
    "net-benefit": _model,
    "net-benefit-treat-all": _all,
    "net-benefit-treat-none": _none,
    "standardised-net-benefit": _standardised,
}
