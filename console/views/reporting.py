"""Reporting clocks about a trigger: which can be started, which run, the time left. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from change_control import clocks
from console.views.view import View
from policies import reporting_clocks

if TYPE_CHECKING:
    from change_control.clocks import Running
    from console.views.reading import Reading

DAY, HOUR = 86_400, 3_600


class ClockOffer(View):
    """A clock that can be started."""

    id: str
    """How it is named."""
    title: str
    """For what, and how many days."""
    authority: str
    """Who is told."""
    ref: str
    """Where the limit stands."""
    starts: str
    """From which moment it counts."""
    must: str
    """What must be done."""
    verify: bool
    """Whether it must be checked again before it is relied on."""


class RunningClock(View):
    """A clock that was started."""

    id: str
    """The awareness."""
    record: int
    """Its record."""
    title: str
    """Which clock."""
    ref: str
    """Where the limit stands."""
    must: str
    """What must be done."""
    what: str
    """Of what somebody became aware."""
    person: str
    """Who."""
    aware_at: str
    """When, UTC."""
    zone: str
    """Where: the time zone."""
    trigger: str
    """Id of the trigger that it is about; empty for none."""
    due: str
    """The last moment, UTC."""
    left: str
    """Time left, or over; empty once it is reported."""
    status: str
    """Running, overdue, reported in time or reported late."""
    moved: str
    """Why the last day is not the nominal one; empty where it is."""
    unknown: str
    """What is not known of the limit."""
    reference: str
    """Number by which the authority knows the report; empty while it runs."""


def offers() -> list[ClockOffer]:
    """Every clock that can be started."""
    names = ("id", "title", "authority", "ref", "starts", "must", "verify")
    return [
        ClockOffer(**{name: getattr(clock, name) for name in names})
        for clock in reporting_clocks.load().value.clocks
    ]


def zones() -> tuple[list[str], list[str]]:
    """Time zones that are offered, and the Member States whose calendars are known."""
    known = reporting_clocks.load().value
    theirs = [state.zone for state in known.member_states.values()]
    return sorted({"UTC", *known.zones.values(), *theirs}), sorted(known.member_states)


def running(seen: Reading, trigger: str = "") -> list[RunningClock]:
    """The clocks that were started, of one trigger if it is given; the nearest limit first."""
    found = clocks.started(seen.trail)
    return [_told(seen, each) for each in found if not trigger or each.value.trigger == trigger]


def _told(seen: Reading, each: Running) -> RunningClock:
    value, facts = each.value, each.value.clock_facts
    names = ("id", "what", "zone", "trigger", "aware_at")
    return RunningClock(
        **{name: getattr(value, name) for name in names},
        record=each.record.seq,
        title=facts["title"],
        ref=facts["ref"],
        must=facts["must"],
        person=seen.name(value.person),
        due=value.limit["due"],
        left="" if each.report else _left(each.left(seen.at).total_seconds()),
        status=each.status(seen.at),
        moved=value.limit["moved"],
        unknown=value.limit["unknown"],
        reference=each.report[1].reference if each.report else "",
    )


def _left(seconds: float) -> str:
    days, rest = divmod(abs(int(seconds)), DAY)
    words = f"{days} {'day' if days == 1 else 'days'} {rest // HOUR} h"
    return f"{words} left" if seconds >= 0 else f"{words} over"
