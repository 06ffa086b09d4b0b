"""Who counts in a chart, and whose outcome is an event: endpoints watched case by case.

Sensitivity is watched among the positives, where a miss is the event; specificity among the
negatives, where a false positive is; the predictive values among those called positive or negative,
where a wrong call is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def errors(watch: str, label: ArrayLike, called: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Which rows count, and which of all rows are errors.

    Args:
        watch: sensitivity, specificity, ppv, npv or accuracy.
        label: 1 or 0, of the reference standard; NaN where it is not known yet.
        called: Whether the score is at or above the operating point.

    Returns:
        Two arrays of truth values, one a row. A row whose label is not known does not count.

    Raises:
        ValueError: Something else is watched.
    """
    truth, call = np.asarray(label, dtype=float), np.asarray(called, dtype=bool)
    known = ~np.isnan(truth)
    positive = known & (truth == 1)
    counts = {
        "sensitivity": positive,
        "specificity": known & ~positive,
        "ppv": known & call,
        "npv": known & ~call,
        "accuracy": known,
    }
    if watch not in counts:
        raise ValueError(f"{watch} has no errors case by case (there are: {', '.join(counts)})")
    return counts[watch], known & (positive != call)
