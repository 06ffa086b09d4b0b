"""The charts to run of a design's rows: what surveillance does with the limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring.control_chart.bernoulli import BernoulliCusum
from monitoring.control_chart.ewma import Chart as EwmaChart

if TYPE_CHECKING:
    from monitoring.design.charted import ChartRow


def ewma(row: ChartRow, *, minimum: float = 0) -> EwmaChart:
    """The chart to run of an EWMA's row.

    Raises:
        ValueError: The row has no limit.
    """
    if row.limit is None or row.rate is None or row.smoothing is None:
        raise ValueError(f"chart {row.chart} of {row.stream} has no limit: {row.reason}")
    return EwmaChart(
        target=row.rate,
        width=row.limit,
        smoothing=row.smoothing,
        side="up" if row.direction == "worse" else "down",
        minimum=minimum,
    )


def weights(row: ChartRow) -> tuple[float, float]:
    """The score of an event, and that of none, of a Bernoulli CUSUM's row.

    Raises:
        ValueError: The row has no limit.
    """
    if row.limit is None or row.rate is None or row.odds_ratio is None:
        raise ValueError(f"chart {row.chart} of {row.stream} has no limit: {row.reason}")
    event, none = BernoulliCusum(rate=row.rate, odds=row.odds_ratio).scores
    return float(event), float(none)
