"""How far two tests agree on the same cases: Cohen's kappa between their calls."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from validation.estimate import Estimate
from validation.intervals import normal

if TYPE_CHECKING:
    from validation.designs.pairs import Pairs

REFERENCES = {
    "kappa-asymptotic": "Fleiss JL, Cohen J, Everitt BS. Psychol Bull 1969; 72: 323-327.",
}


def kappa_between(pairs: Pairs, *, confidence: float = 0.95) -> Estimate:
    """Cohen's kappa between the calls of a and b (Fleiss, Cohen and Everitt 1969)."""
    import numpy as np
    from statsmodels.stats.inter_rater import cohens_kappa

    t = pairs.tallies()[0]
    table = (t[:4] + t[4:]).reshape(2, 2)[::-1, ::-1]
    n = int(table.sum())
    chance = (table.sum(axis=0) * table.sum(axis=1)).sum() / n**2 if n else 1.0
    known = chance < 1
    value = error = None
    if known:
        with np.errstate(invalid="ignore", divide="ignore"):  # of its z, which is not used
            found = cohens_kappa(table)
        value, error = float(found.kappa), sqrt(max(0.0, float(found.var_kappa)))
    alone = known and pairs.cluster is None
    low, high = (None, None)
    if value is not None and alone and error:
        low, high = normal(value, error, confidence, within=(-1.0, 1.0))
    reason = "" if known else "both tests make one and the same call only"
    if known and not alone:
        reason = "no interval: kappa's standard error assumes one case a patient"
    elif known and not error:
        reason = "no variance: the tests always agree, or never"
    return Estimate(
        endpoint="cohen-kappa",
        value=value,
        low=low,
        high=high,
        n=n,
        positives=pairs.positives,
        method="kappa-asymptotic",
        confidence=confidence,
        unit="kappa",
        error=error if alone else None,
        reason=reason,
    )
