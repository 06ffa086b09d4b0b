"""What `monitoring.yaml` may say: surveillance of a locked model in use."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - pydantic reads the annotations
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from policies import endpoint as of_scores
from policies.endpoint import AT_THRESHOLD, OperatingPoint
from policies.generative import ANSWERS
from policies.generative import KNOWN as OF_TEXTS
from policies.reader import Text
from policies.text_plan import TextPlan  # noqa: TC001 - pydantic reads the annotations

Severity = Literal["minor", "major", "critical"]
FindingKind = Literal[
    "data-quality",
    "missingness",
    "drift",
    "prevalence",
    "performance",
    "calibration",
    "subgroup-gap",
    "unparsable",
    "collapse",
]
Method = Literal["psi", "jensenshannon"]
ONLY_SCORES = ("operating_points", "gaps")  # keys that a plan with 'texts' cannot have


def _watched(name: str) -> str:
    return name if name in OF_TEXTS else of_scores.known(name)


Watched = Annotated[str, AfterValidator(_watched)]


class Schedule(Text):
    """Which windows there are: calendar weeks or months from a first day to a last."""

    every: Literal["week", "month"]
    """Length of a window."""
    start: dt.date
    """First day under surveillance."""
    end: dt.date | None = None
    """Last day; open when left out."""
    label_maturity_days: int = Field(default=0, ge=0)
    """Days that labels need before a window is due."""


class DriftRule(Text):
    """How a column's distribution is compared with the frozen one."""

    method: Method = "psi"
    """Which divergence Evidently computes."""
    threshold: float = Field(default=0.2, gt=0)
    """A larger value is drift."""


class DriftPlan(DriftRule):
    """The rule for every column, and the columns that have their own."""

    columns: dict[str, DriftRule] = Field(default_factory=dict)
    """Column name to a rule of its own."""
    sample: int = Field(
        default=10_000, ge=1_000, description="rows rebuilt from the counts for Evidently"
    )

    def rule(self, column: str) -> DriftRule:
        """The rule that holds for a column."""
        return self.columns.get(column, self)


class PerformanceRule(Text):
    """An endpoint has moved when its whole interval lies beyond the frozen one by the margin."""

    endpoint: Watched
    """What is watched; of answers and reports where the plan has 'texts'."""
    at: str | None = None
    """Operating point by name."""
    fall_of: float | None = Field(default=None, gt=0, lt=1)
    """How far below the reference set the whole interval must lie."""
    rise_of: float | None = Field(default=None, gt=0, lt=1)
    """How far above it, of what should not rise, such as unparsable-rate."""

    @model_validator(mode="after")
    def _one_direction(self) -> Self:
        if (self.fall_of is None) == (self.rise_of is None):
            raise ValueError("give either fall_of or rise_of")
        return self


class GapRule(Text):
    """A subgroup gap counts when its interval lies above the margin."""

    endpoint: Literal["auroc"] = "auroc"
    """What is compared."""
    by: list[str] = Field(min_length=1)
    """Columns whose values are the subgroups."""
    above: float = Field(default=0.0, ge=0, lt=1)
    """The interval must lie above it."""


class TriggerRule(Text):
    """Which findings become a trigger, and how grave it is."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    """A short name of the rule."""
    finding: FindingKind
    """Kind of finding."""
    severity: Severity
    """How grave it is for the board."""
    windows_in_a_row: int = Field(default=1, ge=1)
    """How many windows must show it."""


class MonitoringPlan(Text):
    """The surveillance plan of one locked model."""

    policy: Literal["monitoring"]
    """Which policy this is; the name of its file."""
    version: int = Field(ge=1)
    """Raised and registered anew when anything changes."""
    title: str
    """Printed in the documents."""
    model: str = Field(pattern=r"^[^/]+/[^/]+$", description="NAME/VERSION")
    reference: str
    """Name of the frozen reference set."""
    source: str = Field(description="file with production data, relative to the workspace")
    schedule: Schedule
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    """Two-sided level of every interval."""
    minimum_cases: int = Field(default=100, ge=1)
    """Fewer cases in a window are a finding, and nothing is measured."""
    minimum_positives: int = Field(default=50, ge=1)
    """Fewer positives or negatives raise no finding on performance."""
    drift: DriftPlan = DriftPlan()
    missing_rise: float = Field(default=0.1, gt=0, lt=1)
    """Rise of a column's missing share that is a finding."""
    prevalence_ratio: float = Field(default=2.0, gt=1)
    """Rise or fall of the prevalence that is a finding."""
    observed_expected: tuple[float, float] = (0.8, 1.25)
    """Range of observed over expected positives without a finding."""
    operating_points: list[OperatingPoint] = Field(default_factory=list)
    """Thresholds of the score."""
    performance: list[PerformanceRule] = Field(default_factory=list)
    gaps: list[GapRule] = Field(default_factory=list)
    texts: TextPlan | None = None
    """What is watched of a model that writes; left out for models that give a score."""
    triggers: list[TriggerRule] = Field(min_length=1)

    @model_validator(mode="after")
    def _refers(self) -> Self:
        names = [point.name for point in self.operating_points]
        faults = [
            f"performance: no operating point '{rule.at}'"
            for rule in self.performance
            if rule.at is not None and rule.at not in names
        ]
        low, high = self.observed_expected
        if not 0 < low < 1 < high:
            faults.append("observed_expected: give a range around 1, as in [0.8, 1.25]")
        faults += self._of_texts() if self.texts else self._of_scores()
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _of_scores(self) -> list[str]:
        """Rules that a model with a score cannot have."""
        faults = []
        for rule in self.performance:
            if not of_scores.exists(rule.endpoint):
                faults.append(
                    f"performance: '{rule.endpoint}' is of texts, and there is no 'texts'"
                )
            elif (rule.endpoint in AT_THRESHOLD) != (rule.at is not None):
                faults.append(f"performance: 'at' and '{rule.endpoint}' do not fit together")
        return faults

    def _of_texts(self) -> list[str]:
        """Rules that a model that writes cannot have."""
        faults = [
            f"{name}: goes with a score, not with 'texts'"
            for name in ONLY_SCORES
            if getattr(self, name)
        ]
        for rule in self.performance:
            if rule.endpoint not in ANSWERS:
                faults.append(
                    f"performance: of texts '{rule.endpoint}' is not watched (there are: "
                    f"{', '.join(ANSWERS)})"
                )
            if rule.at is not None:
                faults.append(f"performance: '{rule.endpoint}' of texts takes no 'at'")
        return faults
