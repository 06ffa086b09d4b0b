"""Is this modification inside the plan, and were its own criteria met? Pure.

A new locked version is compared with the previous one, and its protocol runs with each planned
modification. *Inside* needs every difference to be named by one and the same modification, within
its range, and every criterion of that modification to pass. Anything not planned is *outside*;
anything not known *cannot be told*. What only people can confirm is listed beside the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from change_control import bounds, differences, evaluation
from change_control.check import Check, Fit
from change_control.result import Judged, Result
from evidence.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from change_control.differences import Difference
    from change_control.versions import Plan, Version
    from policies.modification import Modification

KNOWN = {  # what a lock must hold so that a change of its bytes can be placed
    "inputs": "signature",
    "environment": "environment",
    "architecture": "parameters",
    "training data": "training",
}
BY_PEOPLE = {  # parts of a modification's protocol that no record shows
    "data_management": "data management",
    "re_training": "re-training",
    "update": "update",
    "roll_back": "roll-back",
}


def judge(old: Version, new: Version, plan: Plan, only: str = "") -> Result:
    """Hold a new version against the plan.

    Args:
        old: The previous locked version, or the device as last cleared.
        new: The new one.
        plan: The registered plan.
        only: Id of the modification that the change is meant to be; every one when empty.

    Raises:
        NotFoundError: The plan has no such modification.
        UsageError: Nothing differs.
    """
    found = differing(old, new)
    if not found and old.seq == new.seq:
        raise UsageError(f"{new.lock.model} is held against itself and nothing differs.")
    wanted = [m for m in plan.value.modifications if only in ("", m.id)]
    if only and not wanted:
        there = ", ".join(m.id for m in plan.value.modifications) or "none"
        raise NotFoundError(f"The plan has no modification '{only}' (there are: {there}).")
    judged = tuple(_judged(old, new, plan, found, modification) for modification in wanted)
    answer, reason, nearest = _answer(judged)
    return Result(
        model=new.lock.model,
        against=old.lock.model,
        answer=answer,
        reason=reason,
        modification=nearest,
        modifications=judged,
        differences=tuple(e.part if e.name == e.part else f"{e.part}.{e.name}" for e in found),
        plan={"version": plan.value.version, "digest": plan.digest, "record": plan.seq},
    )


def differing(old: Version, new: Version) -> list[Difference]:
    """What differs between two versions: their locks, and the operating points of their runs.

    Args:
        old: The previous version.
        new: The new one.
    """
    return differences.between(
        old.lock, new.lock, _points(old, first=old.seq == new.seq), _points(new)
    )


def _points(version: Version, *, first: bool = False) -> dict[str, float] | None:
    """Operating points of the newest run; of the first where a version is held against itself."""
    if not version.runs:
        return None
    points = version.runs[0 if first else -1].points
    return None if points is None else dict(points)


def _judged(
    old: Version, new: Version, plan: Plan, found: list[Difference], planned: Modification
) -> Judged:
    seqs = (old.seq, new.seq)
    values = {"parameters": dict(new.lock.parameters), "training": new.lock.training}
    checks = [
        _predetermined(old, new, plan, planned),
        *_known(old, new),
        *bounds.planned(found, values, planned.allowed, seqs),
        *evaluation.evaluated(old, new, planned),
    ]
    return Judged(
        id=planned.id,
        title=planned.title,
        kind=planned.kind,
        verdict=Fit.of(checks),
        checks=tuple(checks),
        confirm=tuple(words for name, words in BY_PEOPLE.items() if getattr(planned, name)),
        unwritten=tuple(planned.unwritten()),
    )


def _predetermined(old: Version, new: Version, plan: Plan, planned: Modification) -> Check:
    """The plan came first: the order of the records proves it."""
    since = plan.since(planned) if plan.seq else 0
    # The same bytes at other operating points become another device with the run that shows them.
    made = new.runs[-1].seq if old.seq == new.seq and new.runs else new.seq
    if not since:
        fit = Fit.CANNOT_TELL
        reason = (
            "the plan in the workspace is not the newest one registered: "
            "tplc policy register policies/change_control.yaml"
        )
    elif since < made:
        fit, reason = Fit.INSIDE, f"in the plan since record {since}, the version by record {made}"
    else:
        fit = Fit.OUTSIDE
        reason = (
            f"it came into the plan by record {since}, after the version was locked (record {made})"
        )
    return Check(
        bound="predetermined",
        allowed="in the registered plan before the version was locked",
        old="—",
        new="—",
        verdict=fit,
        reason=reason,
        records=(since, made) if since else (made,),
    )


def _known(old: Version, new: Version) -> list[Check]:
    """What the locks do not say of bytes that differ."""
    checks = []
    if old.lock.digest != new.lock.digest:
        for name, attribute in KNOWN.items():
            locks = [v.lock for v in (old, new) if not getattr(v.lock, attribute)]
            if locks:
                models = " and ".join(lock.model for lock in locks)
                checks.append(_unknown(name, f"the lock of {models} does not say it", old, new))
    if _points(old) is None or _points(new) is None:
        silent = [v.lock.model for v in (old, new) if _points(v) is None]
        reason = f"no protocol run of {' and '.join(silent)} says it"
        checks.append(_unknown("thresholds", reason, old, new))
    return checks


def _unknown(name: str, reason: str, old: Version, new: Version) -> Check:
    return Check(
        bound=name,
        allowed="must be known",
        old="—",
        new="—",
        verdict=Fit.CANNOT_TELL,
        reason=reason,
        records=(old.seq, new.seq),
    )


def _answer(judged: tuple[Judged, ...]) -> tuple[Fit, str, str]:
    """Inside one modification; else the one that comes nearest, and what keeps it from it."""
    if not judged:
        return Fit.OUTSIDE, "The plan has no modifications: every change is outside it.", ""
    for each in judged:
        if each.verdict is Fit.INSIDE:
            return Fit.INSIDE, f"Inside {each.id} ({each.title}).", each.id
    nearest = min(
        judged,
        key=lambda each: (len(each.of(Fit.OUTSIDE)), len(each.of(Fit.CANNOT_TELL))),
    )
    shut = nearest.of(nearest.verdict)
    words = "; ".join(f"{check.bound}: {check.reason}" for check in shut)
    start = "Outside" if nearest.verdict is Fit.OUTSIDE else "Cannot be told for"
    return nearest.verdict, f"{start} {nearest.id} ({nearest.title}): {words}.", nearest.id
