"""Public holidays computed from their rules: U.S. federal ones, those of a Member State. Pure."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from policies.calendars import Holiday

SATURDAY, SUNDAY = 5, 6


def easter(year: int) -> dt.date:
    """Easter Sunday of the Gregorian calendar.

    The algorithm is that of an anonymous author, Nature 1876; 13: 487, as given by Meeus,
    Astronomical Algorithms, 1991, chapter 8.
    """
    golden, (century, rest) = year % 19, divmod(year, 100)
    leap, over = divmod(century, 4)
    moved = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leap - moved + 15) % 30
    within, last = divmod(rest, 4)
    weekday = (32 + 2 * over + 2 * within - moon - last) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return dt.date(year, month, day + 1)


def of_year(rules: Iterable[Holiday], year: int, *, observed: bool = False) -> dict[dt.date, str]:
    """The holidays of a year by their day.

    Args:
        rules: What there is.
        year: Which.
        observed: Whether one on a Saturday is kept on the Friday before and one on a Sunday on the
            Monday after, as for U.S. federal offices (5 U.S.C. 6103(b); Executive Order 11582).
    """
    # New Year's Day on a Saturday is kept on 31 December of the year before.
    found = {
        _moved(_day(rule, of)) if observed else _day(rule, of): rule.name
        for of in (year, year + 1)
        for rule in rules
        if of >= rule.since
    }
    return {day: name for day, name in sorted(found.items()) if day.year == year}


def named(rules: Iterable[Holiday], *, observed: bool = False) -> Callable[[dt.date], str]:
    """The name of the holiday on a day, or nothing, for as many days as are asked for.

    Args:
        rules: What there is.
        observed: As of `of_year`.
    """
    kept = list(rules)
    years: dict[int, dict[dt.date, str]] = {}

    def holiday(day: dt.date) -> str:
        if day.year not in years:
            years[day.year] = of_year(kept, day.year, observed=observed)
        return years[day.year].get(day, "")

    return holiday


def _day(rule: Holiday, year: int) -> dt.date:
    if rule.easter is not None:
        return easter(year) + dt.timedelta(days=rule.easter)
    if rule.month is None:
        raise RuntimeError(f"{rule.name} has no month")
    if rule.day is not None:
        return dt.date(year, rule.month, rule.day)
    return _nth(year, rule.month, rule.weekday or 0, rule.nth or 1)


def _nth(year: int, month: int, weekday: int, nth: int) -> dt.date:
    first, length = monthrange(year, month)
    days = list(range(1 + (weekday - first) % 7, length + 1, 7))
    return dt.date(year, month, days[nth - 1 if nth > 0 else nth])


def _moved(day: dt.date) -> dt.date:
    return day + dt.timedelta(days={SATURDAY: -1, SUNDAY: 1}.get(day.weekday(), 0))
