"""The points that figures are drawn from: ROC with its band, calibration, operating points.

Counts only, so that a curve holds no case: a step of the ROC curve is a threshold between distinct
scores, thinned to at most `POINTS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation import summary
from validation.binary.decision_curve import decision_curve
from validation.table import COUNT

if TYPE_CHECKING:
    import numpy as np

    from evidence.records import Body
    from policies.criteria import ValidationPolicy

POINTS = 100
CELLS = 1000  # distinct scores, or quantile groups of them, that surveillance recalibrates on
TENTHS = 10
STEPS = 25


def draw(label: np.ndarray, score: np.ndarray, count: np.ndarray, policy: ValidationPolicy) -> Body:
    """Everything that the figures of one run need."""
    return {
        "roc": roc(label, score, count, policy.confidence),
        "calibration": calibration(label, score, count, policy.confidence),
        "operating_points": [
            {"name": p.name, "threshold": p.threshold, **table_at(label, score, count, p.threshold)}
            for p in policy.operating_points
        ],
        "score_summary": score_summary(score, count),
        "score_cells": score_cells(label, score, count),
        "decision": decision(label, score, count, policy.confidence),
    }


def decision(
    label: np.ndarray, score: np.ndarray, count: np.ndarray, confidence: float
) -> list[Body]:
    """Net benefit of the model and of treating all, over thresholds around the prevalence.

    Thresholds reach three times the prevalence, and at least 0.2: beyond, few would act.
    """
    top = min(0.95, max(0.2, 3 * float((count * label).sum() / count.sum())))
    thresholds = sorted({round(top * step / STEPS, 3) for step in range(1, STEPS + 1)})
    found = decision_curve(label, score, count, thresholds=thresholds, confidence=confidence)
    every = {e.threshold: e.value for e in found if e.endpoint == "net-benefit-treat-all"}
    return [
        {
            "threshold": e.threshold,
            "value": e.value,
            "low": e.low,
            "high": e.high,
            "all": every[e.threshold],
        }
        for e in found
        if e.endpoint == "net-benefit"
    ]


def table_at(
    label: np.ndarray, score: np.ndarray, count: np.ndarray, threshold: float
) -> dict[str, int]:
    """The 2x2 table in people; a score at or above the threshold is called positive."""
    called = score >= threshold
    return {
        "tp": int(count[called & (label == 1)].sum()),
        "fp": int(count[called & (label == 0)].sum()),
        "fn": int(count[~called & (label == 1)].sum()),
        "tn": int(count[~called & (label == 0)].sum()),
    }


def roc(label: np.ndarray, score: np.ndarray, count: np.ndarray, confidence: float) -> Body:
    """ROC points with the Wilson interval of the sensitivity at each (Wilson 1927)."""
    import numpy as np
    from statsmodels.stats.proportion import proportion_confint

    values, place = np.unique(score, return_inverse=True)
    hit = np.bincount(place, weights=count * (label == 1))[::-1].cumsum()
    false = np.bincount(place, weights=count * (label == 0))[::-1].cumsum()
    positives, negatives = int(hit[-1]), int(false[-1])
    if not positives or not negatives:
        return {"points": [], "positives": positives, "negatives": negatives}
    kept = np.unique(np.linspace(0, len(values) - 1, min(POINTS, len(values))).astype(int))
    low, high = proportion_confint(hit[kept], positives, alpha=1 - confidence, method="wilson")
    points = [
        {
            "fpr": float(f / negatives),
            "tpr": float(h / positives),
            "low": float(a),
            "high": float(b),
        }
        for f, h, a, b in zip(false[kept], hit[kept], low, high, strict=True)
    ]
    start = {"fpr": 0.0, "tpr": 0.0, "low": 0.0, "high": 0.0}
    return {"points": [start, *points], "positives": positives, "negatives": negatives}


def calibration(
    label: np.ndarray, score: np.ndarray, count: np.ndarray, confidence: float
) -> list[Body]:
    """Observed share against mean score in tenths of the people; equal scores stay together."""
    import numpy as np
    from statsmodels.stats.proportion import proportion_confint

    order = np.argsort(score, kind="stable")
    s, y, n = score[order], label[order], count[order]
    _, first = np.unique(s, return_index=True)
    before = np.concatenate([[0], n.cumsum()[:-1]])[first]
    tenth = np.minimum((before * TENTHS // n.sum()).astype(int), TENTHS - 1)
    group = np.repeat(tenth, np.diff([*first, len(s)]))
    rows = []
    for which in np.unique(group):
        here = group == which
        people, hits = int(n[here].sum()), int((n * y)[here].sum())
        low, high = proportion_confint(hits, people, alpha=1 - confidence, method="wilson")
        rows.append(
            {
                "score": float((s * n)[here].sum() / people),
                "observed": hits / people,
                "low": float(low),
                "high": float(high),
                "n": people,
                "positives": hits,
            }
        )
    return rows


def score_summary(score: np.ndarray, count: np.ndarray, fixed: Body | None = None) -> Body:
    """The score's counts over frozen edges, as `summary` makes them for a column."""
    import pandas as pd

    frame = pd.DataFrame({"score": score, COUNT: count})
    cuts = fixed or summary.edges(frame["score"], frame[COUNT])
    found: Body = summary.summarise(frame, {"score": "number"}, {"score": cuts})["score"]
    return found | {"mean": float((score * count).sum() / count.sum())}


def score_cells(label: np.ndarray, score: np.ndarray, count: np.ndarray) -> Body:
    """People by score and outcome, so that surveillance need not read the frozen set again.

    Each distinct score is a cell while there are at most `CELLS`; else people are cut into as many
    groups of about equal size, equal scores together, and a cell's score is its people's mean.
    """
    import numpy as np

    values, place = np.unique(score, return_inverse=True)
    people = np.bincount(place, weights=count)
    hits = np.bincount(place, weights=count * (label == 1))
    group = np.arange(len(values))
    if len(values) > CELLS:
        group = ((people.cumsum() - people) * CELLS // people.sum()).astype(int)
    size = np.bincount(group, weights=people)
    there = size > 0
    mean = np.bincount(group, weights=people * values)[there] / size[there]
    positives = np.bincount(group, weights=hits)[there]
    return {
        "scores": [float(value) for value in mean],
        "positives": [int(n) for n in positives],
        "negatives": [int(n) for n in size[there] - positives],
    }
