"""Calendars as data: public holidays by their rules, and those of a Member State."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from policies.reader import Text


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
