"""What `dataset.yaml` may say of a set of questions or reports: `task: answers` or `reports`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

import yaml
from pydantic import Field, model_validator

from policies import reader
from policies.dataset import DatasetSpec, Inclusion, Period, Synthetic
from policies.reader import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Scoring = Literal[
    "option-letter", "yes-no", "exact-match", "accepted-answer", "token-recall", "token-f1"
]


IMAGE = "image-"  # begins the name of a column that is read from the image


class AnswerRoles(Text):
    """The columns of questions and of what counts as a right answer."""

    question: str
    """Column of the question's text."""
    key: str
    """Column of the correct answer: a letter, a word, or several accepted answers."""
    scoring: Scoring
    """The benchmark's own rule, by name."""
    options: dict[str, str] = Field(default_factory=dict)
    """Letter of each option to the column of its text."""
    accepted_separator: str = ""
    """What parts several accepted answers in the key's column."""
    reading: Literal["text", "letter"] = "text"
    """How an output is read: the model's own words, or a letter already taken from them."""
    answer_type: str | None = None
    """Column that says closed or open, where questions are of both kinds."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.scoring == "option-letter" and len(self.options) < 2:  # noqa: PLR2004 - a choice
            raise ValueError(
                "option-letter needs 'options': each letter with the column of its text"
            )
        if self.scoring == "accepted-answer" and not self.accepted_separator:
            raise ValueError("accepted-answer needs 'accepted_separator', such as '#'")
        odd = [letter for letter in self.options if len(letter) != 1 or not letter.isupper()]
        if odd:
            raise ValueError(f"options are named by single capital letters, not {', '.join(odd)}")
        return self

    def columns(self) -> list[str]:
        """Every column that is named."""
        named = [self.question, self.key, *self.options.values()]
        return named + ([self.answer_type] if self.answer_type else [])


class ReportRoles(Text):
    """The columns of the reports that a generated one is compared with."""

    references: list[str] = Field(min_length=1)
    """Columns of the reference reports; the first one is never missing."""

    def columns(self) -> list[str]:
        """Every column that is named."""
        return list(self.references)


class ImageRole(Text):
    """The image of each case: its bytes are digested, its acquisition becomes columns."""

    column: str
    """Column of the file's name."""
    folder: str = ""
    """Folder of the files, relative to the data; left out when the images are not at hand.

    With it the bytes are digested and columns such as image-modality, image-manufacturer,
    image-scanner and image-sharpness are made, which subgroups may name.
    """


class TextSetSpec(Text):
    """The roles of a set of questions, or of studies with reference reports."""

    task: Literal["answers", "reports"]
    """What the model writes."""
    dataset: str
    """A short name."""
    title: str
    """Printed in the documents."""
    origin: str
    """Where the data come from."""
    licence: str
    """Who may use them for what."""
    standard: str
    """How the correct answers or reference reports were established, and by whom."""
    case: str
    """Column that names each case once."""
    item: str | None = None
    """Column that is alike for the same question in other languages, wordings or repeats."""
    patient: str | None = None
    """Column that names the patient, where one has several cases."""
    site: str | None = None
    """Column that names the site."""
    time: str | None = None
    """Column of the day, YYYY-MM-DD."""
    language: str | None = None
    """Column of the language."""
    answers: AnswerRoles | None = None
    """Questions and their keys, when the task is answers."""
    reports: ReportRoles | None = None
    """Reference reports, when the task is reports."""
    image: ImageRole | None = None
    """The image of each case, where there is one."""
    synthetic: Synthetic | None = None
    """Which cases are synthetic; left out where none is."""
    subgroups: list[str] = Field(default_factory=list)
    """Columns whose values are counted."""
    include: list[Inclusion] = Field(default_factory=list)
    """Rules of the cohort."""
    period: Period | None = None
    """Days of the reference set."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        other = "reports" if self.task == "answers" else "answers"
        if getattr(self, self.task) is None:
            raise ValueError(f"task: {self.task} needs the key '{self.task}'")
        if getattr(self, other) is not None:
            raise ValueError(f"task: {self.task} takes no key '{other}'")
        if self.period and not self.time:
            raise ValueError("a period needs the 'time' column")
        return self

    @property
    def roles(self) -> AnswerRoles | ReportRoles:
        """The columns of the task."""
        roles = self.answers or self.reports
        if roles is None:
            raise RuntimeError("a text set without roles was not refused")
        return roles

    @property
    def groups(self) -> list[str]:
        """The columns whose values are counted: subgroups, language, site, answer type."""
        kind = self.answers.answer_type if self.answers else None
        named = [*self.subgroups, self.language, self.site, kind]
        return list(dict.fromkeys(name for name in named if name))

    def columns(self) -> list[str]:
        """Every column that is named, once, in order."""
        named = [self.case, self.item, self.patient, self.site, self.time, self.language]
        named += self.roles.columns() + ([self.image.column] if self.image else [])
        named += [self.synthetic.column] if self.synthetic else []
        named += [*self.subgroups, *(rule.column for rule in self.include)]
        made = self.image is not None and bool(self.image.folder)
        return [
            name
            for name in dict.fromkeys(named)
            if name is not None and not (made and name.startswith(IMAGE))
        ]


AnySpec = DatasetSpec | TextSetSpec
DATA = "classification"


def load(path: Path) -> AnySpec:
    """Read a `dataset.yaml` of either kind; the key `task` says which.

    Raises:
        PolicyError: With every fault of the file.
    """
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return reader.read(path, DatasetSpec)  # which says what is wrong with it
    task = said.get("task", DATA) if isinstance(said, dict) else DATA
    if task == DATA:
        return reader.read(path, DatasetSpec)
    return reader.read(path, TextSetSpec)


def of(body: Mapping[str, object]) -> AnySpec:
    """The specification that a freeze recorded."""
    model = DatasetSpec if body.get("task", DATA) == DATA else TextSetSpec
    return model.model_validate(body)
