"""The AUROC of a multi-class model: one versus rest, its averages, and Hand and Till's.

One versus rest ranks the class's own score among all cases. Macro is the mean over classes,
weighted weighs by the number of true cases (Fawcett, Pattern Recogn Lett 2006; 27: 861-874, section
9). Hand and Till, Machine Learning 2001; 45: 171-186: the mean over pairs of classes of the two
AUROCs, each by the score of one class among the cases of both. Intervals from influence functions,
which add up over classes and within patients.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from validation.binary.discrimination import auroc, placements, with_plain_delong
from validation.estimate import Estimate, absent
from validation.influence import logit_interval, method_name, standard_error
from validation.intervals import normal

if TYPE_CHECKING:
    import numpy as np

    from validation.categories.classes import ClassCases


def influence(
    positive: np.ndarray, score: np.ndarray, count: np.ndarray
) -> tuple[float, np.ndarray]:
    """An AUROC and what each case adds to it.

    Args:
        positive: Whether a row is positive.
        score: Shape (rows,).
        count: People a row; both classes must hold people.

    Returns:
        The area, and the influence of one case of each row, mean zero over all people.
    """
    import numpy as np

    label = np.asarray(positive, dtype=int)
    values, _, _ = placements(label, score, count)
    hits, total = float(count[label == 1].sum()), float(count.sum())
    area = float((values * count)[label == 1].sum() / hits)
    share = np.where(label == 1, hits, total - hits) / total
    return area, (values - area) / share


def class_areas(cases: ClassCases, confidence: float) -> list[Estimate]:
    """One versus rest for each class: DeLong's interval, or influences added within patients."""
    import dataclasses

    import numpy as np

    found = []
    for place, name in enumerate(cases.classes):
        label = np.asarray(cases.truth == place, dtype=int)
        score = cases.scores[:, place]
        estimate = auroc(label, score, cases.count, confidence=confidence)
        if cases.cluster is not None:
            estimate = dataclasses.replace(estimate, method=method_name(cases.cluster))
            if estimate.value is not None:
                value, adds = influence(label == 1, score, cases.count)
                error = standard_error(adds, cases.count, cases.cluster)
                low, high = normal(value, error, confidence, within=(0.0, 1.0))
                estimate = dataclasses.replace(estimate, low=low, high=high, error=error)
        found.append(dataclasses.replace(estimate, subgroup=f"class={name}"))
    return with_plain_delong(found)


def averages(cases: ClassCases, confidence: float) -> list[Estimate]:
    """``auroc-macro``, ``auroc-weighted`` (one versus rest) and ``auroc-hand-till``."""
    import numpy as np

    names = ("auroc-macro", "auroc-weighted", "auroc-hand-till")
    number = np.bincount(cases.truth, weights=cases.count, minlength=len(cases.classes))
    lacking = [name for name, n in zip(cases.classes, number, strict=True) if not n]
    if lacking:
        reason = f"no cases of {', '.join(lacking)}"
        return [_absent(name, reason, cases, confidence) for name in names]
    share = number / number.sum()
    parts = [
        influence(cases.truth == place, cases.scores[:, place], cases.count)
        for place in range(len(share))
    ]
    areas, adds = np.array([a for a, _ in parts]), np.array([i for _, i in parts])
    own = np.arange(len(share))[:, None] == cases.truth[None, :]
    moved = ((own - share[:, None]) * areas[:, None]).sum(axis=0)
    weighted = (share[:, None] * adds).sum(axis=0) + moved
    found = (
        (float(areas.mean()), adds.mean(axis=0)),
        (float((share * areas).sum()), weighted),
        _hand_till(cases, share),
    )
    return [
        _estimate(name, value, adds, cases, confidence)
        for name, (value, adds) in zip(names, found, strict=True)
    ]


def _hand_till(cases: ClassCases, share: np.ndarray) -> tuple[float, np.ndarray]:
    import numpy as np

    adds, values = np.zeros(len(cases.truth)), []
    for pair in combinations(range(len(share)), 2):
        rows = np.flatnonzero(np.isin(cases.truth, pair))
        together = share[list(pair)].sum()
        for place in pair:
            value, part = influence(
                cases.truth[rows] == place, cases.scores[rows, place], cases.count[rows]
            )
            values.append(value)
            adds[rows] += part / together
    return float(np.mean(values)), adds / len(values)


def _estimate(
    name: str, value: float, adds: np.ndarray, cases: ClassCases, confidence: float
) -> Estimate:
    error = standard_error(adds, cases.count, cases.cluster, stratum=cases.truth)
    low, high = logit_interval(value, error, confidence)
    return Estimate(
        endpoint=name,
        value=value,
        low=low,
        high=high,
        n=cases.total,
        positives=0,
        method=method_name(cases.cluster, logit=True),
        confidence=confidence,
        unit="auc",
        error=error,
        reason="" if error is not None else "a class of one case has no variance",
    )


def _absent(name: str, reason: str, cases: ClassCases, confidence: float) -> Estimate:
    return absent(
        name,
        reason,
        n=cases.total,
        positives=0,
        method=method_name(cases.cluster, logit=True),
        confidence=confidence,
        unit="auc",
    )
