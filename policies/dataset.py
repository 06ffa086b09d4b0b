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
    positive: list[Scalar] = Field(min_length=1)
    negative: list[Scalar] = Field(min_length=1)
    indeterminate: list[Scalar] = Field(default_factory=list)
    description: str

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
    type: Literal["number", "category"]
    description: str = ""


class Inclusion(Text):
    """A row is in the cohort when the column has a value (one of these, where given)."""

    column: str
    one_of: list[Scalar] | None = None
    reason: str
    applies_to: Literal["always", "reference"] = Field(
        default="always", description="a study's own criterion holds for the reference set only"
    )


class Period(Text):
    """First and last day, both within."""

    start: dt.date
    end: dt.date

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"the period ends ({self.end}) before it starts ({self.start})")
        return self


class DatasetSpec(Text):
    """The roles of a data set's columns, its cohort, and where it comes from."""

    dataset: str
    title: str
    origin: str
    licence: str
    case: str | None = None
    patient: str | None = None
    site: str | None = None
    time: str | None = None
    count: str | None = Field(default=None, description="people a row stands for, when aggregated")
    score: str | None = Field(default=None, description="an external model's output")
    reference_standard: ReferenceStandard
    features: list[Feature] = Field(min_length=1)
    subgroups: list[str] = Field(default_factory=list)
    include: list[Inclusion] = Field(default_factory=list)
    period: Period | None = None
    missing_codes: dict[str, list[Scalar]] = Field(default_factory=dict)

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
        return list(dict.fromkeys(name for name in named if name is not None))


class ColumnRule(Text):
    """What is expected of one column."""

    column: str
    one_of: list[Scalar] | None = None
    minimum: float | None = None
    maximum: float | None = None
    missing_at_most: float = Field(default=1.0, ge=0, le=1)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum} is above maximum {self.maximum}")
        return self


class DataQualityPolicy(Text):
    """Expectations beyond those that the roles imply."""

    policy: Literal["data_quality"]
    version: int = Field(ge=1)
    title: str
    columns: list[ColumnRule] = Field(default_factory=list)
    suspicious_codes: tuple[float, ...] = (-9, -99, 97, 98, 99, 999)
    minimum_cases: int = Field(default=100, ge=1)
