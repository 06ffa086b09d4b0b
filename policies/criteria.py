"""What `validation.yaml` may say: endpoints, designs and acceptance criteria."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from policies.endpoint import (
    Endpoint,
    Limit,
    OperatingPoint,
    require_point,
    require_possible,
    twice,
)
from policies.reader import Text


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
        require_point(self.endpoint, self.at)
        require_possible(self.endpoint, self)
        return self


class Minimum(Text):
    """Below these sizes an estimate is shown and its criterion is not evaluable."""

    cases: int = Field(default=100, ge=1)
    """Cases required."""
    positives: int = Field(default=50, ge=1)
    """Positives required."""
    negatives: int = Field(default=50, ge=1)
    """Negatives required."""


class Comparison(Text):
    """Against a previous locked version, paired on the same cases."""

    id: str = Field(pattern=r"^[A-Za-z0-9.-]+$")
    """A short name, such as V5."""
    endpoint: Literal["auroc", "sensitivity", "specificity"]
    """What is compared: AUROC by paired DeLong, proportions by Tango's score interval."""
    at: str | None = Field(default=None, description="operating point by name")
    margin: float = Field(ge=0, lt=1)
    """The lower bound of the difference must lie above minus this; 0 asks for superiority."""

    @model_validator(mode="after")
    def _operating_point(self) -> Self:
        require_point(self.endpoint, self.at)
        return self


class Intervals(Text):
    """How intervals are made."""

    proportion: Literal["wilson", "clopper-pearson"] = "wilson"
    """For proportions of separate people."""
    auroc_scale: Literal["default", "plain", "logit", "score"] = "logit"
    """Of the AUROC: logit covers when small or near 1; plain is DeLong's own, as elsewhere."""
    kappa: Literal["large-sample", "small-sample"] = "small-sample"
    """Of the kappa: small-sample covers; large-sample is what other software has."""
    replicates: int = Field(default=2000, ge=200, le=100_000)
    """Of every bootstrap."""
    seed: int = 20240101
    """Of every bootstrap; the same seed gives the same numbers."""


class ErrorAnalysis(Text):
    """Where the model errs: slices of one or two attributes that are worse than the rest."""

    endpoint: Literal["error-rate", "sensitivity", "specificity", "auroc"] = "error-rate"
    """What is compared with all other cases."""
    at: str | None = Field(default=None, description="operating point by name")
    by: list[str] = Field(min_length=1)
    """Columns whose values make the slices."""
    depth: Literal[1, 2] = 2
    """1 for single attributes, 2 for pairs as well."""
    minimum: int = Field(default=50, ge=10)
    """Cases that a slice needs in the denominator."""
    adjustment: Literal["benjamini-hochberg", "holm"] = "benjamini-hochberg"
    """How the p values of all slices that were tried are adjusted."""

    @model_validator(mode="after")
    def _operating_point(self) -> Self:
        if (self.endpoint == "auroc") == (self.at is not None):
            need = "takes no" if self.endpoint == "auroc" else "needs an"
            raise ValueError(f"{self.endpoint} {need} operating point ('at')")
        return self


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
    intervals: Intervals = Intervals()
    """How intervals are made."""
    clusters: Literal[
        "refuse",
        "ratio-estimator-wilson",
        "ratio-estimator",
        "bootstrap-patients",
        "bootstrap-patients-expanded",
    ] = "refuse"
    """When patients have several cases: how intervals respect it, or refuse to judge."""
    multiplicity: Literal["none", "holm", "fixed-sequence"] = "none"
    """Over the primary criteria; none where every one of them must be met."""
    against_previous: list[Comparison] = Field(default_factory=list)
    """Comparisons with the version named by --against."""
    error_analysis: ErrorAnalysis | None = None
    """Where the model errs; left out when not given."""

    @property
    def points(self) -> dict[str, float]:
        """Operating points by name: the score at or above which a case is called positive."""
        return {point.name: point.threshold for point in self.operating_points}

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
        points = [c.at for c in self.against_previous]
        points += [self.error_analysis.at] if self.error_analysis else []
        faults += [
            f"no operating point '{at}' (there are: {', '.join(names)})"
            for at in points
            if at is not None and at not in names
        ]
        ids = [c.id for c in self.criteria] + [c.id for c in self.against_previous]
        faults += twice(ids, "criterion") + twice(names, "operating point")
        if self.multiplicity != "none" and not any(c.primary for c in self.criteria):
            faults.append(f"multiplicity: {self.multiplicity} needs criteria marked primary")
        if faults:
            raise ValueError("; ".join(faults))
        return self
