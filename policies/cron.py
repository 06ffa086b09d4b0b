"""When the night job runs: a crontab expression on the clock of a place.

The expression means what `crontab(5)` says: 0 and 7 are Sunday (APScheduler's own reading of
numbers begins on Monday). A time that the clocks skip in spring is run when it would have come, an
hour later on the wall; a time that comes twice in autumn is run the first time only.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FIELDS = 5
MOMENT = dt.timedelta(microseconds=1)
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


def known(text: str) -> str:
    """The expression, if it is one.

    Raises:
        ValueError: It is none, or not clear.
    """
    fields = text.split()
    if len(fields) != FIELDS:
        raise ValueError(
            f"'{text}' has {len(fields)} fields; give five (minute, hour, day, month, day of the "
            'week), as in "0 3 * * *"'
        )
    if fields[2] != "*" and fields[4] != "*":
        raise ValueError("give a day of the month or a day of the week, not both")
    try:
        trigger(text, "UTC")
    except ValueError as error:
        raise ValueError(f"'{text}' is no crontab expression: {error}") from None
    return " ".join(fields)


def zone(text: str) -> str:
    """The name of a time zone, if it is one.

    Raises:
        ValueError: It is none.
    """
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"'{text}' is no time zone; write it as Europe/Berlin or UTC") from None
    return text


def trigger(text: str, timezone: str) -> Any:
    """A trigger of an expression, for APScheduler.

    Raises:
        ValueError: The expression cannot be read.
    """
    from apscheduler.triggers.base import BaseTrigger
    from apscheduler.triggers.cron import CronTrigger

    minute, hour, day, month, week = text.split()
    named = _named(week)
    wall = CronTrigger(
        minute=minute, hour=hour, day=day, month=month, day_of_week=named, timezone="UTC"
    )
    there = ZoneInfo(timezone)

    class OnTheWall(BaseTrigger):  # type: ignore[misc]
        """The expression on a clock that never changes, each time then found on the real one.

        APScheduler 3.11 itself adds whole days in UTC, and so leaves out a run between midnight
        and one on the day after the clocks went forward.
        """

        def get_next_fire_time(
            self, previous_fire_time: dt.datetime | None, now: dt.datetime
        ) -> dt.datetime | None:
            shown = (previous_fire_time or now).astimezone(there).replace(tzinfo=dt.UTC, fold=0)
            if previous_fire_time:
                shown += MOMENT
            found: dt.datetime | None
            while found := wall.get_next_fire_time(None, shown):
                # fold=0: the first of two; of a time that is skipped, when it would have come
                moment = found.replace(tzinfo=there, fold=0).astimezone(dt.UTC)
                if previous_fire_time or moment >= now:
                    there_too: dt.datetime = moment.astimezone(there)
                    return there_too
                shown = found + MOMENT
            return None

    return OnTheWall()


def _named(week: str) -> str:
    """Days of the week by name, since numbers mean other days to APScheduler.

    Raises:
        ValueError: A number above 7, or a range that runs over Sunday.
    """
    if week.startswith("*"):
        return week
    parts: list[str] = []
    for part in week.lower().split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        if dash and re.fullmatch(r"[0-7]", first) and re.fullmatch(r"[0-7]", last):
            days = DAYS[int(first) : int(last) + 1][:: int(step or 1)]
            if not days:
                raise ValueError(f"the days '{part}' run backwards")
            parts += days
            continue
        if re.fullmatch(r"\d+", first):
            if int(first) >= len(DAYS):
                raise ValueError(f"there is no day '{first}' of the week")
            first = DAYS[int(first)]
        parts.append(f"{first}{dash}{last}{slash}{step}")
    return ",".join(dict.fromkeys(parts))


def next_run(text: str, timezone: str, now: dt.datetime) -> dt.datetime | None:
    """When an expression comes next after a moment."""
    found: dt.datetime | None = trigger(text, timezone).get_next_fire_time(None, now)
    return found
