"""One reporting clock, and which authority's clocks a trigger shows."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from policies.reader import Text

Authority = Literal["fda", "eu-mdr", "eu-ai-act"]
Place = Literal["fda", "eu"]


class Reportable(Text):
    """Which authority's clocks are shown to the board with a trigger, and why."""

    authority: Authority
    """Whose law: fda, eu-mdr or eu-ai-act."""
    because: str = Field(min_length=10)
    """What could happen to a patient, in words for the board."""


class Clock(Text):
    """One period for a report."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    """How it is named on the command line and in records."""
    formerly: list[str] = Field(default_factory=list)
    """Names by which records of earlier editions know it."""
    title: str
    """Printed in lists and documents."""
    authority: Authority
    """Whose law."""
    ref: str
    """The article or section."""
    clause: str
    """Id in the clause catalog."""
    begins: Literal["awareness", "action", "information"]
    """With what: becoming aware, an action of the manufacturer, or information after a report."""
    starts: str
    """From which moment, in words."""
    days: int | None = Field(default=None, ge=1)
    """Its length; none where the law gives no number of days."""
    kind: Literal["calendar", "work"]
    """Of which sort."""
    counting: Literal["eu-1182-71", "fda"]
    """By which rules."""
    event: str
    """What must have happened, so that it fits after "If this"."""
    report: str
    """What would be due."""
    must: str
    """What must be done, in words."""
    text: str
    """The catalog's text of the clause."""
    devices: bool = True
    """Whether it runs for a medical device; the AI Act leaves most to the MDR."""
    verified: bool = True
    """False: not read in a source."""
    verify: bool = False
    """True: read, but to be checked again before it is relied on."""
    note: str = ""
    """What to bear in mind."""

    @property
    def place(self) -> Place:
        """Whose days and zones: the FDA's, or a Member State's."""
        return "fda" if self.authority == "fda" else "eu"
