"""Estimates of several sites pooled by inverse variance, with their heterogeneity.

Cochran, Biometrics 1954; 10: 101-129 (fixed effect, Q). DerSimonian and Laird, Control Clin Trials
1986; 7: 177-188. Paule and Mandel, J Res Natl Bur Stand 1982; 87: 377-385. REML: Viechtbauer, J
Educ Behav Stat 2005; 30: 261-293 (as `rma` of R's metafor). Interval: Hartung and Knapp, Stat Med
2001; 20: 3875-3889. I2: Higgins and Thompson, Stat Med 2002; 21: 1539-1558 (as `meta`), and by
Q-profile, Viechtbauer, Stat Med 2007; 26: 37-52 (as `metafor`). Prediction interval: Higgins,
Thompson and Spiegelhalter, J R Stat Soc A 2009; 172: 137-159 (t with k - 2 degrees of freedom).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

Spread = Literal["reml", "paule-mandel", "dersimonian-laird"]
Interval = Literal["hartung-knapp", "hartung-knapp-modified", "normal"]
REFERENCES = {
    "fixed-effect": "Cochran WG. Biometrics 1954; 10: 101-129 (inverse variance).",
    "cochran-q": "Cochran WG. Biometrics 1954; 10: 101-129.",
    "dersimonian-laird": "DerSimonian R, Laird N. Control Clin Trials 1986; 7: 177-188.",
    "paule-mandel": "Paule RC, Mandel J. J Res Natl Bur Stand 1982; 87: 377-385.",
    "reml": "Viechtbauer W. J Educ Behav Stat 2005; 30: 261-293.",
    "hartung-knapp": "Hartung J, Knapp G. Stat Med 2001; 20: 3875-3889.",
    "hartung-knapp-modified": "Röver C, Knapp G, Friede T. BMC Med Res Methodol 2015; 15: 99.",
    "higgins-thompson": "Higgins JPT, Thompson SG. Stat Med 2002; 21: 1539-1558.",
    "q-profile": "Viechtbauer W. Stat Med 2007; 26: 37-52.",
    "prediction-higgins-2009": "Higgins JPT et al. J R Stat Soc A 2009; 172: 137-159 (t, k - 2).",
}
TWO, THREE = 2, 3  # sites that a variance, and a prediction, need


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Pooled values on the scale that was pooled.

    Attributes:
        fixed: Value, low, high under one common value.
        random: Value, low, high of the mean over sites.
        random_error: Standard error behind `random`.
        prediction: Low and high for a new site; None with fewer than three sites.
        tau2: Variance between sites, and its Q-profile interval.
        q: Cochran's Q, its degrees of freedom and p.
        i2: (Q - df) / Q with the interval of Higgins and Thompson.
        i2_profile: tau2 / (tau2 + typical variance) with the Q-profile interval.
    """

    fixed: tuple[float, float, float]
    random: tuple[float, float, float]
    random_error: float
    prediction: tuple[float, float] | None
    tau2: tuple[float, float | None, float | None]
    q: tuple[float, int, float | None]
    i2: tuple[float, float | None, float | None]
    i2_profile: tuple[float, float | None, float | None]


def pool(
    value: ArrayLike,
    variance: ArrayLike,
    *,
    confidence: float = 0.95,
    spread: Spread = "reml",
    interval: Interval = "hartung-knapp",
) -> Pool:
    """Pool by inverse variance.

    Args:
        value: One a site, on a scale where they are about normal.
        variance: Squared standard errors, positive.
        confidence: Of all intervals.
        spread: Estimator of the variance between sites.
        interval: Of the mean over sites: ``hartung-knapp`` (t with k - 1), ``-modified`` (never
            narrower than by the model's own variance; Rover et al. 2015), or ``normal``.

    Raises:
        ValueError: No sites, or variances that are not positive.
    """
    import numpy as np
    from scipy.stats import chi2, norm

    y, v = np.asarray(value, dtype=float), np.asarray(variance, dtype=float)
    if not len(y) or len(y) != len(v) or not (v > 0).all() or not np.isfinite(y).all():
        raise ValueError("pooling needs one finite value and one positive variance for each site")
    k, z = len(y), float(norm.ppf(0.5 + confidence / 2))
    fixed, error = _mean(y, v)
    q = _q(y, v, 0.0)
    tau2 = between(y, v, spread)
    mean, plain = _mean(y, v + tau2)
    half, se = z * plain, plain
    if interval != "normal" and k >= TWO:
        from scipy.stats import t

        factor = _q(y, v, tau2) / (k - 1)
        se = plain * sqrt(max(1.0, factor) if interval == "hartung-knapp-modified" else factor)
        half = float(t.ppf(0.5 + confidence / 2, k - 1)) * se
    profile = q_profile(y, v, confidence)
    typical = _typical(v)
    return Pool(
        fixed=(fixed, fixed - z * error, fixed + z * error),
        random=(mean, mean - half, mean + half),
        random_error=se,
        prediction=_prediction(mean, se, tau2, k, confidence),
        tau2=(tau2, *profile),
        q=(q, k - 1, float(chi2.sf(q, k - 1)) if k >= TWO else None),
        i2=_higgins(q, k, z),
        i2_profile=(
            tau2 / (tau2 + typical),
            _share(profile[0], typical),
            _share(profile[1], typical),
        ),
    )


def between(y: np.ndarray, v: np.ndarray, spread: Spread) -> float:
    """Variance between sites; 0 for one site.

    Raises:
        ValueError: An unknown estimator.
    """
    if spread not in ("reml", "paule-mandel", "dersimonian-laird"):
        raise ValueError(f"unknown estimator '{spread}'")
    if len(y) < TWO:
        return 0.0
    if spread == "paule-mandel":
        return _profiled(y, v, float(len(y) - 1)) or 0.0
    w = 1 / v
    scale = w.sum() - (w**2).sum() / w.sum()
    first = max(0.0, float((_q(y, v, 0.0) - (len(y) - 1)) / scale))
    return first if spread == "dersimonian-laird" else _reml(y, v, first)


def q_profile(y: np.ndarray, v: np.ndarray, confidence: float) -> tuple[float | None, float | None]:
    """Interval of the variance between sites (Viechtbauer 2007)."""
    from scipy.stats import chi2

    k = len(y)
    if k < TWO:
        return None, None
    tail = (1 - confidence) / 2
    low, high = (_profiled(y, v, float(chi2.ppf(p, k - 1))) for p in (1 - tail, tail))
    return low or 0.0, high or 0.0


def _profiled(y: np.ndarray, v: np.ndarray, target: float) -> float | None:
    """The tau2 at which the generalised Q is `target`; None when Q never reaches it."""
    from scipy.optimize import brentq

    if _q(y, v, 0.0) <= target:
        return None
    top = float(v.max() + y.var() + 1e-12)
    while _q(y, v, top) > target:
        top *= 2
    return float(brentq(lambda at: _q(y, v, at) - target, 0.0, top, xtol=1e-14, rtol=1e-12))


def _reml(y: np.ndarray, v: np.ndarray, start: float) -> float:
    """Fisher scoring, steps halved so that it stays at or above zero and does not swing."""
    tau2, last = start, 0.0
    for _ in range(1000):
        w = 1 / (v + tau2)
        total = w.sum()
        gap = y - (w * y).sum() / total
        trace = total - (w**2).sum() / total
        square = (w**2).sum() - 2 * (w**3).sum() / total + (w**2).sum() ** 2 / total**2
        step = float(((w * gap) ** 2).sum() - trace) / float(square)
        while tau2 + step < 0 and step < -1e-16:  # noqa: PLR2004 - nothing smaller counts
            step /= 2
        if step * last < 0:
            step /= 2
        tau2, last = max(0.0, tau2 + step), step
        if abs(step) < 1e-12 * max(1.0, tau2):
            break
    return 0.0 if tau2 < 1e-10 * float(v.mean()) else tau2


def _mean(y: np.ndarray, v: np.ndarray) -> tuple[float, float]:
    w = 1 / v
    return float((w * y).sum() / w.sum()), float(w.sum() ** -0.5)


def _q(y: np.ndarray, v: np.ndarray, tau2: float) -> float:
    mean, _ = _mean(y, v + tau2)
    return float(((y - mean) ** 2 / (v + tau2)).sum())


def _share(tau2: float | None, typical: float) -> float | None:
    return None if tau2 is None else tau2 / (tau2 + typical)


def _typical(v: np.ndarray) -> float:
    """The typical variance within sites of Higgins and Thompson."""
    w = 1 / v
    below = float(w.sum() ** 2 - (w**2).sum())
    return float((len(v) - 1) * w.sum()) / below if below > 0 else float(v[0])


def _higgins(q: float, k: int, z: float) -> tuple[float, float | None, float | None]:
    """I2 from H = sqrt(Q / df), its interval on the scale of log H."""
    value = max(0.0, (q - (k - 1)) / q) if q > 0 else 0.0
    if k < THREE or q <= 0:
        return value, None, None
    if q > k:
        error = 0.5 * (log(q) - log(k - 1)) / (sqrt(2 * q) - sqrt(2 * k - 3))
    else:
        error = sqrt(1 / (2 * (k - 2)) * (1 - 1 / (3 * (k - 2) ** 2)))
    middle = max(0.0, 0.5 * log(q / (k - 1)))
    ends = [max(0.0, 1 - exp(-2 * (middle + side * z * error))) for side in (-1, 1)]
    return value, ends[0], ends[1]


def _prediction(
    mean: float, error: float, tau2: float, k: int, confidence: float
) -> tuple[float, float] | None:
    from scipy.stats import t

    if k < THREE:
        return None
    half = float(t.ppf(0.5 + confidence / 2, k - 2)) * sqrt(tau2 + error**2)
    return mean - half, mean + half
