"""The last moment of a reporting limit: whose day begins it, whose calendar moves it. Pure."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from evidence.errors import UsageError
from policies import days, public_holidays

if TYPE_CHECKING:
    from collections.abc import Callable

    from policies.days import Counted
    from policies.reporting_clock import Clock
    from policies.reporting_clocks import ReportingClocks


def moment(text: str, zone: str) -> dt.datetime:
    """A moment that a person wrote; local time of a zone unless it says its offset.

    Raises:
        UsageError: It is no moment, or one that the clocks of the zone show twice or never.
    """
    where = _zone(zone)
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"'{text}' is no moment; write 2026-03-02T09:30.") from None
    if found.tzinfo is not None:
        return found
    early, late = (found.replace(tzinfo=where, fold=fold) for fold in (0, 1))
    if early.utcoffset() != late.utcoffset():
        raise UsageError(
            f"{text} in {zone} is shown twice or never, since the clocks are changed then. Write "
            f"it with its offset, as {early.isoformat()}."
        )
    return early


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise UsageError(f"There is no time zone '{name}'; write one as Europe/Berlin.") from None


def limit(
    clocks: ReportingClocks, clock: Clock, aware: dt.datetime, zone: str, state: str = ""
) -> tuple[Counted, dt.datetime, str]:
    """The last day of a clock, its last moment, and what is not known of it.

    The day of awareness is that of the place where the person was, or that of the authority,
    whichever is earlier; the last day ends at midnight of the authority.

    Args:
        clocks: The data.
        clock: Which.
        aware: Moment of awareness, with its offset.
        zone: Time zone of the person who became aware.
        state: Two-letter code of the Member State whose authority is told; for the EU only.

    Raises:
        UsageError: The zone or the state is unknown, a state is named for an American clock, or the
            law gives no number of days.
    """
    if clock.days is None:
        raise UsageError(f"{clock.ref} gives no number of days: no clock runs. {clock.must}")
    if state and clock.place != "eu":
        raise UsageError(f"Clock {clock.id} is American: it takes no Member State.")
    country = clocks.member_states.get(state)
    theirs = country.zone if country else clocks.zones[clock.place]
    day_zero = min(aware.astimezone(_zone(name)).date() for name in (zone, theirs))
    holiday, unknown = _calendar(clocks, clock, state)
    if clock.counting == "eu-1182-71":
        counted = days.eu(day_zero, clock.days, holiday)
    else:
        counted = days.fda(day_zero, clock.days, clock.kind, holiday)
    midnight = dt.datetime.combine(counted.last + days.ONE, dt.time(), tzinfo=_zone(theirs))
    return counted, midnight.astimezone(dt.UTC) - dt.timedelta(seconds=1), unknown


def _calendar(
    clocks: ReportingClocks, clock: Clock, state: str
) -> tuple[Callable[[dt.date], str], str]:
    """Whose holidays count, and what is not known of them."""
    if clock.place == "fda":
        return public_holidays.named(clocks.us_federal, observed=True), ""
    if state in clocks.member_states:
        country = clocks.member_states[state]
        rules = country.holidays
        unknown = f"regional holidays of {state} are not counted"
        unknown += ", and the list is to be verified" if country.verify else ""
    else:
        # Without holidays a last day is moved less: the limit is at most too early, never too late.
        rules = []
        unknown = f"the holidays of {state or 'the Member State'} are not known: weekends only"
    return public_holidays.named(rules), unknown
