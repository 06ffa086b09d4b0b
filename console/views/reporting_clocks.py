"""Reporting clocks as the JSON interface gives them: what is due to which authority, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from change_control import clocks
from console.views.view import View

if TYPE_CHECKING:
    from change_control.clocks import Running
    from console.views.reading import Reading


class Clock(View):
    """A clock that was started by writing down who became aware of what."""

    id: str
    """Its id, such as A-001."""
    clock: str
    """Which rule it counts by, such as mdr-15."""
    title: str
    """The rule in a few words."""
    clause: str
    """Where the rule stands."""
    must: str
    """What must be sent."""
    what: str
    """Of what somebody became aware."""
    person: str
    """Who."""
    aware_at: str
    """When, UTC."""
    due: str
    """The last moment, UTC."""
    seconds_left: int
    """Time left at the moment of the request; negative when the limit has passed."""
    status: str
    """Running, overdue, reported in time or reported late."""
    trigger: str
    """Id of the trigger that it is about; empty for none."""
    state: str
    """The Member State whose authority is told; empty outside the EU."""
    moved: str
    """Why the last day moved, as by a public holiday; empty where it did not."""
    unknown: str
    """What is not known about the limit; empty where all is."""
    reported_at: str
    """When the report was sent, UTC; empty while the clock runs."""
    record: int
    """The record of the awareness."""


class Clocks(View):
    """Every clock, the one with the nearest limit first."""

    at: str
    """The moment of the request, UTC."""
    clocks: list[Clock]
    """The clocks."""


def reporting_clocks(seen: Reading) -> Clocks:
    """Every clock that was started."""
    return Clocks(at=seen.at, clocks=[_clock(c, seen) for c in clocks.started(seen.trail)])


def _clock(running: Running, seen: Reading) -> Clock:
    value, facts = running.value, running.value.clock_facts
    return Clock(
        id=value.id,
        clock=value.clock,
        title=facts["title"],
        clause=facts["ref"],
        must=facts["must"],
        what=value.what,
        person=seen.name(value.person),
        aware_at=value.aware_at,
        due=value.limit["due"],
        seconds_left=int(running.left(seen.at).total_seconds()),
        status=running.status(seen.at),
        trigger=value.trigger,
        state=value.state,
        moved=value.limit["moved"],
        unknown=value.limit["unknown"],
        reported_at=running.report[1].sent_at if running.report else "",
        record=running.record.seq,
    )
