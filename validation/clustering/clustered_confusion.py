"""Measures of the 2x2 table when patients have several cases.

Taylor linearisation: the variance of a measure is m / (m - 1) x sum((gradient . table)^2) over the
m patients' tables, since the gradient times the whole table is zero (Binder DA. Int Stat Rev 1983;
51: 279-292). With one case a patient it is the formula of `confusion` times m / (m - 1). Intervals
are Student's t with m - 1 degrees of freedom (Korn EL, Graubard BI. Survey Methodology 1998; 24:
193-201), since few patients tell little of the variance. Kappa's is made on Fisher's z scale where
`Choices.kappa` is ``small-sample``.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation import resampling
from validation.binary.confusion import f_one, reciprocal, scaled, without_interval
from validation.binary.measures import MEASURES, RECIPROCALS, Measure, kappa
from validation.binary.two_by_two import Table
from validation.choices import DEFAULT, Choices
from validation.clustering.clustered import DRAWN, FEW, ratio, ratio_interval, with_percentiles
from validation.estimate import Estimate, absent

if TYPE_CHECKING:
    import numpy as np

_BINDER = (
    "Binder DA. Int Stat Rev 1983; 51: 279-292 (linearisation over patients); t with patients - 1: "
    "Korn EL, Graubard BI. Survey Methodology 1998; 24: 193-201."
)
REFERENCES = {
    "ratio-estimator-wilson-f-star": "Rao JNK, Scott AJ. Biometrics 1992; 48: 577-585, of F*, with "
    "Wilson's interval at the effective sample size, carried to F1 = 2 F* / (1 + F*).",
    "taylor-clustered-t": _BINDER,
    "taylor-clustered-log-t": _BINDER,
    "taylor-clustered-fisher-z-t": f"{_BINDER[:-1]}; Fisher's z, for kappas: Moss J. Psychometrika "
    "2024, doi 10.1007/s11336-023-09945-2.",
}


def _kappa_z_gradient(table: Table) -> np.ndarray:
    """Of Fisher's z of kappa."""
    return MEASURES["kappa"].gradient(table) / (1 - float(kappa(table.cells())) ** 2)


KAPPA_Z = dataclasses.replace(MEASURES["kappa"], gradient=_kappa_z_gradient, scale="fisher-z")
NAMES = {
    "identity": "taylor-clustered-t",
    "log": "taylor-clustered-log-t",
    "fisher-z": "taylor-clustered-fisher-z-t",
    "f-star": "ratio-estimator-wilson-f-star",
}


def measured(
    endpoint: str,
    table: np.ndarray,
    *,
    threshold: float | None = None,
    confidence: float = 0.95,
    choices: Choices = DEFAULT,
) -> Estimate:
    """A measure of the 2x2 table, with its interval over patients.

    Args:
        endpoint: One of `confusion.CONFUSION`.
        table: Each patient's tp, fp, fn, tn, shape (patients, 4).
        threshold: The operating point.
        confidence: Of the interval.
        choices: ``bootstrap-patients`` draws patients; otherwise linearisation.
    """
    if endpoint in RECIPROCALS:
        base = measured(
            RECIPROCALS[endpoint],
            table,
            threshold=threshold,
            confidence=confidence,
            choices=choices,
        )
        return reciprocal(endpoint, base)
    small = endpoint == "kappa" and choices.kappa == "small-sample"
    measure, whole = KAPPA_Z if small else MEASURES[endpoint], Table.summed(table.sum(axis=0))
    blank = absent(
        endpoint,
        measure.undefined(whole),
        n=whole.total,
        positives=whole.positives,
        method=DRAWN.get(choices.clustered, NAMES[measure.scale]),
        confidence=confidence,
        threshold=threshold,
        unit=measure.unit,
    )
    if blank.reason:
        return blank
    blank = dataclasses.replace(blank, value=float(measure.value(whole.cells())))
    if choices.clustered in DRAWN:
        return _drawn(blank, measure, table, choices)
    if measure.scale == "f-star":
        return _f_one(blank, table)
    return _linearised(blank, measure, table, whole)


def _drawn(blank: Estimate, measure: Measure, table: np.ndarray, choices: Choices) -> Estimate:
    drawn = resampling.patients(
        table, {"": measure.value}, replicates=choices.replicates, seed=choices.seed
    )[""]
    return with_percentiles(blank, drawn, choices, len(table))


def _f_one(blank: Estimate, table: np.ndarray) -> Estimate:
    """F* = tp / (tp + fp + fn) is a ratio over patients."""
    cases = table[:, :3].sum(axis=1)
    f_star, error = ratio(table[:, 0], cases)
    low, high = ratio_interval(
        f_star, error, cases, method="ratio-estimator-wilson", confidence=blank.confidence
    )
    if low is None or high is None:
        return dataclasses.replace(blank, reason=FEW)
    low, high = f_one((low, high))
    spread = None if error is None else error * 2 / (1 + f_star) ** 2
    return dataclasses.replace(blank, low=low, high=high, error=spread)


def _linearised(blank: Estimate, measure: Measure, table: np.ndarray, whole: Table) -> Estimate:
    m, value = len(table), float(measure.value(whole.cells()))
    reason = without_interval(measure, value) or ("" if m > 1 else FEW)
    if reason:
        return dataclasses.replace(blank, reason=reason)
    parts = table @ measure.gradient(whole)
    error = float(((parts**2).sum() * m / (m - 1)) ** 0.5)
    if error <= 1e-12:  # noqa: PLR2004 - rounding of a variance of zero
        return dataclasses.replace(blank, error=0.0, reason="the standard error is zero")
    low, high = scaled(measure, value, error, blank.confidence, df=m - 1)
    return dataclasses.replace(blank, low=low, high=high, error=error)
