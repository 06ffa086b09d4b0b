"""The AUROC when patients have several cases: Obuchowski's extension of DeLong's variance.

Placement values are summed within a patient, positives and negatives apart; the variance adds to
DeLong's two terms the covariance of the two sums of the same patient (Obuchowski NA. Biometrics
1997; 53: 567-578). With one case a patient it is DeLong's exactly.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation import resampling
from validation.binary.discrimination import placements
from validation.binary.roc import whole_area
from validation.cases import Cases
from validation.choices import DEFAULT, Choices
from validation.clustering.clustered import BOOTSTRAP, DRAWN, FEW, owners
from validation.estimate import Estimate, absent
from validation.intervals import normal, two_sided

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike

_OBUCHOWSKI = "Obuchowski NA. Biometrics 1997; 53: 567-578 (DeLong's method for clustered data)."
REFERENCES = {
    "obuchowski-clustered": _OBUCHOWSKI,
    "obuchowski-clustered-paired": _OBUCHOWSKI,
}


def auroc(
    label: ArrayLike,
    score: ArrayLike,
    cluster: ArrayLike | Sequence[object],
    count: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
    choices: Choices = DEFAULT,
) -> Estimate:
    """The AUROC of cases that are clustered in patients.

    Args:
        label: 1 or 0, one a row.
        score: Higher means more likely positive; any scale.
        cluster: The patient of each row.
        count: Cases a row, all of that patient.
        confidence: Of the interval.
        choices: ``bootstrap-patients`` draws patients; otherwise Obuchowski 1997.
    """
    cases, owner = Cases.of(label, score, count), owners(cluster)
    drawn = choices.clustered == DRAWN
    method = BOOTSTRAP if drawn else "obuchowski-clustered"
    blank = _blank("auroc", cases, method, confidence)
    if blank.reason:
        return blank
    values, _, _ = placements(cases.label, cases.score, cases.count)
    value = _mean(values, cases)
    if drawn:
        levels = resampling.Levels.of(cases).thinned()
        statistics = {"auroc": whole_area}
        found = resampling.percentile(
            resampling.patients_on_levels(
                levels, cases, owner, statistics, replicates=choices.replicates, seed=choices.seed
            )["auroc"],
            confidence,
        )
        return dataclasses.replace(
            blank, value=value, low=found.low, high=found.high, reason=found.reason
        )
    return _normal(blank, value, _variance(values - value, cases, owner))


def paired_auroc_difference(
    label: ArrayLike,
    score_a: ArrayLike,
    score_b: ArrayLike,
    cluster: ArrayLike | Sequence[object],
    count: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """AUROC of a minus b on the same clustered cases (Obuchowski 1997)."""
    cases, other = Cases.of(label, score_a, count), Cases.of(label, score_b, count)
    blank = _blank("auroc-difference", cases, "obuchowski-clustered-paired", confidence)
    if blank.reason:
        return blank
    a, b = (placements(c.label, c.score, c.count)[0] for c in (cases, other))
    value = _mean(a - b, cases)
    found = _normal(blank, value, _variance(a - b - value, cases, owners(cluster)), least=-1.0)
    return dataclasses.replace(found, p=two_sided(value, found.error))


def _blank(endpoint: str, cases: Cases, method: str, confidence: float) -> Estimate:
    return absent(
        endpoint,
        cases.one_class,
        n=cases.total,
        positives=cases.positives,
        method=method,
        confidence=confidence,
        unit="auc",
    )


def _mean(values: np.ndarray, cases: Cases) -> float:
    import numpy as np

    return float(np.average(values, weights=cases.count * cases.label))


def _variance(centred: np.ndarray, cases: Cases, owner: np.ndarray) -> float | None:
    """Obuchowski's variance from centred placements; None with fewer than two patients a class."""
    import numpy as np

    m = int(owner.max()) + 1
    sums, sizes, held = [], [], []
    for label in (1, 0):
        weight = cases.count * (cases.label == label)
        sums.append(np.bincount(owner, weights=weight * centred, minlength=m) / weight.sum())
        sizes.append(float((sums[-1] ** 2).sum()))
        held.append(int((np.bincount(owner, weights=weight, minlength=m) > 0).sum()))
    if min(held) < 2:  # noqa: PLR2004 - a variance needs two
        return None
    own = sum(size * k / (k - 1) for size, k in zip(sizes, held, strict=True))
    patients = int((np.bincount(owner, weights=cases.count, minlength=m) > 0).sum())
    shared = float((sums[0] * sums[1]).sum()) * patients / (patients - 1)
    return max(0.0, float(own + 2 * shared))


def _normal(
    blank: Estimate, value: float, variance: float | None, *, least: float = 0.0
) -> Estimate:
    if not variance:
        reason = (
            FEW if variance is None else "the variance is zero (perfect separation): no interval"
        )
        return dataclasses.replace(blank, value=value, reason=reason)
    low, high = normal(value, variance**0.5, blank.confidence, within=(least, 1.0))
    return dataclasses.replace(blank, value=value, low=low, high=high, error=variance**0.5)
