"""Proportions of several sites pooled by their likelihood: binomial within, normal between.

The counts of a site are binomial, the logits of the sites' proportions normal; the likelihood is
integrated by adaptive Gauss-Hermite quadrature and nothing is added to empty cells (Hamza TH, van
Houwelingen HC, Stijnen T. J Clin Epidemiol 2008; 61: 41-51; Stijnen T, Hamza TH, Ozdemir P. Stat
Med 2010; 29: 3046-3067; ``rma.glmm(measure="PLO")`` of R's metafor). Two-stage pooling weighs a
site by a variance that goes with its own proportion: high ones of small sites come too low.
Interval: the sandwich variance over sites (White H. Econometrica 1982; 50: 1-25) times k / (k - 1),
Student's t with k - 1. The value is the proportion of a site whose logit is the mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from validation.intervals import quantile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

METHOD = "binomial-normal-sandwich-t"
REFERENCES = {
    METHOD: "Hamza TH, van Houwelingen HC, Stijnen T. J Clin Epidemiol 2008; 61: 41-51 "
    "(binomial-normal model, maximum likelihood); White H. Econometrica 1982; 50: 1-25 (sandwich "
    "variance over sites, factor k / (k - 1)); t with k - 1."
}
POINTS = 21  # of the quadrature
NEWTON = 25  # steps to the peak of each integrand
STEP = 1e-4  # of the differences that give slope and curvature
TINY = -8.0  # a logarithm of the standard deviation between sites that is as good as none
LARGE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """The model's mean on the logit scale.

    Attributes:
        mean: Mean of the sites' logits.
        spread: Standard deviation between them.
        error: Standard error of the mean.
        low: Lower bound of the mean.
        high: Upper bound.
    """

    mean: float
    spread: float
    error: float
    low: float
    high: float


def fit(events: ArrayLike, n: ArrayLike, *, confidence: float = 0.95) -> Fitted | None:
    """Pool proportions; None where the mean has no finite logit or no curvature.

    Args:
        events: Of each site, two sites or more.
        n: Cases of each site.
        confidence: Of the interval.
    """
    import numpy as np
    from scipy.optimize import minimize

    hits, cases = np.asarray(events, dtype=float), np.asarray(n, dtype=float)
    total = hits.sum() / cases.sum()
    if not 0 < total < 1:
        return None
    start = float(np.log(total / (1 - total)))
    found = min(
        (
            minimize(
                lambda at: -float(_logs(at[0], at[1], hits, cases).sum()),
                (start, spread),
                method="L-BFGS-B",
                bounds=[(None, None), (TINY, LARGE)],
                options={"ftol": 1e-13, "gtol": 1e-8},
            )
            for spread in (-3.0, -0.5)
        ),
        key=lambda each: float(each.fun),
    )
    mean, spread, k = float(found.x[0]), float(found.x[1]), len(hits)
    below, here, above = (_logs(mean + s, spread, hits, cases) for s in (-STEP, 0.0, STEP))
    slope = (above - below) / (2 * STEP)
    curvature = -float((above - 2 * here + below).sum()) / STEP**2
    if not curvature > 0:
        return None
    error = float((k / (k - 1) * (slope**2).sum()) ** 0.5 / curvature)
    half = quantile(confidence, k - 1) * error
    return Fitted(
        mean=mean, spread=float(np.exp(spread)), error=error, low=mean - half, high=mean + half
    )


@cache
def _quadrature() -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    points, weights = np.polynomial.hermite_e.hermegauss(POINTS)
    return points, weights


def _logs(mean: float, log_spread: float, hits: np.ndarray, cases: np.ndarray) -> np.ndarray:
    """The logarithm of each site's likelihood over its greatest possible one; shape (sites,)."""
    import numpy as np
    from scipy.special import xlogy

    points, weights = _quadrature()
    spread = np.exp(log_spread)
    hits, cases = hits[:, None], cases[:, None]
    greatest = xlogy(hits, hits / cases) + xlogy(cases - hits, 1 - hits / cases)

    def height(z: np.ndarray) -> np.ndarray:
        logit = mean + spread * z
        agreed = -hits * np.logaddexp(0, -logit) - (cases - hits) * np.logaddexp(0, logit)
        return np.asarray(agreed - greatest - z**2 / 2)

    peak, width = _peaks(mean, spread, hits, cases)
    each = height(peak + width * points) + points**2 / 2 + np.log(weights)
    most = each.max(axis=1, keepdims=True)
    summed = np.exp(each - most).sum(axis=1, keepdims=True)
    return np.asarray((most + np.log(summed * width))[:, 0])


def _peaks(
    mean: float, spread: float, hits: np.ndarray, cases: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Where each site's integrand is highest, and how wide it is there: the points go there.

    Without it the points would miss the narrow peak of a large site. The integrand's logarithm is
    concave; Newton's steps are held to one, so that they cannot run away.
    """
    import numpy as np
    from scipy.special import expit

    z = np.zeros_like(hits)
    for _ in range(NEWTON):
        share = expit(mean + spread * z)
        slope = spread * (hits - cases * share) - z
        bend = spread**2 * cases * share * (1 - share) + 1
        z = z + np.clip(slope / bend, -1, 1)
    share = expit(mean + spread * z)
    return z, (spread**2 * cases * share * (1 - share) + 1) ** -0.5
