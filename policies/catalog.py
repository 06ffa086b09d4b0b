"""Clause catalogs: what an authority asks to see, and which record kinds answer it."""

from __future__ import annotations

from importlib.resources import files
from typing import Literal

from pydantic import Field

import policies
from policies import reader
from policies.reader import Text


class Clause(Text):
    """One thing that is asked for."""

    id: str
    ref: str
    title: str
    text: str
    evidence: list[str] = Field(min_length=1)
    automatable: Literal["full", "partial", "none"]
    severity: Literal["must", "should", "may"]
    submission_section: str = ""
    note: str = ""
    verified: bool = True
    verify: bool = False
    enforcement_discretion: bool = False
    """Whether the authority says that it does not intend to enforce this."""
    software_control: str = ""
    """What software can do for it; advice of the catalog."""


class Catalog(Text):
    """The clauses of one regulation or guidance, as of a date."""

    id: str
    title: str
    authority: str
    citation: str
    status: str
    date: str
    as_of: str
    note: str = ""
    requirements: list[Clause] = Field(min_length=1)


def load(name: str) -> Catalog:
    """A catalog that ships with the suite, such as ``fda_ai_dsf``."""
    place = files(policies) / "regulations" / f"{name}.yaml"
    return reader.parse(place.read_text(encoding="utf-8"), Catalog, f"regulations/{name}.yaml")
