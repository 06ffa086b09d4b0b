"""Which windows are due, from the plan, the trail and now. Pure.

A window is due when its last day, and the days that labels need to mature, have passed, and the
trail has no run of it. Nights that were missed are simply windows still due.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from policies.plan import Schedule

WEEK = dt.timedelta(days=7)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One period of production data, both days within.

    Attributes:
        label: ``2020-05``, or the first day for weeks and days.
        start: First day.
        end: Last day.
    """

    label: str
    start: dt.date
    end: dt.date

    def body(self) -> dict[str, str]:
        """As a record holds it."""
        return {"label": self.label, "start": str(self.start), "end": str(self.end)}


def windows(schedule: Schedule, until: dt.date) -> Iterator[Window]:
    """The plan's windows that end on or before a day, oldest first."""
    start = schedule.start
    last = min(until, schedule.end) if schedule.end else until
    while start <= last:
        end = _end(schedule, start)
        if end > until:
            return
        label = f"{start:%Y-%m}" if schedule.every == "month" else str(start)
        yield Window(label=label, start=start, end=end)
        start = end + DAY


def _end(schedule: Schedule, start: dt.date) -> dt.date:
    if schedule.every == "day":
        end = start
    elif schedule.every == "week":
        end = start + WEEK - DAY
    else:
        end = (start.replace(day=1) + dt.timedelta(days=32)).replace(day=1) - DAY
    return min(end, schedule.end) if schedule.end else end


def due(schedule: Schedule, done: Collection[str], today: dt.date) -> list[Window]:
    """Windows to run now.

    Args:
        schedule: The plan's.
        done: Labels of the windows that the trail has.
        today: The day as the door read it; today's own cases are not complete yet.
    """
    matured = today - DAY - dt.timedelta(days=schedule.label_maturity_days)
    return [window for window in windows(schedule, matured) if window.label not in done]


def upcoming(schedule: Schedule, today: dt.date) -> tuple[Window, dt.date] | None:
    """The first window that is not due yet, and the day on which it will be.

    Args:
        schedule: The plan's.
        today: The day as the door read it.

    Returns:
        None after the plan's last window.
    """
    wait = DAY + dt.timedelta(days=schedule.label_maturity_days)
    past = len(due(schedule, (), today))
    far = max(today, schedule.start) + 2 * 31 * DAY
    coming = list(windows(schedule, far))[past:]
    return (coming[0], coming[0].end + wait) if coming else None
