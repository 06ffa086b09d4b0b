"""Intraclass correlation: the six forms of Shrout and Fleiss, with intervals from F.

Shrout and Fleiss, Psychol Bull 1979; 86: 420-428; names in McGraw and Wong, Psychol Methods 1996;
1: 30-46. Form 1: each unit has raters of its own (one-way); 2: the raters are a random sample, and
agreement is absolute; 3: these raters only, and consistency. ``-1`` is of one rating, ``-k`` of the
mean of all raters. A unit with a missing rating is left out, as R's ``irr::icc`` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from validation.estimate import Estimate, Test, absent
from validation.ratings import MISSING

if TYPE_CHECKING:
    from validation.ratings import Ratings

METHOD = "shrout-fleiss"
_CITE = (
    "Shrout PE, Fleiss JL. Psychol Bull 1979; 86: 420-428; McGraw KO, Wong SP. Psychol Methods "
    "1996; 1: 30-46"
)
REFERENCES = {METHOD: _CITE + ": interval from F.", "icc-zero": _CITE + ": F test of ICC = 0."}
FORMS = ("icc-1-1", "icc-2-1", "icc-3-1", "icc-1-k", "icc-2-k", "icc-3-k")
TWO = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Squares:
    """Mean squares of a two-way table.

    Attributes:
        units: Number of units.
        raters: Number of raters.
        between: Of units.
        columns: Of raters.
        within: Within units.
        residual: Within units, without raters.
    """

    units: int
    raters: int
    between: float
    columns: float
    within: float
    residual: float


def icc(ratings: Ratings, *, confidence: float = 0.95) -> tuple[list[Estimate], list[Test]]:
    """The six forms with their intervals, and for single ratings the F test of ICC = 0.

    Args:
        ratings: Units by raters; numbers.
        confidence: Of the intervals.

    Raises:
        ValueError: The ratings are words.
    """
    found = mean_squares(ratings)
    n = int((ratings.codes != MISSING).all(axis=1).sum())
    reason = "" if found else "fewer than two raters, or than two units rated by all raters"
    if found and found.between + found.within <= 0:
        reason = "all ratings are equal"
    if found is None or reason:
        lacking = [
            absent(
                name,
                reason,
                n=n,
                positives=0,
                method=METHOD,
                confidence=confidence,
                unit="correlation",
            )
            for name in FORMS
        ]
        return lacking, []
    estimates = [_estimate(name, found, confidence) for name in FORMS]
    return estimates, [_zero(name, found) for name in FORMS[:3]]


def mean_squares(ratings: Ratings) -> Squares | None:
    """Of the units rated by all raters; None with fewer than two units or raters.

    Raises:
        ValueError: The ratings are words.
    """
    if ratings.values is None:
        raise ValueError(f"an ICC needs numbers, not {list(ratings.levels)[:5]}")
    y = ratings.values[ratings.codes[(ratings.codes != MISSING).all(axis=1)]]
    n, k = len(y), len(ratings.raters)
    if n < TWO or k < TWO:
        return None
    y = y - y.mean()
    rows, columns = y.mean(axis=1), y.mean(axis=0)
    within = float(((y - rows[:, None]) ** 2).sum())
    between_raters = float(n * (columns**2).sum())
    residual = float(((y - rows[:, None] - columns) ** 2).sum())
    return Squares(
        units=n,
        raters=k,
        between=float(k * (rows**2).sum()) / (n - 1),
        columns=between_raters / (k - 1),
        within=within / (n * (k - 1)),
        residual=residual / ((n - 1) * (k - 1)),
    )


def _single(name: str, s: Squares) -> float:
    n, k = s.units, s.raters
    if name.startswith("icc-1"):
        return (s.between - s.within) / (s.between + (k - 1) * s.within)
    more = k * (s.columns - s.residual) / n if name.startswith("icc-2") else 0.0
    return (s.between - s.residual) / (s.between + (k - 1) * s.residual + more)


def _of_mean(single: float, k: int) -> float | None:
    """Spearman-Brown: of the mean of k ratings."""
    below = 1 + (k - 1) * single
    return k * single / below if below > 0 else None


def _estimate(name: str, s: Squares, confidence: float) -> Estimate:
    single = _single(name, s)
    low, high = _interval(name, s, confidence)
    value: float | None = single
    if name.endswith("-k"):
        value = _of_mean(single, s.raters)
        low, high = (None if end is None else _of_mean(end, s.raters) for end in (low, high))
    whole = low is not None and high is not None
    within = "no variance within units: no interval" if s.residual <= 0 else "F gives no interval"
    missing = "the mean of raters does not vary between units" if value is None else within
    return Estimate(
        endpoint=name,
        value=value,
        low=low if whole else None,
        high=min(high, 1.0) if whole and high is not None else None,
        n=s.units,
        positives=0,
        method=METHOD,
        confidence=confidence,
        unit="correlation",
        reason="" if whole else missing,
    )


def _interval(name: str, s: Squares, confidence: float) -> tuple[float | None, float | None]:
    """Of a single rating."""
    from scipy.stats import f

    n, k, upper = s.units, s.raters, 0.5 + confidence / 2
    if name.startswith("icc-2"):
        return _agreement_interval(s, upper)
    error, df = (
        (s.within, n * (k - 1)) if name.startswith("icc-1") else (s.residual, (n - 1) * (k - 1))
    )
    if error <= 0:
        return None, None
    ratio = s.between / error
    low = ratio / float(f.ppf(upper, n - 1, df))
    high = ratio * float(f.ppf(upper, df, n - 1))
    return (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def _agreement_interval(s: Squares, upper: float) -> tuple[float | None, float | None]:
    """Of ICC(2,1), with Satterthwaite's degrees of freedom (Shrout and Fleiss 1979)."""
    from scipy.stats import f

    n, k, rho = s.units, s.raters, _single("icc-2-1", s)
    if s.residual <= 0:
        return None, None
    ratio = s.columns / s.residual
    a = n * (1 + (k - 1) * rho) - k * rho
    df = (k - 1) * (n - 1) * (k * rho * ratio + a) ** 2
    df /= (n - 1) * k**2 * rho**2 * ratio**2 + a**2
    rest = k * s.columns + (k * n - k - n) * s.residual
    down, up = float(f.ppf(upper, n - 1, df)), float(f.ppf(upper, df, n - 1))
    if not isfinite(down + up):
        return None, None
    low = n * (s.between - down * s.residual) / (down * rest + n * s.between)
    high = n * (up * s.between - s.residual) / (rest + n * up * s.between)
    return low, high


def _zero(name: str, s: Squares) -> Test:
    from scipy.stats import f

    n, k = s.units, s.raters
    one_way = name.startswith("icc-1")
    error = s.within if one_way else s.residual
    df = (float(n - 1), float(n * (k - 1) if one_way else (n - 1) * (k - 1)))
    if error <= 0:
        reason = "no variance within units"
        return Test(
            test="icc-zero", endpoint=name, statistic=None, p=None, df=df, n=n, reason=reason
        )
    ratio = s.between / error
    p = float(f.sf(ratio, *df))
    return Test(
        test="icc-zero",
        endpoint=name,
        statistic=ratio,
        df=df,
        p=p,
        n=n,
        unit="correlation",
        alternative="superiority",
    )
