"""One thing that an authority asks to see: its words, to whom it applies, and what answers it."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field

from evidence import digest as digests
from policies.clause_evidence import Evidence  # noqa: TC001 - pydantic reads the annotations
from policies.reader import Text
from policies.scope import AppliesTo

PART = re.compile(r"[,(;]")


class Clause(Text):
    """One thing that is asked for."""

    id: str = Field(pattern=r"^[a-z0-9.-]+$")
    """Unique over all catalogs."""
    ref: str
    """Where it stands."""
    title: str
    text: str
    automatable: Literal["full", "partial", "none"]
    """Whether software can answer it alone, with people, or not at all."""
    severity: Literal["must", "should", "may"]
    """must is binding law; should is a recommendation."""
    answered_by: list[Evidence] = Field(default_factory=list)
    """All of these; a clause without an entry is open."""
    applies_to: AppliesTo = AppliesTo()
    """To whom; to everybody when left out."""
    occasion: list[Evidence] = Field(default_factory=list)
    """Records of what must have happened before anything is asked, such as an incident."""
    not_here: str = ""
    """Why it can never apply to what this suite does, in words."""
    applies_from: str = ""
    """Key of the catalog's application dates."""
    part: str = ""
    """Heading in summaries; made from `ref` when left out."""
    submission_section: str = ""
    """Its place in an FDA submission."""
    note: str = ""
    verified: bool = True
    """False where it was not read in a source."""
    verify: bool = False
    """Whether wording or date must be checked again before use."""
    verbatim: bool = False
    """Whether the text repeats the law."""
    amended_by: str = ""
    checklist: list[str] = Field(default_factory=list)
    """The points that the clause holds."""
    check: str = ""
    """A rule that a machine can check on a file."""
    deadline_days: int | None = None
    day_kind: str = ""
    """Calendar or work days."""
    interval_months: dict[str, int] = Field(default_factory=dict)
    """Months between two, by class of the device."""
    required_in_schema: bool | None = None
    """Of a field of the CHAI model card."""
    enforcement_discretion: bool = False
    """Whether the authority says that it does not intend to enforce this."""
    software_control: str = ""
    """What software can do for it; advice of the catalog."""

    @property
    def heading(self) -> str:
        """The part of the law that it stands in."""
        return self.part or PART.split(self.ref)[0].strip()

    @property
    def digest(self) -> str:
        """Of what is asked, not of what answers it: a newer catalog that asks the same is equal."""
        asked = [self.ref, self.title, self.text, self.severity, self.applies_from]
        return digests.of_value([*asked, self.applies_to.asked()])
