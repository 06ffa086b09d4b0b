"""Whether scores need calibration, decided as NannyML 0.13 decides it.

Ten times a tenth of the reference set is held out at random within each class; an isotonic
regression is fitted to the rest and applied to it. The held-out cases of all ten draws are put
together. Calibration is needed where their expected calibration error over ten groups of equal
size is larger before it than after. It is never needed where the AUROC is above 0.999.

NannyML cuts sorted rows, so that equal scores fall into groups by chance; here a score that two
groups share is shared out between them in proportion. The draws are those of a seed of our own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring.label_free.curve import isotonic

if TYPE_CHECKING:
    import numpy as np

SPLITS, HELD_OUT, GROUPS = 10, 0.1, 10
NEARLY_PERFECT = 0.999


def needed(score: np.ndarray, hit: np.ndarray, miss: np.ndarray, *, seed: int) -> bool:
    """Whether isotonic regression makes held-out scores truer.

    Args:
        score: Distinct scores, rising, shape (levels,).
        hit: Positives at each.
        miss: Negatives at each.
        seed: Of the draws.
    """
    import numpy as np

    from validation.binary.roc import whole_area

    if score.min() < 0 or score.max() > 1:
        return True  # no probabilities
    if whole_area(hit[::-1], miss[::-1]) > NEARLY_PERFECT:
        return False
    rng = np.random.default_rng(seed)
    splits = [_held_out(score, hit, miss, rng) for _ in range(SPLITS)]
    hits, people, after = (np.concatenate(parts) for parts in zip(*splits, strict=True))
    before = np.tile(score, SPLITS)
    return error(before, hits, people) > error(after, hits, people)


def _held_out(
    score: np.ndarray, hit: np.ndarray, miss: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positives and people held out at each score, and their chance by those who were not."""
    import numpy as np

    out = [
        rng.multivariate_hypergeometric(
            part.astype(int), round(HELD_OUT * part.sum()), method="marginals"
        )
        for part in (hit, miss)
    ]
    rest = [hit - out[0], miss - out[1]]
    kept = rest[0] + rest[1] > 0
    curve = isotonic(score[kept], rest[0][kept], rest[1][kept])
    return out[0], np.asarray(out[0] + out[1]), curve.at(score)


def error(chance: np.ndarray, hits: np.ndarray, people: np.ndarray) -> float:
    """The expected calibration error over groups of equal size, from counts.

    Args:
        chance: Predicted, shape (levels,); in any order, may repeat.
        hits: Positives at each.
        people: People at each.
    """
    import numpy as np

    order = np.argsort(chance, kind="stable")
    n, off = people[order], (hits - people * chance)[order]
    values = np.unique(chance[order], return_inverse=True)[1].ravel()
    n, off = np.bincount(values, weights=n), np.bincount(values, weights=off)
    cuts = np.linspace(0, n.sum(), GROUPS + 1)
    upto = np.interp(cuts, np.append(0, np.cumsum(n)), np.append(0, np.cumsum(off)))
    return float(np.abs(np.diff(upto)).sum() / n.sum())
