"""Fairness criteria of a classifier at an operating point, each with an interval.

Demographic parity: equal rates of positive calls. Equal opportunity: equal sensitivities. Equalised
odds: equal sensitivities and equal false positive rates; its difference is the wider of the two
gaps, its ratio the smaller of the two ratios (Hardt, Price and Srebro, NeurIPS 2016; as Fairlearn's
``worst_case``). Predictive parity: equal PPVs (Chouldechova, Big Data 2017; 5: 153-163).
Calibration within groups: each subgroup's mean score is its share of positives (Kleinberg,
Mullainathan and Raghavan, ITCS 2017), here as the largest absolute observed − expected.

A difference is largest minus smallest over the subgroups, so never negative: hold its upper bound
against a margin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    import numpy as np

    used = [i for i in spreads[0].usable if all(i in spread.usable for spread in spreads)]
    first = spreads[0]
    if len(used) < 2:  # noqa: PLR2004 - a gap is between two
        return []
    difference, differences = _worst([_gap(s, used) for s in spreads], np.maximum)
    ratio, ratios = _worst([_ratio(s, used) for s in spreads], np.minimum)
    return [
        first.estimate(f"{criterion}-difference", first.attribute, difference, differences, used),
        first.estimate(f"{criterion}-ratio", first.attribute, ratio, ratios, used),
    ]


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


def _gap(spread: Spread, used: list[int]) -> tuple[float, np.ndarray]:
    values, draws = spread.values[used], spread.draws[:, used]
    return float(values.max() - values.min()), draws.max(axis=1) - draws.min(axis=1)


def _ratio(spread: Spread, used: list[int]) -> tuple[float, np.ndarray]:
    import numpy as np

    values, draws = spread.values[used], spread.draws[:, used]
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.divide(values.min(), values.max())), draws.min(axis=1) / draws.max(axis=1)


def _worst(parts: list[tuple[float, np.ndarray]], pick: np.ufunc) -> tuple[float, np.ndarray]:
    import numpy as np

    values, draws = zip(*parts, strict=True)
    return float(pick.reduce(values)), np.asarray(pick.reduce(draws, axis=0))
