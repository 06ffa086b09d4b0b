"""Each reader's figure of merit, and the covariances between them that random cases bring.

Jackknife over cases: Efron, The Jackknife, the Bootstrap and Other Resampling Plans, SIAM 1982.
DeLong et al., Biometrics 1988; 44: 837-845. Unbiased (a U-statistic's): Gallas, Pennello and Myers,
J Opt Soc Am A 2007; 24: B70-B80.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.binary.discrimination import placements
from validation.reading.reader_study import FACTORIAL

if TYPE_CHECKING:
    import numpy as np

    from validation.reading.reader_study import Study

METRICS = ("auroc", "sensitivity", "specificity")
REFERENCES = {
    "jackknife": "Efron B. The Jackknife, the Bootstrap and Other Resampling Plans. SIAM 1982.",
    "unbiased": "Gallas BD, Pennello GA, Myers KJ. J Opt Soc Am A 2007; 24: B70-B80.",
}
COVARIANCES = ("jackknife", "delong", "unbiased")


@dataclass(frozen=True, slots=True, kw_only=True)
class Merits:
    """Figures of merit of a study's cells, and their covariance matrix.

    Attributes:
        values: Shape (cells,).
        covariance: Shape (cells, cells).
        reason: Why they cannot be had; empty when they can.
    """

    values: np.ndarray
    covariance: np.ndarray
    reason: str = ""


def for_metric(study: Study, metric: str, threshold: float | None) -> Study:
    """The readings that a metric is about: for sensitivity the positives, called or not.

    Raises:
        ValueError: An unknown metric, or no threshold for ratings that are not 0 or 1.
    """
    import dataclasses

    import numpy as np

    if metric not in METRICS:
        raise ValueError(f"unknown metric '{metric}': one of {', '.join(METRICS)}")
    if metric == "auroc":
        return study
    seen = ~np.isnan(study.rating)
    if threshold is None:
        if not np.isin(study.rating[seen], (0, 1)).all():
            raise ValueError(f"{metric} needs a threshold: the ratings are not 0 or 1")
        threshold = 1.0
    called = np.where(seen, study.rating >= threshold, np.nan)
    return dataclasses.replace(study, rating=called).only(
        study.truth == (1 if metric == "sensitivity" else 0)
    )


def merits(study: Study, metric: str, covariance: str) -> Merits:
    """Figures of merit with their covariances.

    Args:
        study: As `for_metric` gave it.
        metric: One of `METRICS`.
        covariance: One of `COVARIANCES`.

    Raises:
        ValueError: An unknown covariance, or one that the metric or the design does not have.
    """
    import numpy as np

    _require(study, metric, covariance)
    number = len(study.reader)
    if reason := _too_few(study, metric):
        return Merits(values=np.full(number, np.nan), covariance=np.zeros((0, 0)), reason=reason)
    if covariance == "unbiased":
        return _unbiased(study)
    parts = [_influence(study, metric, cell) for cell in range(number)]
    values = np.array([value for value, _ in parts])
    left_out = np.array([rows for _, rows in parts])
    matrix = _jackknife(left_out) if covariance == "jackknife" else _delong(study)
    return Merits(values=values, covariance=matrix)


def _require(study: Study, metric: str, covariance: str) -> None:
    if covariance not in COVARIANCES:
        raise ValueError(f"unknown covariance '{covariance}': one of {', '.join(COVARIANCES)}")
    if covariance != "jackknife" and metric != "auroc":
        raise ValueError(f"the {covariance} covariance is for auroc; use jackknife for {metric}")
    if covariance == "delong" and study.design != FACTORIAL:
        lacking = study.gaps()
        missing = f": {study.unread:,} readings are missing ({lacking})" if lacking else ""
        raise ValueError(
            "the DeLong covariance needs every reader to read every case in every modality; this "
            f"study is {study.design}{missing}. Use the jackknife covariance"
        )


def _too_few(study: Study, metric: str) -> str:
    """Why a figure of merit, or its value without one case, does not exist."""
    import numpy as np

    seen = ~np.isnan(study.rating)
    wanted = {"auroc": (1, 0), "sensitivity": (1,), "specificity": (0,)}[metric]
    for truth in wanted:
        number = seen[:, study.truth == truth].sum(axis=1)
        worst = int(number.argmin())
        if number[worst] < 2:  # noqa: PLR2004 - one must remain when one is left out
            return (
                f"reader {study.readers[study.reader[worst]]} in modality "
                f"{study.modalities[study.modality[worst]]} read {number[worst]} "
                f"{'positive' if truth else 'negative'} cases; 2 are needed"
            )
    return ""


def _influence(study: Study, metric: str, cell: int) -> tuple[float, np.ndarray]:
    """A cell's figure of merit, and its value with each case left out (itself where not read)."""
    import numpy as np

    seen = ~np.isnan(study.rating[cell])
    truth, rating = study.truth[seen], study.rating[cell, seen]
    share = np.ones(len(truth))
    if metric == "auroc":
        share, positive, negative = placements(truth, rating, np.ones(len(truth), dtype=int))
        size = np.where(truth == 1, len(positive), len(negative))
        value = float(share[positive].mean())
    else:
        share = rating if metric == "sensitivity" else 1 - rating
        size, value = np.full(len(truth), len(truth)), float(share.mean())
    without = np.full(study.cases, value)
    without[seen] = (size * value - share) / (size - 1)
    return value, without


def _jackknife(left_out: np.ndarray) -> np.ndarray:
    import numpy as np

    n = left_out.shape[1]
    apart = left_out - left_out.mean(axis=1, keepdims=True)
    return np.asarray((n - 1) / n * apart @ apart.T)


def _delong(study: Study) -> np.ndarray:
    import numpy as np

    one = np.ones(study.cases, dtype=int)
    placed = np.array([placements(study.truth, row, one)[0] for row in study.rating])
    total = np.zeros((len(placed), len(placed)))
    for truth in (1, 0):
        rows = placed[:, study.truth == truth]
        total += np.cov(rows, ddof=1).reshape(total.shape) / rows.shape[1]
    return total


def _unbiased(study: Study) -> Merits:
    """Sums over pairs of readings that share both, one or no case (Gallas et al. 2007)."""
    import numpy as np

    kernels = [_kernel(study, cell) for cell in range(len(study.reader))]
    values = np.array([kernel.sum() / size for kernel, size in kernels])
    scores = [kernel for kernel, _ in kernels]
    seen = ~np.isnan(study.rating)
    sizes = [(row[study.truth == 1].sum(), row[study.truth == 0].sum()) for row in seen]
    matrix = np.zeros((len(scores), len(scores)))
    for i, a in enumerate(scores):
        for j, b in enumerate(scores[: i + 1]):
            both = seen[i] & seen[j]
            common = (both[study.truth == 1].sum(), both[study.truth == 0].sum())
            apart = np.prod([sizes[i][k] * sizes[j][k] - common[k] for k in (0, 1)])
            disjoint = a.sum() * b.sum() - a.sum(axis=1) @ b.sum(axis=1)
            disjoint += (a * b).sum() - a.sum(axis=0) @ b.sum(axis=0)
            product = values[i] * values[j]
            matrix[i, j] = matrix[j, i] = product - (disjoint / apart if apart else product)
    return Merits(values=values, covariance=matrix)


def _kernel(study: Study, cell: int) -> tuple[np.ndarray, int]:
    """1, 1/2 or 0 for each positive against each negative (0 where not read), and their number."""
    import numpy as np

    rating = study.rating[cell]
    apart = rating[study.truth == 1][:, None] - rating[study.truth == 0][None, :]
    read = ~np.isnan(apart)
    return np.where(read, (np.sign(np.where(read, apart, 0)) + 1) / 2, 0.0), int(read.sum())
