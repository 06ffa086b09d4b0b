"""How far Evidently's distance could be from its value on all rows, for want of two values.

Its bins run from the least to the largest value of both sides. Counts say in which bin each of the
two lies, not where. The distance is computed for both at the outer ends of their bins and at the
inner ends; on columns with rare far values (a Student's t, a log-normal) it may change by half,
on all rows as well, when one patient is added. Evidently's formulas, without its rounding to rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring.drift import distances
from monitoring.drift.rebuilt import depends_on_ends, evidently_bins

if TYPE_CHECKING:
    import numpy as np

    from evidence.records import Body

FILL, LOWERED = 1e-4, 1e6  # the share Evidently gives an empty cell, or the least share over this
LEANS = (-1.0, 0.0, 1.0)


def bracket(reference: Body, current: Body, method: str, value: float) -> tuple[float, float]:
    """The least and the largest distance that the counts allow, by where the ends may lie.

    Args:
        reference: The frozen summary.
        current: The window's.
        method: One of Evidently's distances.
        value: What it gave; all there is where the ends do not matter.
    """
    if not depends_on_ends(reference, method):
        return value, value
    found = [value] + [
        distance(evidently_bins(reference, current, method, lean)[1], method) for lean in LEANS
    ]
    return min(found), max(found)


def distance(counts: np.ndarray, method: str) -> float:
    """Evidently's distance of two rows of counts, shape (2, cells)."""
    import numpy as np

    p, q = counts / counts.sum(axis=1, keepdims=True)
    if method == "jensenshannon":  # to base e, where `distances` has base 2
        return distances.jensenshannon(p, q) * float(np.sqrt(np.log(2)))
    if method == "hellinger":
        return distances.hellinger(p, q)
    p, q = _filled(p), _filled(q)
    gain = p * np.log(p / q)
    if method == "kl_div":
        return float((gain / p.sum()).sum() - np.log(p.sum() / q.sum()))
    return float((gain + q * np.log(q / p)).sum())


def _filled(share: np.ndarray) -> np.ndarray:
    import numpy as np

    least = share[share > 0].min()
    return np.where(share > 0, share, least / LOWERED if least <= FILL else FILL)
