"""Estimates against acceptance criteria: pass, fail or not evaluable. Pure.

A criterion is judged on the confidence bound: *at least* on the lower bound, *at most* on the upper
one. Where there are too few cases the answer is *not evaluable*, with what would be needed. Over
primary criteria the policy may ask for Holm's procedure or a fixed sequence (`multiplicity`).
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from evidence.records import Verdict
from validation.designs import hypothesis, multiplicity
from validation.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evidence.records import Body
    from policies.criteria import Criterion, ValidationPolicy
    from policies.endpoint import Limit
    from policies.fairness import ParityCriterion, SubgroupCriterion
    from policies.generative import TextCriterion
    from validation.sizes import Sizes

NAMES = {
    "auroc": "AUROC",
    "ppv": "PPV",
    "npv": "NPV",
    "brier": "Brier score",
    "mcc": "MCC",
    "observed-expected": "observed/expected ratio",
    "rouge-1": "ROUGE-1",
    "rouge-2": "ROUGE-2",
    "rouge-l": "ROUGE-L",
    "rouge-lsum": "ROUGE-Lsum",
    "meteor": "METEOR",
    "cider": "CIDEr",
    "bertscore-f1": "BERTScore F1",
    **{f"bleu-{n}": f"BLEU-{n}" for n in range(1, 5)},
}


def judge(
    estimates: Sequence[Estimate],
    policy: ValidationPolicy,
    sizes: Mapping[str, Sizes],
) -> tuple[list[Body], list[Body]]:
    """Judge the criteria on the whole reference set.

    Args:
        estimates: With subgroup ``overall`` among them.
        policy: The registered criteria.
        sizes: Subgroup to its sizes; ``overall`` is needed.

    Returns:
        One criterion body each, and one body for each ruling over the primary ones.
    """
    judged: list[Body] = []
    for criterion in policy.criteria:
        found = find(estimates, criterion, "overall", policy.points)
        shortage = sizes["overall"].shortage(policy.minimum)
        judged += answers(criterion, found, shortage, policy.confidence, primary=criterion.primary)
    return _ruled(judged, policy)


def _ruled(judged: list[Body], policy: ValidationPolicy) -> tuple[list[Body], list[Body]]:
    """The answers after the multiplicity procedure over the primary ones."""
    if policy.multiplicity == "none":
        return judged, []
    primary = {f"{c['id']} ({c['bound']})": c for c in judged if c["primary"]}
    p = {name: _p(answer) for name, answer in primary.items()}
    procedure = multiplicity.holm if policy.multiplicity == "holm" else multiplicity.fixed_sequence
    rulings = {r.name: r for r in procedure(p, alpha=(1 - policy.confidence) / 2)}
    ruled = []
    for answer in judged:
        ruling = rulings.get(f"{answer['id']} ({answer['bound']})") if answer["primary"] else None
        ruled.append(answer if ruling is None else _after(answer, ruling))
    procedure_of = {"procedure": policy.multiplicity}
    return ruled, [dataclasses.asdict(ruling) | procedure_of for ruling in rulings.values()]


def _p(answer: Body) -> float | None:
    """One-sided p of a criterion, from the test that belongs to its interval."""
    if answer["verdict"] == Verdict.NOT_EVALUABLE:
        return None
    estimate = Estimate.from_dict(answer["estimate"])
    higher = answer["bound"] == "low"
    return hypothesis.superiority(estimate, answer["limit"], higher_is_better=higher).p


def _after(answer: Body, ruling: multiplicity.Ruling) -> Body:
    """A pass stands only when the procedure rejects; what was not tested is not evaluable."""
    if answer["verdict"] != Verdict.PASS or ruling.rejected:
        return answer | {"reason": f"{answer['reason']}; {ruling.reason}"}
    tested = ruling.p is not None and not ruling.reason.startswith("not tested")
    verdict = Verdict.FAIL if tested else Verdict.NOT_EVALUABLE
    return answer | {"verdict": verdict.value, "reason": f"{answer['reason']}; {ruling.reason}"}


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


def find(
    estimates: Sequence[Estimate],
    criterion: Criterion | SubgroupCriterion,
    subgroup: str,
    thresholds: Mapping[str, float],
) -> Estimate:
    """The estimate that a criterion is about.

    Raises:
        RuntimeError: It was not measured.
    """
    at = thresholds.get(criterion.at) if criterion.at else None
    for estimate in estimates:
        same = (estimate.endpoint, estimate.subgroup) == (criterion.endpoint, subgroup)
        if same and (at is None or estimate.threshold == at):
            return estimate
    raise RuntimeError(f"criterion {criterion.id}: no estimate of {criterion.endpoint}, {subgroup}")


def answers(
    criterion: Criterion | SubgroupCriterion | ParityCriterion | TextCriterion,
    estimate: Estimate,
    shortage: str,
    confidence: float,
    *,
    primary: bool = False,
    policy: str = "validation",
) -> list[Body]:
    """One answer for each limit of the criterion.

    Args:
        criterion: What must be reached.
        estimate: What was measured.
        shortage: Why it is not judged, in words; empty when it is.
        confidence: Two-sided level of the interval.
        primary: Whether it is a primary endpoint.
        policy: Whose criterion it is.
    """
    found = []
    limits = (("low", getattr(criterion, "at_least", None)), ("high", criterion.at_most))
    for bound, limit in limits:
        if limit is None:
            continue
        verdict, reason = _answer(estimate, bound, limit, shortage)
        found.append(
            {
                "id": criterion.id,
                "policy": policy,
                "statement": _statement(criterion, estimate, bound, limit, confidence),
                "endpoint": estimate.endpoint,
                "subgroup": estimate.subgroup,
                "at": getattr(criterion, "at", None) or "",
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
    criterion: Limit | ParityCriterion | TextCriterion,
    estimate: Estimate,
    bound: str,
    limit: float,
    confidence: float,
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
