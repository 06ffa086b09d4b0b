"""Subgroup criteria against estimates: each subgroup, gaps, fairness criteria. Pure.

Subgroups that are too small are answered *not evaluable*; none is dropped. A criterion on a gap
that cannot be measured is not evaluable, never passed over.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation.acceptance import answers, find
from validation.estimate import absent

if TYPE_CHECKING:
    from evidence.records import Body
    from policies.criteria import ValidationPolicy
    from policies.fairness import FairnessPolicy, ParityCriterion, SubgroupCriterion
    from validation.estimate import Estimate
    from validation.measurement import Measured

FAIRNESS = "fairness"  # whose criteria these are


def judge(measured: Measured, fair: FairnessPolicy, policy: ValidationPolicy) -> list[Body]:
    """One criterion body for each limit of each criterion and subgroup, gap or fairness criterion.

    Args:
        measured: Estimates, gaps, sizes and fairness criteria.
        fair: The registered subgroup criteria.
        policy: Operating points and confidence.
    """
    judged: list[Body] = []
    for criterion in fair.criteria:
        for grouping in criterion.by:
            one = _each if criterion.kind == "each" else _gaps
            judged += one(criterion, grouping, measured, fair, policy)
    for parity in fair.parities:
        for grouping in parity.by:
            judged += _parity(parity, grouping, measured, policy)
    return judged


def _each(
    criterion: SubgroupCriterion,
    grouping: str,
    measured: Measured,
    fair: FairnessPolicy,
    policy: ValidationPolicy,
) -> list[Body]:
    judged: list[Body] = []
    for name in measured.members[grouping]:
        found = find(measured.estimates, criterion, name, policy.points)
        shortage = measured.sizes[name].shortage(fair.minimum)
        judged += answers(criterion, found, shortage, policy.confidence, policy=FAIRNESS)
    return judged


def _gaps(
    criterion: SubgroupCriterion,
    grouping: str,
    measured: Measured,
    fair: FairnessPolicy,
    policy: ValidationPolicy,
) -> list[Body]:
    at = policy.points.get(criterion.at or "")
    members = set(measured.members[grouping])
    mine = [
        gap
        for gap in measured.gaps
        if gap.endpoint == f"{criterion.endpoint}-difference"
        and set(gap.subgroup.split(" − ")) <= members
        and (at is None or gap.threshold == at)
    ]
    if not mine:
        mine = [_none(f"{criterion.endpoint}-difference", grouping, measured, policy, at)]
    judged: list[Body] = []
    for gap in mine:
        sizes = {name: measured.sizes.get(name) for name in gap.subgroup.split(" − ")}
        lacking = {n: s.shortage(fair.minimum) for n, s in sizes.items() if s is not None}
        shortage = "; ".join(f"{name}: {text}" for name, text in lacking.items() if text)
        judged += answers(criterion, gap, shortage, policy.confidence, policy=FAIRNESS)
    return judged


def _parity(
    parity: ParityCriterion, grouping: str, measured: Measured, policy: ValidationPolicy
) -> list[Body]:
    at = policy.points[parity.at]
    name = f"{parity.criterion}-difference"
    mine = [
        estimate
        for estimate in measured.disparities
        if (estimate.endpoint, estimate.subgroup, estimate.threshold) == (name, grouping, at)
    ]
    found = mine[0] if mine else _none(name, grouping, measured, policy, at)
    return answers(parity, found, "", policy.confidence, policy=FAIRNESS)


def _none(
    endpoint: str, grouping: str, measured: Measured, policy: ValidationPolicy, at: float | None
) -> Estimate:
    """A gap that could not be measured."""
    whole = measured.sizes["overall"]
    blank = absent(
        endpoint,
        f"fewer than two subgroups of {grouping} are large enough to be compared",
        n=whole.cases,
        positives=whole.positives,
        method="",
        confidence=policy.confidence,
    )
    return dataclasses.replace(blank, subgroup=grouping, threshold=at)
