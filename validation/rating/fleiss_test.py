"""The test of Fleiss' kappa = 0: Fleiss, Nee and Landis, Psychol Bull 1979; 86: 974-977."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.estimate import Estimate, Test

if TYPE_CHECKING:
    from validation.rating.ratings import Ratings

REFERENCES = {
    "fleiss-kappa-zero": "Fleiss JL, Nee JCM, Landis JR. Psychol Bull 1979; 86: 974-977.",
}


def fleiss_zero(ratings: Ratings, estimate: Estimate) -> Test:
    """The test of an unweighted kappa of units that all have as many ratings.

    Args:
        ratings: Units by raters.
        estimate: Their kappa.
    """
    from scipy.stats import norm

    counts = ratings.counts
    raters = counts.sum(axis=1)
    reason = estimate.reason if estimate.value is None else ""
    if not reason and estimate.endpoint != "fleiss-kappa":
        reason = "the test is of the unweighted kappa"
    if not reason and raters.min() != raters.max():
        reason = "the number of ratings differs between units"
    if reason or estimate.value is None:
        return Test(
            test="fleiss-kappa-zero",
            endpoint=estimate.endpoint,
            statistic=None,
            p=None,
            n=len(counts),
            unit="kappa",
            reason=reason,
        )
    m, share = float(raters[0]), counts.sum(axis=0) / counts.sum()
    spread = float((share * (1 - share)).sum())
    skew = float((share * (1 - share) * (1 - 2 * share)).sum())
    variance = 2 * (spread**2 - skew) / (spread**2 * len(counts) * m * (m - 1))
    z = estimate.value / variance**0.5
    return Test(
        test="fleiss-kappa-zero",
        endpoint=estimate.endpoint,
        statistic=z,
        p=float(2 * norm.sf(abs(z))),
        n=len(counts),
        unit="kappa",
    )
