"""What `fairness.yaml` may say: subgroups, how they are cut and crossed, and their criteria."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, model_validator

from policies.criteria import Minimum
from policies.endpoint import Endpoint, Limit, require_point, require_possible, twice
from policies.reader import Text


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
        require_point(self.endpoint, self.at)
        if self.kind == "gap" and self.at_most is None:
            raise ValueError("a gap is limited by at_most")
        if self.kind == "each":
            require_possible(self.endpoint, self)
        return self


class ParityCriterion(Text):
    """A fairness criterion at an operating point; its upper bound is held against a margin."""

    id: str = Field(pattern=r"^[A-Za-z0-9.-]+$")
    """A short name, such as F4."""
    criterion: Literal[
        "demographic-parity", "equal-opportunity", "equalized-odds", "predictive-parity"
    ]
    """Equal rates of positive calls; of true positives; of true and false positives; equal PPV."""
    at: str
    """Operating point by name."""
    by: list[str] = Field(min_length=1)
    """Attributes it holds for."""
    at_most: float = Field(gt=0, lt=1)
    """The upper bound of largest minus smallest must not exceed it."""
    rationale: str = ""
    """Why this limit; printed in the documents."""


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
    cuts: dict[str, list[float]] = Field(default_factory=dict)
    """Continuous attribute to the edges that cut it; an interval holds its lower edge."""
    intersections: list[list[str]] = Field(default_factory=list)
    """Attributes crossed; named by `by` as in "sex & age"."""
    minimum: Minimum = Minimum()
    """Sizes below which a subgroup is not evaluable."""
    criteria: list[SubgroupCriterion] = Field(min_length=1)
    """What every subgroup or gap must reach."""
    parities: list[ParityCriterion] = Field(default_factory=list)
    """Fairness criteria over all subgroups of an attribute."""
    not_evaluable_counts: bool = Field(
        default=True, description="whether a subgroup too small to judge keeps the run from passing"
    )

    @property
    def named(self) -> list[str]:
        """Every grouping that a criterion may name: attributes and intersections."""
        return [*self.attributes, *(" & ".join(parts) for parts in self.intersections)]

    @model_validator(mode="after")
    def _refers(self) -> Self:
        known = ", ".join(self.named)
        criteria: list[SubgroupCriterion | ParityCriterion] = [*self.criteria, *self.parities]
        faults = [
            f"criterion {c.id}: '{name}' is neither an attribute nor an intersection ({known})"
            for c in criteria
            for name in c.by
            if name not in self.named
        ]
        crossed = [name for parts in self.intersections for name in parts]
        faults += [
            f"'{name}' is not among the attributes"
            for name in dict.fromkeys([*self.cuts, *crossed])
            if name not in self.attributes
        ]
        faults += [
            f"cuts: the edges of '{name}' must ascend"
            for name, edges in self.cuts.items()
            if not edges or any(a >= b for a, b in pairwise(edges))
        ]
        faults += twice([c.id for c in criteria], "criterion")
        if faults:
            raise ValueError("; ".join(faults))
        return self
