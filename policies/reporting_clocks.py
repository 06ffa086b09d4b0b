"""Reporting clocks: which law starts one, from what, how many days it gives, and how they count.

One catalog (`regulations/reporting_clocks.yaml`) is shown to the board with a trigger
(`monitoring.incident`) and counted down from a recorded awareness (`change_control.clocks`), under
the same ids. Texts are those of the clause catalogs, by clause. A clock says when a report *would*
be due; whether anything is reportable is decided by people, never here.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - pydantic reads the annotations
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

import policies
from evidence import digest as digests
from evidence.errors import NotFoundError
from policies import days, public_holidays, reader
from policies.calendars import Holiday, MemberState  # noqa: TC001 - pydantic reads the annotations
from policies.endpoint import twice
from policies.reader import Text
from policies.reporting_clock import (  # noqa: TC001 - pydantic reads the annotations
    Authority,
    Clock,
    Place,
)

if TYPE_CHECKING:
    from collections.abc import Collection


class Counting(Text):
    """How days are counted."""

    title: str
    """Where the rules stand."""
    rules: list[str] = Field(min_length=1)
    """The rules in words, as a page prints them."""


class ReportingClocks(Text):
    """The reporting clocks that ship with the suite."""

    version: int = Field(ge=1)
    """Raised when anything in it changes."""
    title: str
    """Printed in lists."""
    as_of: dt.date
    """Day at which the law was read."""
    note: str
    """What holds for all of them."""
    zones: dict[Place, str]
    """Time zone in which days end, where no Member State says otherwise."""
    clocks: list[Clock] = Field(min_length=1)
    countings: dict[str, Counting]
    """Rules of counting by name."""
    member_states: dict[str, MemberState]
    """Two-letter code to the state's calendar."""
    us_federal: list[Holiday] = Field(min_length=1)

    @model_validator(mode="after")
    def _refers(self) -> Self:
        faults = twice([name for c in self.clocks for name in (c.id, *c.formerly)], "clock")
        faults += twice([clock.clause for clock in self.clocks], "clause")
        faults += [
            f"clock {clock.id}: there are no rules '{clock.counting}'"
            for clock in self.clocks
            if clock.counting not in self.countings
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def find(self, name: str) -> Clock:
        """A clock by its id, or by a name that it had.

        Raises:
            NotFoundError: There is none.
        """
        known = {n: clock for clock in self.clocks for n in (clock.id, *clock.formerly)}
        if name not in known:
            there = ", ".join(clock.id for clock in self.clocks)
            raise NotFoundError(f"There is no clock '{name}' (there are: {there}).")
        return known[name]

    def hinted(self, authority: Authority) -> list[Clock]:
        """What a trigger shows of an authority's law: clocks that an event at a device starts.

        What information after a report starts is none of them.
        """
        return [
            clock
            for clock in self.clocks
            if clock.authority == authority and clock.devices and clock.begins != "information"
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClocksFile:
    """The clocks with the digest of their text.

    Attributes:
        value: What they say.
        digest: Of the file's bytes.
    """

    value: ReportingClocks
    digest: str


@cache
def load() -> ClocksFile:
    """The clocks that ship with the suite."""
    name = "regulations/reporting_clocks.yaml"
    text = (files(policies) / name).read_text(encoding="utf-8")
    return ClocksFile(
        value=reader.parse(text, ReportingClocks, name), digest=digests.of_bytes(text.encode())
    )


def due(
    clock: Clock, start: dt.date, holidays: Collection[dt.date] | None = None
) -> dt.date | None:
    """The last day for a report by the careful reading, which moves no last day.

    The limit of a recorded awareness (`change_control.limits`) is this day, or a later one where
    European rules move it.

    Args:
        clock: Which.
        start: The day of becoming aware, or of the action; not counted.
        holidays: Days that are no work days; US federal holidays when None.

    Returns:
        The day; None where the law gives no number of days.
    """
    if clock.days is None:
        return None
    if holidays is None:
        holiday = public_holidays.named(load().value.us_federal, observed=True)
        return days.fda(start, clock.days, clock.kind, holiday).last
    own = holidays
    return days.fda(start, clock.days, clock.kind, lambda day: "holiday" if day in own else "").last
