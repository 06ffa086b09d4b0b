"""The delay against the size of the loss: one line a stream, as plain lists for a figure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from monitoring.design import delay as delays
from monitoring.design import models
from monitoring.design.charted import LOSSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitoring.design.charted import ChartRow
    from monitoring.design.delay import Delay
    from monitoring.design.models import Charted
    from monitoring.design.stream import Pace, Stream
    from policies.chart import ChartRule

SIZES = (0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.2)
STATES = 100  # fewer than the rows' own: a line is drawn to within a percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Delays of one chart and stream.

    Attributes:
        chart: The rule's id.
        watch: What it watches.
        stream: ``overall`` or the subgroup.
        losses: Sizes of the loss.
        days_median: Half of the delays are as short; None where 2^60 windows do not suffice.
        days_late: 90 % of the delays are as short.
        years: A delay longer than so many years is drawn as not seen.
    """

    chart: str
    watch: str
    stream: str
    losses: tuple[float, ...]
    days_median: tuple[float | None, ...]
    days_late: tuple[float | None, ...]
    years: int = delays.YEARS

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def lines(
    rule: ChartRule, streams: Sequence[Stream], pace: Pace, rows: Sequence[ChartRow]
) -> list[Line]:
    """The lines of a rule on an error rate that looks for the worse; none of other rules."""
    if rule.watch not in LOSSES or "worse" not in rule.directions:
        return []
    limits = {
        row.stream: row.limit for row in rows if (row.chart, row.direction) == (rule.id, "worse")
    }
    found = []
    for stream in streams:
        limit = limits.get(stream.name)
        if limit is None or stream.rate is None:
            continue
        chart = models.of(rule, stream, pace, "worse")
        sizes = [size for size in SIZES if stream.rate + size < 1]
        seen = [_delay(chart, stream, pace, limit, size) for size in sizes]
        found.append(
            Line(
                chart=rule.id,
                watch=rule.watch,
                stream=stream.name,
                losses=tuple(sizes),
                days_median=tuple(delay.days_median for delay in seen),
                days_late=tuple(delay.days_late for delay in seen),
            )
        )
    return found


def _delay(chart: Charted, stream: Stream, pace: Pace, limit: float, size: float) -> Delay:
    begin, after = chart.chain(limit, chart.rate, STATES).steady, chart.rate + size
    chain = chart.windows(chart.chain(limit, after, STATES))
    return delays.measure(
        chain, begin, stream, pace, shift=f"{size:g}", before=chart.rate, after=after
    )
