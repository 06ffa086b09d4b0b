"""Endpoints of a multi-label model: each label, and averages over labels.

Macro averages are means over labels. Micro averages pool the 2x2 tables of all labels; the micro
AUROC ranks all pairs of case and label together. The findings of one case go together: the unit
that is resampled is the case with all of its labels (or the patient with all cases), and influences
are added within it. Wilson's interval for each label's proportions and F1 when a case is a unit.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from validation.binary.f_score import f1
from validation.binary.proportion import proportion
from validation.categories import multilabel_auroc
from validation.categories.labels import CELLS, LabelCases
from validation.count_bootstrap import REPLICATES, SEED, Resampling, Span, method_name, spans
from validation.estimate import Estimate, Result, absent
from validation.influence import method_name as influence_name
from validation.influence import standard_error
from validation.intervals import normal

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike

Key = tuple[str, int | None]  # an endpoint, and the label when it is of one
Spans = dict[Key, Span]
PER_LABEL = ("prevalence", "sensitivity", "specificity", "ppv", "npv", "accuracy", "f1")
AVERAGED = ("sensitivity", "specificity", "ppv", "f1")
_NO_CASES = "no cases"


def multilabel(
    label: ArrayLike,
    score: ArrayLike,
    names: Sequence[Any],
    *,
    thresholds: Sequence[float] = (0.5,),
    count: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    confidence: float = 0.95,
    replicates: int = REPLICATES,
    seed: int = SEED,
) -> Result:
    """Every endpoint of a multi-label model.

    Args:
        label: 1 or 0, shape (rows, labels).
        score: Higher means more likely present, shape (rows, labels); at or above its threshold a
            label is called present.
        names: Of the labels.
        thresholds: One for all labels, or one a label.
        count: Cases a row.
        cluster: Patient of each row, when patients repeat.
        confidence: Of the intervals.
        replicates: Bootstrap replicates.
        seed: Of the bootstrap.

    Returns:
        Estimates, first over all labels, then ``label=...``.

    Raises:
        ValueError: As `LabelCases.of`.
    """
    cases = LabelCases.of(label, score, names, thresholds=thresholds, count=count, cluster=cluster)
    drawn = _spans(cases, Resampling(times=replicates, seed=seed), confidence)
    estimates = [
        _exact_match(cases, confidence),
        *_averages(cases, drawn, confidence),
        *multilabel_auroc.averages(cases, confidence),
        *_per_label(cases, drawn, confidence),
        *multilabel_auroc.label_areas(cases, confidence),
    ]
    return Result(estimates=tuple(estimates))


def single(tables: np.ndarray) -> dict[str, np.ndarray]:
    """Endpoints of 2x2 tables.

    Args:
        tables: TP, FN, FP, TN in the last axis.

    Returns:
        Endpoint to values, NaN where a denominator is 0.
    """
    import numpy as np

    tp, fn, fp, tn = np.moveaxis(tables, -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "prevalence": (tp + fn) / (tp + fn + fp + tn),
            "sensitivity": tp / (tp + fn),
            "specificity": tn / (tn + fp),
            "ppv": tp / (tp + fp),
            "npv": tn / (tn + fn),
            "accuracy": (tp + tn) / (tp + fn + fp + tn),
            "f1": 2 * tp / (2 * tp + fn + fp),
        }


def averages(tables: np.ndarray) -> dict[str, np.ndarray]:
    """Macro and micro averages, and Hamming loss.

    Args:
        tables: Shape (tables, labels, 4).
    """
    each, pooled = single(tables), single(tables.sum(axis=1))
    found = {f"{name}-macro": each[name].mean(axis=1) for name in AVERAGED}
    found |= {f"{name}-micro": pooled[name] for name in AVERAGED}
    return found | {"hamming-loss": 1 - pooled["accuracy"]}


def _table(cases: LabelCases) -> np.ndarray:
    """The 2x2 table of each label, shape (labels, 4)."""
    import numpy as np

    columns = cases.cells.T
    return np.array(
        [np.bincount(cell, weights=cases.count, minlength=CELLS) for cell in columns]
    ).astype(int)


def _spans(cases: LabelCases, resampling: Resampling, confidence: float) -> Spans:
    """The interval of each endpoint of the 2x2 tables, by its name and label."""
    import numpy as np

    if not cases.total:
        return {}
    k = len(cases.names)

    def flat(tables: np.ndarray) -> np.ndarray:
        shaped = tables.reshape(-1, k, CELLS)
        return np.column_stack([*averages(shaped).values(), *single(shaped).values()])

    clustered = cases.cluster is not None
    found = spans(cases.units(), flat, resampling, confidence, clustered=clustered)
    keys: list[Key] = [(name, None) for name in averages(np.ones((1, k, CELLS)))]
    keys += [(name, place) for name in PER_LABEL for place in range(k)]
    return dict(zip(keys, found, strict=True))


def _averages(cases: LabelCases, drawn: Spans, confidence: float) -> list[Estimate]:
    found = []
    table = _table(cases)
    for name, values in averages(table[None]).items():
        why = "a label has no cases in the denominator" if cases.total else _NO_CASES
        span = drawn.get((name, None))
        made = _estimate(cases, name, float(values[0]), span, why, confidence)
        if cases.threshold.min() == cases.threshold.max():
            made = dataclasses.replace(made, threshold=float(cases.threshold[0]))
        found.append(made)
    return found


def _per_label(cases: LabelCases, drawn: Spans, confidence: float) -> list[Estimate]:
    found = []
    for place, (label, table) in enumerate(zip(cases.names, _table(cases), strict=True)):
        tp, fn, fp, tn = (int(number) for number in table)
        parts = {
            "prevalence": (tp + fn, tp + fn + fp + tn),
            "sensitivity": (tp, tp + fn),
            "specificity": (tn, tn + fp),
            "ppv": (tp, tp + fp),
            "npv": (tn, tn + fn),
            "accuracy": (tp + tn, tp + fn + fp + tn),
        }
        for name, values in single(table).items():
            events, n = parts.get(name, (None, cases.total))
            if name == "f1" and cases.cluster is None:
                made = f1(tp, fn, fp, n=n, confidence=confidence)
            elif events is not None and (cases.cluster is None or not n):
                made = proportion(name, events, n, positives=tp + fn, confidence=confidence)
            else:
                why = "no case has, or was called, this label" if cases.total else _NO_CASES
                span = drawn.get((name, place))
                made = _estimate(cases, name, float(values), span, why, confidence)
                made = dataclasses.replace(made, n=n, positives=tp + fn, events=events)
            at = None if name == "prevalence" else float(cases.threshold[place])
            found.append(dataclasses.replace(made, subgroup=f"label={label}", threshold=at))
    return found


def _estimate(
    cases: LabelCases,
    name: str,
    value: float,
    span: Span | None,
    why: str,
    confidence: float,
) -> Estimate:
    if value != value or span is None:  # noqa: PLR0124 - NaN
        method = method_name(cases.cluster)
        return absent(name, why, n=cases.total, positives=0, method=method, confidence=confidence)
    return Estimate(
        endpoint=name,
        value=value,
        low=None if span.low is None else max(span.low, 0.0),
        high=None if span.high is None else min(span.high, 1.0),
        n=cases.total,
        positives=0,
        method=span.method,
        reason=span.reason,
        confidence=confidence,
    )


def _exact_match(cases: LabelCases, confidence: float) -> Estimate:
    """The share of cases in which every label is right (subset accuracy)."""
    import numpy as np

    right = np.isin(cases.cells, (0, 3)).all(axis=1)
    hits = int(cases.count[right].sum())
    made = proportion("exact-match", hits, cases.total, positives=0, confidence=confidence)
    if cases.cluster is None or made.value is None:
        return made
    error = standard_error(np.asarray(right - made.value), cases.count, cases.cluster)
    low, high = normal(made.value, error, confidence, within=(0.0, 1.0))
    method = influence_name(cases.cluster)
    return dataclasses.replace(made, low=low, high=high, error=error, method=method)
