"""Can a model tell synthetic from real rows? The propensity score, and a classifier's AUROC.

Propensity mean squared error: Snoke, Raab, Nowok, Dibben and Slavkovic, J R Stat Soc A 2018; 181:
663-688: the mean squared distance of fitted probabilities (logistic, main effects, in sample) from
the synthetic share; over its expectation when the synthesiser is right. That ratio is about 1 for
rows drawn from a model fitted to these real rows, and 1 / (1 - synthetic share) for rows that are
as new as a holdout, which have their own sampling error.

Classifier two-sample test: Lopez-Paz and Oquab, ICLR 2017; here the mean AUROC over the folds of a
cross-validation (LeDell, Petersen and van der Laan 2015), each fold's variance DeLong's. Exact
copies have a twin in another fold with the other label, and push a flexible model below 0.5.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from validation.estimate import Estimate, absent
from validation.intervals import normal
from validation.synthetic.features import MODELS, Features, probabilities
from validation.synthetic.scores import BOUNDED, score

if TYPE_CHECKING:
    import numpy as np

    from validation.synthetic.cells import Cells

_SNOKE = "Snoke J et al. J R Stat Soc A 2018; 181: 663-688"
REFERENCES = {
    "propensity-mse": f"{_SNOKE} (logistic regression, main effects).",
    "propensity-mse-ratio": f"{_SNOKE} (over its expectation for a right synthesiser).",
    "delong-cross-validated": "Lopez-Paz D, Oquab M. ICLR 2017 (classifier two-sample test); mean "
    "over folds: LeDell E, Petersen M, van der Laan M. Electron J Stat 2015; 9: 1583-1607, "
    "variance of each fold by DeLong.",
}
FOLDS = 5
LEAST = 20  # rows of each file
ENDPOINT = "discriminator-auroc"


def discriminate(
    real: Cells, synthetic: Cells, *, seed: int, confidence: float
) -> list[Estimate]:
    """pMSE, its ratio, and the AUROC of each model; 0.5 is indistinguishable."""
    import numpy as np

    n = len(synthetic)
    names = ("propensity-mse", "propensity-mse-ratio")
    if min(n, len(real)) < LEAST:
        reason = f"{min(n, len(real))} rows in one of the files, {LEAST} required"
        return [
            *(absent(name, reason, n=n, positives=0, method=name) for name in names),
            *(
                absent(
                    ENDPOINT, reason, n=n, positives=0, method="delong-cross-validated",
                    subgroup=f"model={name}", unit="auc", confidence=confidence,
                )
                for name in MODELS
            ),
        ]  # fmt: skip
    both = type(real)(
        coding=real.coding,
        values=np.vstack([real.values, synthetic.values]),
        codes=np.vstack([real.codes, synthetic.codes]),
    )
    matrix = Features.fit(both).matrix(both)
    matrix = matrix[:, np.ptp(matrix, axis=0) > 0]
    label = np.repeat([0, 1], [len(real), n])
    value, ratio = propensity(matrix, label)
    alike = "every column is constant: nothing can be told apart"
    found = [
        score(name, each, n=n, method=name, unit=unit, reason=BOUNDED, undefined=alike)
        for name, each, unit in zip(names, (value, ratio), ("squared error", "ratio"), strict=True)
    ]
    return found + [
        cross_validated(matrix, label, name, seed=seed, confidence=confidence) for name in MODELS
    ]


def propensity(matrix: np.ndarray, label: np.ndarray) -> tuple[float | None, float | None]:
    """pMSE, and its ratio to the expectation under a right synthesiser.

    Args:
        matrix: Features, shape (rows, features).
        label: 1 where synthetic.
    """
    import numpy as np
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    if not matrix.shape[1]:
        return None, None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # of files that are wholly apart
        fitted = LogisticRegression(C=1e6, max_iter=500).fit(matrix, label)
    share = label.mean()
    value = float(((fitted.predict_proba(matrix)[:, 1] - share) ** 2).mean())
    free = int(np.linalg.matrix_rank(matrix - matrix.mean(axis=0)))  # coefficients but the constant
    expected = free * (1 - share) ** 2 * share / len(label)
    return value, float(value / expected)


def cross_validated(
    matrix: np.ndarray, label: np.ndarray, name: str, *, seed: int, confidence: float
) -> Estimate:
    """The AUROC of one model, as a mean over stratified folds.

    Args:
        matrix: Features, shape (rows, features).
        label: 1 where synthetic.
        name: One of `MODELS`.
        seed: Of the folds and the model.
        confidence: Of the interval.
    """
    import numpy as np
    from sklearn.model_selection import StratifiedKFold

    from validation.binary.discrimination import area

    values, variances = [], []
    if matrix.shape[1]:
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(matrix, label)
        for train, test in folds:
            known = matrix[train], label[train]
            scores = probabilities(name, known, matrix[test], seed=seed)[:, 1]
            found = area(label[test], scores, np.ones(len(test), dtype=int))
            values.append(found.value)
            variances.append(found.variance or 0.0)
    else:
        values, variances = [0.5], [0.0]
    value, error = float(np.mean(values)), float(sum(variances) ** 0.5 / len(variances))
    low, high = normal(value, error or None, confidence, within=(0.0, 1.0))
    return Estimate(
        endpoint=ENDPOINT, value=value, low=low, high=high, n=len(label),
        positives=int(label.sum()), method="delong-cross-validated", confidence=confidence,
        subgroup=f"model={name}", unit="auc", error=error or None,
        reason="" if error else "no interval: DeLong's variance is zero",
    )  # fmt: skip
