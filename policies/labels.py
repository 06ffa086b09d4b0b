"""What a surveillance plan may say of labels that come late, and of estimates without labels."""

from __future__ import annotations

import itertools
from typing import Literal, Self

from pydantic import Field, model_validator

from policies import endpoint as of_scores
from policies.endpoint import AT_THRESHOLD
from policies.reader import Text

POSSIBLE = (AT_THRESHOLD - {"number-needed-to-diagnose", "number-needed-to-predict"}) | {
    "auroc",
    "auprc-average-precision",
    "auprc-trapezoid",
    "prevalence",
}


class LabelPlan(Text):
    """When labels become known, and when a window is judged by them."""

    known: str | None = None
    """Column of the day on which the label became known; blank while it is not. Without it, and
    without 'delay_days', a label is known as soon as the source has it."""
    delay_days: str | None = None
    """Column of the days from the case to its label, instead of 'known'."""
    judged_after_days: list[int] = Field(default_factory=lambda: [0], min_length=1)
    """Days after a window's last day at which it is judged, rising, as in [0, 30, 90]."""
    complete_at: float = Field(default=0.9, gt=0, le=1)
    """Share of labels known from which a window's endpoints are taken for final."""
    late_by: float = Field(default=0.05, ge=0, lt=1)
    """How far the share known may lie below the interval of what is expected at its age."""
    reopen_days: int = Field(default=0, ge=0)
    """Days after the last judgement in which labels that come or are revised reopen a window."""
    outcome_level: float = Field(default=0.01, gt=0, lt=0.5)
    """Level of the test whether positive and negative labels come equally late."""

    @model_validator(mode="after")
    def _one_column(self) -> Self:
        if self.known is not None and self.delay_days is not None:
            raise ValueError("give either known or delay_days")
        days = self.judged_after_days
        if days[0] < 0 or any(a >= b for a, b in itertools.pairwise(days)):
            raise ValueError("judged_after_days: whole days from 0, rising, as in [0, 30, 90]")
        return self


class LabelFreeRule(Text):
    """A label-free estimate has moved when its whole interval lies beyond the frozen value."""

    endpoint: str
    """What is estimated."""
    at: str | None = None
    """Operating point by name."""
    fall_of: float | None = Field(default=None, gt=0, lt=1)
    """How far below the reference set the whole interval must lie."""
    rise_of: float | None = Field(default=None, gt=0, lt=1)
    """How far above it, of what should not rise."""

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.endpoint not in POSSIBLE:
            of_scores.known(self.endpoint)
            there = ", ".join(sorted(POSSIBLE))
            raise ValueError(
                f"'{self.endpoint}' cannot be estimated without labels (there are: {there})"
            )
        of_scores.require_point(self.endpoint, self.at)
        if self.fall_of is not None and self.rise_of is not None:
            raise ValueError("give fall_of or rise_of, or neither to estimate without a rule")
        return self


class DistrustRules(Text):
    """When label-free estimates are not to be trusted."""

    windows: int = Field(default=3, ge=1)
    """How many of the latest windows with mature labels are looked at."""
    off_by: float = Field(default=0.02, ge=0, lt=1)
    """Distance of estimate and label that matters."""
    level: float = Field(default=0.01, gt=0, lt=0.5)
    """Level of the test that they differ, over all windows and endpoints (Bonferroni)."""
    beyond: float = Field(default=0.05, ge=0, lt=1)
    """Share of people with scores that the reference set hardly has."""
    support: int = Field(default=30, ge=1)
    """Reference cases that must lie within a twentieth of their range of scores around a score."""


class LabelFreePlan(Text):
    """What is estimated in a window before its labels come."""

    endpoints: list[LabelFreeRule] = Field(min_length=1)
    """Endpoints, each with its rule."""
    calibration: Literal["isotonic", "none", "if-needed"] = "isotonic"
    """Scores are recalibrated on the reference set, taken at their word, or as a check decides."""
    minimum_positives: int = Field(default=50, ge=1)
    """Positives, and negatives, of the reference set that calibration needs."""
    replicates: int = Field(default=1000, ge=200)
    """Of each interval."""
    seed: int = Field(default=20240101, ge=0)
    """Of each interval."""
    distrust: DistrustRules = DistrustRules()

    @model_validator(mode="after")
    def _once(self) -> Self:
        names = [
            f"{rule.endpoint}@{rule.at}" if rule.at else rule.endpoint for rule in self.endpoints
        ]
        if faults := of_scores.twice(names, "endpoint"):
            raise ValueError("; ".join(faults))
        return self
