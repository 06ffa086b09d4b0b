"""Whether the conditions differ at all: Cochran's Q, and its counterpart for patients.

Cochran, Biometrika 1950; 37: 256-266, as statsmodels has it; with two conditions it is McNemar's
chi-squared test without correction. With several items a patient: the Wald test that all conditions
have the same proportion, with the covariance of the ratio estimators between patients (Rao and
Scott, Biometrics 1992; 48: 577-585).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from validation.estimate import Test

if TYPE_CHECKING:
    import numpy as np

Q = "cochran-q-paired"  # Cochran's other Q, of heterogeneity between sites, is `cochran-q`
REFERENCES = {
    Q: "Cochran WG. Biometrika 1950; 37: 256-266.",
    "wald-ratio-estimator": (
        "Rao JNK, Scott AJ. Biometrics 1992; 48: 577-585: Wald chi-squared of all differences, "
        "covariance between patients."
    ),
}
TWO = 2


def cochran_q(outcome: np.ndarray, *, between: str, endpoint: str = "accuracy") -> Test:
    """Cochran's Q of complete items.

    Args:
        outcome: 1 or 0, shape (items, conditions), at least two conditions.
        between: What is compared.
        endpoint: Of what.
    """
    from statsmodels.stats.contingency_tables import cochrans_q

    n, k = outcome.shape
    if not n:
        return _without(Q, endpoint, between, n, "no items in the denominator")
    if (outcome.min(axis=1) == outcome.max(axis=1)).all():
        reason = "no item differs between the conditions"
        return _without(Q, endpoint, between, n, reason, p=1.0, df=k - 1)
    found = cochrans_q(outcome.astype(int))
    return Test(
        test=Q,
        endpoint=endpoint,
        between=between,
        statistic=float(found.statistic),
        df=float(found.df),
        p=float(found.pvalue),
        n=n,
    )


def wald(
    outcome: np.ndarray, cluster: np.ndarray, *, between: str, endpoint: str = "accuracy"
) -> Test:
    """The Wald test that all conditions have one mean, with patients as sampling units.

    Args:
        outcome: Any numbers, shape (items, conditions).
        cluster: Patient of each item, coded from 0.
        between: What is compared.
        endpoint: Of what.
    """
    import numpy as np
    from scipy.stats import chi2

    name, n = "wald-ratio-estimator", len(outcome)
    gaps = outcome[:, 1:] - outcome[:, :1]
    patients = int(cluster.max(initial=-1)) + 1
    if patients <= gaps.shape[1]:
        return _without(name, endpoint, between, n, "fewer patients than conditions")
    mean = gaps.mean(axis=0)
    sums = np.zeros((patients, gaps.shape[1]))
    np.add.at(sums, cluster, gaps - mean)
    covariance = sums.T @ sums * patients / (patients - 1) / n**2
    if np.linalg.matrix_rank(covariance) < gaps.shape[1]:
        return _without(name, endpoint, between, n, "the differences have no variance")
    statistic = float(mean @ np.linalg.solve(covariance, mean))
    df = gaps.shape[1]
    return Test(
        test=name,
        endpoint=endpoint,
        between=between,
        statistic=statistic,
        df=float(df),
        p=float(chi2.sf(statistic, df)),
        n=n,
        details={"patients": patients},
    )


def _without(test: str, endpoint: str, between: str, n: int, reason: str, **known: Any) -> Test:
    facts: dict[str, Any] = {"p": None, "df": None, **known}
    return Test(
        test=test, endpoint=endpoint, between=between, statistic=None, n=n, reason=reason, **facts
    )
