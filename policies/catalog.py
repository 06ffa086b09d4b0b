"""Clause catalogs: what an authority asks to see, to whom it applies, and what answers it.

Every file of `regulations/` with the key ``requirements`` is a catalog; a clause written into one
is asked for from then on. The texts are summaries with their references, verbatim where a clause
says so.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - pydantic reads the annotations
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

import policies
from evidence import digest as digests
from evidence.errors import Fault, NotFoundError, PolicyError
from policies import reader
from policies.clause import Clause  # noqa: TC001 - pydantic reads the annotations
from policies.reader import Text
from policies.scope import AppliesTo

TARGETS = ("fda", "eu", "reporting")


class ApplicationDate(Text):
    """From when a part of a law applies."""

    key: str
    """How clauses name it."""
    covers: str
    """Which part."""
    date: dt.date | None = None
    """For everybody; empty where it depends on why a system is high-risk."""
    art_6_1: dt.date | None = None
    """For systems that are high-risk through Art. 6(1), where it differs."""
    annex_iii: dt.date | None = None
    """For systems of Annex III, where it differs."""
    ref: str
    """Where the date stands."""
    note: str = ""
    verify: bool = False
    """Whether the date must be looked up again: a reading, not the letter of the law."""


class Place(Text):
    """Where a submission puts a section."""

    section: str
    place: str


class Catalog(Text):
    """The clauses of one regulation or guidance, as of a date."""

    id: str
    targets: list[Literal["fda", "eu", "reporting"]] = Field(default_factory=list)
    """The authorities whose file asks for it."""
    title: str
    authority: str
    citation: str
    status: str
    version: str = ""
    """Which text."""
    date: str
    """Day of that text."""
    source: str = ""
    """Where it was read, and whether it is repeated or summarised."""
    as_of: str
    """Day at which it was read."""
    verify: bool = False
    """Whether its status must be looked up again before use."""
    note: str = ""
    pending: list[str] = Field(default_factory=list)
    """What may change it soon; each to be looked up again."""
    applies_to: AppliesTo = AppliesTo()
    """To whom the whole of it applies."""
    application_dates: list[ApplicationDate] = Field(default_factory=list)
    submission_map: list[Place] = Field(default_factory=list)
    """Where the sections go in a submission."""
    limits: dict[str, int] = Field(default_factory=dict)
    """Numbers that files must keep."""
    retention: list[str] = Field(default_factory=list)
    """How long what is kept."""
    requirements: list[Clause] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        known = [each.key for each in self.application_dates]
        seen: set[str] = set()
        faults = []
        for clause in self.requirements:
            if clause.id in seen:
                faults.append(f"the clause '{clause.id}' is given twice")
            seen.add(clause.id)
            if clause.applies_from and clause.applies_from not in known:
                faults.append(f"{clause.id}: there is no application date '{clause.applies_from}'")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def digest(self) -> str:
        """Of all that is asked."""
        return digests.of_value({c.id: c.digest for c in self.requirements})


def folder() -> Path:
    """Where the catalogs that ship with the suite lie."""
    return Path(str(files(policies) / "regulations"))


@cache
def load(name: str) -> Catalog:
    """A catalog that ships with the suite, such as ``fda_ai_dsf``."""
    place = folder() / f"{name}.yaml"
    return reader.parse(place.read_text(encoding="utf-8"), Catalog, f"regulations/{name}.yaml")


def every(place: Path | None = None) -> dict[str, Catalog]:
    """All catalogs of a folder by file stem; decision tables and clocks beside them are left aside.

    Raises:
        PolicyError: With every fault of every file, and each clause id that two catalogs claim.
    """
    found: dict[str, Catalog] = {}
    faults: list[Fault] = []
    for path in sorted((place or folder()).glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        if not re.search(r"^requirements:", text, re.MULTILINE):
            continue
        try:
            found[path.stem] = reader.parse(text, Catalog, f"{path.parent.name}/{path.name}")
        except PolicyError as error:
            faults += error.faults
    owner: dict[str, str] = {}
    for name, law in found.items():
        for clause in law.requirements:
            first = owner.setdefault(clause.id, name)
            if first != name:
                message = f"the clause '{clause.id}' stands in {first}.yaml as well"
                faults.append(Fault(file=f"{name}.yaml", line=0, key=clause.id, message=message))
    if faults:
        raise PolicyError(faults)
    return found


@cache
def _shipped() -> dict[str, Catalog]:
    return every()


def chosen(target: str, place: Path | None = None) -> dict[str, Catalog]:
    """The catalogs of a target: an authority, or one catalog by its file or its id.

    Raises:
        NotFoundError: There is no such target.
    """
    known = every(place) if place else _shipped()
    wanted = target.replace("-", "_")
    found = {n: law for n, law in known.items() if target in law.targets}
    found = found or {n: law for n, law in known.items() if wanted in (n, law.id.replace("-", "_"))}
    if not found:
        names = ", ".join([*TARGETS, *known])
        raise NotFoundError(f"There is no target '{target}' ({names}).")
    return found
