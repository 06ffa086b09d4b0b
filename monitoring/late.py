"""Rows that came, or went, after their window was judged.

A judged window stays as it was judged. Whoever reads its record must learn that the source holds
other rows by now; whether the window is judged again is not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitoring.source.contract import Period, rows_by_day

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from evidence.records import Body, MonitoringRun
    from monitoring.source.contract import Source

WINDOWS = 12  # newest windows that are looked at: the cost of a night stays the same for years
READ = "rows read in the window"  # the step of a run's accounting


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A window whose rows are other than when it was judged.

    Attributes:
        window: Its label.
        judged: Rows then.
        now: Rows now.
    """

    window: str
    judged: int
    now: int

    def warning(self) -> Body:
        """As ``{code, message, columns, count}``."""
        number = abs(self.now - self.judged)
        came = self.now > self.judged
        what = f"{number:,} rows {'arrived late for' if came else 'are gone from'}"
        return {
            "code": "rows-arrived-late" if came else "rows-gone",
            "message": f"{what} window {self.window}: it was judged on {self.judged:,}, the source "
            f"holds {self.now:,} now. Its record stands as it was judged.",
            "columns": [],
            "count": number,
        }


def changed(source: Source, column: str, runs: Sequence[MonitoringRun]) -> list[Changed]:
    """The judged windows of which the source holds more, or fewer, rows by now.

    Args:
        source: Production data.
        column: Which column holds the day.
        runs: The runs of the plan, oldest first; the newest of a window counts.
    """
    newest = {run.window["label"]: run for run in runs if run.accounting[0]["step"] == READ}
    looked = sorted(newest.values(), key=lambda run: run.window["start"])[-WINDOWS:]
    if not looked:
        return []
    spans = [_span(run) for run in looked]
    period = Period(column=column, first=spans[0][0], last=max(last for _, last in spans))
    counts = rows_by_day(source.over(period), column)
    found = []
    for run, (first, last) in zip(looked, spans, strict=True):
        now = sum(number for day, number in counts.items() if first <= day <= last)
        judged = int(run.accounting[0]["rows"])
        if now != judged:
            found.append(Changed(window=run.window["label"], judged=judged, now=now))
    return found


def _span(run: MonitoringRun) -> tuple[dt.date, dt.date]:
    import datetime as dt

    day = dt.date.fromisoformat
    return day(run.window["start"]), day(run.window["end"])
