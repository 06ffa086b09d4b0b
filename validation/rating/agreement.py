"""Agreement of raters on categories: percent agreement, Fleiss' kappa, Gwet's AC1 and AC2.

All three as Gwet generalises them (Handbook of Inter-Rater Reliability, 4th ed., 2014; R's
``irrCAC``): any number of raters, missing ratings allowed, weights for partial agreement, and a
standard error from the units' influences with Student's t on units - 1 degrees of freedom. With
the same number of ratings a unit and no weights, kappa is that of Fleiss (Psychol Bull 1971; 76:
378-382). Weights follow the values of numeric categories, else their places in the order.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from validation.binary.proportion import proportion
from validation.estimate import Estimate, Test, absent
from validation.intervals import normal
from validation.rating.fleiss_test import fleiss_zero
from validation.rating.jackknife import METHOD as BY_JACKKNIFE
from validation.rating.jackknife import Jackknife, jackknife
from validation.rating.kappa import cohen_kappa, distances, endpoint_name
from validation.rating.ratings import MISSING

if TYPE_CHECKING:
    import numpy as np

    from validation.rating.ratings import Ratings

METHOD = "gwet"
REFERENCES = {
    METHOD: (
        "Gwet KL. Br J Math Stat Psychol 2008; 61: 29-48; Handbook of Inter-Rater Reliability, 4th "
        "ed. Advanced Analytics, 2014: missing ratings, weights, variance over units, t interval."
    ),
}
TWO = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What all coefficients share.

    Attributes:
        counts: Raters by category, of units rated at all, shape (units, categories).
        weight: Agreement between categories, 0 to 1.
        raters: Ratings of each unit.
        agreed: Observed agreement of each unit with two ratings or more, else 0.
        share: Mean share of each category.
    """

    counts: np.ndarray
    weight: np.ndarray
    raters: np.ndarray
    agreed: np.ndarray
    share: np.ndarray

    @property
    def paired(self) -> np.ndarray:
        """Whether a unit has two ratings or more."""
        return self.raters >= TWO


def percent_agreement(
    ratings: Ratings, *, weights: str = "none", confidence: float = 0.95, small_sample: bool = False
) -> Estimate:
    """The mean over units of the share of pairs of raters who agree.

    Args:
        ratings: Units by raters.
        weights: ``none``, ``linear`` or ``quadratic`` partial agreement.
        confidence: Of the interval.
        small_sample: Take the jackknife's standard error.
    """
    return _coefficient(
        ratings, "percent-agreement", weights, confidence, small_sample=small_sample
    )


def unanimity(ratings: Ratings, *, confidence: float = 0.95) -> Estimate:
    """The share of units, rated by all raters, on which all agree (R's ``irr::agree``); Wilson.

    Args:
        ratings: Units by raters.
        confidence: Of the interval.
    """
    whole = ratings.codes[(ratings.codes != MISSING).all(axis=1)]
    hits = int((whole == whole[:, :1]).all(axis=1).sum())
    name = "percent-agreement-unanimous"
    return proportion(name, hits, len(whole), positives=0, confidence=confidence)


def fleiss_kappa(
    ratings: Ratings, *, weights: str = "none", confidence: float = 0.95, small_sample: bool = False
) -> tuple[Estimate, Test]:
    """Fleiss' kappa with its interval, and the test of kappa = 0 (Fleiss, Nee and Landis 1979).

    Args:
        ratings: Units by raters.
        weights: ``none``, ``linear`` or ``quadratic``.
        confidence: Of the interval.
        small_sample: Take the jackknife's standard error, which covers better with few units.
    """
    estimate = _coefficient(ratings, "fleiss-kappa", weights, confidence, small_sample=small_sample)
    return estimate, fleiss_zero(ratings, estimate)


def gwet_ac(
    ratings: Ratings, *, weights: str = "none", confidence: float = 0.95, small_sample: bool = False
) -> Estimate:
    """Gwet's AC1; with weights AC2 (``gwet-ac2-linear``, ``gwet-ac2-quadratic``).

    Chance agreement depends on how many categories there are: name those that were never used.

    Args:
        ratings: Units by raters.
        weights: ``none``, ``linear`` or ``quadratic``.
        confidence: Of the interval.
        small_sample: Take the jackknife's standard error.
    """
    name = "gwet-ac1" if weights == "none" else "gwet-ac2"
    return _coefficient(ratings, name, weights, confidence, small_sample=small_sample)


def cohen_pairs(
    ratings: Ratings, *, weights: str = "none", confidence: float = 0.95, small_sample: bool = False
) -> tuple[tuple[Estimate, Test], ...]:
    """Cohen's kappa of each two raters on the units that both rated.

    Args:
        ratings: Units by raters.
        weights: ``none``, ``linear`` or ``quadratic``, by the categories' places.
        confidence: Of the intervals.
        small_sample: Take the score interval.
    """
    import dataclasses

    if weights != "none":
        ratings.require_order("a weighted kappa")
    found = []
    for first, second in combinations(range(len(ratings.raters)), 2):
        estimate, test = cohen_kappa(
            ratings.table(first, second),
            weights=weights,
            confidence=confidence,
            small_sample=small_sample,
        )
        pair = f"raters={ratings.raters[first]} & {ratings.raters[second]}"
        names = {"raters": [ratings.raters[first], ratings.raters[second]]}
        name = "overall" if len(ratings.raters) == TWO else pair
        found.append(
            (
                dataclasses.replace(estimate, subgroup=name),
                dataclasses.replace(test, details=names),
            )
        )
    return tuple(found)


def _coefficient(
    ratings: Ratings, stem: str, weights: str, confidence: float, *, small_sample: bool
) -> Estimate:
    import numpy as np
    from scipy.stats import t

    name = endpoint_name(weights, stem)
    if weights != "none":
        ratings.require_order(f"a weighted {stem}")
    unit = "proportion" if stem == "percent-agreement" else "kappa"
    n = len(ratings.counts)
    parts = _parts(ratings, weights) if n else None
    reason = _why_not(parts, stem)
    if reason or parts is None:
        return absent(
            name, reason, n=n, positives=0, method=METHOD, confidence=confidence, unit=unit
        )
    value, error = _solve(parts, stem)
    least = -1.0 if unit == "kappa" else 0.0
    if small_sample:
        ones, left_out = np.ones(n), _left_out(parts, stem)
        span = jackknife(value, left_out, ones, confidence, within=(least, 1.0))
    else:
        low, high = normal(value, error, confidence, within=(least, 1.0), df=n - 1 or None)
        span = Jackknife(low=low, high=high, error=error)
        if n == 1:
            span = Jackknife(low=None, high=None, error=None, reason="one unit has no variance")
    return Estimate(
        endpoint=name,
        value=value,
        low=span.low,
        high=span.high,
        n=n,
        positives=0,
        method=BY_JACKKNIFE if small_sample else METHOD,
        confidence=confidence,
        unit=unit,
        error=span.error,
        reason=span.reason,
        p=float(2 * t.sf(abs(value) / span.error, n - 1)) if span.error else None,
    )


def _parts(ratings: Ratings, weights: str) -> _Parts:
    import numpy as np

    counts = ratings.counts.astype(float)
    weight = 1 - distances(ratings.places, weights)
    raters = counts.sum(axis=1)
    pairs = raters * (raters - 1)
    both = (counts * (counts @ weight - 1)).sum(axis=1)
    agreed = np.divide(both, pairs, out=np.zeros_like(both), where=pairs > 0)
    share = (counts / raters[:, None]).mean(axis=0)
    return _Parts(counts=counts, weight=weight, raters=raters, agreed=agreed, share=share)


def _chance(parts: _Parts, stem: str) -> tuple[float, np.ndarray]:
    """Agreement by chance, and what each unit says of it."""
    import numpy as np

    share, weight = parts.share, parts.weight
    if stem == "fleiss-kappa":
        each = parts.counts @ ((weight @ share + weight.T @ share) / 2) / parts.raters
        return float(share @ weight @ share), each
    if stem.startswith("gwet"):
        k = len(share)
        scale = weight.sum() / (k * (k - 1))
        each = scale * (parts.counts @ (1 - share)) / parts.raters
        return float(scale * (share * (1 - share)).sum()), each
    return 0.0, np.zeros(len(parts.raters))


def _why_not(parts: _Parts | None, stem: str) -> str:
    if parts is None:
        return "no ratings"
    if not parts.paired.any():
        return "no unit has two ratings"
    if stem.startswith("gwet") and len(parts.share) == 1:
        return "one category only"
    return "one category only" if _chance(parts, stem)[0] >= 1 - 1e-12 else ""


def _solve(parts: _Parts, stem: str) -> tuple[float, float]:
    """The coefficient and its standard error."""
    n, paired = len(parts.raters), parts.paired
    chance, each = _chance(parts, stem)
    seen = float(parts.agreed[paired].mean())
    value = (seen - chance) / (1 - chance)
    own = n / paired.sum() * (parts.agreed - chance * paired) / (1 - chance)
    moved = own - 2 * (1 - value) * (each - chance) / (1 - chance)
    squares = float(((moved - value) ** 2).sum())
    return value, (squares / (n * max(n - 1, 1))) ** 0.5


def _left_out(parts: _Parts, stem: str) -> np.ndarray:
    """The coefficient without each unit in turn; NaN where it has no value."""
    import numpy as np

    n, share = len(parts.raters), parts.counts / parts.raters[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        seen = (parts.agreed.sum() - parts.agreed) / (parts.paired.sum() - parts.paired)
        rest = (share.sum(axis=0) - share) / (n - 1)
    if stem == "fleiss-kappa":
        chance = ((rest @ parts.weight) * rest).sum(axis=1)
    elif stem.startswith("gwet"):
        k = rest.shape[1]
        chance = parts.weight.sum() / (k * (k - 1)) * (rest * (1 - rest)).sum(axis=1)
    else:
        chance = np.zeros(n)
    apart = 1 - chance
    return np.where(apart > 1e-12, (seen - chance) / np.where(apart > 0, apart, 1), np.nan)  # noqa: PLR2004 - rounding
