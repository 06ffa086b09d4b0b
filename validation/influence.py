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
    "influence-function-clustered": (
        "Obuchowski NA. Biometrics 1997; 53: 567-578: influences added within patients."
    ),
}


def standard_error(
    influence: np.ndarray, count: np.ndarray, cluster: np.ndarray | None = None
) -> float | None:
    """The standard error of an estimate; None with fewer than two units.

    Args:
        influence: Of one case of each row, mean zero over all cases, shape (rows,).
        count: Cases a row.
        cluster: Code of each row's patient; every case a unit of its own when None.
    """
    import numpy as np

    n = float(count.sum())
    if cluster is None:
        units, squares = n, float((count * influence**2).sum())
    else:
        held = np.bincount(cluster, weights=count) > 0
        units = float(held.sum())
        squares = float((np.bincount(cluster, weights=count * influence) ** 2).sum())
    if units < 2:  # noqa: PLR2004 - a variance needs two
        return None
    return float((units / (units - 1) * squares) ** 0.5 / n)


def method_name(cluster: object | None) -> str:
    """The interval's name: independent cases, or cases added within patients."""
    return "influence-function" if cluster is None else "influence-function-clustered"
