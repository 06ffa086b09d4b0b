"""The window's endpoints, measured with the pre-market ruler.

Cases without a score are in no endpoint; `abstention` counts them. Where patients repeat, every
interval respects it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitoring import calibration_drift
from validation import endpoints, subgroups
from validation.cases import Cases
from validation.choices import DEFAULT
from validation.clustering import clustered
from validation.fairness.groups import grouping
from validation.table import COUNT, LABEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd

    from policies.dataset import DatasetSpec
    from policies.plan import MonitoringPlan
    from validation.choices import Choices
    from validation.endpoints import Estimate
    from validation.subgroups import SubgroupResult

ALWAYS = ("auroc", "prevalence", "brier", "observed-expected")
AT_POINT = ("sensitivity", "specificity", "ppv", "npv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """Endpoints overall and by subgroup, and the gaps between subgroups.

    Attributes:
        estimates: Overall, and by subgroup what the plan's gap rules name.
        gaps: Of what the gap rules name.
        subgroups: All watched endpoints by subgroup, and all their gaps.
        calibration: Intercept, slope, observed over expected and expected calibration error.
    """

    estimates: list[Estimate]
    gaps: list[Estimate]
    subgroups: SubgroupResult = field(
        default_factory=lambda: subgroups.SubgroupResult(estimates=(), gaps=())
    )
    calibration: list[Estimate] = field(default_factory=list)

    def find(self, endpoint: str, threshold: float | None = None) -> Estimate | None:
        """The overall estimate of an endpoint."""
        return find(self.estimates, endpoint, threshold)


NOTHING = Performance(estimates=[], gaps=[])


def find(
    estimates: Sequence[Estimate], endpoint: str, threshold: float | None = None
) -> Estimate | None:
    """The overall estimate of an endpoint, at a threshold where it has one."""
    for estimate in estimates:
        same = estimate.endpoint == endpoint and estimate.subgroup == "overall"
        if same and (threshold is None or estimate.threshold == threshold):
            return estimate
    return None


def measure(
    frame: pd.DataFrame,
    score: np.ndarray,
    plan: MonitoringPlan,
    *,
    patients: np.ndarray | None = None,
    spec: DatasetSpec | None = None,
    choices: Choices = DEFAULT,
) -> Performance:
    """All endpoints that the plan watches.

    Args:
        frame: The window's cases.
        score: One score a row; NaN where the model gave none.
        plan: What is watched.
        patients: The patient of each row, where patients repeat; else None.
        spec: The roles, from which patients are read where none are given.
        choices: Methods of the intervals.
    """
    import numpy as np

    if patients is None and spec is not None:
        patients = repeated(frame, spec)
    scored = ~np.isnan(score)
    if not scored.all():
        frame, score = frame[scored], score[scored]
        patients = None if patients is None else clustered.owners(patients[scored])
    label, count = frame[LABEL].to_numpy(), frame[COUNT].to_numpy()
    thresholds = [point.threshold for point in plan.operating_points]
    wanted = watched(plan)
    overall = endpoints.evaluate(
        label,
        score,
        count,
        endpoints=wanted,
        thresholds=thresholds,
        confidence=plan.confidence,
        cluster=patients,
        choices=choices,
    )
    by = _by_subgroup(frame, score, plan, wanted, patients, choices)
    ruled = dict.fromkeys(rule.endpoint for rule in plan.gaps)
    return Performance(
        estimates=[*overall, *(e for e in by.estimates if e.endpoint in ruled)],
        gaps=[g for g in by.gaps if g.endpoint.removesuffix("-difference") in ruled],
        subgroups=by,
        calibration=calibration_drift.measure(
            label, score, count, patients=patients, confidence=plan.confidence, choices=choices
        ),
    )


def watched(plan: MonitoringPlan) -> list[str]:
    """The endpoints of a plan: what is always shown, what its rules name, and the 2x2 table's."""
    named = dict.fromkeys([*ALWAYS, *(rule.endpoint for rule in plan.performance)])
    return [*named, *(e for e in AT_POINT if plan.operating_points and e not in named)]


def repeated(frame: pd.DataFrame, spec: DatasetSpec) -> np.ndarray | None:
    """The patient of each row where patients repeat among the rows; else None."""
    if not spec.patient or frame.empty:
        return None
    owner = clustered.owners(frame[spec.patient].astype(str).to_numpy())
    return owner if clustered.repeats(owner, frame[COUNT].to_numpy()).repeated else None


def _by_subgroup(
    frame: pd.DataFrame,
    score: np.ndarray,
    plan: MonitoringPlan,
    wanted: Sequence[str],
    patients: np.ndarray | None,
    choices: Choices,
) -> SubgroupResult:
    attributes = dict.fromkeys(name for rule in plan.gaps for name in rule.by)
    if not attributes or frame.empty:
        return subgroups.SubgroupResult(estimates=(), gaps=())
    ruled = dict.fromkeys(rule.endpoint for rule in plan.gaps)
    return subgroups.evaluate_in(
        Cases.of(frame[LABEL], score, frame[COUNT], probability=True),
        [grouping(name, list(frame[name])) for name in attributes],
        endpoints=list(dict.fromkeys([*wanted, *ruled])),
        thresholds=[point.threshold for point in plan.operating_points],
        confidence=plan.confidence,
        cluster=patients,
        choices=choices,
    )
