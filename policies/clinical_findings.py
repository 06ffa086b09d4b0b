"""What `clinical_findings.yaml` may say: findings, the phrases that mean them, and the cues.

A phrase is words as they are written in a report, in any case. A word that ends in ``*`` stands for
every word that begins so (``opacit*``), and ``...`` for up to three words in between (``heart ...
enlarged``), none of them a negation.
"""

from __future__ import annotations

import re
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

import policies
from policies import reader
from policies.endpoint import twice
from policies.reader import Text

BUNDLED = "chest-radiograph"  # the word for the vocabulary that comes with the suite
GAP = "..."  # up to three words
Convention = Literal["u-ones", "u-zeros", "u-ignore"]


def _phrase(text: str) -> str:
    """Lower case, single spaces.

    Raises:
        ValueError: Empty, or a ``*`` or ``...`` that stands elsewhere than it may.
    """
    words = text.lower().split()
    if not words:
        raise ValueError("a phrase has at least one word")
    if GAP in (words[0], words[-1]) or (GAP, GAP) in pairwise(words):
        raise ValueError(f"'{text}': '...' stands between two words")
    if wrong := [w for w in words if w != GAP and ("..." in w or not re.fullmatch(r"[^*]+\*?", w))]:
        raise ValueError(f"'{wrong[0]}': a word may end in '*', which stands nowhere else")
    return " ".join(words)


def _plain(text: str) -> str:
    """As `_phrase`, without ``*`` and ``...``."""
    made = _phrase(text)
    if "*" in made or GAP in made.split():
        raise ValueError(f"'{text}': cues and sections are plain words, without '*' and '...'")
    return made


Phrase = Annotated[str, AfterValidator(_phrase)]
Plain = Annotated[str, AfterValidator(_plain)]


class ClinicalFinding(Text):
    """One finding of the vocabulary."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    """A short name; its subgroup is called finding=ID."""
    name: str = Field(min_length=1)
    """Printed in the documents."""
    synonyms: list[Phrase] = Field(default_factory=list)
    """Phrases that mean the finding."""
    normal_phrases: list[Phrase] = Field(default_factory=list)
    """Phrases that deny it, such as "heart size is normal"."""
    not_this: list[Phrase] = Field(default_factory=list)
    """Phrases that hold a synonym and mean something else, such as "pneumonia vaccine"."""
    lateral: bool = Field(default=False, description="whether it has a side, left or right")
    sections: list[Plain] = Field(default_factory=list)
    """Sections in which alone it is read; text outside of sections always is."""
    when_none_but: list[str] | None = None
    """Makes it a summary, such as "no finding": asserted when no other but these is."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.when_none_but is None and not self.synonyms:
            raise ValueError("a finding needs synonyms")
        if self.when_none_but is not None and (
            self.synonyms or self.normal_phrases or self.not_this or self.lateral
        ):
            raise ValueError("a finding with when_none_but has no phrases and no side of its own")
        return self


class Cues(Text):
    """Cue phrases around a mention, in addition to the built-in ones."""

    before: list[Plain] = Field(default_factory=list)
    """Stand before what they are about: "no evidence of"."""
    after: list[Plain] = Field(default_factory=list)
    """Stand after it: "is not seen"."""
    not_cues: list[Plain] = Field(default_factory=list)
    """Look like a cue and are none: "no change"."""
    ends: list[Plain] = Field(default_factory=list)
    """End the reach of a cue: "but"."""


class CueSets(Text):
    """Cues by what they say of a mention."""

    negation: Cues = Cues()
    """The finding is denied."""
    uncertainty: Cues = Cues()
    """The finding is left open."""
    elsewhere: Cues = Cues()
    """The mention is of another person or another time, and is left out."""


class Sections(Text):
    """Which sections of a report are read."""

    left_out: list[Plain] = Field(default_factory=list)
    """Headings of sections that are not read, such as "indication"."""
    only: list[Plain] = Field(default_factory=list)
    """When given, headings of the sections that alone are read; text before any heading is read."""


class ClinicalFindings(Text):
    """The vocabulary of findings that reports are compared by."""

    policy: Literal["clinical_findings"]
    """Which policy this is."""
    version: int = Field(ge=1)
    """Raised and registered anew when anything changes."""
    title: str
    """Printed in the documents."""
    reviewed_by: str = ""
    """The clinician who reviewed the phrases; without one every result carries a warning."""
    uncertain: Convention = "u-ignore"
    """What "possible" counts as: asserted (u-ones), negated (u-zeros) or left out (u-ignore)."""
    history: Literal["left-out", "read"] = "left-out"
    """Whether "history of pneumonia" is left out, or read as any mention is."""
    sections: Sections = Sections()
    """Which sections are read."""
    findings: list[ClinicalFinding] = Field(min_length=1)
    """What is looked for."""
    cues: CueSets = CueSets()
    """More cues than the built-in ones."""

    @model_validator(mode="after")
    def _refers(self) -> Self:
        ids = [finding.id for finding in self.findings]
        faults = twice(ids, "finding")
        for finding in self.findings:
            faults += [
                f"finding {finding.id}: when_none_but names '{other}', which is none of the others"
                for other in finding.when_none_but or []
                if other not in ids or other == finding.id
            ]
        phrases = [p for f in self.findings for p in {*f.synonyms, *f.normal_phrases, *f.not_this}]
        faults += twice(phrases, "phrase")
        if all(finding.when_none_but is not None for finding in self.findings):
            faults.append("every finding has when_none_but: there is nothing to look for")
        if both := sorted({*self.sections.left_out} & {*self.sections.only}):
            faults.append(f"sections: '{both[0]}' is both left out and read")
        if faults:
            raise ValueError("; ".join(faults))
        return self


def load(word: str) -> ClinicalFindings:
    """The vocabulary of a file of any name, or the bundled one by `BUNDLED`.

    Raises:
        PolicyError: With every fault of the file.
    """
    if word == BUNDLED:
        text = (files(policies) / "clinical_findings.yaml").read_text(encoding="utf-8")
        return reader.parse(text, ClinicalFindings, "clinical_findings.yaml")
    return reader.read(Path(word), ClinicalFindings)
