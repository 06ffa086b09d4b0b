"""Standard errors from influence functions: what one case adds to an estimate.

The estimate is a smooth function of means over cases, so that its variance is that of the mean of
the cases' influences (Hampel, J Am Stat Assoc 1974; 69: 383-393). With several cases a patient the
influences of a patient are added first (Obuchowski, Biometrics 1997; 53: 567-578, for the AUC).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

REFERENCES = {
    "influence-function": (
        "Hampel FR. J Am Stat Assoc 1974; 69: 383-393; of the AUC: LeDell E, Petersen M, van der "
        "Laan M. Electron J Stat 2015; 9: 1583-1607."
    ),
    "influence-function-logit": (
        "LeDell E, Petersen M, van der Laan M. Electron J Stat 2015; 9: 1583-1607, with DeLong's "
        "n - 1 in each class; logit scale: Pepe MS. The Statistical Evaluation of Medical Tests. "
        "Oxford 2003, section 5.2.4."
    ),
    "influence-function-logit-clustered": (
        "Obuchowski NA. Biometrics 1997; 53: 567-578: influences added within patients; logit "
        "scale: Pepe MS. The Statistical Evaluation of Medical Tests. Oxford 2003, section 5.2.4."
    ),
    "influence-function-clustered": (
        "Obuchowski NA. Biometrics 1997; 53: 567-578: influences added within patients."
    ),
}


def standard_error(
    influence: np.ndarray,
    count: np.ndarray,
    cluster: np.ndarray | None = None,
    *,
    stratum: np.ndarray | None = None,
) -> float | None:
    """The standard error of an estimate; None with fewer than two units.

    Args:
        influence: Of one case of each row, mean zero over all cases, shape (rows,).
        count: Cases a row.
        cluster: Code of each row's patient; every case a unit of its own when None.
        stratum: Code of each row's class, in which independent cases vary around their mean with
            n - 1, as in DeLong's variance; a class of one case has no variance then.
    """
    import numpy as np

    n = float(count.sum())
    if cluster is None and stratum is not None:
        return _within(influence, count, stratum)
    if cluster is None:
        units, squares = n, float((count * influence**2).sum())
    else:
        held = np.bincount(cluster, weights=count) > 0
        units = float(held.sum())
        squares = float((np.bincount(cluster, weights=count * influence) ** 2).sum())
    if units < 2:  # noqa: PLR2004 - a variance needs two
        return None
    return float((units / (units - 1) * squares) ** 0.5 / n)


def _within(influence: np.ndarray, count: np.ndarray, stratum: np.ndarray) -> float | None:
    """Variances within strata, each with n - 1, and the variance of the strata's means."""
    import numpy as np

    n = np.bincount(stratum, weights=count)
    held = n > 0
    if (n[held] < 2).any():  # noqa: PLR2004 - a variance needs two
        return None
    sums = np.bincount(stratum, weights=count * influence)
    mean = np.divide(sums, n, out=np.zeros_like(sums), where=held)
    apart = np.bincount(stratum, weights=count * (influence - mean[stratum]) ** 2)
    inside = (apart[held] * n[held] / (n[held] - 1)).sum()
    between = (n * mean**2).sum()
    return float((inside + between) ** 0.5 / count.sum())


def logit_interval(
    value: float, error: float | None, confidence: float, *, df: float | None = None
) -> tuple[float | None, float | None]:
    """The normal interval on the logit scale (Pepe, 2003, section 5.2.4), within 0 to 1.

    With `df` the quantile is Student's t. At 0 or 1, where there is no logit, the error is 0 and
    so is the width.
    """
    from math import exp, log

    from validation.intervals import quantile

    if error is None:
        return None, None
    if error == 0 or not 0 < value < 1:  # without width, and without the rounding of logits
        return value, value
    half = quantile(confidence, df) * error / (value * (1 - value))
    centre = log(value / (1 - value))
    return 1 / (1 + exp(half - centre)), 1 / (1 + exp(-half - centre))


def method_name(cluster: object | None, *, logit: bool = False) -> str:
    """The interval's name: independent cases, or cases added within patients."""
    stem = "influence-function-logit" if logit else "influence-function"
    return stem if cluster is None else f"{stem}-clustered"
