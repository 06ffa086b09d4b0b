"""Estimates against acceptance criteria: pass, fail or not evaluable. Pure.

A criterion is judged on the confidence bound: *at least* on the lower bound, *at most* on the upper
one. Where there are too few cases the answer is *not evaluable*, with what would be needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.records import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evidence.records import Body
    from policies.criteria import (
        Criterion,
        FairnessPolicy,
        Limit,
        Minimum,
        SubgroupCriterion,
        ValidationPolicy,
    )
    from validation.endpoints import Estimate

NAMES = {
    "auroc": "AUROC",
    "ppv": "PPV",
    "npv": "NPV",
    "brier": "Brier score",
    "observed-expected": "observed/expected ratio",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How many cases a subgroup has.

    Attributes:
        cases: All of them.
        positives: Those with a positive reference standard.
    """

    cases: int
    positives: int

    def shortage(self, minimum: Minimum) -> str:
        """What is too few, in words; empty when nothing is."""
        found = {
            "cases": (self.cases, minimum.cases),
            "positives": (self.positives, minimum.positives),
            "negatives": (self.cases - self.positives, minimum.negatives),
        }
        return "; ".join(
            f"{have:,} {what}, {need:,} required"
            for what, (have, need) in found.items()
            if have < need
        )


def judge(
    estimates: Sequence[Estimate],
    policy: ValidationPolicy,
    sizes: Mapping[str, Sizes],
) -> list[Body]:
    """Judge the criteria on the whole reference set.

    Args:
        estimates: With subgroup ``overall`` among them.
        policy: The registered criteria.
        sizes: Subgroup to its sizes; ``overall`` is needed.

    Returns:
        One criterion body each.
    """
    thresholds = {point.name: point.threshold for point in policy.operating_points}
    answers = []
    for criterion in policy.criteria:
        found = _find(estimates, criterion, "overall", thresholds)
        shortage = sizes["overall"].shortage(policy.minimum)
        answers += _answers(
            criterion, found, shortage, policy.confidence, primary=criterion.primary
        )
    return answers


def judge_subgroups(
    estimates: Sequence[Estimate],
    gaps: Sequence[Estimate],
    policy: FairnessPolicy,
    validation: ValidationPolicy,
    sizes: Mapping[str, Sizes],
) -> list[Body]:
    """Judge the criteria on subgroups and on the gaps between them.

    Subgroups that are too small are answered *not evaluable*; none is dropped.
    """
    thresholds = {point.name: point.threshold for point in validation.operating_points}
    answers: list[Body] = []
    for criterion in policy.criteria:
        for attribute in criterion.by:
            names = [name for name in sizes if name.startswith(f"{attribute}=")]
            if criterion.kind == "each":
                for name in names:
                    found = _find(estimates, criterion, name, thresholds)
                    shortage = sizes[name].shortage(policy.minimum)
                    answers += _answers(criterion, found, shortage, validation.confidence)
            else:
                answers += _gap(criterion, attribute, gaps, policy, validation, sizes)
    return answers


def _gap(
    criterion: SubgroupCriterion,
    attribute: str,
    gaps: Sequence[Estimate],
    policy: FairnessPolicy,
    validation: ValidationPolicy,
    sizes: Mapping[str, Sizes],
) -> list[Body]:
    thresholds = {point.name: point.threshold for point in validation.operating_points}
    at = thresholds.get(criterion.at or "")
    mine = [
        gap
        for gap in gaps
        if gap.endpoint == f"{criterion.endpoint}-difference"
        and gap.subgroup.startswith(f"{attribute}=")
        and (at is None or gap.threshold == at)
    ]
    answers: list[Body] = []
    for gap in mine:
        pair = gap.subgroup.split(" − ")
        shortages = [f"{p}: {sizes[p].shortage(policy.minimum)}" for p in pair]
        shortage = "; ".join(s for s in shortages if not s.endswith(": "))
        answers += _answers(criterion, gap, shortage, validation.confidence)
    return answers


def overall(criteria: Sequence[Body], *, not_evaluable_counts: bool) -> tuple[Verdict, str]:
    """The run's verdict and the sentence that gives its reason."""
    verdicts = [Verdict(c["verdict"]) for c in criteria]
    counts = {v: verdicts.count(v) for v in Verdict}
    counted = [
        Verdict(c["verdict"])
        for c in criteria
        if not_evaluable_counts
        or c["policy"] == "validation"
        or c["verdict"] != Verdict.NOT_EVALUABLE
    ]
    reason = (
        f"{counts[Verdict.PASS]} of {len(verdicts)} criteria passed, "
        f"{counts[Verdict.FAIL]} failed, {counts[Verdict.NOT_EVALUABLE]} not evaluable"
    )
    return Verdict.worst(counted), reason


def _find(
    estimates: Sequence[Estimate],
    criterion: Criterion | SubgroupCriterion,
    subgroup: str,
    thresholds: Mapping[str, float],
) -> Estimate:
    at = thresholds.get(criterion.at) if criterion.at else None
    for estimate in estimates:
        same = (estimate.endpoint, estimate.subgroup) == (criterion.endpoint, subgroup)
        if same and (at is None or estimate.threshold == at):
            return estimate
    raise RuntimeError(f"criterion {criterion.id}: no estimate of {criterion.endpoint}, {subgroup}")


def _answers(
    criterion: Criterion | SubgroupCriterion,
    estimate: Estimate,
    shortage: str,
    confidence: float,
    *,
    primary: bool = False,
) -> list[Body]:
    """One answer for each limit of the criterion."""
    found = []
    for bound, limit in (("low", criterion.at_least), ("high", criterion.at_most)):
        if limit is None:
            continue
        verdict, reason = _answer(estimate, bound, limit, shortage)
        found.append(
            {
                "id": criterion.id,
                "policy": "fairness" if hasattr(criterion, "kind") else "validation",
                "statement": _statement(criterion, estimate, bound, limit, confidence),
                "endpoint": estimate.endpoint,
                "subgroup": estimate.subgroup,
                "at": criterion.at or "",
                "bound": bound,
                "limit": limit,
                "estimate": estimate.to_dict(),
                "verdict": verdict.value,
                "reason": reason,
                "primary": primary,
            }
        )
    return found


def _answer(estimate: Estimate, bound: str, limit: float, shortage: str) -> tuple[Verdict, str]:
    found = estimate.low if bound == "low" else estimate.high
    if shortage:
        return Verdict.NOT_EVALUABLE, shortage
    if estimate.value is None or found is None:
        return Verdict.NOT_EVALUABLE, estimate.reason or "the estimate could not be computed"
    if bound == "low":
        word = "is at least" if found >= limit else "is below"
        verdict = Verdict.PASS if found >= limit else Verdict.FAIL
        return verdict, f"lower bound {found:.3f} {word} {limit:g}"
    word = "is at most" if found <= limit else "is above"
    verdict = Verdict.PASS if found <= limit else Verdict.FAIL
    return verdict, f"upper bound {found:.3f} {word} {limit:g}"


def _statement(
    criterion: Limit, estimate: Estimate, bound: str, limit: float, confidence: float
) -> str:
    base = estimate.endpoint.removesuffix("-difference")
    name = NAMES.get(base, base.replace("-", " "))
    if base != estimate.endpoint:
        name = f"difference in {name}"
    side, word = ("lower", "at least") if bound == "low" else ("upper", "at most")
    at = getattr(criterion, "at", None)
    place = f" at operating point {at}" if at else ""
    where = "" if estimate.subgroup == "overall" else f" ({estimate.subgroup})"
    return f"The {side} {confidence:.0%} bound of the {name}{place}{where} is {word} {limit:g}."
