"""Run lengths and limits of an EWMA of shares or counts (Lucas and Saccucci 1990).

The range between the limits is cut by nodes at equal distances; a value between two nodes goes to
both in such shares that its mean is kept, one beyond a limit is a signal. Windows have one size;
where it varies, the chart carries its variance along (`ewma`), and the chain of the mean size is an
approximation that `simulation` checks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from monitoring.control_chart import search
from monitoring.control_chart.chain import Chain

if TYPE_CHECKING:
    from monitoring.control_chart.ewma import Of, Side

NODES = 301
TAIL = 1e-12  # probability of counts that are left aside on either side


def of_values(
    values: np.ndarray,
    chances: np.ndarray,
    *,
    width: float,
    smoothing: float,
    side: Side = "both",
    floor: float = 0.0,
    nodes: int = NODES,
) -> Chain:
    """The chain of an average of standardised values.

    Args:
        values: What a window may give, in standard deviations from the in-control value.
        chances: The probability of each.
        width: Limits, in standard deviations of the average.
        smoothing: Weight of the newest window.
        side: Which changes the chart looks for; one direction has a barrier.
        floor: Where that barrier lies, in standard deviations of a window; 0 is the start.
        nodes: How many; odd.
    """
    if side == "down":
        values = -values
    high = width * np.sqrt(smoothing / (2 - smoothing))
    start = nodes // 2 if side == "both" else round(nodes * -floor / (high - floor))
    step = high / (nodes - 1 - start)
    at = step * (np.arange(nodes) - start)
    low = float(at[0])
    goes = (1 - smoothing) * at[:, None] + smoothing * values[None, :]
    if side != "both":
        goes = np.maximum(goes, low)
    slack = 1e-9 * high
    kept = (goes <= high + slack) & (goes >= low - slack)
    place = np.clip((goes - low) / step, 0, nodes - 1)
    below = np.minimum(place.astype(int), nodes - 2)
    part, weight = place - below, np.where(kept, chances[None, :], 0.0)
    cell = (below + nodes * np.arange(nodes)[:, None]).ravel()
    flat = np.bincount(cell, (weight * (1 - part)).ravel(), nodes * nodes)
    flat += np.bincount(cell + 1, (weight * part).ravel(), nodes * nodes)
    return Chain(moves=flat.reshape(nodes, nodes), start=start)


@dataclass(frozen=True, kw_only=True)
class Ewma:
    """An EWMA of windows of one size.

    Attributes:
        target: In-control share of events, or events per unit of exposure.
        size: People in a window, or its exposure.
        smoothing: Weight of the newest window.
        side: Which changes it looks for.
        of: Shares of people, or counts.
    """

    target: float
    size: float
    smoothing: float
    side: Side = "both"
    of: Of = "share"

    def chain(self, width: float, value: float | None = None) -> Chain:
        """The chain at a width, in control or at another share or rate."""
        from scipy import stats

        now = self.target if value is None else value
        if self.of == "share":
            law = stats.binom(max(1, round(self.size)), now)
            size, spread = float(max(1, round(self.size))), self.target * (1 - self.target)
        else:
            law, size, spread = stats.poisson(now * self.size), self.size, self.target
        first, last = int(law.ppf(TAIL)), int(law.isf(TAIL))
        counts = np.arange(max(0, first), last + 1)
        values = (counts / size - self.target) / np.sqrt(spread / size)
        chances = law.pmf(counts)
        return of_values(
            values,
            chances / chances.sum(),
            width=width,
            smoothing=self.smoothing,
            side=self.side,
        )

    def arl(self, width: float, value: float | None = None) -> float:
        """The zero-state average run length, in windows."""
        return self.chain(width, value).arl

    def limit_for(self, arl: float) -> float:
        """The width of an in-control average run length, in windows.

        Raises:
            ValueError: No width has it.
        """
        return search.limit(arl, self.arl, start=2.0)
