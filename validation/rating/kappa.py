"""Cohen's kappa of a square table: unweighted, linear, quadratic.

Cohen, Educ Psychol Meas 1960; 20: 37-46 and Psychol Bull 1968; 70: 213-220. Standard errors, away
from zero for the interval and at zero for the test: Fleiss, Cohen and Everitt, Psychol Bull 1969;
72: 323-327, as statsmodels has them. Weights are by the categories' places in their order, as in
R's ``irr::kappa2``: 1 less the distance (linear), or its square (quadratic), over the largest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.estimate import Estimate, Test, absent
from validation.intervals import normal
from validation.rating import kappa_score

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

METHOD = "fleiss-cohen-everitt"
REFERENCES = {
    METHOD: "Fleiss JL, Cohen J, Everitt BS. Psychol Bull 1969; 72: 323-327.",
    "cohen-kappa-zero": (
        "Fleiss JL, Cohen J, Everitt BS. Psychol Bull 1969; 72: 323-327: z with the standard error "
        "at kappa = 0."
    ),
}
WEIGHTS = ("none", "linear", "quadratic")


def endpoint_name(weights: str, stem: str = "cohen-kappa") -> str:
    """``cohen-kappa``, or with the weights' name behind it.

    Raises:
        ValueError: Unknown weights.
    """
    if weights not in WEIGHTS:
        raise ValueError(f"unknown weights '{weights}': {', '.join(WEIGHTS)}")
    return stem if weights == "none" else f"{stem}-{weights}"


def names() -> dict[str, str]:
    """Each kappa's endpoint, and its weights."""
    return {endpoint_name(weights): weights for weights in WEIGHTS}


def distances(places: np.ndarray, weights: str) -> np.ndarray:
    """Disagreement between each two categories, 0 to 1.

    Args:
        places: The categories' places or values, in ascending order, shape (categories,).
        weights: ``none``, ``linear`` or ``quadratic``.
    """
    import numpy as np

    apart = np.abs(np.subtract.outer(places, places)).astype(float)
    if weights == "none":
        return np.asarray(apart > 0, dtype=float)
    if apart.max() > 0:
        apart /= apart.max()
    return np.asarray(apart if weights == "linear" else apart**2)


def kappas(tables: np.ndarray, weights: str) -> np.ndarray:
    """Kappa of many tables at once; NaN where chance explains everything.

    Args:
        tables: Shape (tables, categories, categories).
        weights: ``none``, ``linear`` or ``quadratic``.
    """
    import numpy as np

    apart = distances(np.arange(tables.shape[-1]), weights)
    total = tables.sum(axis=(1, 2))
    seen = (tables * apart).sum(axis=(1, 2)) / total
    rows, columns = tables.sum(axis=2), tables.sum(axis=1)
    chance = ((rows @ apart) * columns).sum(axis=1) / total**2
    return np.where(chance > 0, 1 - seen / chance, np.nan)


def cohen_kappa(
    table: ArrayLike,
    *,
    weights: str = "none",
    confidence: float = 0.95,
    small_sample: bool = False,
) -> tuple[Estimate, Test]:
    """Cohen's kappa with its interval, and the test of kappa = 0.

    Args:
        table: People by first (rows) and second rating, shape (categories, categories).
        weights: ``none``, ``linear`` or ``quadratic``.
        confidence: Of the interval.
        small_sample: Take the score interval (`kappa_score`), which keeps its coverage with few
            cases or a rare category, in place of the large-sample one that other software has.

    Raises:
        ValueError: The table is not square, has negative counts, or the weights are unknown.
    """
    import numpy as np
    from statsmodels.stats.inter_rater import cohens_kappa

    counts = np.asarray(table, dtype=float)
    name = endpoint_name(weights)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:  # noqa: PLR2004 - rows, columns
        raise ValueError(f"a table of two ratings is square, not of shape {counts.shape}")
    if (counts < 0).any() or not np.isfinite(counts).all():
        raise ValueError("counts are negative or missing")
    n = int(counts.sum())
    if reason := _degenerate(counts):
        return _without(name, reason, n, confidence)
    kind = None if weights == "none" else weights
    with np.errstate(all="ignore"):
        found = cohens_kappa(counts, wt=kind)
    value = float(kappas(counts[None], weights)[0])
    error = float(max(found.var_kappa, 0.0) ** 0.5)
    low, high = normal(value, error, confidence, within=(-1.0, 1.0))
    if small_sample:
        apart = distances(np.arange(len(counts)), weights)
        low, high = kappa_score.interval(counts, apart, value, confidence)
    estimate = Estimate(
        endpoint=name,
        value=value,
        low=low,
        high=high,
        n=n,
        positives=0,
        method=kappa_score.METHOD if small_sample else METHOD,
        confidence=confidence,
        unit="kappa",
        error=error,
    )
    return estimate, _zero(name, value, float(found.var_kappa0), n)


def _degenerate(counts: np.ndarray) -> str:
    if not counts.sum():
        return "no cases"
    used = (counts.sum(axis=0) + counts.sum(axis=1)) > 0
    return "both ratings use one category only" if used.sum() == 1 else ""


def _zero(endpoint: str, value: float, variance: float, n: int) -> Test:
    from scipy.stats import norm

    if not variance > 0:
        reason = "no variance under chance agreement"
        return Test(
            test="cohen-kappa-zero", endpoint=endpoint, statistic=None, p=None, n=n, reason=reason
        )
    z = value / variance**0.5
    return Test(
        test="cohen-kappa-zero",
        endpoint=endpoint,
        statistic=z,
        p=float(2 * norm.sf(abs(z))),
        n=n,
        unit="kappa",
    )


def _without(name: str, reason: str, n: int, confidence: float) -> tuple[Estimate, Test]:
    return (
        absent(name, reason, n=n, positives=0, method=METHOD, confidence=confidence, unit="kappa"),
        Test(test="cohen-kappa-zero", endpoint=name, statistic=None, p=None, n=n, reason=reason),
    )
