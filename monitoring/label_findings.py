"""Findings on labels that are late, on estimates without labels, and on cases without a score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring.findings import Finding, find_reference, of_estimate, span
from monitoring.performance import find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitoring.unlabelled import Unlabelled
    from monitoring.window_labels import WindowLabels
    from policies.plan import MonitoringPlan
    from validation.estimate import Estimate

MODALITY = "modality="


def late(labels: WindowLabels, n: int, window: str) -> list[Finding]:
    """Labels are fewer than their age lets expect."""
    if not labels.late:
        return []
    observed, expected = labels.body["observed"], labels.body["expected"]
    return [
        Finding(
            kind="labels",
            cause="labels:late",
            subject="labels",
            window=window,
            statement=labels.late,
            value=observed["value"],
            low=observed["low"],
            high=observed["high"],
            reference=expected["value"],
            limit=expected["low"],
            method=expected["method"],
            n=n,
        )
    ]


def shares(
    found: Sequence[Estimate], usual: float, plan: MonitoringPlan, window: str
) -> list[Finding]:
    """Cases without a score, or without one of the model's inputs, beyond the plan's rise.

    Args:
        found: The window's shares.
        usual: The share of inputs that were rejected when the reference set was frozen.
        plan: The limits.
        window: The window's label.
    """
    made = []
    for share in found:
        modality = share.subgroup.removeprefix(MODALITY) if MODALITY in share.subgroup else ""
        before = 0.0 if modality else usual
        limit = before + (plan.missing_rise if modality else plan.abstention_rise)
        if share.value is None or share.low is None or share.low <= limit:
            continue
        what = f"have no {modality}" if modality else "got no score or were rejected as input"
        statement = (
            f"{share.value:.1%} of {share.n:,} cases {what} ({span(share, percent=True)}; limit "
            f"{limit:.1%})."
        )
        kind, subject = ("missingness", share.subgroup) if modality else ("abstention", "score")
        made.append(of_estimate(kind, subject, share, window, statement, before, limit))
    return made


def fallen(
    found: Unlabelled, then: Sequence[Estimate], plan: MonitoringPlan, window: str
) -> list[Finding]:
    """Label-free estimates that lie beyond the reference by the plan's margin, where trusted."""
    if plan.label_free is None or not found.trusted:
        return []
    points = {point.name: point.threshold for point in plan.operating_points}
    made = []
    for rule in plan.label_free.endpoints:
        at = points[rule.at] if rule.at else None
        now, before = find(found.estimates, rule.endpoint, at), find(then, rule.endpoint, at)
        limit = find_reference(before, rule.fall_of, rule.rise_of)
        if now is None or before is None or limit is None or now.low is None or now.high is None:
            continue
        if not (now.high < limit if rule.fall_of else now.low > limit):
            continue
        place = f" at {rule.at}" if rule.at else ""
        statement = (
            f"Without labels {rule.endpoint}{place} is estimated at {now.value:.3f} ({span(now)}); "
            f"the reference set has {before.value:.3f} (limit {limit:.3f}). This assumes that a "
            "score means what it meant there."
        )
        subject = f"{rule.endpoint}@{rule.at}" if rule.at else rule.endpoint
        made.append(of_estimate("label-free", subject, now, window, statement, before.value, limit))
    return made
