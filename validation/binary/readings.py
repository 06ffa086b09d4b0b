"""Estimates read off the ROC and precision-recall curves, all on the same resampled curves.

Separate people: ROC readings take the stratified bootstrap of pROC, areas under the
precision-recall curve Boyd's logit interval (or a bootstrap over all people). Clustered cases:
patients are drawn.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation import resampling
from validation.binary import precision_recall
from validation.binary.roc import TOUCH, Reading, reading
from validation.choices import DEFAULT, Choices
from validation.clustering.clustered import BOOTSTRAP, DRAWN
from validation.estimate import Estimate, absent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from validation.cases import Cases

AUPRC = tuple(precision_recall.AREAS)
STRATIFIED = "bootstrap-percentile-stratified"
MERGED = f"replicates are made on about {resampling.MERGED:,} levels of the score"
JOINT = "bootstrap-percentile"


def known(name: str) -> Reading | None:
    """The reading that a name stands for; None when it is none.

    Raises:
        ValueError: The numbers in the name are impossible.
    """
    if name in AUPRC:
        return Reading(statistic=precision_recall.AREAS[name], unit="auc")
    return reading(name)


def read(
    names: Sequence[str],
    cases: Cases,
    *,
    owner: np.ndarray | None = None,
    confidence: float = 0.95,
    choices: Choices = DEFAULT,
) -> dict[str, Estimate]:
    """Estimates of several readings.

    Args:
        names: Such as ``auprc-trapezoid`` or ``partial-auroc-specificity-0.9-1``.
        cases: Labels, scores, counts.
        owner: The patient of each row (0 to patients - 1) when cases are clustered.
        confidence: Of the intervals.
        choices: Methods, replicates and seed.

    Raises:
        ValueError: A name that is no reading.
    """
    wanted = {name: _required(name) for name in dict.fromkeys(names)}
    blanks = {
        name: absent(
            name,
            cases.one_class,
            n=cases.total,
            positives=cases.positives,
            method=_method(name, owner, choices),
            confidence=confidence,
            unit=found.unit,
        )
        for name, found in wanted.items()
    }
    if cases.one_class:
        return blanks
    levels = resampling.Levels.of(cases)
    drawn = _replicates(wanted, levels.thinned(), cases, owner, choices)
    expanded = owner is not None and choices.clustered == "bootstrap-patients-expanded"
    patients = int(owner.max()) + 1 if owner is not None and expanded else None
    return {
        name: _estimate(blanks[name], found, levels, drawn.get(name), patients)
        for name, found in wanted.items()
    }


def _required(name: str) -> Reading:
    found = known(name)
    if found is None:
        raise ValueError(f"'{name}' is no reading of a curve")
    return found


def _method(name: str, owner: np.ndarray | None, choices: Choices) -> str:
    if owner is not None:
        return DRAWN.get(choices.clustered, BOOTSTRAP)
    return choices.auprc if name in AUPRC else STRATIFIED


def _replicates(
    wanted: Mapping[str, Reading],
    levels: resampling.Levels,
    cases: Cases,
    owner: np.ndarray | None,
    choices: Choices,
) -> dict[str, np.ndarray]:
    """Replicates by name; names with an analytic interval have none."""
    by_method: dict[str, dict[str, resampling.Statistic]] = {}
    for name, found in wanted.items():
        by_method.setdefault(_method(name, owner, choices), {})[name] = found.statistic
    number, seed = choices.replicates, choices.seed
    drawn: dict[str, np.ndarray] = {}
    if owner is not None:
        (statistics,) = by_method.values()
        drawn |= resampling.patients_on_levels(
            levels, cases, owner, statistics, replicates=number, seed=seed
        )
    if STRATIFIED in by_method:
        drawn |= resampling.stratified(levels, by_method[STRATIFIED], replicates=number, seed=seed)
    if JOINT in by_method:
        drawn |= resampling.joint(levels, by_method[JOINT], replicates=number, seed=seed)
    return drawn


def _estimate(
    blank: Estimate,
    found: Reading,
    levels: resampling.Levels,
    drawn: np.ndarray | None,
    patients: int | None,
) -> Estimate:
    value = float(found.statistic(levels.hit, levels.miss))
    if value < found.least - TOUCH:
        return dataclasses.replace(
            blank, reason="the curve runs below the chance line there: no corrected area"
        )
    if drawn is None:
        low, high, error = precision_recall.logit_interval(value, blank.positives, blank.confidence)
        reason = "" if low is not None else "an area of 0 or 1 has no interval on the logit scale"
        return dataclasses.replace(
            blank, value=value, low=low, high=high, error=error, reason=reason
        )
    span = resampling.percentile(drawn, blank.confidence, patients=patients)
    merged = "" if len(levels.hit) <= resampling.LEVELS else MERGED
    return dataclasses.replace(
        blank, value=value, low=span.low, high=span.high, reason=span.reason or merged
    )
