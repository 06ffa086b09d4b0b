"""Endpoints with their intervals: the ruler of the suite.

Every function takes labels (1 or 0), scores where it needs them, and optional counts of people a
row. All is computed from counts, and is exactly what the expanded rows would give. What cannot be
computed is an `Estimate` without a value and with its reason, never an exception.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from validation import calibration, discrimination

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike

AT_THRESHOLD = ("sensitivity", "specificity", "ppv", "npv", "accuracy")
CALIBRATION = ("brier", "calibration-intercept", "calibration-slope", "observed-expected")
METHODS = {"wilson": "wilson", "clopper-pearson": "beta"}  # our name to statsmodels'


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value with its interval and its denominator.

    Attributes:
        endpoint: Lower-case name with hyphens, such as ``auroc``.
        value: The point estimate; None when it cannot be computed.
        low: Lower confidence bound.
        high: Upper confidence bound.
        n: People in the denominator (for sensitivity, the positives).
        positives: People with a positive reference standard among all of the subgroup.
        method: How the interval was made.
        confidence: Two-sided confidence level.
        events: The numerator of a proportion.
        threshold: The operating point, where it applies.
        subgroup: ``overall`` or ``attribute=value``.
        unit: What the value is counted in.
        reason: Why there is no value.
        p: Two-sided p value, for differences.
    """

    endpoint: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    positives: int
    method: str
    confidence: float = 0.95
    events: int | None = None
    threshold: float | None = None
    subgroup: str = "overall"
    unit: str = "proportion"
    reason: str = ""
    p: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """As a record holds it."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, body: dict[str, Any]) -> Self:
        """From a record's body; keys of a later writer are left aside."""
        known = {field.name for field in dataclasses.fields(cls)}
        return cls(**{key: value for key, value in body.items() if key in known})


def cells(
    label: ArrayLike, score: ArrayLike | None, count: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Check and align labels, scores and counts.

    Raises:
        ValueError: Lengths differ, labels are not 0 or 1, scores are missing or no probabilities,
            counts are negative.
    """
    import numpy as np

    y = np.asarray(label, dtype=float)
    s = np.zeros(len(y)) if score is None else np.asarray(score, dtype=float)
    n = np.ones(len(y), dtype=int) if count is None else np.asarray(count, dtype=int)
    if not len(y) == len(s) == len(n):
        raise ValueError(f"lengths differ: {len(y)} labels, {len(s)} scores, {len(n)} counts")
    if not np.isin(y, (0, 1)).all():
        raise ValueError(f"{int((~np.isin(y, (0, 1))).sum())} labels are neither 0 nor 1")
    if np.isnan(s).any() or (s < 0).any() or (s > 1).any():
        bad = int((np.isnan(s) | (s < 0) | (s > 1)).sum())
        raise ValueError(f"{bad} scores are missing or outside 0 to 1: give probabilities")
    if (n < 0).any():
        raise ValueError(f"{int((n < 0).sum())} counts are negative")
    return y.astype(int), s, n


def auroc(
    label: ArrayLike, score: ArrayLike, count: ArrayLike | None = None, *, confidence: float = 0.95
) -> Estimate:
    """Area under the ROC curve; interval of DeLong et al. 1988 on the AUC's own scale.

    Computed in O(n log n) from mid-ranks (Sun and Xu 2014) over distinct scores.
    """
    y, s, n = cells(label, score, count)
    positives, total = int(n[y == 1].sum()), int(n.sum())
    missing = _one_class(positives, total)
    if missing:
        return _none("auroc", total, positives, "delong", confidence, missing, unit="auc")
    area = discrimination.area(y, s, n)
    low, high = _normal(area.value, area.variance, confidence, within=(0.0, 1.0))
    return Estimate(
        endpoint="auroc",
        value=area.value,
        low=low,
        high=high,
        n=total,
        positives=positives,
        method="delong",
        confidence=confidence,
        unit="auc",
        reason="" if area.variance is not None else "one case of a class has no variance",
    )


def paired_auroc_difference(
    label: ArrayLike,
    score_a: ArrayLike,
    score_b: ArrayLike,
    count: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """AUROC of a minus b on the same cases (DeLong et al. 1988)."""
    y, a, n = cells(label, score_a, count)
    _, b, _ = cells(label, score_b, count)
    positives, total = int(n[y == 1].sum()), int(n.sum())
    missing = _one_class(positives, total)
    if missing:
        return _none("auroc-difference", total, positives, "delong-paired", confidence, missing)
    value, variance = discrimination.paired(y, a, b, n)
    low, high = _normal(value, variance, confidence, within=(-1.0, 1.0))
    return Estimate(
        endpoint="auroc-difference",
        value=value,
        low=low,
        high=high,
        n=total,
        positives=positives,
        method="delong-paired",
        confidence=confidence,
        unit="auc",
        p=_p(value, variance),
    )


def auroc_difference(a: Estimate, b: Estimate) -> Estimate:
    """AUROC of a minus b in two separate groups; variances add (DeLong et al. 1988).

    The interval is the normal one. pROC's test of the same difference uses a t distribution.
    """
    label = f"{a.subgroup} − {b.subgroup}"
    n, positives = a.n + b.n, a.positives + b.positives
    if a.value is None or b.value is None or a.low is None or b.low is None:
        reason = a.reason or b.reason or "no interval in one of the groups"
        return _none(
            "auroc-difference", n, positives, "delong-unpaired", a.confidence, reason, label
        )
    variance = _variance(a) + _variance(b)
    value = a.value - b.value
    low, high = _normal(value, variance, a.confidence, within=(-1.0, 1.0))
    return Estimate(
        endpoint="auroc-difference",
        value=value,
        low=low,
        high=high,
        n=n,
        positives=positives,
        method="delong-unpaired",
        confidence=a.confidence,
        subgroup=label,
        unit="auc",
        p=_p(value, variance),
    )


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
        return dataclasses.replace(
            _none(endpoint, 0, positives, method, confidence, "no cases in the denominator"),
            threshold=threshold,
        )
    low, high = proportion_confint(events, n, alpha=1 - confidence, method=METHODS[method])
    return Estimate(
        endpoint=endpoint,
        value=events / n,
        low=max(0.0, float(low)),
        high=min(1.0, float(high)),
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
    """An endpoint of the 2x2 table; a score at or above the threshold is called positive."""
    y, s, n = cells(label, score, count)
    called, true = s >= threshold, y == 1
    right = called == true
    rows = {
        "sensitivity": true,
        "specificity": ~true,
        "ppv": called,
        "npv": ~called,
        "accuracy": true | ~true,
    }[endpoint]
    return proportion(
        endpoint,
        int(n[rows & right].sum()),
        int(n[rows].sum()),
        positives=int(n[true].sum()),
        confidence=confidence,
        method=method,
        threshold=threshold,
    )


def prevalence(
    label: ArrayLike, count: ArrayLike | None = None, *, confidence: float = 0.95
) -> Estimate:
    """The share of people with a positive reference standard."""
    y, _, n = cells(label, None, count)
    hits = int(n[y == 1].sum())
    return proportion("prevalence", hits, int(n.sum()), positives=hits, confidence=confidence)


def calibrated(
    endpoint: str,
    label: ArrayLike,
    score: ArrayLike,
    count: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """Brier score, calibration intercept or slope, or observed over expected; see `calibration`."""
    y, s, n = cells(label, score, count)
    positives, total = int(n[y == 1].sum()), int(n.sum())
    missing = "" if endpoint == "brier" and total else _one_class(positives, total)
    found = None if missing else calibration.MEASURES[endpoint](y, s, n)
    method, unit = calibration.METHODS[endpoint]
    if found is None:
        reason = missing or "the model of the logit did not converge (scores of 0 or 1 throughout)"
        return _none(endpoint, total, positives, method, confidence, reason, unit=unit)
    low, high = calibration.interval(endpoint, found, confidence)
    return Estimate(
        endpoint=endpoint,
        value=found.value,
        low=low,
        high=high,
        n=total,
        positives=positives,
        method=method,
        confidence=confidence,
        unit=unit,
        events=positives if endpoint == "observed-expected" else None,
    )


def evaluate(
    label: ArrayLike,
    score: ArrayLike,
    count: ArrayLike | None = None,
    *,
    endpoints: Sequence[str],
    thresholds: Sequence[float],
    confidence: float = 0.95,
    subgroup: str = "overall",
) -> tuple[Estimate, ...]:
    """All named endpoints; those of the 2x2 table once for each threshold.

    Raises:
        ValueError: Labels, scores or counts that are none, or an unknown endpoint.
    """
    y, s, n = cells(label, score, count)
    found: list[Estimate] = []
    for name in endpoints:
        if name in AT_THRESHOLD:
            found += [
                at_threshold(name, y, s, n, threshold=t, confidence=confidence) for t in thresholds
            ]
        elif name in CALIBRATION:
            found.append(calibrated(name, y, s, n, confidence=confidence))
        elif name == "auroc":
            found.append(auroc(y, s, n, confidence=confidence))
        elif name == "prevalence":
            found.append(prevalence(y, n, confidence=confidence))
        else:
            raise ValueError(f"unknown endpoint '{name}'")
    return tuple(dataclasses.replace(estimate, subgroup=subgroup) for estimate in found)


def difference(a: Estimate, b: Estimate) -> Estimate:
    """The same endpoint, a minus b, in two separate groups.

    AUROC by DeLong; proportions by Newcombe 1998, method 10 (hybrid score).
    """
    if a.endpoint == "auroc":
        return auroc_difference(a, b)
    name, label = f"{a.endpoint}-difference", f"{a.subgroup} − {b.subgroup}"
    n, positives = a.n + b.n, a.positives + b.positives
    if a.value is None or b.value is None or a.events is None or b.events is None:
        reason = a.reason or b.reason or "no interval for this endpoint"
        return _none(name, n, positives, "newcombe", a.confidence, reason, label)
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


def _one_class(positives: int, total: int) -> str:
    if not total:
        return "no cases"
    if positives in (0, total):
        return f"all {total:,} cases are {'positive' if positives else 'negative'}"
    return ""


def _none(
    endpoint: str,
    n: int,
    positives: int,
    method: str,
    confidence: float,
    reason: str,
    subgroup: str = "overall",
    *,
    unit: str = "proportion",
) -> Estimate:
    return Estimate(
        endpoint=endpoint,
        value=None,
        low=None,
        high=None,
        n=n,
        positives=positives,
        method=method,
        confidence=confidence,
        reason=reason,
        subgroup=subgroup,
        unit=unit,
    )


def _quantile(confidence: float) -> float:
    from scipy.stats import norm

    return float(norm.ppf(0.5 + confidence / 2))


def _normal(
    value: float, variance: float | None, confidence: float, *, within: tuple[float, float]
) -> tuple[float | None, float | None]:
    if variance is None:
        return None, None
    half = _quantile(confidence) * variance**0.5
    return max(within[0], value - half), min(within[1], value + half)


def _variance(estimate: Estimate) -> float:
    """The variance behind a normal interval, from the side that was not cut at the scale's end."""
    value, low, high = estimate.value or 0.0, estimate.low or 0.0, estimate.high or 0.0
    half = max(value - low, high - value)
    return (half / _quantile(estimate.confidence)) ** 2


def _p(value: float, variance: float | None) -> float | None:
    from scipy.stats import norm

    if variance is None or variance <= 0:
        return None
    return float(2 * norm.sf(abs(value) / variance**0.5))
