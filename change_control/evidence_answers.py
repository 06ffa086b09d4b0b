"""What the records already say of a table's questions. Pure.

The records answer in the careful direction only: a failed criterion says that performance is
affected, a passed one says nothing; a change outside the plan is not exempt, and one inside it is
exempt only where an authority has authorised the plan. What a change is meant for is never read
from records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from change_control.check import Fit
from change_control.pathways import Evident
from evidence.records import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from change_control.result import Result
    from change_control.versions import Plan, Version
    from policies.decision_table import DecisionTable

HARMLESS = ("environment", "artefacts")  # parts that a mere security update touches
CRITERION = "criterion "


def evident(
    table: DecisionTable,
    *,
    result: Result | None,
    plan: Plan | None,
    new: Version | None,
    in_use: Sequence[int],
) -> dict[str, Evident]:
    """What the records say, by question.

    Args:
        table: The decision table.
        result: Whether the new version is inside the plan; None where no version was locked.
        plan: The plan.
        new: The new version with its runs.
        in_use: Records of windows in which an earlier version was in use.
    """
    said = {
        "pccp": _pccp(table, result, plan),
        "market": _market(in_use),
        "untouched": _untouched(result),
        "criteria": _criteria(new),
    }
    found = {question.id: said.get(question.evidence) for question in table.questions}
    return {name: value for name, value in found.items() if value is not None}


def _pccp(table: DecisionTable, result: Result | None, plan: Plan | None) -> Evident:
    if result is None or plan is None:
        reason = "no new locked version was held against the plan"
        return Evident(answer=None, never=True, reason=reason, records=())
    checks = [check for each in result.modifications for check in each.checks]
    records = tuple(sorted({seq for check in checks for seq in check.records}))
    reason = result.reason.rstrip(".")
    if result.answer is Fit.CANNOT_TELL:
        return Evident(answer=None, never=True, reason=reason, records=records)
    if result.answer is Fit.OUTSIDE:
        if _only_criteria(result):
            reason += (
                "; it is specified in the plan and its criteria were not met: it is not "
                "implemented, and a new submission is likely required (PCCP guidance, Section V.D)"
            )
        return Evident(answer=False, never=True, reason=reason, records=records)
    authority = table.baseline_authority
    submission = plan.authorised(authority, result.modification)
    if not submission:
        reason += f"; but the plan names no authorisation by {authority.upper()} that covers it"
        return Evident(answer=False, never=True, reason=reason, records=records)
    reason += f"; authorised with {submission}"
    return Evident(answer=True, never=False, reason=reason, records=records)


def _only_criteria(result: Result) -> bool:
    """Whether the nearest modification was specified, and only its own criteria failed."""
    nearest = next((m for m in result.modifications if m.id == result.modification), None)
    outside = nearest.of(Fit.OUTSIDE) if nearest else []
    return bool(outside) and all(check.bound.startswith(CRITERION) for check in outside)


def _market(in_use: Sequence[int]) -> Evident | None:
    if not in_use:
        return None
    reason = f"production data of {len(in_use)} windows were watched"
    return Evident(answer=True, never=False, reason=reason, records=(in_use[0], in_use[-1]))


def _untouched(result: Result | None) -> Evident | None:
    if result is None:
        return None
    touched = [name for name in result.differences if name.partition(".")[0] not in HARMLESS]
    if not touched:
        return None
    records = next((c.records for m in result.modifications for c in m.checks), ())
    reason = f"more than software was touched: {', '.join(touched)}"
    return Evident(answer=False, never=True, reason=reason, records=records)


def _criteria(new: Version | None) -> Evident | None:
    """Criteria that the newest run on each reference set failed."""
    newest = {run.value.reference: run for run in new.runs} if new else {}
    failed = {
        f"{row['id']} on {reference}": run.seq
        for reference, run in newest.items()
        for row in [*run.value.criteria, *getattr(run.value, "comparisons", [])]
        if row["verdict"] == Verdict.FAIL
    }
    if not failed:
        return None
    records = tuple(sorted(set(failed.values())))
    reason = f"acceptance criteria failed: {', '.join(failed)}"
    return Evident(answer=True, never=False, reason=reason, records=records)
