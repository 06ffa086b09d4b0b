"""How long a change stays unseen, in windows, days and people."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from monitoring.design.stream import YEAR

if TYPE_CHECKING:
    import numpy as np

    from monitoring.control_chart.chain import Chain
    from monitoring.design.stream import Pace, Stream

YEARS = 5  # a delay that may be longer is shown as not seen within them
LATE = 0.9  # share of the delays that the longer one covers


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """The delay of a change that begins with a window, in a chart that has run for long.

    Attributes:
        shift: How the rate changes, in words.
        rate: The rate after the change.
        windows_mean: Windows until the signal, the signalling one included.
        windows_median: Half of the delays are as short.
        windows_late: 90 % of the delays are as short.
        days_mean: Days until the signalling window's labels are known.
        days_median: Half of the delays are as short.
        days_late: 90 % of the delays are as short.
        cases: All cases of the group until then, on average.
        counted: People that the chart counts among them.
        events: Errors or events until then, on average: of sensitivity, the cases missed.
        extra: Those of them that are due to the change.
        within: Whether 90 % of the delays end within five years.
    """

    shift: str
    rate: float
    windows_mean: float
    windows_median: float | None
    windows_late: float | None
    days_mean: float
    days_median: float | None
    days_late: float | None
    cases: float
    counted: float
    events: float
    extra: float
    within: bool

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def measure(
    chain: Chain,
    begin: np.ndarray,
    stream: Stream,
    pace: Pace,
    *,
    shift: str,
    before: float,
    after: float,
) -> Delay:
    """The delay of a chain whose steps are windows.

    Args:
        chain: The chart or rule after the change.
        begin: Its state before.
        stream: Who is counted.
        pace: When it is looked at.
        shift: The change in words.
        before: The rate without the change.
        after: The rate with it.
    """
    mean = chain.mean(begin)
    median, late = (
        value if math.isfinite(value) else None for value in chain.quantiles((0.5, LATE), begin)
    )
    days = pace.days(mean)
    counted = days / YEAR * stream.counted_a_year
    return Delay(
        shift=shift,
        rate=after,
        windows_mean=mean,
        windows_median=median,
        windows_late=late,
        days_mean=days,
        days_median=None if median is None else pace.days(median),
        days_late=None if late is None else pace.days(late),
        cases=days / YEAR * stream.cases_a_year,
        counted=counted,
        events=counted * after,
        extra=counted * (after - before),
        within=late is not None and pace.days(late) <= YEARS * YEAR,
    )
