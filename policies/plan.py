"""What `monitoring.yaml` may say: surveillance of a locked model in use."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from policies import chart, cron
from policies import endpoint as of_scores
from policies.chart import ChartRule  # noqa: TC001 - pydantic reads the annotations
from policies.drift import DriftPlan
from policies.endpoint import AT_THRESHOLD, OperatingPoint
from policies.engine import Engine
from policies.generative import ANSWERS
from policies.generative import KNOWN as OF_TEXTS
from policies.labels import LabelFreePlan, LabelPlan  # noqa: TC001 - pydantic reads them
from policies.notice import Channel, twice
from policies.reader import Text
from policies.reporting_clock import Reportable  # noqa: TC001 - pydantic reads the annotations
from policies.severity import Severity  # noqa: TC001 - pydantic reads the annotations
from policies.source import SourcePlan  # noqa: TC001 - pydantic reads the annotations
from policies.text_plan import TextPlan  # noqa: TC001 - pydantic reads the annotations

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
    "labels",
    "label-free",
    "abstention",
    "chart",
    "joint-drift",
    "dataset-drift",
    "new-category",
    "unit",
]
# Keys that a plan with 'texts' cannot have.
ONLY_SCORES = ("operating_points", "gaps", "labels", "label_free", "modalities", "logged_score")


def _watched(name: str) -> str:
    return name if name in OF_TEXTS else of_scores.known(name)


Watched = Annotated[str, AfterValidator(_watched)]
CronText = Annotated[str, AfterValidator(cron.known)]
ZoneName = Annotated[str, AfterValidator(cron.zone)]


class Schedule(Text):
    """Which windows there are: days, weeks or calendar months from a first day to a last."""

    every: Literal["day", "week", "month"]
    """Length of a window."""
    start: dt.date
    """First day under surveillance."""
    end: dt.date | None = None
    """Last day; open when left out."""
    label_maturity_days: int = Field(default=0, ge=0)
    """Days that labels need before a window is due."""
    timezone: ZoneName = "UTC"
    """Where the days of the data begin, as Europe/Berlin; `cron` is by its clock."""
    cron: CronText | None = None
    """When `tplc monitor --watch` runs: minute, hour, day, month, weekday, as in crontab."""

    def today(self, at: str) -> dt.date:
        """The day that a moment (ISO 8601) has on the plan's clock."""
        return dt.datetime.fromisoformat(at).astimezone(ZoneInfo(self.timezone)).date()


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
    cool_down_windows: int | None = Field(default=None, ge=0)
    """Windows after a closing decision in which the same cause raises no new trigger, unless it is
    graver; when left out, a cause that goes on without a break raises none."""
    resolved_after_windows: int | None = Field(default=None, ge=1)
    """Windows in a row without the cause after which a note says so; the trigger stays open."""
    escalate_after_windows: int | None = Field(default=None, ge=2)
    """Windows in a row with the cause that make an open trigger one step graver, each time."""
    escalate_at_times: float | None = Field(default=None, gt=1)
    """How many times the allowed distance from the reference set makes it one step graver."""
    reportable: Reportable | None = None
    """Which authority's reporting clocks are shown to the board with such a trigger."""


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
    source: SourcePlan
    """Where production data come from: `source: data.csv`, or the keys below."""
    schedule: Schedule
    engine: Engine = Engine()
    """Where rows are counted; duckdb and spark count any number of rows and keep none."""
    logged_score: str | None = None
    """Column of the score that was shown in use, where production data hold it: it is watched as it
    is, and the locked model is not run again. The engines that count need it."""
    labels: LabelPlan | None = None
    """When labels become known, and how often a window is judged as they come; left out: once."""
    label_free: LabelFreePlan | None = None
    """Endpoints estimated from the scores alone, before labels come; left out: none."""
    modalities: dict[str, list[str]] = Field(default_factory=dict)
    """Name of an input, such as image, to its columns: missing where all of them are."""
    clusters: Literal["ratio-estimator-wilson", "ratio-estimator", "bootstrap-patients"] = (
        "ratio-estimator-wilson"
    )
    """Intervals where patients have several cases in a window."""
    expected_cases_a_year: float | None = Field(default=None, gt=0)
    """Volume that the limits of charts are set for; that of the reference set when left out."""
    expected_prevalence: float | None = Field(default=None, gt=0, lt=1)
    """Share of positives among them; that of the reference set when left out."""
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    """Two-sided level of every interval."""
    minimum_cases: int = Field(default=100, ge=1)
    """Fewer cases in a window are a finding, and nothing is measured."""
    minimum_positives: int = Field(default=50, ge=1)
    """Fewer positives or negatives raise no finding on performance."""
    drift: DriftPlan = DriftPlan()
    missing_rise: float = Field(default=0.1, gt=0, lt=1)
    """Rise of a column's missing share that is a finding."""
    abstention_rise: float = Field(default=0.05, gt=0, lt=1)
    """Rise of the share of cases without a score, or with a rejected input, that is a finding."""
    prevalence_ratio: float = Field(default=2.0, gt=1)
    """Rise or fall of the prevalence that is a finding."""
    observed_expected: tuple[float, float] = (0.8, 1.25)
    """Range of observed over expected positives without a finding."""
    operating_points: list[OperatingPoint] = Field(default_factory=list)
    """Thresholds of the score."""
    performance: list[PerformanceRule] = Field(default_factory=list)
    gaps: list[GapRule] = Field(default_factory=list)
    charts: list[ChartRule] = Field(default_factory=list)
    """Control charts that go on from window to window, each with a stated false-alarm rate."""
    texts: TextPlan | None = None
    """What is watched of a model that writes; left out for models that give a score."""
    triggers: list[TriggerRule] = Field(min_length=1)
    notify: list[Channel] = Field(default_factory=list)
    """Where each trigger is told."""
    work_holidays: list[dt.date] | None = None
    """Days that are no work days for reporting clocks; US federal holidays when left out."""

    @property
    def ages(self) -> list[int]:
        """Days after its last day at which a window is judged, ascending."""
        return self.labels.judged_after_days if self.labels else [self.schedule.label_maturity_days]

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
        faults += chart.faults(self.charts, names, texts=self.texts is not None)
        faults += self._of_texts() if self.texts else self._of_scores()
        faults += twice(self.notify)
        faults += self._of_engine()
        if self.labels and self.schedule.label_maturity_days:
            faults.append("schedule.label_maturity_days: 'labels' says when a window is judged")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _of_engine(self) -> list[str]:
        """Keys that need rows, where rows are only counted."""
        if self.engine.name == "memory":
            return []
        needs = {
            "texts": self.texts is not None,
            "modalities": bool(self.modalities),
            "drift.joint": self.drift.joint is not None,
            "labels.known and labels.delay_days": self.labels is not None
            and (self.labels.known or self.labels.delay_days) is not None,
        }
        return [
            f"{key}: needs rows, and engine {self.engine.name} only counts them: use engine memory"
            for key, there in needs.items()
            if there
        ]

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
