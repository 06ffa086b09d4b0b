"""Can a model tell synthetic from real rows? The propensity score, and a classifier's AUROC.

Propensity mean squared error: Snoke, Raab, Nowok, Dibben and Slavkovic, J R Stat Soc A 2018; 181:
663-688: the mean squared distance of fitted probabilities (logistic, main effects, in sample) from
the synthetic share; over its expectation when the synthesiser is right. That ratio is about 1 for
rows drawn from a model fitted to these real rows, and 1 / (1 - synthetic share) for rows that are
as new as a holdout, which have their own sampling error.

Classifier two-sample test: Lopez-Paz and Oquab, ICLR 2017: trained on one half of the rows, tested
on the other, here by the AUROC with DeLong's interval. The folds of a cross-validation share their
training rows: an interval that adds up the folds' variances held 0.5 in 87 % (logistic) and 75 %
(boosting) of simulated equal files, for a mean no more precise than that of one half. Exact copies
have a twin in the other half with the other label, and push a flexible model below 0.5.
"""

from __future__ import annotations

import dataclasses
import warnings
from typing import TYPE_CHECKING

from validation.binary.discrimination import auroc
from validation.estimate import Estimate, absent
from validation.synthetic.features import MODELS, Features, probabilities
from validation.synthetic.scores import BOUNDED, score

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from validation.synthetic.cells import Cells

HALVES = "delong-half-split"
_SNOKE = "Snoke J et al. J R Stat Soc A 2018; 181: 663-688"
REFERENCES = {
    "propensity-mse": f"{_SNOKE} (logistic regression, main effects).",
    "propensity-mse-ratio": f"{_SNOKE} (over its expectation for a right synthesiser).",
    HALVES: "Lopez-Paz D, Oquab M. ICLR 2017 (classifier two-sample test, tested on the half that "
    "it was not trained on); interval: DeLong ER et al. Biometrics 1988; 44: 837-845.",
}
LEAST = 20  # rows of each file
ENDPOINT = "discriminator-auroc"


def discriminate(
    real: Cells,
    synthetic: Cells,
    *,
    seed: int,
    confidence: float,
    models: Sequence[str] = MODELS,
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
                    ENDPOINT, reason, n=n, positives=0, method=HALVES,
                    subgroup=f"model={name}", unit="auc", confidence=confidence,
                )
                for name in models
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
        two_sample(matrix, label, name, seed=seed, confidence=confidence) for name in models
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


def two_sample(
    matrix: np.ndarray, label: np.ndarray, name: str, *, seed: int, confidence: float
) -> Estimate:
    """The AUROC of one model on the half of the rows that it was not trained on.

    Args:
        matrix: Features, shape (rows, features).
        label: 1 where synthetic.
        name: One of `MODELS`.
        seed: Of the halves and the model.
        confidence: Of the interval.
    """
    import numpy as np
    from sklearn.model_selection import train_test_split

    rows = np.arange(len(label))
    train, test = train_test_split(rows, test_size=0.5, stratify=label, random_state=seed)
    scores = np.zeros(len(test))
    if matrix.shape[1]:
        scores = probabilities(name, (matrix[train], label[train]), matrix[test], seed=seed)[:, 1]
    found = auroc(label[test], scores, confidence=confidence)
    return dataclasses.replace(
        found,
        endpoint=ENDPOINT,
        method=HALVES if found.method == "delong" else found.method,
        subgroup=f"model={name}",
    )
