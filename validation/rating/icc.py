"""Intraclass correlation: the six forms of Shrout and Fleiss, with intervals from F.

Shrout and Fleiss, Psychol Bull 1979; 86: 420-428; names in McGraw and Wong, Psychol Methods 1996;
1: 30-46. Form 1: each unit has raters of its own (one-way); 2: the raters are a random sample, and
agreement is absolute; 3: these raters only, and consistency. ``-1`` is of one rating, ``-k`` of the
mean of all raters. A unit with a missing rating is left out, as R's ``irr::icc`` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.estimate import Estimate, Test, absent
from validation.rating.ratings import MISSING

if TYPE_CHECKING:
    from validation.rating.ratings import Ratings

METHOD = "shrout-fleiss"
_CITE = (
    "Shrout PE, Fleiss JL. Psychol Bull 1979; 86: 420-428; McGraw KO, Wong SP. Psychol Methods "
    "1996; 1: 30-46"
)
REFERENCES = {METHOD: _CITE + ": interval from F.", "icc-zero": _CITE + ": F test of ICC = 0."}
FORMS = ("icc-1-1", "icc-2-1", "icc-3-1", "icc-1-k", "icc-2-k", "icc-3-k")
TWO = 2
ROUNDING = 1e-14  # of the sum of squares: less is no variance


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
    nothing = ROUNDING * float((y**2).sum())

    def mean_square(total: float, df: int) -> float:
        return total / df if total > nothing else 0.0

    rest = y - rows[:, None] - columns
    return Squares(
        units=n,
        raters=k,
        between=mean_square(float(k * (rows**2).sum()), n - 1),
        columns=mean_square(float(n * (columns**2).sum()), k - 1),
        within=mean_square(float(((y - rows[:, None]) ** 2).sum()), n * (k - 1)),
        residual=mean_square(float((rest**2).sum()), (n - 1) * (k - 1)),
    )


def _single(name: str, s: Squares) -> float | None:
    """Of one rating; None when nothing varies that the form looks at."""
    n, k = s.units, s.raters
    error = _error(name, s)
    more = k * (s.columns - s.residual) / n if name.startswith("icc-2") else 0.0
    below = s.between + (k - 1) * error + more
    return (s.between - error) / below if below > 0 else None


def _error(name: str, s: Squares) -> float:
    return s.within if name.startswith("icc-1") else s.residual


def _of_mean(single: float, k: int) -> float | None:
    """Spearman-Brown: of the mean of k ratings."""
    below = 1 + (k - 1) * single
    return k * single / below if below > 0 else None


def _estimate(name: str, s: Squares, confidence: float) -> Estimate:
    single = value = _single(name, s)
    low, high = (None, None) if single is None else _interval(name, s, single, confidence)
    if single is not None and name.endswith("-k"):
        value = _of_mean(single, s.raters)
        low, high = (None if end is None else _of_mean(end, s.raters) for end in (low, high))
    whole = value is not None and low is not None and high is not None
    within = "no variance within units" if _error(name, s) <= 0 else "the approximation fails"
    missing = "units do not vary" if value is None else f"no interval: {within}"
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


def _interval(
    name: str, s: Squares, single: float, confidence: float
) -> tuple[float | None, float | None]:
    """Of a single rating."""
    from scipy.stats import f

    n, k, upper = s.units, s.raters, 0.5 + confidence / 2
    error = _error(name, s)
    if error <= 0:
        return None, None
    if name.startswith("icc-2"):
        return _agreement_interval(s, single, upper)
    df = n * (k - 1) if name.startswith("icc-1") else (n - 1) * (k - 1)
    ratio = s.between / error
    low = ratio / float(f.ppf(upper, n - 1, df))
    high = ratio * float(f.ppf(upper, df, n - 1))
    return (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def _agreement_interval(s: Squares, rho: float, upper: float) -> tuple[float | None, float | None]:
    """Of ICC(2,1), with Satterthwaite's degrees of freedom (Shrout and Fleiss 1979)."""
    from scipy.stats import f

    n, k = s.units, s.raters
    ratio = s.columns / s.residual
    a = n * (1 + (k - 1) * rho) - k * rho
    df = (k - 1) * (n - 1) * (k * rho * ratio + a) ** 2
    df /= (n - 1) * k**2 * rho**2 * ratio**2 + a**2
    rest = k * s.columns + (k * n - k - n) * s.residual
    down, up = float(f.ppf(upper, n - 1, df)), float(f.ppf(upper, df, n - 1))
    low = n * (s.between - down * s.residual) / (down * rest + n * s.between)
    high = n * (up * s.between - s.residual) / (rest + n * up * s.between)
    # the approximation breaks down at negative values: no interval rather than a false one
    return (low, high) if low <= rho <= high else (None, None)


def _zero(name: str, s: Squares) -> Test:
    from scipy.stats import f

    n, k = s.units, s.raters
    one_way = name.startswith("icc-1")
    error = _error(name, s)
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
