"""Summaries as a freeze and a window would count them, for tests of what is made of counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from policies.drift import UNIT_FACTORS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import Body

QUANTILES = 200
STEP, FAR = 1.1, 4.0  # tail edges: each so much farther from the median, up to so many ranges
STRETCHED = (0.1, 0.5, 0.9)  # quantiles that are edges once more for each factor of a unit


def frozen_edges(values: np.ndarray, quantiles: int = QUANTILES) -> tuple[list[float], bool]:
    """Edges of a reference column, and whether they are its values (beside empty ones)."""
    known = values[~np.isnan(values)]
    distinct = np.unique(known)
    ranks = np.arange(1, quantiles) / quantiles
    inner = np.quantile(known, ranks, method="inverted_cdf")
    discrete = len(distinct) <= quantiles
    held = distinct if discrete else inner
    far = [*_tails(known, held), *_of_units(known)]
    if discrete:
        far = [edge for edge in far if not distinct[0] <= edge <= distinct[-1]]
    return np.unique(np.concatenate([held, far])).tolist(), discrete


def _tails(known: np.ndarray, held: np.ndarray) -> list[float]:
    median, found = float(np.median(known)), []
    reach = FAR * float(np.ptp(known))
    for end in (held[0], held[-1]):
        far = abs(end - median) or reach / FAR / 2
        while 0 < far < reach:
            far *= STEP
            found.append(float(f"{median + (far if end > median else -far):.3g}"))
    return [*found, _outward(float(known.min()), np.floor), _outward(float(known.max()), np.ceil)]


def _of_units(known: np.ndarray) -> list[float]:
    middle = np.quantile(known, STRETCHED)
    factors = [f for factor in UNIT_FACTORS for f in (factor, 1 / factor)]
    return [float(f"{value * factor:.3g}") for factor in factors for value in middle]


def _outward(value: float, way: np.ufunc) -> float:
    step = 10 ** (np.floor(np.log10(abs(value))) - 2) if value else 1.0
    return float(way(value / step) * step)


def number(values: Sequence[float] | np.ndarray, edges: list[float], *, discrete: bool) -> Body:
    """A number column's summary over frozen edges."""
    given = np.asarray(values, dtype=float)
    known = given[~np.isnan(given)]
    counts = np.bincount(np.searchsorted(edges, known), minlength=len(edges) + 1)
    body = {
        "type": "number",
        "edges": edges,
        "counts": {str(place): int(count) for place, count in enumerate(counts)},
        "missing": len(given) - len(known),
        "total": len(given),
    }
    return body | ({"discrete": True} if discrete else {})


def category(values: Sequence[str | None] | np.ndarray) -> Body:
    """A category column's summary."""
    known = [str(value) for value in values if value is not None]
    names, counts = np.unique(known, return_counts=True)
    return {
        "type": "category",
        "edges": [],
        "counts": dict(zip(names.tolist(), counts.tolist(), strict=True)),
        "missing": len(values) - len(known),
        "total": len(values),
    }


def pair(then: np.ndarray, now: np.ndarray, quantiles: int = QUANTILES) -> tuple[Body, Body]:
    """Reference and window of a number column, over the reference's edges."""
    edges, discrete = frozen_edges(np.asarray(then, dtype=float), quantiles)
    return number(then, edges, discrete=discrete), number(now, edges, discrete=discrete)
