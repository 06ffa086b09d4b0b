"""Counting days to a reporting limit, by the rules of each authority. Pure.

The day of awareness is never counted. European periods run in calendar days, end with the next
working day where their last day is a holiday, a Saturday or a Sunday, and hold at least two working
days (Regulation (EEC, Euratom) No 1182/71, Article 3(1), (3), (4), (5)). American ones run in
calendar days as they come, or in work days (21 CFR 803.3, 803.50, 803.53, 806.10).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

ONE = dt.timedelta(days=1)
TWO_WORKING_DAYS = 2  # Regulation 1182/71, Article 3(5)
SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The last day of a period.

    Attributes:
        day_zero: The day of awareness; not counted.
        nominal: The last day as the number says.
        last: The last day as the rules move it.
        moved: Why they differ; empty where they do not.
    """

    day_zero: dt.date
    nominal: dt.date
    last: dt.date
    moved: str


def eu(day_zero: dt.date, days: int, holiday: Callable[[dt.date], str]) -> Counted:
    """A European period in days.

    Args:
        day_zero: The day of awareness.
        days: How many.
        holiday: The name of the holiday on a day, or nothing.
    """
    nominal = last = day_zero + days * ONE
    why = []
    if not working(last, holiday):
        why.append(f"{last} is {_what(last, holiday)} (Art 3(4))")
        last = _next_working(last, holiday)
    if days >= TWO_WORKING_DAYS:
        second = after_work_days(day_zero, TWO_WORKING_DAYS, holiday)
        if second > last:
            why.append("the period must hold two working days (Art 3(5))")
            last = second
    return Counted(day_zero=day_zero, nominal=nominal, last=last, moved="; ".join(why))


def fda(
    day_zero: dt.date,
    days: int,
    kind: Literal["calendar", "work"],
    holiday: Callable[[dt.date], str],
) -> Counted:
    """An American period; a last day is not moved, since the regulation does not say so."""
    calendar = day_zero + days * ONE
    last = after_work_days(day_zero, days, holiday) if kind == "work" else calendar
    return Counted(day_zero=day_zero, nominal=last, last=last, moved="")


def working(day: dt.date, holiday: Callable[[dt.date], str]) -> bool:
    """Monday to Friday, and no holiday."""
    return day.weekday() < SATURDAY and not holiday(day)


def after_work_days(start: dt.date, days: int, holiday: Callable[[dt.date], str]) -> dt.date:
    """The nth working day after a day."""
    day = start
    for _ in range(days):
        day = _next_working(day, holiday)
    return day


def _next_working(day: dt.date, holiday: Callable[[dt.date], str]) -> dt.date:
    day += ONE
    while not working(day, holiday):
        day += ONE
    return day


def _what(day: dt.date, holiday: Callable[[dt.date], str]) -> str:
    return holiday(day) or f"a {day:%A}"
