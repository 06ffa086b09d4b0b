"""The AUROC when patients have several cases: Obuchowski's extension of DeLong's variance.

Placement values are summed within a patient, positives and negatives apart; the variance adds to
DeLong's two terms the covariance of the two sums of the same patient (Obuchowski NA. Biometrics
1997; 53: 567-578). With one case a patient it is DeLong's exactly. Obuchowski's normal interval is
too narrow with 30 patients (see docs/coverage.md): the default is made on the logit scale, with
Student's t for the patients of the smaller class less one, as few patients tell little of the
variance.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation import resampling
from validation.binary.discrimination import placements
from validation.binary.roc import whole_area
from validation.cases import Cases
from validation.choices import DEFAULT, Choices
from validation.clustering.clustered import DRAWN, FEW, owners, with_percentiles
from validation.estimate import Estimate, absent
from validation.influence import logit_interval
from validation.intervals import normal

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike

_OBUCHOWSKI = "Obuchowski NA. Biometrics 1997; 53: 567-578 (DeLong's method for clustered data)."
REFERENCES = {
    "obuchowski-clustered": _OBUCHOWSKI,
    "obuchowski-clustered-logit-t": f"{_OBUCHOWSKI[:-1]}; logit scale: Pepe MS. The Statistical "
    "Evaluation of Medical Tests. Oxford 2003, section 5.2.4; t with patients - 1: Korn EL, "
    "Graubard BI. Survey Methodology 1998; 24: 193-201.",
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
        choices: ``bootstrap-patients`` draws patients; otherwise Obuchowski 1997, on the logit
            scale with Student's t, or his normal interval where `auroc_scale` is ``plain``.
    """
    cases, owner = Cases.of(label, score, count), owners(cluster)
    drawn = choices.clustered in DRAWN
    plain = choices.auroc_scale == "plain"
    method = "obuchowski-clustered" if plain else "obuchowski-clustered-logit-t"
    method = DRAWN.get(choices.clustered, method)
    blank = _blank("auroc", cases, method, confidence)
    if blank.reason:
        return blank
    values, _, _ = placements(cases.label, cases.score, cases.count)
    value = _mean(values, cases)
    if drawn:
        levels = resampling.Levels.of(cases).thinned()
        statistics = {"auroc": whole_area}
        areas = resampling.patients_on_levels(
            levels, cases, owner, statistics, replicates=choices.replicates, seed=choices.seed
        )["auroc"]
        blank = dataclasses.replace(blank, value=value)
        return with_percentiles(blank, areas, choices, smaller_class(cases, owner))
    spread = variance(values - value, cases, owner)
    if plain or not spread:
        return _normal(blank, value, spread)
    df = smaller_class(cases, owner) - 1
    low, high = logit_interval(value, spread**0.5, confidence, df=df)
    return dataclasses.replace(blank, value=value, low=low, high=high, error=spread**0.5)


def smaller_class(cases: Cases, owner: np.ndarray) -> int:
    """Patients who have a positive case, or those who have a negative one: the fewer."""
    import numpy as np

    of_class = (owner[(cases.label == label) & (cases.count > 0)] for label in (1, 0))
    return min(len(np.unique(own)) for own in of_class)


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


def variance(centred: np.ndarray, cases: Cases, owner: np.ndarray) -> float | None:
    """Obuchowski's variance from placements less their mean; None for fewer than two patients.

    Args:
        centred: Of one AUROC, or of the difference of two, shape (rows,).
        cases: Labels and counts.
        owner: Patient of each row, 0 to patients - 1.
    """
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


def _normal(blank: Estimate, value: float, spread: float | None) -> Estimate:
    if not spread:
        reason = FEW if spread is None else "the variance is zero (perfect separation): no interval"
        return dataclasses.replace(blank, value=value, reason=reason)
    low, high = normal(value, spread**0.5, blank.confidence, within=(0.0, 1.0))
    return dataclasses.replace(blank, value=value, low=low, high=high, error=spread**0.5)
