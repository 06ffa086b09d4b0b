"""What is read off the empirical ROC curve: its whole and partial areas, and fixed points on it.

The curve joins its points, one a distinct score, by straight lines, as pROC draws it (Robin X et
al. BMC Bioinformatics 2011; 12: 77). All is computed from the positives and negatives at each
score, in O(n log n), and vectorised so that thousands of resampled curves are one call.

- Partial area: between two specificities (under the curve) or two sensitivities (beside it), in
  pROC's definition, and McClish's correction of it to the scale 0.5 to 1 (McClish DK. Med Decis
  Making 1989; 9: 190-195).
- Sensitivity at a fixed specificity, and the reverse: on the interpolated curve; where the curve
  is vertical there, its upper end (pROC's `coords`).

Names carry their numbers: ``partial-auroc-specificity-0.9-1``, ``sensitivity-at-specificity-0.9``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from validation.resampling import Statistic

PATTERN = re.compile(
    r"(?P<area>partial-auroc(?P<corrected>-corrected)?)-(?P<focus>specificity|sensitivity)"
    r"-(?P<low>\d*\.?\d+)-(?P<high>\d*\.?\d+)"
    r"|(?P<of>sensitivity|specificity)-at-(?P<at>specificity|sensitivity)-(?P<point>\d*\.?\d+)"
)
TOUCH = 1e-12  # two shares that differ less are one point of the curve


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A statistic of the curve.

    Attributes:
        statistic: Of positives and negatives at each score, highest first.
        unit: What it is counted in.
        least: Below it the value has no meaning.
    """

    statistic: Statistic
    unit: str
    least: float = 0.0


def reading(name: str) -> Reading | None:
    """The statistic that a name with numbers in it stands for; None when it is no such name.

    Raises:
        ValueError: The numbers are no shares, or not in order.
    """
    found = PATTERN.fullmatch(name)
    if not found:
        return None
    if found["of"]:
        point = float(found["point"])
        if found["of"] == found["at"] or not 0 <= point <= 1:
            raise ValueError(f"'{name}': the other one at a share between 0 and 1")
        function = sensitivity_at if found["of"] == "sensitivity" else specificity_at
        return Reading(statistic=partial(function, point=point), unit="proportion")
    low, high = float(found["low"]), float(found["high"])
    if not 0 <= low < high <= 1:
        raise ValueError(f"'{name}': two shares between 0 and 1, the lower first")
    area, least = (corrected_area, 0.5) if found["corrected"] else (partial_area, 0.0)
    return Reading(
        statistic=partial(area, focus=found["focus"], low=low, high=high), unit="auc", least=least
    )


def curve(hit: np.ndarray, miss: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """False positive rate and sensitivity at each point, from (0, 0) to (1, 1)."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        rates = [
            np.cumsum(counts, axis=-1) / counts.sum(axis=-1, keepdims=True)
            for counts in (miss, hit)
        ]
    start = np.zeros((*hit.shape[:-1], 1))
    fpr, tpr = (np.concatenate([start, rate], axis=-1) for rate in rates)
    return fpr, tpr


def whole_area(hit: np.ndarray, miss: np.ndarray) -> np.ndarray:
    """The AUROC, ties counted half."""
    import numpy as np

    above = np.cumsum(hit, axis=-1) - hit / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((miss * above).sum(-1) / (hit.sum(-1) * miss.sum(-1)))


def partial_area(
    hit: np.ndarray, miss: np.ndarray, *, focus: str, low: float, high: float
) -> np.ndarray:
    """The area between two specificities, or two sensitivities, in pROC's definition."""
    import numpy as np

    fpr, tpr = curve(hit, miss)
    along, height = (fpr, tpr) if focus == "specificity" else (tpr, 1 - fpr)
    first, last = (1 - high, 1 - low) if focus == "specificity" else (low, high)
    left, right = along[..., :-1], along[..., 1:]
    a, b = np.clip(left, first, last), np.clip(right, first, last)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(right > left, ((a + b) / 2 - left) / (right - left), 0.0)
    middle = height[..., :-1] + share * (height[..., 1:] - height[..., :-1])
    return np.asarray(((b - a) * middle).sum(-1))


def corrected_area(
    hit: np.ndarray, miss: np.ndarray, *, focus: str, low: float, high: float
) -> np.ndarray:
    """McClish's correction: 0.5 on the chance line, 1 for a perfect curve.

    Below 0.5 it has no meaning; replicates may still fall there, as in pROC.
    """
    import numpy as np

    area = partial_area(hit, miss, focus=focus, low=low, high=high)
    width = high - low
    chance = width * ((1 - high) + (1 - low)) / 2
    return np.asarray((1 + (area - chance) / (width - chance)) / 2)


def sensitivity_at(hit: np.ndarray, miss: np.ndarray, *, point: float) -> np.ndarray:
    """Sensitivity at a fixed specificity."""
    fpr, tpr = curve(hit, miss)
    return _height(fpr, tpr, 1 - point)


def specificity_at(hit: np.ndarray, miss: np.ndarray, *, point: float) -> np.ndarray:
    """Specificity at a fixed sensitivity."""
    fpr, tpr = curve(hit, miss)
    return _height(1 - tpr[..., ::-1], 1 - fpr[..., ::-1], 1 - point)


def _height(along: np.ndarray, height: np.ndarray, at: float) -> np.ndarray:
    """The height of a rising line at a place; its upper end where it is vertical there."""
    import numpy as np

    last = along.shape[-1] - 1
    here = np.maximum((along <= at + TOUCH).sum(-1, keepdims=True) - 1, 0)
    following = np.minimum(here + 1, last)
    x, y, u, v = (
        np.take_along_axis(values, index, -1)[..., 0]
        for index in (here, following)
        for values in (along, height)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(u > x, (at - x) / (u - x), 0.0)
    found = y + np.clip(share, 0.0, 1.0) * (v - y)
    known = np.isfinite(along).all(-1) & np.isfinite(height).all(-1)
    return np.asarray(np.where(known, found, np.nan))
