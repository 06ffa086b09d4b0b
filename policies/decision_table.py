"""Decision tables of regulations and guidance: questions, what yes and no lead to, outcomes.

Each ships as a file in `policies/regulations/` and is registered by nobody: its digest stands in
every assessment that was made with it. A table is a finite walk: every path ends at an outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

import policies
from evidence import digest as digests
from evidence.errors import NotFoundError
from policies import reader
from policies.endpoint import twice
from policies.reader import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLES = {  # as the command line names them
    "fda": "fda_software_change",
    "fda-pma": "fda_pma",
    "eu-ai-act": "eu_substantial_modification",
    "eu-mdr": "eu_mdr_significant_change",
}


class Leads(Text):
    """Where an answer leads: to another question or to an outcome."""

    next: str = ""
    """Id of the next question."""
    outcome: str = ""
    """Id of the outcome."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.next) == bool(self.outcome):
            raise ValueError("give either next or outcome")
        return self


class Question(Text):
    """One question of a table."""

    id: str = Field(pattern=r"^[A-Za-z0-9.-]+$")
    """As the regulation or guidance numbers it, such as 3a."""
    question: str
    """In its words, shortened."""
    ref: str = ""
    """Where it stands."""
    requirement: str = ""
    """Id of the clause in the catalog."""
    if_yes: Leads
    if_no: Leads
    all_of: list[str] = Field(default_factory=list)
    """What must hold together for a yes."""
    factors: list[str] = Field(default_factory=list)
    """What is weighed."""
    evidence: Literal["", "pccp", "market", "untouched", "criteria"] = ""
    """What the records may say of it; empty where only people can answer."""
    once: bool = False
    """Whether it is asked once, also where all changes together are judged beside this one."""
    note: str = ""
    verified: bool = True
    """Whether its source was read."""
    verify: bool = False
    """Whether wording or date must be checked again before it is relied on."""


class Outcome(Text):
    """What the table says in the end."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    """A short name."""
    title: str
    """Printed in the memo."""
    text: str
    """What it means, and what is to be done."""
    document: Literal["letter to file", "new submission needed", "periodic report", "notice"]
    """What kind of memo comes of it."""
    weight: int = Field(ge=0)
    """Of two outcomes the heavier one holds."""
    ref: str = ""
    """Where it stands."""


class DecisionTable(Text):
    """A decision table as it ships."""

    table: str
    """Its id, as the command line names it."""
    version: int = Field(ge=1)
    """Raised when anything in it changes."""
    title: str
    """Printed in the memo."""
    authority: str
    """Whose it is."""
    ref: str
    """Where it stands."""
    catalog: str
    """Id of the catalog that it was taken from."""
    as_of: str
    """Day at which the catalog was read."""
    baseline: str
    """What the change is compared with, in words."""
    baseline_authority: Literal["fda", "eu"]
    """Whose authorisation of the plan counts."""
    cumulative: bool = False
    """Whether all changes since the baseline are judged together as well."""
    beside: list[str] = Field(default_factory=list)
    """Tables that are to be answered in parallel."""
    note: str = ""
    questions: list[Question] = Field(min_length=1)
    """The first is asked first."""
    outcomes: list[Outcome] = Field(min_length=1)

    def question(self, name: str) -> Question:
        """A question by its id."""
        return next(each for each in self.questions if each.id == name)

    def outcome(self, name: str) -> Outcome:
        """An outcome by its id."""
        return next(each for each in self.outcomes if each.id == name)

    def paths(self, start: str = "") -> Iterator[tuple[tuple[tuple[str, bool], ...], str]]:
        """Every way through: the questions with their answers, and the outcome."""
        asked = self.question(start) if start else self.questions[0]
        for answer, leads in ((True, asked.if_yes), (False, asked.if_no)):
            step = ((asked.id, answer),)
            if leads.outcome:
                yield step, leads.outcome
            else:
                yield from ((step + rest, end) for rest, end in self.paths(leads.next))

    @model_validator(mode="after")
    def _whole(self) -> Self:
        ids, ends = [q.id for q in self.questions], [o.id for o in self.outcomes]
        faults = twice(ids, "question") + twice(ends, "outcome")
        for place, asked in enumerate(self.questions):
            for word, leads in (("if_yes", asked.if_yes), ("if_no", asked.if_no)):
                if leads.next and leads.next not in ids:
                    faults.append(f"question {asked.id}: {word}: no question '{leads.next}'")
                elif leads.next and ids.index(leads.next) <= place:
                    faults.append(f"question {asked.id}: {word}: goes back to '{leads.next}'")
                if leads.outcome and leads.outcome not in ends:
                    faults.append(f"question {asked.id}: {word}: no outcome '{leads.outcome}'")
        led = {leads for q in self.questions for leads in (q.if_yes, q.if_no)}
        reached, finished = {leads.next for leads in led}, {leads.outcome for leads in led}
        faults += [f"question {name} is never asked" for name in ids[1:] if name not in reached]
        faults += [f"outcome {name} is never reached" for name in ends if name not in finished]
        if faults:
            raise ValueError("; ".join(faults))
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFile:
    """A table with the digest of its text.

    Attributes:
        value: What it says.
        digest: Of its bytes.
    """

    value: DecisionTable
    digest: str


@cache  # what ships does not change while the suite runs
def load(name: str) -> TableFile:
    """A table that ships with the suite.

    Args:
        name: One of `TABLES`.

    Raises:
        NotFoundError: There is no such table.
    """
    if name not in TABLES:
        raise NotFoundError(
            f"There is no decision table '{name}' (there are: {', '.join(TABLES)})."
        )
    place = files(policies) / "regulations" / f"{TABLES[name]}.yaml"
    text = place.read_text(encoding="utf-8")
    value = reader.parse(text, DecisionTable, f"regulations/{TABLES[name]}.yaml")
    return TableFile(value=value, digest=digests.of_bytes(text.encode()))
