"""Reporting clocks: which law starts one, from what, and when it runs out.

The texts are those of the clause catalogs, by clause id. A clock says when a report *would* be due;
whether anything is reportable is decided by people, never here.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from pydantic import Field

import policies
from policies import reader
from policies.reader import Text

if TYPE_CHECKING:
    from collections.abc import Collection

Authority = Literal["fda", "eu-mdr", "eu-ai-act"]
FRIDAY = 4
DAY = dt.timedelta(days=1)


class Reportable(Text):
    """Which authority's clocks are shown to the board with a trigger, and why."""

    authority: Authority
    """Whose law: fda, eu-mdr or eu-ai-act."""
    because: str = Field(min_length=10)
    """What could happen to a patient, in words for the board."""


class Clock(Text):
    """One period for a report."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    """Its name."""
    authority: Authority
    """Whose law."""
    event: str
    """What must have happened, so that it fits after "If this"."""
    report: str
    """What would be due."""
    starts: Literal["awareness", "action"]
    """What starts it: becoming aware, or an action of the manufacturer, which has no day yet."""
    days: int | None = Field(default=None, ge=1)
    """Its length; none where the law gives no number of days."""
    kind: Literal["calendar", "work"] = "calendar"
    """How days are counted."""
    ref: str
    """The article or section."""
    clause: str
    """Id in the clause catalog."""
    text: str
    """The catalog's text of it."""
    devices: bool = True
    """Whether it runs for a medical device; the AI Act leaves most to the MDR."""
    verified: bool = True
    """False: not read in a source."""
    verify: bool = False
    """True: read, but to be checked again before it is relied on."""
    note: str = ""
    """What to bear in mind."""


class Clocks(Text):
    """All of them, as of a date."""

    title: str
    as_of: dt.date
    note: str
    clocks: list[Clock] = Field(min_length=1)


@cache
def load() -> Clocks:
    """The clocks that ship with the suite."""
    name = "reporting_clocks.yaml"
    place = files(policies) / "regulations" / name
    return reader.parse(place.read_text(encoding="utf-8"), Clocks, f"regulations/{name}")


def of_authority(authority: Authority) -> list[Clock]:
    """The clocks that an authority's law has for a medical device."""
    return [clock for clock in load().clocks if clock.authority == authority and clock.devices]


def due(
    clock: Clock, start: dt.date, holidays: Collection[dt.date] | None = None
) -> dt.date | None:
    """The last day for the report.

    The day of the start is not counted. Calendar days run through weekends and holidays, and the
    last day is not moved when it is one (the careful reading). Work days are Monday to Friday
    without holidays.

    Args:
        clock: Which.
        start: The day of becoming aware, or of the action.
        holidays: Days that are no work days; US federal holidays when None.

    Returns:
        The day; None where the law gives no number of days.
    """
    if clock.days is None:
        return None
    if clock.kind == "calendar":
        return start + clock.days * DAY
    # Five work days span more than a week only with holidays; three times the length and a month
    # hold every holiday that could fall between.
    off = _federal(start, start + (3 * clock.days + 31) * DAY) if holidays is None else holidays
    day, left = start, clock.days
    while left:
        day += DAY
        left -= day.weekday() <= FRIDAY and day not in off
    return day


def _federal(first: dt.date, last: dt.date) -> set[dt.date]:
    """US federal holidays as observed (5 U.S.C. 6103), by pandas' calendar."""
    from pandas.tseries.holiday import USFederalHolidayCalendar

    start, end = (dt.datetime.combine(day, dt.time()) for day in (first, last))
    return {day.date() for day in USFederalHolidayCalendar().holidays(start, end)}
