"""Proper scores of a multi-class model: means over cases of what a case's probabilities lose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.estimate import Estimate, absent
from validation.influence import method_name, standard_error
from validation.intervals import normal

if TYPE_CHECKING:
    import numpy as np

    from validation.categories.classes import ClassCases


def losses(cases: ClassCases, confidence: float) -> list[Estimate]:
    """Brier score (sum over classes, 0 to 2, as Brier 1950) and log loss, means over people."""
    import numpy as np

    own = cases.scores[np.arange(len(cases.truth)), cases.truth]
    squares = (cases.scores**2).sum(axis=1) - 2 * own + 1
    certain = int(cases.count[own == 0].sum())
    words = f"{certain:,} true classes had a score of exactly 0: the log loss is infinite"
    with np.errstate(divide="ignore"):
        logs = -np.log(own)
    return [
        _mean("brier-multiclass", squares, cases, "", "squared error", 2.0, confidence),
        _mean("log-loss", logs, cases, words if certain else "", "nats", np.inf, confidence),
    ]


def _mean(
    name: str,
    losses: np.ndarray,
    cases: ClassCases,
    reason: str,
    unit: str,
    most: float,
    confidence: float,
) -> Estimate:
    import numpy as np

    method, n = method_name(cases.cluster), cases.total
    if reason or not n:
        why = reason or "no cases"
        return absent(name, why, n=n, positives=0, method=method, confidence=confidence, unit=unit)
    held = cases.count > 0
    value = float(np.average(losses[held], weights=cases.count[held]))
    cluster = None if cases.cluster is None else cases.cluster[held]
    error = standard_error(losses[held] - value, cases.count[held], cluster)
    low, high = normal(value, error, confidence, within=(0.0, most))
    return Estimate(
        endpoint=name,
        value=value,
        low=low,
        high=high,
        n=n,
        positives=0,
        method=method,
        confidence=confidence,
        unit=unit,
        error=error,
    )
