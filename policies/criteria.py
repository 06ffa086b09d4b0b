"""What `validation.yaml` and `fairness.yaml` may say: endpoints and acceptance criteria."""

from __future__ import annotations

import re
from math import inf
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from policies.reader import Text

AT_THRESHOLD = frozenset(
    {
        "sensitivity",
        "specificity",
        "ppv",
        "npv",
        "accuracy",
        "balanced-accuracy",
        "youden",
        "predictive-summary-index",
        "f1",
        "kappa",
        "mcc",
        "positive-likelihood-ratio",
        "negative-likelihood-ratio",
        "diagnostic-odds-ratio",
        "number-needed-to-diagnose",
        "number-needed-to-predict",
    }
)
WITHOUT = frozenset(
    {
        "auroc",
        "auprc-average-precision",
        "auprc-trapezoid",
        "prevalence",
        "brier",
        "calibration-intercept",
        "calibration-slope",
        "observed-expected",
    }
)
SHARE = r"(0|1|0?\.\d+)"
ON_CURVE = re.compile(
    rf"(sensitivity-at-specificity|specificity-at-sensitivity)-{SHARE}"
    rf"|partial-auroc(-corrected)?-(specificity|sensitivity)-{SHARE}-{SHARE}"
)
RANGES = {  # of endpoints that are not between 0 and 1
    "calibration-intercept": (-inf, inf),
    "calibration-slope": (-inf, inf),
    "observed-expected": (0.0, inf),
    "positive-likelihood-ratio": (0.0, inf),
    "negative-likelihood-ratio": (0.0, inf),
    "diagnostic-odds-ratio": (0.0, inf),
    "number-needed-to-diagnose": (1.0, inf),
    "number-needed-to-predict": (1.0, inf),
    "youden": (-1.0, 1.0),
    "predictive-summary-index": (-1.0, 1.0),
    "kappa": (-1.0, 1.0),
    "mcc": (-1.0, 1.0),
}


def _known(name: str) -> str:
    if name not in AT_THRESHOLD | WITHOUT and not ON_CURVE.fullmatch(name):
        there = ", ".join(sorted(AT_THRESHOLD | WITHOUT))
        raise ValueError(
            f"there is no endpoint '{name}' (there are: {there}, and such as "
            "sensitivity-at-specificity-0.9 or partial-auroc-specificity-0.9-1)"
        )
    return name


Endpoint = Annotated[str, AfterValidator(_known)]


class OperatingPoint(Text):
    """A named threshold: a score at or above it is called positive."""

    name: str
    """How criteria and plans refer to it."""
    threshold: float = Field(ge=0, le=1)
    """Scores at or above it are positive."""


class Limit(Text):
    """What an estimate must reach; judged on the confidence bound, not on the point."""

    at_least: float | None = None
    """The lower confidence bound must reach it."""
    at_most: float | None = None
    """The upper confidence bound must not exceed it."""

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("give at_least, at_most or both")
        if None not in (self.at_least, self.at_most) and self.at_least > self.at_most:  # type: ignore[operator]
            raise ValueError(f"at_least {self.at_least} is above at_most {self.at_most}")
        return self


class Criterion(Limit):
    """One acceptance criterion on the whole reference set."""

    id: str = Field(pattern=r"^[A-Za-z0-9.-]+$")
    """A short name, such as V1."""
    endpoint: Endpoint
    """What is judged."""
    at: str | None = Field(default=None, description="operating point by name")
    primary: bool = False
    """Whether it is a primary endpoint."""
    rationale: str = ""
    """Why this limit; printed in the documents."""

    @model_validator(mode="after")
    def _operating_point(self) -> Self:
        _require_point(self)
        _possible(self)
        return self


class Minimum(Text):
    """Below these sizes an estimate is shown and its criterion is not evaluable."""

    cases: int = Field(default=100, ge=1)
    """Cases required."""
    positives: int = Field(default=50, ge=1)
    """Positives required."""
    negatives: int = Field(default=50, ge=1)
    """Negatives required."""


class NonInferiority(Text):
    """Against a previous locked version, on the same cases."""

    id: str
    """A short name, such as V5."""
    endpoint: Literal["auroc"]
    """What is compared, paired on the same cases."""
    margin: float = Field(gt=0, lt=1)
    """The lower bound of the difference must lie above minus this."""


class ValidationPolicy(Text):
    """Endpoints, operating points and acceptance criteria of a protocol run."""

    policy: Literal["validation"]
    """Which policy this is; the name of its file."""
    version: int = Field(ge=1)
    """Raised and registered anew when anything changes."""
    title: str
    """Printed in the documents."""
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    """Two-sided level of every interval."""
    endpoints: list[Endpoint] = Field(min_length=1)
    """What is measured."""
    operating_points: list[OperatingPoint] = Field(default_factory=list)
    """Thresholds of the score."""
    criteria: list[Criterion] = Field(min_length=1)
    """What must be reached."""
    minimum: Minimum = Minimum()
    """Sizes below which a criterion is not evaluable."""
    minimum_cell: int = Field(default=10, ge=1)
    """Smaller counts are not printed in a document."""
    against_previous: NonInferiority | None = None
    """Non-inferiority against the version named by --against."""

    @model_validator(mode="after")
    def _refers(self) -> Self:
        names = [point.name for point in self.operating_points]
        faults = [
            f"criterion {c.id}: no operating point '{c.at}' (there are: {', '.join(names)})"
            for c in self.criteria
            if c.at is not None and c.at not in names
        ]
        faults += [
            f"criterion {c.id}: endpoint '{c.endpoint}' is not among the endpoints"
            for c in self.criteria
            if c.endpoint not in self.endpoints
        ]
        faults += _twice([c.id for c in self.criteria], "criterion") + _twice(
            names, "operating point"
        )
        if faults:
            raise ValueError("; ".join(faults))
        return self


class SubgroupCriterion(Limit):
    """A criterion that every subgroup of an attribute must meet."""

    id: str = Field(pattern=r"^[A-Za-z0-9.-]+$")
    """A short name, such as F1."""
    kind: Literal["each", "gap"]
    """each: every subgroup; gap: every two of them."""
    endpoint: Endpoint
    """What is judged."""
    at: str | None = None
    """Operating point by name."""
    by: list[str] = Field(min_length=1)
    """Attributes it holds for."""
    rationale: str = ""
    """Why this limit; printed in the documents."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _require_point(self)
        if self.kind == "gap" and self.at_most is None:
            raise ValueError("a gap is limited by at_most")
        if self.kind == "each":
            _possible(self)
        return self


class FairnessPolicy(Text):
    """Subgroup criteria, and the sizes below which they are not evaluable."""

    policy: Literal["fairness"]
    """Which policy this is; the name of its file."""
    version: int = Field(ge=1)
    """Raised and registered anew when anything changes."""
    title: str
    """Printed in the documents."""
    attributes: list[str] = Field(min_length=1)
    """Columns whose values are the subgroups."""
    minimum: Minimum = Minimum()
    """Sizes below which a subgroup is not evaluable."""
    criteria: list[SubgroupCriterion] = Field(min_length=1)
    """What every subgroup or gap must reach."""
    not_evaluable_counts: bool = Field(
        default=True, description="whether a subgroup too small to judge keeps the run from passing"
    )

    @model_validator(mode="after")
    def _refers(self) -> Self:
        faults = [
            f"criterion {c.id}: '{name}' is not among the attributes"
            for c in self.criteria
            for name in c.by
            if name not in self.attributes
        ]
        faults += _twice([c.id for c in self.criteria], "criterion")
        if faults:
            raise ValueError("; ".join(faults))
        return self


def _require_point(criterion: Criterion | SubgroupCriterion) -> None:
    if (criterion.endpoint in AT_THRESHOLD) != (criterion.at is not None):
        need = "needs" if criterion.endpoint in AT_THRESHOLD else "takes no"
        raise ValueError(f"{criterion.endpoint} {need} operating point ('at')")


def _possible(criterion: Criterion | SubgroupCriterion) -> None:
    least, most = RANGES.get(criterion.endpoint, (0.0, 1.0))
    for name in ("at_least", "at_most"):
        limit = getattr(criterion, name)
        if limit is not None and not least <= limit <= most:
            raise ValueError(
                f"{name} {limit} is impossible: {criterion.endpoint} is between {least:g} and "
                f"{most:g}"
            )


def _twice(names: list[str], what: str) -> list[str]:
    return [
        f"{what} '{name}' is given twice" for name in sorted(set(names)) if names.count(name) > 1
    ]
