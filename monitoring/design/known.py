"""What the frozen set and the validation say of the plan's streams: volumes, rates, risks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.errors import UsageError
from monitoring.control_chart.scores import recalibrated
from monitoring.design import recalibration
from monitoring.design.stream import YEAR, Pace, Stream
from validation.binary.proportion import proportion
from validation.estimate import Estimate

if TYPE_CHECKING:
    import numpy as np

    from evidence.records import Body, GenerativeRun, ReferenceFreeze, ValidationRun
    from policies.chart import ChartRule
    from policies.plan import MonitoringPlan

WINDOW_DAYS = {"day": 1.0, "week": 7.0, "month": YEAR / 12}
OF_OUTPUTS = {"unparsable": "unparsable-rate", "abstention": "abstention-rate"}
OVERALL = "overall"


@dataclass(frozen=True, kw_only=True)
class Known:
    """The plan with what is frozen.

    Attributes:
        plan: The surveillance plan.
        frozen: The reference set.
        baseline: The model's validation on it.
        cases_a_year: Expected volume.
        prevalence: Expected share of positives; the frozen one when not given.
        given: Whether the prevalence was given.
    """

    plan: MonitoringPlan
    frozen: ReferenceFreeze
    baseline: ValidationRun | GenerativeRun
    cases_a_year: float
    prevalence: float
    given: bool = False

    @property
    def pace(self) -> Pace:
        """The plan's windows."""
        every = self.plan.schedule.every
        return Pace(window_days=WINDOW_DAYS[every], label_days=self.plan.ages[-1])

    @property
    def estimates(self) -> list[Estimate]:
        """The validation's."""
        return [Estimate.from_dict(body) for body in self.baseline.estimates]

    def find(self, endpoint: str, at: str | None, subgroup: str = OVERALL) -> Estimate | None:
        """An estimate of the validation that has a value."""
        points = {point.name: point.threshold for point in self.plan.operating_points}
        threshold = points[at] if at else None
        for estimate in self.estimates:
            same = (estimate.endpoint, estimate.subgroup) == (endpoint, subgroup)
            if same and estimate.value is not None and estimate.threshold == threshold:
                return estimate
        return None

    def groups(self, rule: ChartRule) -> dict[str, tuple[int, int]]:
        """Cases and positives of all, and of each group of a rule, in the frozen set.

        Raises:
            UsageError: The rule names a column that is no subgroup of the frozen set.
        """
        found = {OVERALL: (self.frozen.cases, self.frozen.positives)}
        for column in rule.by:
            if column not in self.frozen.subgroups:
                there = ", ".join(sorted(self.frozen.subgroups)) or "none"
                raise UsageError(
                    f"policies/monitoring.yaml, charts.{rule.id}: '{column}' is no subgroup of "
                    f"reference set {self.frozen.name} (there are: {there})."
                )
            for body in self.frozen.subgroups[column]:
                found[f"{column}={body['value']}"] = (body["cases"], body.get("positives", 0))
        return found

    def streams(self, rule: ChartRule) -> list[Stream]:
        """All cases, then each group of a rule.

        Raises:
            UsageError: The rule names a column that the frozen set has not.
        """
        column = rule.column
        if column is not None and column not in self.frozen.summaries:
            raise UsageError(
                f"policies/monitoring.yaml, charts.{rule.id}: reference set {self.frozen.name} has "
                f"no column '{column}'."
            )
        return [self._stream(rule, name, *sizes) for name, sizes in self.groups(rule).items()]

    def _stream(self, rule: ChartRule, name: str, cases: int, positives: int) -> Stream:
        a_year = self.cases_a_year * cases / self.frozen.cases
        if rule.watch in ("event", "prevalence"):
            return self._of_events(rule, name, a_year, cases, positives)
        if rule.watch == "missing":
            found = self.frozen.summaries[rule.column or ""]
            part = proportion("missing", found["missing"], found["total"], positives=0)
            return _known(name, a_year, 1.0, part, errors=False)
        if rule.watch in OF_OUTPUTS:
            mine = self.find(OF_OUTPUTS[rule.watch], None, name)
            mine = mine or self.find(OF_OUTPUTS[rule.watch], None)
            return _known(name, a_year, 1.0, mine, errors=False)
        mine = self.find(rule.watch, rule.at, name)
        whole = self.find(rule.watch, rule.at)
        share = self._share(rule, mine or whole, cases if mine else self.frozen.cases)
        return _known(name, a_year, share, mine or whole, errors=True)

    def _share(self, rule: ChartRule, estimate: Estimate | None, cases: int) -> float:
        """People that count among the cases."""
        if self.given and rule.watch == "sensitivity":
            return self.prevalence
        if self.given and rule.watch == "specificity":
            return 1 - self.prevalence
        return estimate.n / cases if estimate and cases else 1.0

    def _of_events(
        self, rule: ChartRule, name: str, a_year: float, cases: int, positives: int
    ) -> Stream:
        share = proportion("prevalence", positives, cases, positives=positives)
        origin = f"reference set {self.frozen.name}"
        if rule.kind != "risk-adjusted-cusum":
            return Stream(
                name=name, cases_a_year=a_year, rate=share.value, low=share.low, high=share.high,
                origin=origin,
            )  # fmt: skip
        risks, counts = self._risks()
        if not risks:
            reason = "the validation holds no calibration to take expected risks from"
            return Stream(name=name, cases_a_year=a_year, reason=reason)
        rate = sum(r * n for r, n in zip(risks, counts, strict=True)) / sum(counts)
        whole = proportion("prevalence", self.frozen.positives, self.frozen.cases, positives=0)
        return Stream(
            name=name, cases_a_year=a_year, rate=rate, low=whole.low, high=whole.high,
            origin=f"{origin}: recalibrated scores of all cases", risks=risks,
            counts=counts,
        )  # fmt: skip

    def expected(self, score: np.ndarray) -> np.ndarray:
        """The chance of a positive at each score, as the reference set has it.

        Raises:
            ValueError: The validation holds no counts that a line can be fitted on.
        """
        line = recalibration.line(self._cells)
        if line is None:
            raise ValueError("the validation holds no calibration to take expected risks from")
        return recalibrated(score, *line)

    @property
    def _cells(self) -> Body:
        return recalibration.cells(getattr(self.baseline, "curves", {}))

    def _risks(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The frozen scores, recalibrated by a logistic fit on their positives."""
        return recalibration.risks(self._cells)


def _known(
    name: str, a_year: float, share: float, estimate: Estimate | None, *, errors: bool
) -> Stream:
    """A stream whose rate is an estimate, or one minus it for errors.

    Where there was not one event, the upper bound of the interval stands for the rate.
    """
    if estimate is None or estimate.value is None:
        reason = "the validation has no such estimate at this operating point"
        return Stream(name=name, cases_a_year=a_year, share=share, reason=reason)
    rate, low, high = estimate.value, estimate.low, estimate.high
    if errors:
        rate = 1 - rate
        low, high = (None if bound is None else 1 - bound for bound in (high, low))
    origin = f"{estimate.endpoint}, n = {estimate.n:,}"
    if estimate.subgroup != name:
        origin += f", {estimate.subgroup}"
    if not rate and high:
        rate, origin = high, f"{origin}: no event, the upper bound instead"
    return Stream(
        name=name, cases_a_year=a_year, share=share, rate=rate, low=low, high=high, origin=origin
    )


def of(
    plan: MonitoringPlan,
    frozen: ReferenceFreeze,
    baseline: ValidationRun | GenerativeRun,
    *,
    cases_a_year: float | None = None,
    prevalence: float | None = None,
) -> Known:
    """The plan with what is frozen, and the volume that is given or that of the reference set.

    Raises:
        UsageError: No volume is given, and the reference set has no period to take it from.
    """
    cases_a_year = plan.expected_cases_a_year if cases_a_year is None else cases_a_year
    prevalence = plan.expected_prevalence if prevalence is None else prevalence
    if cases_a_year is None:
        if not frozen.period.get("start") or not frozen.period.get("end"):
            raise UsageError(
                f"Reference set {frozen.name} has no period to take the volume from: give "
                "expected_cases_a_year in the plan, or --cases-a-year."
            )
        first, last = (dt.date.fromisoformat(frozen.period[key]) for key in ("start", "end"))
        cases_a_year = frozen.cases / ((last - first).days + 1) * YEAR
    usual = frozen.positives / frozen.cases if frozen.cases else 0.0
    return Known(
        plan=plan,
        frozen=frozen,
        baseline=baseline,
        cases_a_year=cases_a_year,
        prevalence=usual if prevalence is None else prevalence,
        given=prevalence is not None,
    )
