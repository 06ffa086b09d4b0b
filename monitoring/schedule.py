"""Which windows are due, from the plan, the trail and now. Pure.

A window is due when its last day, and the days that labels need to mature, have passed, and the
trail has no run of it at that age. Nights that were missed are simply windows still due. A plan may
judge a window more than once: when it ends, for what needs no label, and again as labels come.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One judging of a window, so many days after it ended.

    Attributes:
        window: The window.
        age: Days after its last day at which it is judged.
        final: Whether no later judging is planned: its labels are taken as they are.
        again: Whether it was judged at this age before: only what changed has it judged anew.
    """

    window: Window
    age: int
    final: bool
    again: bool = False


def ordered(given: Sequence[Turn]) -> list[Turn]:
    """Oldest window first."""
    return sorted(given, key=lambda turn: turn.window.start)


def turns(schedule: Schedule, ages: Sequence[int], today: dt.date) -> list[Turn]:
    """The judging that each window has reached, oldest first.

    Where several are due at once, as after nights that were missed, only the last one counts.

    Args:
        schedule: The plan's.
        ages: Days after the last day at which a window is judged, ascending.
        today: The day as the door read it; today's own cases are not complete yet.
    """
    found = {}
    for age in ages:
        matured = today - DAY - dt.timedelta(days=age)
        for window in windows(schedule, matured):
            found[window.label] = Turn(window=window, age=age, final=age == ages[-1])
    return ordered(list(found.values()))


def due(
    schedule: Schedule, done: Mapping[str, int], today: dt.date, ages: Sequence[int] = ()
) -> list[Turn]:
    """What is to be judged now.

    Args:
        schedule: The plan's.
        done: Label of each window that the trail has, to the age at which it was judged last.
        today: The day as the door read it.
        ages: Of the plan's labels; the schedule's own maturity when there are none.
    """
    wanted = turns(schedule, ages or [schedule.label_maturity_days], today)
    return [turn for turn in wanted if turn.age > done.get(turn.window.label, -1)]


def upcoming(
    schedule: Schedule, today: dt.date, first_age: int | None = None
) -> tuple[Window, dt.date] | None:
    """The first window that is not due yet, and the day on which it will be.

    Args:
        schedule: The plan's.
        today: The day as the door read it.
        first_age: Of the plan's labels; the schedule's own maturity when there are none.

    Returns:
        None after the plan's last window.
    """
    age = schedule.label_maturity_days if first_age is None else first_age
    wait = DAY + dt.timedelta(days=age)
    past = len(turns(schedule, [age], today))
    far = max(today, schedule.start) + 2 * 31 * DAY
    coming = list(windows(schedule, far))[past:]
    return (coming[0], coming[0].end + wait) if coming else None
