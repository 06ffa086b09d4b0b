"""The chance of a positive at each score, learned from the labelled reference set.

Its uncertainty: labels are drawn anew at the reference's own scores, with a smoothed chance, and
the curve is fitted again (parametric bootstrap; Efron B, Tibshirani R. An Introduction to the
Bootstrap, 1993, ch. 6). Cases are taken as independent: where patients repeat in the reference set
the spread is somewhat too small.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from monitoring.label_free.curve import Curve, centred, isotonic
from monitoring.label_free.levels import Levels
from monitoring.label_free.need import needed
from validation.cases import Cases

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

Kind = Literal["isotonic", "none", "if-needed"]
REPLICATES = 1000
SEED = 20240101


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrator:
    """What the reference set says of scores.

    Attributes:
        score: Distinct scores of the reference set, rising, shape (levels,).
        hit: Positives at each.
        miss: Negatives at each.
        curve: The chance of a positive; None where scores are taken at their word.
        smooth: From which labels of replicates are drawn; None where scores are.
        drawn: Curves of replicates; empty where scores are taken at their word.
        replicates: How many; 0 for values without interval.
        seed: Of all that is drawn.
    """

    score: np.ndarray
    hit: np.ndarray
    miss: np.ndarray
    curve: Curve | None
    smooth: Curve | None
    drawn: tuple[Curve, ...]
    replicates: int
    seed: int

    @property
    def positives(self) -> int:
        """Positives in the reference set."""
        return int(self.hit.sum())

    @property
    def negatives(self) -> int:
        """Negatives in the reference set."""
        return int(self.miss.sum())

    @property
    def method(self) -> str:
        """The name of the estimates' method."""
        return "cbpe" if self.curve is None else "cbpe-isotonic"

    def chance(self, score: np.ndarray) -> np.ndarray:
        """The chance of a positive at scores."""
        return score if self.curve is None else self.curve.at(score)


def fit(
    label: ArrayLike,
    score: ArrayLike,
    count: ArrayLike | None = None,
    *,
    kind: Kind = "isotonic",
    replicates: int = REPLICATES,
    seed: int = SEED,
) -> Calibrator:
    """Learn the chance of a positive from the reference set.

    Args:
        label: 1 or 0, one a row.
        score: Higher means more likely positive; a probability unless calibrated here.
        count: People a row.
        kind: ``isotonic``; ``none`` takes scores at their word; ``if-needed`` decides as NannyML
            does (`need`).
        replicates: Of curve and labels; 0 for values without interval.
        seed: Of the source of chance.

    Raises:
        ValueError: What `Cases.of` refuses, or one class only.
    """
    import numpy as np

    cases = Cases.of(label, score, count)
    if cases.one_class:
        raise ValueError(f"the reference set cannot calibrate: {cases.one_class}")
    values, place = np.unique(cases.score, return_inverse=True)
    hit, miss = (
        np.bincount(place.ravel(), weights=cases.count * (cases.label == y), minlength=len(values))
        for y in (1, 0)
    )
    kept = hit + miss > 0
    values, hit, miss = values[kept], hit[kept], miss[kept]
    if kind == "if-needed":
        kind = "isotonic" if needed(values, hit, miss, seed=seed) else "none"
    if kind == "none" and (values.min() < 0 or values.max() > 1):
        raise ValueError("scores outside 0 to 1 are no probabilities: calibrate them (isotonic)")
    smooth = None if kind == "none" else centred(values, hit, miss)
    return Calibrator(
        score=values,
        hit=hit,
        miss=miss,
        curve=None if kind == "none" else isotonic(values, hit, miss),
        smooth=smooth,
        drawn=() if smooth is None else _drawn(values, hit + miss, smooth, replicates, seed),
        replicates=replicates,
        seed=seed,
    )


def _drawn(
    score: np.ndarray, people: np.ndarray, curve: Curve, replicates: int, seed: int
) -> tuple[Curve, ...]:
    """Curves fitted to labels drawn from the curve at the reference's own scores."""
    import numpy as np

    levels = Levels(score=score[::-1], count=people[::-1].astype(int)).merged(())
    at, n = levels.score[::-1], levels.count[::-1]
    hits = np.random.default_rng(seed).binomial(n, curve.at(at), size=(replicates, len(n)))
    return tuple(isotonic(at, row, n - row) for row in hits)
