"""What `dataset.yaml` and `data_quality.yaml` may say: roles of columns, and expectations."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - pydantic reads the annotations
from typing import Literal, Self

from pydantic import Field, model_validator

from policies.reader import Text

Scalar = str | int | float


class ReferenceStandard(Text):
    """The column of the ground truth, and what its values mean."""

    column: str
    """Column of the ground truth."""
    positive: list[Scalar] = Field(min_length=1)
    """Values that mean positive."""
    negative: list[Scalar] = Field(min_length=1)
    """Values that mean negative."""
    indeterminate: list[Scalar] = Field(default_factory=list)
    """Values that mean neither; excluded and counted."""
    description: str
    """How the truth was established, and by whom."""
    readers: list[str] = Field(default_factory=list)
    """Columns of each reader's own reading, for their agreement."""

    @model_validator(mode="after")
    def _disjoint(self) -> Self:
        texts = [str(v) for v in (*self.positive, *self.negative, *self.indeterminate)]
        twice = sorted({text for text in texts if texts.count(text) > 1})
        if twice:
            raise ValueError(f"a value means one thing only; twice: {', '.join(twice)}")
        return self


class Feature(Text):
    """A column that the model reads."""

    name: str
    """Column name."""
    type: Literal["number", "category"]
    """How it is read."""
    description: str = ""
    """What it holds; printed in the documents."""


class Inclusion(Text):
    """A row is in the cohort when the column has a value (one of these, where given)."""

    column: str
    """Column that decides."""
    one_of: list[Scalar] | None = None
    """Values that are kept; any value when left out."""
    reason: str
    """Why others are excluded; printed in the documents."""
    applies_to: Literal["always", "reference"] = Field(
        default="always", description="a study's own criterion holds for the reference set only"
    )


class InputQuality(Text):
    """The column in which quality control of the input says whether a case can be read."""

    column: str
    """Column name."""
    accepted: list[Scalar] = Field(min_length=1)
    """Values of an accepted input; all others are rejected, counted, and bounded at worst."""


class Synthetic(Text):
    """The column that says which cases were made and not observed; their share is documented."""

    column: str
    """Column name."""
    one_of: list[Scalar] = Field(min_length=1)
    """Values of a synthetic case; all others are of real ones."""


class Period(Text):
    """First and last day, both within."""

    start: dt.date
    """First day."""
    end: dt.date
    """Last day."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"the period ends ({self.end}) before it starts ({self.start})")
        return self


class DatasetSpec(Text):
    """The roles of a data set's columns, its cohort, and where it comes from."""

    dataset: str
    """A short name."""
    title: str
    """Printed in the documents."""
    origin: str
    """Where the data come from."""
    licence: str
    """Who may use them for what."""
    case: str | None = None
    """Column that names each case once."""
    patient: str | None = None
    """Column that names the patient."""
    site: str | None = None
    """Column that names the site."""
    time: str | None = None
    """Column of the day, YYYY-MM-DD."""
    count: str | None = Field(default=None, description="people a row stands for, when aggregated")
    score: str | None = Field(default=None, description="an external model's output")
    reference_standard: ReferenceStandard
    input_quality: InputQuality | None = None
    """Quality control of the input; left out where there is none."""
    features: list[Feature] = Field(min_length=1)
    """Columns that the model reads."""
    synthetic: Synthetic | None = None
    """Which cases are synthetic; left out where none is."""
    subgroups: list[str] = Field(default_factory=list)
    """Columns whose values are counted."""
    include: list[Inclusion] = Field(default_factory=list)
    """Rules of the cohort."""
    period: Period | None = None
    """Days of the reference set."""
    missing_codes: dict[str, list[Scalar]] = Field(default_factory=dict)
    """Column to the values that stand for missing."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.period and not self.time:
            raise ValueError("a period needs the 'time' column")
        if self.case is None and self.count is None:
            raise ValueError("name the 'case' column, or 'count' when rows are aggregated")
        return self

    def columns(self) -> list[str]:
        """Every column that is named, once, in order."""
        named = [self.case, self.patient, self.site, self.time, self.count, self.score]
        named += [self.reference_standard.column, *(f.name for f in self.features)]
        named += [*self.subgroups, *(rule.column for rule in self.include)]
        named += self.reference_standard.readers
        named += [self.input_quality.column] if self.input_quality else []
        named += [self.synthetic.column] if self.synthetic else []
        return list(dict.fromkeys(name for name in named if name is not None))


class ColumnRule(Text):
    """What is expected of one column."""

    column: str
    """Column name."""
    one_of: list[Scalar] | None = None
    """Allowed values."""
    minimum: float | None = None
    """Smallest allowed value."""
    maximum: float | None = None
    """Largest allowed value."""
    missing_at_most: float = Field(default=1.0, ge=0, le=1)
    """Largest allowed share of missing values."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum} is above maximum {self.maximum}")
        return self


class DataQualityPolicy(Text):
    """Expectations beyond those that the roles imply."""

    policy: Literal["data_quality"]
    """Which policy this is; the name of its file."""
    version: int = Field(ge=1)
    """Raised and registered anew when anything changes."""
    title: str
    """Printed in the documents."""
    columns: list[ColumnRule] = Field(default_factory=list)
    """Expectations of columns."""
    suspicious_codes: tuple[float, ...] = (-9, -99, 97, 98, 99, 999)
    """Numbers that often stand for missing; warned of when found."""
    minimum_cases: int = Field(default=100, ge=1)
    """A freeze needs as many."""
