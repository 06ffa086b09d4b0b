"""Krippendorff's alpha for nominal, ordinal, interval and ratio ratings, some of them missing.

Krippendorff, Content Analysis, 3rd ed., Sage 2013, chapter 12: one less observed over expected
disagreement, both weighted by the metric of the level of measurement. Units with fewer than two
ratings say nothing. Interval: the jackknife over units (Hughes, arXiv:2210.13265), or percentiles
after resampling units (Zapf et al., BMC Med Res Methodol 2016; 16: 93).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.count_bootstrap import REPLICATES, SEED, Resampling, percentile, vector_units
from validation.estimate import Estimate, absent
from validation.rating.jackknife import METHOD as BY_JACKKNIFE
from validation.rating.jackknife import jackknife

if TYPE_CHECKING:
    import numpy as np

    from validation.count_bootstrap import Units
    from validation.rating.ratings import Ratings

METHOD = "bootstrap-percentile-units"
INTERVALS = ("jackknife", "bootstrap")
LEVELS = ("nominal", "ordinal", "interval", "ratio")
REFERENCES = {
    METHOD: (
        "Krippendorff K. Content Analysis, 3rd ed. Sage, 2013; units resampled: Zapf A et al. BMC "
        "Med Res Methodol 2016; 16: 93."
    )
}
TWO = 2
CHUNK = 500  # samples held at a time


def krippendorff_alpha(
    ratings: Ratings,
    *,
    level: str = "nominal",
    confidence: float = 0.95,
    interval: str = "jackknife",
    replicates: int = REPLICATES,
    seed: int = SEED,
) -> Estimate:
    """Krippendorff's alpha.

    Args:
        ratings: Units by raters.
        level: Of measurement: ``nominal``, ``ordinal``, ``interval`` or ``ratio``. It is part of
            the endpoint's name, but for nominal.
        confidence: Of the interval.
        interval: ``jackknife``, or ``bootstrap`` for percentiles, which are too narrow with few
            units (docs/coverage.md).
        replicates: Bootstrap replicates.
        seed: Of the bootstrap.

    Raises:
        ValueError: An unknown level, or ratings that do not have it: words without an order, words
            as intervals, negative numbers as ratios.
    """
    import numpy as np

    _check(ratings, level)
    if interval not in INTERVALS:
        raise ValueError(f"unknown interval '{interval}': {', '.join(INTERVALS)}")
    method = BY_JACKKNIFE if interval == "jackknife" else METHOD
    name = "krippendorff-alpha" + ("" if level == "nominal" else f"-{level}")
    counts = ratings.counts
    counts = counts[counts.sum(axis=1) >= TWO].astype(float)
    ones = np.ones((1, len(counts)))
    value = float(_alphas(ones, counts, ratings.places, level)[0]) if len(counts) else np.nan
    if not np.isfinite(value):
        reason = "all ratings are equal" if len(counts) else "no unit has two ratings"
        return absent(
            name,
            reason,
            n=len(counts),
            positives=0,
            method=method,
            confidence=confidence,
            unit="alpha",
        )
    units, error = vector_units(counts), None
    if interval == "jackknife":
        left_out = _left_out(units, ratings.places, level)
        found = jackknife(value, left_out, units.number, confidence, within=(-1.0, 1.0))
        low, high, error, reason = found.low, found.high, found.error, found.reason
    else:
        drawn = units.draws(Resampling(times=replicates, seed=seed))
        again = [_alphas(number, units.vectors, ratings.places, level) for number in drawn]
        span = percentile(np.concatenate(again), confidence)
        low, high, reason = span.low, span.high, span.reason
    return Estimate(
        endpoint=name,
        value=value,
        low=low,
        high=high,
        reason=reason,
        n=len(counts),
        positives=0,
        method=method,
        confidence=confidence,
        unit="alpha",
        error=error,
    )


def _left_out(units: Units, values: np.ndarray, level: str) -> np.ndarray:
    """Alpha without one unit of each kind."""
    import numpy as np

    kinds = len(units.number)
    found = []
    for start in range(0, kinds, CHUNK):
        rows = np.arange(start, min(start + CHUNK, kinds))
        number = np.tile(units.number.astype(float), (len(rows), 1))
        number[np.arange(len(rows)), rows] -= 1
        found.append(_alphas(number, units.vectors, values, level))
    return np.concatenate(found)


def _check(ratings: Ratings, level: str) -> None:
    if level not in LEVELS:
        raise ValueError(f"unknown level of measurement '{level}': {', '.join(LEVELS)}")
    if level == "ordinal":
        ratings.require_order("ordinal alpha")
    if level in ("interval", "ratio") and ratings.values is None:
        raise ValueError(f"{level} alpha needs numbers, not {list(ratings.levels)[:5]}")
    if level == "ratio" and ratings.values is not None and (ratings.values < 0).any():
        raise ValueError("ratio alpha needs ratings of 0 or more")


def _alphas(number: np.ndarray, counts: np.ndarray, values: np.ndarray, level: str) -> np.ndarray:
    """Alpha of many samples of units.

    Args:
        number: How often each unit is in each sample, shape (samples, units).
        counts: Ratings of each category in each unit, two or more a unit, shape (units,
            categories).
        values: Of the categories.
        level: Of measurement.
    """
    import numpy as np

    pooled = number @ counts
    total = pooled.sum(axis=1)
    if level == "ordinal":
        # the metric is that of mid-ranks, which each sample has its own
        ranks = np.cumsum(pooled, axis=1) - pooled / 2
        seen, chance = _squares(number, counts, pooled, ranks)
    elif level == "interval":
        centred = np.broadcast_to(values - values.mean(), pooled.shape)
        seen, chance = _squares(number, counts, pooled, centred)
    else:
        apart = _metric(values, level)
        each = ((counts @ apart) * counts).sum(axis=1) / (counts.sum(axis=1) - 1)
        seen, chance = number @ each, ((pooled @ apart) * pooled).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(chance > 0, 1 - (total - 1) * seen / chance, np.nan))


def _metric(values: np.ndarray, level: str) -> np.ndarray:
    import numpy as np

    if level == "nominal":
        return 1 - np.eye(len(values))
    apart, sums = np.subtract.outer(values, values), np.add.outer(values, values)
    return np.asarray(np.divide(apart, sums, out=np.zeros_like(apart), where=sums > 0) ** 2)


def _squares(
    number: np.ndarray, counts: np.ndarray, pooled: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Observed and expected disagreement by squared differences of values, a row a sample.

    Sums over pairs come from sums: twice (number times sum of squares, less the square of the sum).
    """
    raters = counts.sum(axis=1)
    inner = (number * (raters / (raters - 1))) @ counts
    sums = values @ counts.T
    seen = (inner * values**2).sum(axis=1) - (number / (raters - 1) * sums**2).sum(axis=1)
    total = pooled.sum(axis=1)
    chance = total * (pooled * values**2).sum(axis=1) - (pooled * values).sum(axis=1) ** 2
    return 2 * seen, 2 * chance
