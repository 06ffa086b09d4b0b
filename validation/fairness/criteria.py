"""Fairness criteria of a classifier at an operating point, each with an interval.

Demographic parity: equal rates of positive calls. Equal opportunity: equal sensitivities. Equalised
odds: equal sensitivities and equal false positive rates; its difference is the wider of the two
gaps, its ratio the smaller of the two ratios (Hardt, Price and Srebro, NeurIPS 2016; as Fairlearn's
``worst_case``). Predictive parity: equal PPVs (Chouldechova, Big Data 2017; 5: 153-163).
Calibration within groups: each subgroup's mean score is its share of positives (Kleinberg,
Mullainathan and Raghavan, ITCS 2017), here as the largest absolute observed − expected.

A difference is largest minus smallest over the subgroups, never negative and biased upwards: its
interval turns a test round (`inversion`). Hold its upper bound against a margin.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation import inversion

if TYPE_CHECKING:
    import numpy as np

    from validation.estimate import Estimate
    from validation.fairness.gaps import Spread

REFERENCES = {
    "demographic-parity": "Calders T, Kamiran F, Pechenizkiy M. ICDM Workshops 2009: 13-18.",
    "equal-opportunity": "Hardt M, Price E, Srebro N. NeurIPS 2016.",
    "equalized-odds": "Hardt M, Price E, Srebro N. NeurIPS 2016.",
    "predictive-parity": "Chouldechova A. Big Data 2017; 5: 153-163.",
    "calibration-within-groups": "Kleinberg J, Mullainathan S, Raghavan M. ITCS 2017.",
}
CRITERIA: dict[str, tuple[str, ...]] = {
    "demographic-parity": ("selection-rate",),
    "equal-opportunity": ("sensitivity",),
    "equalized-odds": ("sensitivity", "false-positive-rate"),
    "predictive-parity": ("ppv",),
}


def parity(criterion: str, spreads: list[Spread]) -> list[Estimate]:
    """Difference and ratio of a criterion.

    Args:
        criterion: One of `CRITERIA`.
        spreads: Of its rates, over the same replicates.
    """
    used = [i for i in spreads[0].usable if all(i in spread.usable for spread in spreads)]
    first = spreads[0]
    if len(used) < 2:  # noqa: PLR2004 - a gap is between two
        return []
    ratio, ratios = _least([_ratio(s, used) for s in spreads])
    return [
        _difference(criterion, spreads, used),
        first.estimate(f"{criterion}-ratio", first.attribute, ratio, ratios, used),
    ]


def _difference(criterion: str, spreads: list[Spread], used: list[int]) -> Estimate:
    """The widest of the rates' gaps; its bounds are the greatest of theirs.

    The greatest upper bound holds the widest gap wherever the bound of that gap does; the greatest
    lower bound lies below it wherever all lower bounds lie below their gaps.
    """
    import numpy as np

    first = spreads[0]
    value = max(float(np.ptp(s.values[used])) for s in spreads)
    whole = np.concatenate([s.draws[:, used] for s in spreads], axis=1).sum(axis=1)
    blank = first.estimate(f"{criterion}-difference", first.attribute, value, whole, used)
    method = first.method.replace("bootstrap-percentile", inversion.METHOD)
    blank = dataclasses.replace(blank, method=method)
    if blank.value is None or blank.low is None:
        return blank
    known = np.isfinite(whole)
    spans = [_span(s, used, known) for s in spreads]
    low, high = (max(bound) for bound in zip(*spans, strict=True))
    return dataclasses.replace(blank, low=low, high=min(1.0, high))


def _span(spread: Spread, used: list[int], known: np.ndarray) -> tuple[float, float]:
    """The interval of largest minus smallest rate."""
    import numpy as np

    values, draws = spread.values[used], spread.draws[:, used][known]
    return inversion.interval(
        values,
        draws - values,
        float(values.mean()),
        lambda parts: np.asarray(parts.max(axis=-1) - parts.min(axis=-1)),
        spread.confidence,
    )


def calibration(spread: Spread) -> list[Estimate]:
    """The largest absolute observed − expected over the subgroups, and their widest gap.

    Args:
        spread: Of mean label minus mean score.
    """
    import numpy as np

    used = spread.usable
    if not used:
        return []
    values, draws = np.abs(spread.values[used]), np.abs(spread.draws[:, used])
    return [
        spread.estimate(
            "calibration-within-groups",
            spread.attribute,
            float(values.max()),
            draws.max(axis=1),
            used,
        )
    ]


def _ratio(spread: Spread, used: list[int]) -> tuple[float, np.ndarray]:
    import numpy as np

    values, draws = spread.values[used], spread.draws[:, used]
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.divide(values.min(), values.max())), draws.min(axis=1) / draws.max(axis=1)


def _least(parts: list[tuple[float, np.ndarray]]) -> tuple[float, np.ndarray]:
    import numpy as np

    values, draws = zip(*parts, strict=True)
    return float(min(values)), np.asarray(np.minimum.reduce(draws, axis=0))
