"""Two locked versions side by side: what differs, how each did, and whether the plan allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from change_control import pccp, versions
from change_control.check import shown
from console.pccp import plan_of
from console.views import validated
from console.views.measured import Criterion, Measured, measured
from console.views.plan_answer import Checked
from console.views.view import View
from evidence.errors import UsageError

if TYPE_CHECKING:
    from change_control.result import Judged, Result
    from change_control.versions import Version
    from console.views.reading import Reading

NAMES = {
    "model": "Model",
    "external": "Runs elsewhere",
    "flavour": "Library",
    "artefacts": "Files",
    "inputs": "Inputs",
    "outputs": "Outputs",
    "environment": "Environment",
    "parameters": "Parameters",
    "training": "Training data",
    "thresholds": "Operating points",
}


class Differs(View):
    """One thing that is not as it was."""

    part: str
    """Part of the lock."""
    name: str
    """Of the file, input, package, parameter, fact or operating point."""
    old: str
    """In the earlier version; a dash where it was not there."""
    new: str
    """In the later one; a dash where it is gone."""


class Pair(View):
    """The same endpoint of both versions."""

    name: str
    """The endpoint."""
    at: str
    """The operating point; empty where there is none."""
    old: Measured | None
    """Of the earlier version; none where it was not measured."""
    new: Measured | None
    """Of the later one."""


class Planned(View):
    """A planned modification and the checks against it."""

    id: str
    """In the plan."""
    title: str
    """Its title."""
    verdict: str
    """Inside, outside or cannot tell."""
    nearest: bool
    """Whether it is the one that the answer speaks of."""
    checks: list[Checked]
    """Every check."""
    confirm: list[str]
    """What no record shows and people must confirm."""


class Answered(View):
    """The answer to: is it inside the plan (PCCP)?"""

    answer: str
    """Inside, outside or cannot tell."""
    reason: str
    """Why, naming each bound, or what is missing."""
    plan_version: int
    """Version of the plan."""
    plan_record: int
    """Record of its registration; 0 where the plan in the workspace is not registered."""
    planned: list[Planned]
    """Each planned modification, the one that the answer speaks of first."""


class Compared(View):
    """Two versions side by side."""

    old: str
    """The one that was locked first."""
    new: str
    """The one that was locked later."""
    differences: list[Differs]
    """What differs between the locks, and between the operating points they were judged by."""
    references: list[str]
    """The reference sets of their newest runs: one when it is the same."""
    pairs: list[Pair]
    """Each endpoint of their newest runs, of all people."""
    comparisons: list[Criterion]
    """Comparisons that the later version's newest run made with the earlier one."""
    plan: Answered | None
    """Whether the later version is inside the plan; none where nothing differs."""


def compared(seen: Reading, one: str, other: str, minimum: int) -> Compared:
    """Two versions; the one locked first is the earlier.

    Raises:
        NotFoundError: One is not locked.
    """
    both = (versions.read_version(seen.trail, one), versions.read_version(seen.trail, other))
    old, new = sorted(both, key=lambda version: version.seq)
    runs = [validated.runs(seen, version.lock.digest) for version in (old, new)]
    named = [found[-1][1].reference for found in runs if found]
    last = validated.validated(seen, runs[1][-1], minimum) if runs[1] else None
    return Compared(
        old=old.lock.model,
        new=new.lock.model,
        differences=[
            Differs(part=NAMES[d.part], name=_name(d.name), old=shown(d.old), new=shown(d.new))
            for d in pccp.differing(old, new)
        ],
        references=list(dict.fromkeys(named)),
        pairs=_pairs(old, new, minimum),
        comparisons=last.comparisons if last and last.against == old.lock.model else [],
        plan=_plan(seen, old, new),
    )


def _name(name: str) -> str:
    return name.replace("_", " ") if "." not in name else name  # a file keeps its name


def _pairs(old: Version, new: Version, minimum: int) -> list[Pair]:
    sides = [_overall(version, minimum) for version in (old, new)]
    keys = dict.fromkeys([*sides[0], *sides[1]])
    return [
        Pair(
            name=next(side[key].name for side in sides if key in side),
            at=key[1],
            old=sides[0].get(key),
            new=sides[1].get(key),
        )
        for key in keys
    ]


def _overall(version: Version, minimum: int) -> dict[tuple[str, str], Measured]:
    """The newest run's estimates of all people by endpoint and operating point."""
    if not version.runs:
        return {}
    run = version.runs[-1]
    points = {threshold: name for name, threshold in (run.points or {}).items()}
    found: dict[tuple[str, str], Measured] = {}
    for each in run.value.estimates:
        if each["subgroup"] == "overall":
            at = each["threshold"]
            name = "" if at is None else points.get(at, f"{at:g}")
            found[each["endpoint"], name] = measured(each, minimum)
    return found


def _plan(seen: Reading, old: Version, new: Version) -> Answered | None:
    try:
        result = pccp.judge(old, new, plan_of(seen.space))
    except UsageError:  # nothing differs
        return None
    return _answered(result)


def _answered(result: Result) -> Answered:
    planned = [_planned(each, each.id == result.modification) for each in result.modifications]
    return Answered(
        answer=str(result.answer),
        reason=result.reason,
        plan_version=int(result.plan["version"]),
        plan_record=int(result.plan["record"]),
        planned=sorted(planned, key=lambda each: not each.nearest),
    )


def _planned(judged: Judged, nearest: bool) -> Planned:  # noqa: FBT001 - one of two facts
    order: dict[str, Any] = {"outside": 0, "cannot tell": 1, "inside": 2}
    checks = [
        Checked(
            bound=check.bound,
            allowed=check.allowed,
            old=check.old,
            new=check.new,
            verdict=str(check.verdict),
            reason=check.reason,
            records=list(check.records),
        )
        for check in judged.checks
    ]
    return Planned(
        id=judged.id,
        title=judged.title,
        verdict=str(judged.verdict),
        nearest=nearest,
        checks=sorted(checks, key=lambda each: int(order[each.verdict])),
        confirm=list(judged.confirm),
    )
