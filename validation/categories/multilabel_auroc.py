"""The AUROC of each label; over labels macro (mean) and micro (all pairs of case and label)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation.binary.discrimination import auroc, with_plain_delong
from validation.categories.multiclass_auroc import influence
from validation.estimate import Estimate, absent
from validation.influence import logit_interval, method_name, standard_error
from validation.intervals import normal

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from validation.categories.labels import LabelCases


def label_areas(cases: LabelCases, confidence: float) -> list[Estimate]:
    """Each label: DeLong's interval, or influences added within patients."""
    return with_plain_delong(_area(cases, place, confidence) for place in range(len(cases.names)))


def averages(cases: LabelCases, confidence: float) -> list[Estimate]:
    """``auroc-macro`` and ``auroc-micro``."""
    hits = (cases.count[:, None] * cases.label).sum(axis=0)
    pairs = zip(cases.names, hits, strict=True)
    single = [name for name, n in pairs if n in (0, cases.total)]
    macro = f"one class only in {', '.join(single)}" if single else ""
    micro = "" if 0 < hits.sum() < len(hits) * cases.total else "one class only"
    return [
        _average("auroc-macro", macro, _macro, cases, confidence),
        _average("auroc-micro", micro, _micro, cases, confidence),
    ]


def _average(
    name: str,
    why: str,
    compute: Callable[[LabelCases], tuple[float, np.ndarray]],
    cases: LabelCases,
    confidence: float,
) -> Estimate:
    method, n = method_name(cases.cluster, logit=True), cases.total
    if why or not n:
        reason = why if n else "no cases"
        return absent(
            name, reason, n=n, positives=0, method=method, confidence=confidence, unit="auc"
        )
    value, adds = compute(cases)
    error = standard_error(adds, cases.count, cases.cluster)
    low, high = logit_interval(value, error, confidence)
    return Estimate(
        endpoint=name,
        value=value,
        low=low,
        high=high,
        n=n,
        positives=0,
        method=method,
        confidence=confidence,
        unit="auc",
        error=error,
    )


def _area(cases: LabelCases, place: int, confidence: float) -> Estimate:
    label, score = cases.label[:, place], cases.score[:, place]
    made = auroc(label, score, cases.count, confidence=confidence)
    made = dataclasses.replace(made, subgroup=f"label={cases.names[place]}")
    if cases.cluster is None:
        return made
    made = dataclasses.replace(made, method=method_name(cases.cluster))
    if made.value is None:
        return made
    value, adds = influence(label == 1, score, cases.count)
    error = standard_error(adds, cases.count, cases.cluster)
    low, high = normal(value, error, confidence, within=(0.0, 1.0))
    return dataclasses.replace(made, low=low, high=high, error=error)


def _macro(cases: LabelCases) -> tuple[float, np.ndarray]:
    import numpy as np

    parts = [
        influence(cases.label[:, place] == 1, cases.score[:, place], cases.count)
        for place in range(len(cases.names))
    ]
    return float(np.mean([a for a, _ in parts])), np.mean([i for _, i in parts], axis=0)


def _micro(cases: LabelCases) -> tuple[float, np.ndarray]:
    """All pairs of case and label; the influences of a case's pairs are added."""
    import numpy as np

    shape = cases.label.shape
    count = np.repeat(cases.count, shape[1])
    value, adds = influence(cases.label.ravel() == 1, cases.score.ravel(), count)
    return value, adds.reshape(shape).mean(axis=1)
