"""The AUC with DeLong's variance, from counts, in O(n log n).

DeLong, DeLong and Clarke-Pearson, Biometrics 1988; 44: 837-845; the mid-rank form is that of Sun
and Xu, IEEE Signal Processing Letters 2014; 21: 1389-1393. Here the mid-ranks come from cumulated
counts over distinct scores, so that a row may stand for many people.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.cases import Cases
from validation.estimate import Estimate, absent
from validation.influence import logit_interval
from validation.intervals import normal, quantile, two_sided

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import ArrayLike

    from validation.choices import AurocScale

LOGIT = "delong-logit"
ROUNDING = 1e-12  # a standard error below this is zero
DEGENERATE = "DeLong's variance is zero: the interval is Newcombe's (2006, method 5)"
_DELONG = "DeLong ER, DeLong DM, Clarke-Pearson DL. Biometrics 1988; 44: 837-845."
REFERENCES = {
    "delong": _DELONG,
    LOGIT: f"{_DELONG[:-1]}; logit scale: Pepe MS. The Statistical Evaluation of Medical Tests. "
    "Oxford 2003, section 5.2.4.",
    "delong-paired": _DELONG,
    "delong-unpaired": _DELONG,
    "newcombe-score": "Newcombe RG. Stat Med 2006; 25: 559-573 (method 5).",
}


def auroc(
    label: ArrayLike,
    score: ArrayLike,
    count: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
    scale: AurocScale = "default",
) -> Estimate:
    """Area under the ROC curve; interval of DeLong et al. 1988 on the AUC's own scale.

    Computed in O(n log n) from mid-ranks (Sun and Xu 2014) over distinct scores. Where DeLong's
    variance is zero (perfect separation, or one score for all) his interval would have no width:
    the interval is then Newcombe's (2006, method 5), and `method` and `reason` say so.

    Args:
        label: 1 or 0, one a row.
        score: Higher means more likely positive; any scale.
        count: People a row.
        confidence: Of the interval.
        scale: ``default`` and ``plain`` are DeLong's own interval, as other software has it.
            ``logit`` makes it on the logit scale (Pepe 2003), which keeps its coverage where cases
            are few or the AUC is near 1. ``score`` is Newcombe's (2006, method 5).
    """
    cases = Cases.of(label, score, count)
    if cases.one_class:
        return _absent("auroc", cases, "delong", confidence)
    found = area(cases.label, cases.score, cases.count)
    error = None if found.variance is None else found.variance**0.5
    reason = "" if error is not None else "one case of a class has no variance"
    method = LOGIT if scale == "logit" else "delong"
    low, high = normal(found.value, error, confidence, within=(0.0, 1.0))
    if scale == "logit":
        low, high = logit_interval(found.value, error, confidence)
    elif scale == "score":
        method, reason = "newcombe-score", ""
        low, high = score_interval(found.value, cases.positives, cases.total, confidence)
    if error is not None and error < ROUNDING:
        method, error = "newcombe-score", None
        low, high = score_interval(found.value, cases.positives, cases.total, confidence)
        reason = DEGENERATE
    return Estimate(
        endpoint="auroc",
        value=found.value,
        low=low,
        high=high,
        n=cases.total,
        positives=cases.positives,
        method=method,
        confidence=confidence,
        unit="auc",
        reason=reason,
        error=error,
    )


def with_plain_delong(estimates: Iterable[Estimate]) -> list[Estimate]:
    """The same estimates; before each that is not DeLong's for want of a variance, DeLong's own.

    Other software (R's pROC among them) prints that interval without width: here it stands beside
    the one that can be used, so that both can be compared.
    """
    found: list[Estimate] = []
    for estimate in estimates:
        if estimate.endpoint == "auroc" and estimate.reason == DEGENERATE:
            reason = "DeLong's variance is zero: an interval without width; use newcombe-score"
            found.append(
                dataclasses.replace(
                    estimate,
                    method="delong",
                    low=estimate.value,
                    high=estimate.value,
                    error=0.0,
                    reason=reason,
                )
            )
        found.append(estimate)
    return found


def score_interval(
    value: float, positives: int, total: int, confidence: float
) -> tuple[float, float]:
    """Newcombe's score interval of an AUROC (2006, method 5), with width even at 0 and 1.

    The ends solve |value - t| = z sqrt(V(t)), V being Hanley and McNeil's variance with the mean
    of both group sizes, less 1, in place of each.
    """
    from scipy.optimize import brentq

    z, spare = quantile(confidence), total / 2 - 1

    def gap(t: float) -> float:
        inner = 1 + spare * ((1 - t) / (2 - t) + t / (1 + t))
        variance = t * (1 - t) * inner / (positives * (total - positives))
        return float((t - value) ** 2 - z**2 * variance)

    tiny = 1e-12
    low = 0.0 if value <= 0 else float(brentq(gap, tiny, max(tiny, value - tiny)))
    high = 1.0 if value >= 1 else float(brentq(gap, min(1 - tiny, value + tiny), 1 - tiny))
    return low, high


def paired_auroc_difference(
    label: ArrayLike,
    score_a: ArrayLike,
    score_b: ArrayLike,
    count: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """AUROC of a minus b on the same cases (DeLong et al. 1988)."""
    cases, other = Cases.of(label, score_a, count), Cases.of(label, score_b, count)
    if cases.one_class:
        return _absent("auroc-difference", cases, "delong-paired", confidence)
    value, variance = paired(cases.label, cases.score, other.score, cases.count)
    error = None if variance is None else variance**0.5
    low, high = normal(value, error, confidence, within=(-1.0, 1.0))
    return Estimate(
        endpoint="auroc-difference",
        value=value,
        low=low,
        high=high,
        n=cases.total,
        positives=cases.positives,
        method="delong-paired",
        confidence=confidence,
        unit="auc",
        p=two_sided(value, error),
        error=error,
    )


def auroc_difference(a: Estimate, b: Estimate) -> Estimate:
    """AUROC of a minus b in two separate groups; variances add (DeLong et al. 1988).

    The interval is the normal one. pROC's test of the same difference uses a t distribution.
    """
    label = f"{a.subgroup} − {b.subgroup}"
    n, positives = a.n + b.n, a.positives + b.positives
    if a.value is None or b.value is None or a.error is None or b.error is None:
        return absent(
            "auroc-difference",
            a.reason or b.reason or "no interval in one of the groups",
            n=n,
            positives=positives,
            method="delong-unpaired",
            confidence=a.confidence,
            subgroup=label,
            unit="auc",
        )
    value, error = a.value - b.value, (a.error**2 + b.error**2) ** 0.5
    low, high = normal(value, error, a.confidence, within=(-1.0, 1.0))
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
        p=two_sided(value, error),
        error=error,
    )


def _absent(endpoint: str, cases: Cases, method: str, confidence: float) -> Estimate:
    return absent(
        endpoint,
        cases.one_class,
        n=cases.total,
        positives=cases.positives,
        method=method,
        confidence=confidence,
        unit="auc",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """An AUC.

    Attributes:
        value: The area, ties counted half.
        variance: DeLong's variance; None when a class has one case only.
    """

    value: float
    variance: float | None


def placements(
    label: np.ndarray, score: np.ndarray, count: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The placement value of each row.

    For a positive it is the share of negatives with a lower score, for a negative the share of
    positives with a higher one; ties count half.

    Args:
        label: 1 or 0, shape (rows,).
        score: Shape (rows,).
        count: People a row.

    Returns:
        Placement of each row, and the rows' indices of positives and of negatives.
    """
    import numpy as np

    _, place = np.unique(score, return_inverse=True)
    hit = np.bincount(place, weights=count * (label == 1))
    miss = np.bincount(place, weights=count * (label == 0))
    below = np.cumsum(miss) - miss / 2
    above = hit.sum() - np.cumsum(hit) + hit / 2
    values = np.where(label == 1, below[place] / miss.sum(), above[place] / hit.sum())
    return values, np.flatnonzero(label == 1), np.flatnonzero(label == 0)


def area(label: np.ndarray, score: np.ndarray, count: np.ndarray) -> Area:
    """The AUC and its variance."""
    values, positive, negative = placements(label, score, count)
    import numpy as np

    m, n = count[positive].sum(), count[negative].sum()
    value = float(np.average(values[positive], weights=count[positive]))
    if min(m, n) < 2:  # noqa: PLR2004 - a variance needs two
        return Area(value=value, variance=None)
    variance = sum(
        _covariance(values[rows], values[rows], count[rows]) / count[rows].sum()
        for rows in (positive, negative)
    )
    return Area(value=value, variance=float(variance))


def paired(
    label: np.ndarray, a: np.ndarray, b: np.ndarray, count: np.ndarray
) -> tuple[float, float | None]:
    """The difference of two AUCs on the same cases, and its variance."""
    import numpy as np

    va, positive, negative = placements(label, a, count)
    vb, _, _ = placements(label, b, count)
    weights = count[positive]
    value = float(np.average(va[positive], weights=weights))
    value -= float(np.average(vb[positive], weights=weights))
    if min(count[positive].sum(), count[negative].sum()) < 2:  # noqa: PLR2004 - a variance needs two
        return value, None
    d = va - vb
    parts = (_covariance(d[r], d[r], count[r]) / count[r].sum() for r in (positive, negative))
    return value, float(sum(parts))


def _covariance(x: np.ndarray, y: np.ndarray, count: np.ndarray) -> float:
    import numpy as np

    n = count.sum()
    mx, my = np.average(x, weights=count), np.average(y, weights=count)
    return float((count * (x - mx) * (y - my)).sum() / (n - 1))
