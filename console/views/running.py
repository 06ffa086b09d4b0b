"""Reporting clocks that run: what must be told to whom, and how long there is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from change_control import clocks as rules
from console.views.view import View

if TYPE_CHECKING:
    from change_control.clocks import Running
    from console.views.reading import Reading

DAY, HOUR = 86_400, 3_600


class Clock(View):
    """A clock that runs."""

    id: str
    """Its id."""
    title: str
    """What must be reported."""
    must: str
    """To whom, and what."""
    ref: str
    """The article or section."""
    what: str
    """What somebody became aware of."""
    person: str
    """Who became aware."""
    aware_at: str
    """When."""
    due: str
    """The last moment, UTC."""
    left: str
    """Time left, or how long the limit has passed, in words."""
    overdue: bool
    """Whether the limit has passed."""
    unknown: str
    """What is not known of the limit."""
    trigger: str
    """Id of the trigger that it is about; empty for none."""
    record: int
    """The awareness's record."""


def clocks(seen: Reading, trigger: str = "") -> list[Clock]:
    """The clocks that run, the nearest limit first.

    Args:
        seen: What the request sees.
        trigger: Only those about one trigger; all when empty.
    """
    return [
        _clock(seen, each)
        for each in rules.started(seen.trail)
        if each.report is None and trigger in ("", each.value.trigger)
    ]


def _clock(seen: Reading, each: Running) -> Clock:
    value = each.value
    seconds = each.left(seen.at).total_seconds()
    return Clock(
        id=value.id,
        title=value.clock_facts["title"],
        must=value.clock_facts["must"],
        ref=value.clock_facts["ref"],
        what=value.what,
        person=seen.name(value.person),
        aware_at=value.aware_at,
        due=value.limit["due"],
        left=_left(seconds),
        overdue=each.status(seen.at) == "overdue",
        unknown=value.limit["unknown"],
        trigger=value.trigger,
        record=each.record.seq,
    )


def _left(seconds: float) -> str:
    days, rest = divmod(abs(int(seconds)), DAY)
    hours = rest // HOUR
    parts = [f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in ((days, "day"), (hours, "hour"))
             if n]  # fmt: skip
    text = " and ".join(parts) or "less than an hour"
    return f"in {text}" if seconds >= 0 else f"{text} ago"
