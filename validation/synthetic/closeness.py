"""Distance to the closest record: are synthetic rows nearer to the training rows than they should?

Platzer and Reutterer, Front Big Data 2021; 4: 679939: the share of synthetic rows whose closest
training row is closer than their closest holdout row; ties count half. If the generator learned the
population and not the people, training and holdout rows are exchangeable, and the share is expected
at n / (n + m) for n training and m holdout rows. ``dcr-share-balanced`` corrects for that
proportion (Bayes with even odds): expected at 0.5 whatever the sizes, 1 when all are closer, and
equal to ``dcr-share`` when n = m.

The interval takes the real row that is closest as the cluster: which real rows went to training is
what would change in another draw, so that many synthetic rows add no certainty. Quantiles are of
files of equal size (a seeded draw from the larger), since distances shrink as a file grows.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation.clustering.clustered import proportion
from validation.count_bootstrap import Resampling, percentile
from validation.estimate import Estimate, absent

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from validation.synthetic.distance import Neighbours

SHARE = "dcr-share-clustered"
QUANTILE = "dcr-bootstrap-rows"
_DCR = "Platzer M, Reutterer T. Front Big Data 2021; 4: 679939; Gower's distance"
REFERENCES = {
    SHARE: f"{_DCR}; ratio estimator with the closest real row as cluster, Wilson's interval with "
    "the effective sample size (as ratio-estimator-wilson).",
    QUANTILE: f"{_DCR}; percentile bootstrap of synthetic rows, the real rows held.",
}
ENDPOINTS = {
    "dcr-share": SHARE,
    "dcr-share-expected": "counted",
    "dcr-share-balanced": SHARE,
    "dcr-5th-percentile": QUANTILE,
    "dcr-5th-percentile-of-holdout": QUANTILE,
    "dcr-5th-percentile-ratio": QUANTILE,
    "nndr-median": QUANTILE,
    "nndr-median-of-holdout": QUANTILE,
}
FIFTH, HALF = 0.05, 0.5
BATCH = 2_000_000  # resampled values held at a time
UNIT = "Gower distance"


def share(train: Neighbours, held: Neighbours, *, confidence: float) -> list[Estimate]:
    """``dcr-share``, its expectation, and the same with even odds.

    Args:
        train: Of the synthetic rows, in the training rows.
        held: Of the same rows, in the holdout.
        confidence: Of the intervals.
    """
    import numpy as np

    sizes = len(train.reverse), len(held.reverse)
    closer = np.where(train.nearest < held.nearest, 1.0, 0.0)
    closer[train.nearest == held.nearest] = HALF
    place = np.where(train.nearest <= held.nearest, train.place, sizes[0] + held.place)
    total = sum(sizes)
    found = dataclasses.replace(
        proportion(
            "dcr-share",
            np.bincount(place, weights=closer, minlength=total),
            np.bincount(place, minlength=total).astype(float),
            positives=0,
            confidence=confidence,
        ),
        method=SHARE,
    )
    expected = dataclasses.replace(
        found, endpoint="dcr-share-expected", value=sizes[0] / total, low=None, high=None,
        events=sizes[0], n=total, method="counted", error=None,
        reason="no interval: training rows among all real rows",
    )  # fmt: skip
    value, low, high = (_even(x, *sizes) for x in (found.value, found.low, found.high))
    balanced = dataclasses.replace(
        found, endpoint="dcr-share-balanced", value=value, low=low, high=high, events=None,
        error=None,
    )  # fmt: skip
    return [found, expected, balanced]


def _even(value: float | None, train: int, held: int) -> float | None:
    """The share as it would be with as many training as holdout rows."""
    if value is None:
        return None
    mine, theirs = value / train, (1 - value) / held
    return mine / (mine + theirs)


def quantiles(
    train: Neighbours, held: Neighbours, *, resampling: Resampling, confidence: float
) -> list[Estimate]:
    """5th percentiles of the distances, their ratio, and median nearest-neighbour distance ratios.

    Args:
        train: Of the synthetic rows, in the training rows; `within` of equally many as in `held`.
        held: In the holdout.
        resampling: Of the synthetic rows.
        confidence: Of the intervals.
    """
    import numpy as np

    columns = np.column_stack([train.within, held.within, nndr(train), nndr(held)])

    def statistics(rows: np.ndarray) -> np.ndarray:
        """From (batch, rows, 4) to (batch, 5)."""
        low = np.quantile(rows[..., :2], FIFTH, axis=1)
        middle = np.median(rows[..., 2:], axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(low[:, 1] > 0, low[:, 0] / low[:, 1], np.nan)
        return np.column_stack([low, ratio, middle])

    values = statistics(columns[None])[0]
    drawn = _drawn(columns, statistics, resampling)
    names = [name for name, method in ENDPOINTS.items() if method == QUANTILE]
    found = []
    for name, value, draws in zip(names, values, drawn.T, strict=True):
        unit = UNIT if name.startswith("dcr") and not name.endswith("ratio") else "ratio"
        if not np.isfinite(value):
            found.append(
                absent(
                    name, "the 5th percentile of the holdout is zero", n=len(columns), positives=0,
                    method=QUANTILE, confidence=confidence, unit=unit,
                )
            )  # fmt: skip
            continue
        span = percentile(draws, confidence, method=QUANTILE)
        found.append(
            Estimate(
                endpoint=name, value=float(value), low=span.low, high=span.high, n=len(columns),
                positives=0, method=QUANTILE, confidence=confidence, unit=unit, reason=span.reason,
            )
        )  # fmt: skip
    return found


def nndr(found: Neighbours) -> np.ndarray:
    """Nearest over second-nearest distance, 0 to 1; 1 where both are zero or there is no second.

    Near 0: the row is close to one person and to nobody else.
    """
    import numpy as np

    second = found.second
    usable = np.isfinite(second) & (second > 0)
    return np.where(usable, found.nearest / np.where(usable, second, 1.0), 1.0)


def _drawn(
    columns: np.ndarray, statistics: Callable[[np.ndarray], np.ndarray], resampling: Resampling
) -> np.ndarray:
    """The statistics of resampled rows, shape (times, statistics)."""
    import numpy as np

    draw, n = np.random.default_rng(resampling.seed), len(columns)
    size = max(1, BATCH // (n * columns.shape[1]))
    found = []
    for start in range(0, resampling.times, size):
        rows = draw.integers(0, n, size=(min(size, resampling.times - start), n))
        found.append(statistics(columns[rows]))
    return np.concatenate(found)
