"""Reporting clocks as data: how many days, of which kind, by which rules, on whose calendar."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, Self

from pydantic import Field, model_validator

import policies
from evidence import digest as digests
from policies import reader
from policies.endpoint import twice
from policies.reader import Text

Authority = Literal["fda", "eu"]


class Holiday(Text):
    """A public holiday: a fixed day, the nth weekday of a month, or days from Easter Sunday."""

    name: str
    """What it is called."""
    month: int | None = Field(default=None, ge=1, le=12)
    """Of a fixed day, or of an nth weekday."""
    day: int | None = Field(default=None, ge=1, le=31)
    """Of a fixed day."""
    weekday: int | None = Field(default=None, ge=0, le=6)
    """Monday is 0."""
    nth: int | None = Field(default=None, ge=-1, le=5)
    """Which of the month's; -1 is the last."""
    easter: int | None = None
    """Days after Easter Sunday; before it when negative."""
    since: int = 0
    """First year in which it is one."""

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        fixed = None not in (self.month, self.day)
        weekly = None not in (self.month, self.weekday, self.nth) and self.nth != 0
        if [fixed, weekly, self.easter is not None].count(True) != 1:
            raise ValueError("give month and day; or month, weekday and nth; or easter")
        return self


class MemberState(Text):
    """A Member State's national holidays; regional ones are not in here."""

    zone: str
    """Time zone in which its days end."""
    holidays: list[Holiday] = Field(min_length=1)
    verify: bool = False
    """Whether the list must be held against the state's own before it is relied on."""


class Counting(Text):
    """How days are counted."""

    title: str
    """Where the rules stand."""
    rules: list[str] = Field(min_length=1)
    """The rules in words, as a page prints them."""


class Clock(Text):
    """A reporting limit that runs from a moment of awareness."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    """How it is named on the command line."""
    title: str
    """Printed in lists and documents."""
    authority: Authority
    """Who is told."""
    ref: str
    """Where the limit stands."""
    requirement: str
    """Id of the clause in the catalog."""
    days: int = Field(ge=1)
    """How many."""
    kind: Literal["calendar", "work"]
    """Of which sort."""
    counting: Literal["eu-1182-71", "fda"]
    """By which rules."""
    starts: str
    """From which moment, in words."""
    must: str
    """What must be done, in words."""
    note: str = ""
    verify: bool = False
    """Whether it must be checked again before it is relied on."""


class IncidentClocks(Text):
    """The reporting clocks that ship with the suite."""

    version: int = Field(ge=1)
    """Raised when anything in it changes."""
    title: str
    """Printed in lists."""
    as_of: str
    """Day at which the law was read."""
    zones: dict[Authority, str]
    """Authority to the time zone in which its days end."""
    clocks: list[Clock] = Field(min_length=1)
    countings: dict[str, Counting]
    """Rules of counting by name."""
    member_states: dict[str, MemberState]
    """Two-letter code to the state's calendar."""
    us_federal: list[Holiday] = Field(min_length=1)

    @model_validator(mode="after")
    def _refers(self) -> Self:
        faults = twice([clock.id for clock in self.clocks], "clock")
        faults += [
            f"clock {clock.id}: there are no rules '{clock.counting}'"
            for clock in self.clocks
            if clock.counting not in self.countings
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class ClocksFile:
    """The clocks with the digest of their text.

    Attributes:
        value: What they say.
        digest: Of the file's bytes.
    """

    value: IncidentClocks
    digest: str


@cache  # what ships does not change while the suite runs
def load() -> ClocksFile:
    """The clocks that ship with the suite."""
    name = "regulations/incident_clocks.yaml"
    text = (files(policies) / name).read_text(encoding="utf-8")
    return ClocksFile(
        value=reader.parse(text, IncidentClocks, name), digest=digests.of_bytes(text.encode())
    )
