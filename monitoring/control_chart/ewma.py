"""The exponentially weighted moving average of shares and counts, one value a window.

z = w x + (1 - w) z, with x the window's share of events or its events per unit of exposure, starts
at the in-control value. A window of another size has another variance: that of z is carried along,
and the limits are the in-control value plus and minus the width times its root (Lucas and Saccucci,
Technometrics 1990; 32: 1; counts: Borror, Champ and Rigdon, Journal of Quality Technology 1998; 30:
352; shares: Gan, Journal of Statistical Computation and Simulation 1990; 37: 45). The variance
starts where windows of the first one's size would lead it, so that windows of one size have fixed
limits. A chart of one direction cannot fall behind its start (a reflecting barrier). After a signal
it starts again.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

Of = Literal["share", "count"]
Side = Literal["up", "down", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a chart carries from window to window.

    Attributes:
        value: The average; None before the first window and after a signal.
        variance: Of it.
        windows: Windows seen so far.
    """

    value: float | None = None
    variance: float | None = None
    windows: int = 0

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, body: dict[str, Any]) -> Self:
        """From JSON."""
        return cls(value=body["value"], variance=body["variance"], windows=int(body["windows"]))


START = State()


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One window of the chart.

    Attributes:
        window: Its number, from 1.
        observed: The window's own share, or events per unit of exposure.
        value: The average after it.
        low: Lower limit; None for a chart of increases.
        high: Upper limit; None for a chart of decreases.
        signal: Whether the average lies beyond a limit.
        total: People, or exposure.
    """

    window: int
    observed: float
    value: float
    low: float | None
    high: float | None
    signal: bool
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """An EWMA with its limits.

    Attributes:
        target: The in-control share, or events per unit of exposure.
        width: Limits are so many standard deviations of the average away.
        smoothing: Weight of the newest window.
        side: Which changes it looks for.
        of: Shares of people, or counts.
        minimum: Windows with fewer people, or less exposure, are left out.
    """

    target: float
    width: float
    smoothing: float
    side: Side = "both"
    of: Of = "share"
    minimum: float = 0

    def __post_init__(self) -> None:
        if not 0 < self.smoothing <= 1:
            raise ValueError(f"a smoothing weight lies above 0, up to 1, not {self.smoothing:g}")
        if self.target <= 0 or (self.of == "share" and self.target >= 1):
            raise ValueError(f"no chart has an in-control value of {self.target:g}")
        if not (math.isfinite(self.width) and self.width > 0):
            raise ValueError(f"the limits' width is positive, not {self.width:g}")

    def variance(self, total: float) -> float:
        """In-control variance of one window's value."""
        spread = 1 - self.target if self.of == "share" else 1.0
        return self.target * spread / total


def run(
    chart: Chart, events: Sequence[float], totals: Sequence[float], state: State = START
) -> tuple[tuple[Point, ...], State]:
    """Go on with a chart over windows in their order.

    Args:
        chart: The chart.
        events: Events of each window.
        totals: People of each window, or its exposure.
        state: Where the windows before ended.

    Returns:
        A point for each window that is large enough, and the state to go on from.

    Raises:
        ValueError: Lengths differ, or there are events without people.
    """
    if len(events) != len(totals):
        raise ValueError(f"lengths differ: {len(events)} counts of events, {len(totals)} totals")
    points = []
    for count, total in zip(events, totals, strict=True):
        if count < 0 or total < 0 or (chart.of == "share" and count > total):
            raise ValueError(f"{count:g} events of {total:g} are no window")
        number = state.windows + 1
        if total <= 0 or total < chart.minimum:
            state = State(value=state.value, variance=state.variance, windows=number)
            continue
        point, state = _step(chart, count / total, total, state)
        points.append(point)
    return tuple(points), state


def _step(chart: Chart, observed: float, total: float, state: State) -> tuple[Point, State]:
    weight, one = chart.smoothing, chart.variance(total)
    steady = weight / (2 - weight)
    before = chart.target if state.value is None else state.value
    spread = steady * one if state.variance is None else state.variance
    value = weight * observed + (1 - weight) * before
    variance = weight * weight * one + (1 - weight) * (1 - weight) * spread
    half = chart.width * math.sqrt(variance)
    low = None if chart.side == "up" else chart.target - half
    high = None if chart.side == "down" else chart.target + half
    signal = (low is not None and value < low) or (high is not None and value > high)
    number = state.windows + 1
    point = Point(
        window=number, observed=observed, value=value, low=low, high=high, signal=signal,
        total=total,
    )  # fmt: skip
    if signal:
        return point, State(windows=number)
    if chart.side == "up":
        value = max(value, chart.target)
    elif chart.side == "down":
        value = min(value, chart.target)
    return point, State(value=value, variance=variance, windows=number)
