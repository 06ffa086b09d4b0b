"""The window's endpoints, measured with the pre-market ruler."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation import endpoints, subgroups
from validation.table import COUNT, LABEL

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from policies.plan import MonitoringPlan
    from validation.endpoints import Estimate

ALWAYS = ("auroc", "prevalence", "brier", "observed-expected")
AT_POINT = ("sensitivity", "specificity", "ppv", "npv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """Endpoints overall and by subgroup, and the gaps between subgroups."""

    estimates: list[Estimate]
    gaps: list[Estimate]

    def find(self, endpoint: str, threshold: float | None = None) -> Estimate | None:
        """The overall estimate of an endpoint."""
        return find(self.estimates, endpoint, threshold)


NOTHING = Performance(estimates=[], gaps=[])


def find(
    estimates: list[Estimate], endpoint: str, threshold: float | None = None
) -> Estimate | None:
    """The overall estimate of an endpoint, at a threshold where it has one."""
    for estimate in estimates:
        same = estimate.endpoint == endpoint and estimate.subgroup == "overall"
        if same and (threshold is None or estimate.threshold == threshold):
            return estimate
    return None


def measure(frame: pd.DataFrame, score: np.ndarray, plan: MonitoringPlan) -> Performance:
    """All endpoints that the plan watches.

    Args:
        frame: The window's cases.
        score: One score a row.
        plan: What is watched.
    """
    label, count = frame[LABEL].to_numpy(), frame[COUNT].to_numpy()
    thresholds = [point.threshold for point in plan.operating_points]
    named = dict.fromkeys([*ALWAYS, *(rule.endpoint for rule in plan.performance)])
    wanted = [*named, *(e for e in AT_POINT if thresholds and e not in named)]
    overall = endpoints.evaluate(
        label, score, count, endpoints=wanted, thresholds=thresholds, confidence=plan.confidence
    )
    attributes = dict.fromkeys(name for rule in plan.gaps for name in rule.by)
    if not attributes:
        return Performance(estimates=list(overall), gaps=[])
    by = subgroups.evaluate_by(
        label,
        score,
        count,
        {name: list(frame[name]) for name in attributes},
        endpoints=list(dict.fromkeys(rule.endpoint for rule in plan.gaps)),
        thresholds=[],
        confidence=plan.confidence,
    )
    return Performance(estimates=[*overall, *by.estimates], gaps=list(by.gaps))
