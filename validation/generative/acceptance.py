"""Criteria of `generative.yaml` against estimates: pass, fail or not evaluable. Pure."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from evidence.records import Verdict
from policies.generative import DIVERSITY
from validation import acceptance
from validation.estimate import absent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evidence.records import Body
    from policies.generative import (
        ConsistencyCriterion,
        GenerativePolicy,
        ModalityCriterion,
        TextCriterion,
    )
    from validation.estimate import Estimate, Warned
    from validation.modality.contribution import Contribution

POLICY = "generative"
BOUND = re.compile(r"^The (?:lower|upper) \d+% bound of the")


def judge(
    estimates: Sequence[Estimate],
    gaps: Sequence[Estimate],
    members: Mapping[str, Sequence[str]],
    sizes: Mapping[str, int],
    policy: GenerativePolicy,
) -> list[Body]:
    """One criterion body for each limit of each criterion and subgroup or gap.

    Args:
        estimates: Overall and by subgroup.
        gaps: Differences between two subgroups.
        members: Grouping to the names of its subgroups.
        sizes: Subgroup, or ``overall``, to its cases.
        policy: The registered criteria.
    """
    judged: list[Body] = []
    for criterion in policy.criteria:
        if criterion.kind == "overall":
            names = ["overall"]
        else:
            names = [name for grouping in criterion.by for name in members[grouping]]
        if criterion.kind == "gap":
            judged += _gaps(criterion, gaps, names, sizes, policy)
            continue
        for name in names:
            found = _find(estimates, criterion.endpoint, name, sizes[name], policy)
            judged += _answers(criterion, found, [sizes[name]], policy)
    return judged


def _gaps(
    criterion: TextCriterion,
    gaps: Sequence[Estimate],
    names: Sequence[str],
    sizes: Mapping[str, int],
    policy: GenerativePolicy,
) -> list[Body]:
    wanted = f"{criterion.endpoint}-difference"
    mine = [g for g in gaps if g.endpoint == wanted and set(g.subgroup.split(" − ")) <= {*names}]
    if not mine:
        by = ", ".join(criterion.by)
        mine = [_none(wanted, f"no two subgroups of {by} can be compared", by, 0, policy)]
    judged: list[Body] = []
    for gap in mine:
        sides = [sizes[name] for name in gap.subgroup.split(" − ") if name in sizes]
        judged += _answers(criterion, gap, sides, policy)
    return judged


def _find(
    estimates: Sequence[Estimate], endpoint: str, subgroup: str, n: int, policy: GenerativePolicy
) -> Estimate:
    for estimate in estimates:
        if (estimate.endpoint, estimate.subgroup) == (endpoint, subgroup):
            return estimate
    return _none(endpoint, "it was not measured", subgroup, n, policy)


def _none(endpoint: str, reason: str, subgroup: str, n: int, policy: GenerativePolicy) -> Estimate:
    return absent(
        endpoint,
        reason,
        n=n,
        positives=0,
        method="",
        confidence=policy.confidence,
        subgroup=subgroup,
    )


def _answers(
    criterion: TextCriterion, found: Estimate, sizes: Sequence[int], policy: GenerativePolicy
) -> list[Body]:
    least, need = min(sizes, default=0), policy.minimum_cases
    shortage = f"{least:,} cases, {need:,} required" if least < need else ""
    counted = found.endpoint in DIVERSITY  # not estimated: both bounds are the count itself
    if counted:
        found = dataclasses.replace(found, low=found.value, high=found.value)
    judged = acceptance.answers(
        criterion,
        found,
        shortage,
        policy.confidence,
        primary=criterion.primary,
        policy=POLICY,
    )
    return [_counted(body) for body in judged] if counted else judged


def _counted(body: Body) -> Body:
    """A criterion on a count, said without the bounds that it has not."""
    plain = {"low": None, "high": None}
    return body | {
        "statement": BOUND.sub("The", body["statement"]),
        "reason": body["reason"].replace("lower bound", "value").replace("upper bound", "value"),
        "estimate": body["estimate"] | plain,
    }


def modality(
    criterion: ModalityCriterion, difference: Estimate, found: Contribution, subgroup: str
) -> Body:
    """Whether a modality contributes at least the margin; at 0, anything at all.

    Args:
        criterion: The claim.
        difference: Value with the modality minus without it, paired on the same cases.
        found: The verdict in words.
        subgroup: Whose cases they are.
    """
    at_least = f"at least {criterion.margin:g} to" if criterion.margin else "to"
    where = "" if subgroup == "overall" else f" ({subgroup})"
    base = difference.endpoint.removesuffix("-difference").replace("-", " ")
    statement = f"The {criterion.modality} contributes {at_least} the {base}{where}."
    answers = {"contributes": Verdict.PASS, "not evaluable": Verdict.NOT_EVALUABLE}
    reason = found.words
    if difference.low is not None and found.verdict != "not evaluable":
        edge = difference.high if found.verdict == "harms" else difference.low
        side = "upper" if found.verdict == "harms" else "lower"
        reason = f"{reason} ({side} bound of the difference {edge:.3f})"
    verdict = answers.get(found.verdict, Verdict.FAIL)
    named = dataclasses.replace(difference, subgroup=subgroup)
    return _body(criterion.id, statement, named, criterion.margin, verdict, reason)


def collapse(warnings: Sequence[Warned], found: Estimate) -> Body:
    """Whether a generator writes a few texts for many studies; a fail, however good its wording.

    Args:
        warnings: Of collapse, where there is any.
        found: How many distinct texts it wrote.
    """
    verdict = Verdict.FAIL if warnings else Verdict.PASS
    reason = "; ".join(w.message for w in warnings) or "its texts vary as the references do"
    statement = "The generator has not collapsed to a few texts."
    return _body("collapse", statement, found, 0.0, verdict, reason)


def consistency(criterion: ConsistencyCriterion, found: Estimate) -> Body:
    """Whether answers to the versions of an item agree."""
    statement = (
        f"The lower {found.confidence:.0%} bound of the kappa of the answers to one item by "
        f"{criterion.by} is at least {criterion.at_least:g}."
    )
    if found.value is None or found.low is None:
        verdict, reason = Verdict.NOT_EVALUABLE, found.reason
    else:
        reached = found.low >= criterion.at_least
        verdict = Verdict.PASS if reached else Verdict.FAIL
        word = "is at least" if reached else "is below"
        reason = f"lower bound {found.low:.3f} {word} {criterion.at_least:g}"
    return _body(criterion.id, statement, found, criterion.at_least, verdict, reason)


def _body(
    name: str,
    statement: str,
    found: Estimate,
    limit: float,
    verdict: Verdict,
    reason: str,
) -> Body:
    return {
        "id": name,
        "policy": POLICY,
        "statement": statement,
        "endpoint": found.endpoint,
        "subgroup": found.subgroup,
        "at": "",
        "bound": "low",
        "limit": limit,
        "estimate": found.to_dict(),
        "verdict": verdict.value,
        "reason": reason,
        "primary": False,
    }
