"""Endpoints of a multi-class model: confusion matrix, one versus rest, averages, kappas, AUROC.

Intervals, when every case is a unit: Wilson for accuracy and each class's proportions and F1,
Fleiss, Cohen and Everitt for kappa, DeLong for each class's AUROC, influence functions for average
AUROCs, Brier score and log loss, MOVER for mean sensitivity (balanced accuracy), and the percentile
bootstrap of counts for other averages. When patients repeat: the patient bootstrap for all that
follows from the confusion matrix, and influences added within patients for the others. Averages
have no class of interest, so their `positives` is 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from validation.binary.f_score import f1
from validation.binary.proportion import proportion
from validation.categories import class_table, multiclass_auroc, multiclass_losses
from validation.categories.classes import ClassCases
from validation.count_bootstrap import (
    REPLICATES,
    SEED,
    Resampling,
    Span,
    cluster_units,
    method_name,
    spans,
)
from validation.estimate import Estimate, Result, absent
from validation.rating.kappa import cohen_kappa, names

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike

    from validation.choices import Kappa

Key = tuple[str, int | None]  # an endpoint, and the class when it is of one
Spans = dict[Key, Span]
MEANS_OF_CLASSES = ("sensitivity-macro", "balanced-accuracy")
REFERENCES = {
    "count": "A number of cases.",
    "mover-wilson": (
        "Zou GY, Donner A. Stat Med 2008; 27: 1693-1702 (MOVER), of Wilson's intervals of "
        "independent proportions."
    ),
}


def multiclass(
    truth: ArrayLike,
    scores: ArrayLike,
    classes: Sequence[Any],
    count: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
    kappa: Kappa = "large-sample",
    replicates: int = REPLICATES,
    seed: int = SEED,
) -> Result:
    """Every endpoint of a multi-class model.

    Weighted kappas take the classes as ordered as they are named; leave them aside otherwise.

    Args:
        truth: Name of the true class, one a row.
        scores: Probability of each class, shape (rows, classes).
        classes: Names of the classes, in the order of the columns.
        count: People a row.
        cluster: Patient of each row, when patients repeat.
        confidence: Of the intervals.
        kappa: Intervals of the kappas of separate people; ``small-sample`` is the score interval.
        replicates: Bootstrap replicates.
        seed: Of the bootstrap.

    Returns:
        Estimates (overall, then ``class=...``, then cells ``truth=... & called=...``) and
        warnings.

    Raises:
        ValueError: As `ClassCases.of`.
    """
    cases = ClassCases.of(truth, scores, classes, count, cluster)
    table = confusion_matrix(cases)
    drawn = _spans(cases, table, Resampling(times=replicates, seed=seed), confidence)
    estimates = [
        *_overall(cases, table, drawn, confidence, kappa),
        *multiclass_losses.losses(cases, confidence),
        *multiclass_auroc.averages(cases, confidence),
        *_per_class(cases, table, drawn, confidence),
        *multiclass_auroc.class_areas(cases, confidence),
        *_cells(cases, table),
    ]
    return Result(estimates=tuple(estimates), warnings=cases.warnings())


def confusion_matrix(cases: ClassCases) -> np.ndarray:
    """People by true (rows) and called class, shape (classes, classes)."""
    import numpy as np

    k = len(cases.classes)
    cell = cases.truth * k + cases.called
    return np.bincount(cell, weights=cases.count, minlength=k * k).astype(int).reshape(k, k)


def _spans(
    cases: ClassCases, table: np.ndarray, resampling: Resampling, confidence: float
) -> Spans:
    """The interval of each endpoint of the confusion matrix, by its name and class."""
    import numpy as np

    k = len(cases.classes)
    if not table.sum():
        return {}

    def flat(tables: np.ndarray) -> np.ndarray:
        shaped = tables.reshape(-1, k, k)
        columns = list(class_table.overall(shaped).values())
        wide = list(class_table.per_class(shaped).values())
        return np.column_stack([*columns, *wide])

    cell = cases.truth * k + cases.called
    units = cluster_units(cell, k * k, cases.count, cases.cluster)
    found = spans(units, flat, resampling, confidence, clustered=cases.cluster is not None)
    keys: list[Key] = [(name, None) for name in class_table.overall(table[None])]
    keys += [(name, place) for name in class_table.PER_CLASS for place in range(k)]
    return dict(zip(keys, found, strict=True))


def _overall(
    cases: ClassCases,
    table: np.ndarray,
    drawn: Spans,
    confidence: float,
    kappa: Kappa,
) -> list[Estimate]:
    n, independent = int(table.sum()), cases.cluster is None
    found = []
    for name, values in class_table.overall(table[None]).items():
        span = drawn.get((name, None))
        if name == "accuracy" and independent:
            hits = int(table.trace())
            found.append(proportion(name, hits, n, positives=0, confidence=confidence))
        elif name.startswith("cohen-kappa") and independent:
            weights = names()[name]
            small = kappa == "small-sample"
            made, _ = cohen_kappa(table, weights=weights, confidence=confidence, small_sample=small)
            found.append(made)
        elif name in MEANS_OF_CLASSES and independent and table.sum(axis=1).all():
            found.append(_mean_of_classes(name, table, confidence))
        else:
            why = _why_not(name, cases, table)
            made = _estimate(
                name,
                float(values[0]),
                span,
                cases,
                n=n,
                positives=0,
                why=why,
                confidence=confidence,
            )
            found.append(made)
    return found


def _mean_of_classes(name: str, table: np.ndarray, confidence: float) -> Estimate:
    """The mean of the classes' sensitivities, which are independent proportions (MOVER)."""
    from math import sqrt

    parts = [
        proportion(name, int(row[place]), int(row.sum()), positives=0, confidence=confidence)
        for place, row in enumerate(table)
    ]
    spread = [(p.value or 0.0, p.low or 0.0, 1.0 if p.high is None else p.high) for p in parts]
    k, value = len(parts), sum(v for v, _, _ in spread) / len(parts)
    return Estimate(
        endpoint=name,
        value=value,
        low=value - sqrt(sum((v - low) ** 2 for v, low, _ in spread)) / k,
        high=value + sqrt(sum((high - v) ** 2 for v, _, high in spread)) / k,
        n=int(table.sum()),
        positives=0,
        method="mover-wilson",
        confidence=confidence,
    )


def _per_class(
    cases: ClassCases,
    table: np.ndarray,
    drawn: Spans,
    confidence: float,
) -> list[Estimate]:
    import dataclasses

    single, found = class_table.per_class(table[None]), []
    for place, label in enumerate(cases.classes):
        positives = int(table[place].sum())
        parts = class_table.fractions(table, place)
        for name in class_table.PER_CLASS:
            events, n = parts.get(name, (None, int(table.sum())))
            if name == "f1" and cases.cluster is None:
                hits, called = parts["ppv"]
                made = f1(hits, positives - hits, called - hits, n=n, confidence=confidence)
            elif events is not None and (cases.cluster is None or not n):
                made = proportion(name, events, n, positives=positives, confidence=confidence)
            else:
                value = float(single[name][0, place])
                why = f"no case is, or was called, {label}"
                span = drawn.get((name, place))
                made = _estimate(
                    name,
                    value,
                    span,
                    cases,
                    n=n,
                    positives=positives,
                    why=why,
                    confidence=confidence,
                )
                made = dataclasses.replace(made, events=events)
            found.append(dataclasses.replace(made, subgroup=f"class={label}"))
    return found


def _estimate(
    name: str,
    value: float,
    span: Span | None,
    cases: ClassCases,
    *,
    n: int,
    positives: int,
    why: str,
    confidence: float,
) -> Estimate:
    """An estimate with its interval; without a value when it is NaN."""
    kappa = "kappa" in name
    unit, least = ("kappa", -1.0) if kappa else ("proportion", 0.0)
    if value != value or span is None:  # noqa: PLR0124 - NaN
        method = method_name(cases.cluster)
        return absent(
            name, why, n=n, positives=positives, method=method, confidence=confidence, unit=unit
        )
    return Estimate(
        endpoint=name,
        value=value,
        low=None if span.low is None else max(span.low, least),
        high=None if span.high is None else min(span.high, 1.0),
        n=n,
        positives=positives,
        method=span.method,
        reason=span.reason,
        confidence=confidence,
        unit=unit,
    )


def _why_not(name: str, cases: ClassCases, table: np.ndarray) -> str:
    if not table.sum():
        return "no cases"
    axis, words = (0, "no case was called") if name.startswith("ppv") else (1, "no cases of")
    number = table.sum(axis=axis)
    lacking = [label for label, n in zip(cases.classes, number, strict=True) if not n]
    return f"{words} {', '.join(lacking)}" if lacking else "one class holds all cases"


def _cells(cases: ClassCases, table: np.ndarray) -> list[Estimate]:
    """The confusion matrix, cell by cell."""
    return [
        Estimate(
            endpoint="confusion",
            value=float(table[row, column]),
            low=None,
            high=None,
            n=int(table.sum()),
            positives=int(table[row].sum()),
            method="count",
            events=int(table[row, column]),
            subgroup=f"truth={true} & called={called}",
            unit="cases",
        )
        for row, true in enumerate(cases.classes)
        for column, called in enumerate(cases.classes)
    ]
