"""Endpoints of a window without labels, with an interval for what its labels will show.

The value is that of the expected cells of the 2x2 table (for AUROC and average precision: of the
expected positives and negatives at each score), as NannyML has it. Average precision steps from
score to score; NannyML's steps from row to row, which differs where scores repeat.

The interval holds, at its level, the value that the window's own labels will show once they are
all known, if the assumption holds. Two things part the two: labels are drawn, not expected
(Poisson-binomial), and the chances come from a finite reference set. Both are drawn together
(`calibrator`): each replicate's labels come from the fitted chances, its estimate from a curve that
was fitted to a drawn reference set; the quantiles of their difference are added to the estimate
(basic bootstrap of the prediction error: Davison AC, Hinkley DV. Bootstrap Methods and their
Application, 1997, sections 5.2 and 6.3.3). So the optimism of a curve judged by itself is allowed
for too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitoring.label_free import sampling
from validation.binary import measures, precision_recall, roc
from validation.estimate import Estimate, absent
from validation.resampling import TOLERATED

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from monitoring.label_free.calibrator import Calibrator
    from monitoring.label_free.levels import Levels

CELLS = {  # what is right, and of what
    "sensitivity": ([0], [0, 2]),
    "specificity": ([3], [1, 3]),
    "ppv": ([0], [0, 1]),
    "npv": ([3], [2, 3]),
    "accuracy": ([0, 3], [0, 1, 2, 3]),
}
CURVES = {
    "auroc": roc.whole_area,
    "auprc-average-precision": precision_recall.average_precision,
    "auprc-trapezoid": precision_recall.trapezoid,
}
UNITS = {"auroc": "auc", "auprc-average-precision": "auc", "auprc-trapezoid": "auc"}
AT_POINT = (*CELLS, *measures.MEASURES)
ENDPOINTS = (*CURVES, "prevalence", *AT_POINT)
REFERENCES = {
    "cbpe": "Kivimäki J, Białek J, Kuberski W, Nurminen JK. arXiv:2505.05295, 2025; interval: "
    "bootstrap of the prediction error, Davison AC, Hinkley DV. Cambridge 1997, section 6.3.3.",
    "cbpe-isotonic": "Kivimäki J, Białek J, Kuberski W, Nurminen JK. arXiv:2505.05295, 2025, "
    "calibrated by isotonic regression; interval: bootstrap of the prediction error, Davison AC, "
    "Hinkley DV. Cambridge 1997, section 6.3.3.",
    **sampling.REFERENCES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is estimated.

    Attributes:
        endpoints: Names in `ENDPOINTS`.
        thresholds: Operating points; endpoints of the 2x2 table once for each.
        confidence: Of the intervals.
    """

    endpoints: Sequence[str]
    thresholds: Sequence[float] = ()
    confidence: float = 0.95

    def __post_init__(self) -> None:
        unknown = [name for name in self.endpoints if name not in ENDPOINTS]
        if unknown:
            there = ", ".join(ENDPOINTS)
            raise ValueError(
                f"without labels there is no {', '.join(unknown)} (there are: {there})"
            )
        needing = [name for name in self.endpoints if name in AT_POINT]
        if needing and not self.thresholds:
            raise ValueError(f"{', '.join(needing)} need an operating point")

    @property
    def pairs(self) -> list[tuple[str, float | None]]:
        """Endpoint and operating point, in the order asked for."""
        return [
            (name, point)
            for name in self.endpoints
            for point in (self.thresholds if name in AT_POINT else [None])
        ]


def estimate(calibrator: Calibrator, levels: Levels, asked: Asked) -> list[Estimate]:
    """Endpoints of a window from its scores alone.

    Args:
        calibrator: What the reference set says of scores.
        levels: The window's people by score.
        asked: Which endpoints, where.

    Returns:
        One for each endpoint and operating point. `n` is people with a score; `positives` those
        expected, rounded; `error` the standard error of the prediction.
    """
    import numpy as np

    if not levels.total:
        return [_absent(calibrator, levels, asked, pair, "no cases") for pair in asked.pairs]
    chance = calibrator.chance(levels.score)
    if calibrator.curve is None and ((chance < 0) | (chance > 1)).any():
        raise ValueError("scores outside 0 to 1 are no probabilities: calibrate them (isotonic)")
    values = _values(asked, levels, levels.count * chance)
    errors = _errors(calibrator, levels, asked) if calibrator.replicates else {}
    found = []
    for pair in asked.pairs:
        value = float(values[pair])
        if not np.isfinite(value):
            reason = "the expected table has an empty margin"
            found.append(_absent(calibrator, levels, asked, pair, reason))
            continue
        found.append(_estimate(calibrator, levels, asked, pair, value, errors.get(pair)))
    return found


def _values(
    asked: Asked, levels: Levels, hit: np.ndarray
) -> dict[tuple[str, float | None], np.ndarray]:
    """Each endpoint, given the positives at each score; over all axes before the last."""
    import numpy as np

    miss = levels.count - hit
    cells = {point: _cells(levels, hit, point) for point in asked.thresholds}
    found: dict[tuple[str, float | None], np.ndarray] = {}
    for name, point in asked.pairs:
        if name in CURVES:
            found[name, point] = CURVES[name](hit, miss)
        elif name == "prevalence":
            found[name, point] = hit.sum(-1) / levels.total
        elif name in measures.MEASURES and point is not None:
            found[name, point] = measures.MEASURES[name].value(cells[point])
        elif point is not None:
            right, of = CELLS[name]
            table = cells[point]
            with np.errstate(divide="ignore", invalid="ignore"):
                found[name, point] = table[..., right].sum(-1) / table[..., of].sum(-1)
    return found


def _cells(levels: Levels, hit: np.ndarray, point: float) -> np.ndarray:
    """The 2x2 table in the order tp, fp, fn, tn along the last axis."""
    import numpy as np

    called = (levels.score >= point).astype(float)
    true, positive = hit @ called, float(levels.count @ called)
    every = hit.sum(-1)
    tables = [true, positive - true, every - true, levels.total - positive - every + true]
    return np.stack([np.asarray(cell) for cell in tables], axis=-1)


def _errors(
    calibrator: Calibrator, levels: Levels, asked: Asked
) -> dict[tuple[str, float | None], np.ndarray]:
    """Replicates of what labels show less what was estimated, by endpoint and point."""
    import numpy as np

    few = levels.merged(asked.thresholds)
    rng = np.random.default_rng([calibrator.seed, 1])
    size = (calibrator.replicates, len(few.score))
    truth = few.score if calibrator.smooth is None else calibrator.smooth.at(few.score)
    shown = rng.binomial(few.count, truth, size=size).astype(float)
    if calibrator.drawn:
        expected = few.count * np.stack([curve.at(few.score) for curve in calibrator.drawn])
    else:
        expected = (few.count * few.score)[None, :]
    real, thought = (_values(asked, few, hit) for hit in (shown, expected))
    return {pair: real[pair] - thought[pair] for pair in asked.pairs}


def _estimate(
    calibrator: Calibrator,
    levels: Levels,
    asked: Asked,
    pair: tuple[str, float | None],
    value: float,
    errors: np.ndarray | None,
) -> Estimate:
    import numpy as np

    low, high, error, reason = None, None, None, "no replicates were asked for"
    name, point = pair
    least, most = measures.MEASURES[name].within if name in measures.MEASURES else (0.0, 1.0)
    if errors is not None:
        known = errors[np.isfinite(errors)]
        reason = "too many replicates are undefined: too few positives are expected"
        if len(known) >= (1 - TOLERATED) * len(errors):
            tail = (1 - asked.confidence) / 2
            ends = value + np.quantile(known, [tail, 1 - tail])
            low, high = (float(end) for end in np.clip(ends, least, most))
            error, reason = float(known.std(ddof=1)), ""
    return Estimate(
        endpoint=name,
        value=value,
        low=low,
        high=high,
        n=levels.total,
        positives=_expected(calibrator, levels),
        method=calibrator.method,
        confidence=asked.confidence,
        threshold=point,
        unit=_unit(name),
        error=error,
        reason=reason,
    )


def _unit(name: str) -> str:
    return (
        measures.MEASURES[name].unit if name in measures.MEASURES else UNITS.get(name, "proportion")
    )


def _expected(calibrator: Calibrator, levels: Levels) -> int:
    return round(float((levels.count * calibrator.chance(levels.score)).sum()))


def _absent(
    calibrator: Calibrator,
    levels: Levels,
    asked: Asked,
    pair: tuple[str, float | None],
    reason: str,
) -> Estimate:
    return absent(
        pair[0],
        reason,
        n=levels.total,
        positives=_expected(calibrator, levels) if levels.total else 0,
        method=calibrator.method,
        confidence=asked.confidence,
        threshold=pair[1],
        unit=_unit(pair[0]),
    )
