"""Isotonic regression of a label on a score, from counts.

Zadrozny B, Elkan C. KDD 2002: 694-699 (calibration); adjacent violators are pooled, with straight
lines between the scores that were seen and level beyond them, as scikit-learn's
`IsotonicRegression(out_of_bounds="clip")` that NannyML uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Straight lines between knots, level beyond them.

    Attributes:
        score: Rising, shape (knots,).
        chance: Of a positive, never falling, shape (knots,).
    """

    score: np.ndarray
    chance: np.ndarray

    def at(self, score: np.ndarray) -> np.ndarray:
        """The chance of a positive at scores, of any shape."""
        import numpy as np

        return np.asarray(np.interp(score, self.score, self.chance))


def isotonic(score: np.ndarray, hit: np.ndarray, miss: np.ndarray) -> Curve:
    """The isotonic regression of the label on the score, from counts.

    Args:
        score: Distinct scores, rising.
        hit: Positives at each.
        miss: Negatives at each; somebody stands at each score.
    """
    from scipy.optimize import isotonic_regression

    people = hit + miss
    found = isotonic_regression(hit / people, weights=people)
    return Curve(score=score, chance=found.x)


def centred(score: np.ndarray, hit: np.ndarray, miss: np.ndarray) -> Curve:
    """The same regression without its jumps and certainties, to draw labels from.

    Each block of one chance stands at its people's mean score, with straight lines between
    (centred isotonic regression: Oron AP, Flournoy N. Stat Biopharm Res 2017; 9: 258-267), and
    its chance is (positives + 1/2) / (people + 1). A curve that says 0 where a hundred negatives
    stood would have replicates without the rare positive that a window may hold.
    """
    import numpy as np
    from scipy.optimize import isotonic_regression

    people = hit + miss
    starts = isotonic_regression(hit / people, weights=people).blocks[:-1]
    hits, n, at = (np.add.reduceat(part, starts) for part in (hit, people, people * score))
    chance = np.maximum.accumulate((hits + 0.5) / (n + 1))
    return Curve(score=at / n, chance=chance)
