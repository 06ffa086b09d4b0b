"""`tplc change pccp`: whether a new locked version lies inside the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import answer, settings
from console.answer import AsJson

if TYPE_CHECKING:
    from change_control.result import Judged, Result
    from change_control.versions import Plan
    from policies.workspace import Workspace

EXITS = {"inside": answer.OK, "outside": answer.FAILED, "cannot tell": answer.NOT_EVALUABLE}


def plan_of(space: Workspace) -> Plan:
    """The workspace's plan with its registrations."""
    from change_control import versions
    from policies.change_control import ChangeControlPolicy

    file = space.policy("change_control")
    if not isinstance(file.value, ChangeControlPolicy):
        raise TypeError("change_control.yaml holds another policy")
    return versions.read_plan(space.trail, file.value, file.digest)


def pccp(
    model: Annotated[str, typer.Argument(metavar="NEW", help="NAME/VERSION of the new version.")],
    *,
    against: Annotated[
        str, typer.Option(help="NAME/VERSION it is held against; the one locked before it if not.")
    ] = "",
    modification: Annotated[
        str, typer.Option(help="Id of the one planned modification that it is meant to be.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Compare a new locked version with the plan (PCCP): inside, outside or cannot tell."""
    from change_control import pccp as rules
    from change_control import versions

    door = settings.enter()
    trail = door.workspace.trail
    new = versions.read_version(trail, model)
    old = versions.read_version(trail, against or versions.previous(trail, model))
    result = rules.judge(old, new, plan_of(door.workspace), modification)
    if not as_json:
        _say(result)
    answer.give(result.body(), as_json=as_json)
    raise typer.Exit(EXITS[result.answer])


def _say(result: Result) -> None:
    title = f"{result.model} against {result.against}: {result.answer}"
    rows: list[tuple[Any, ...]] = [
        (each.id, each.title, each.verdict, *_counts(each)) for each in result.modifications
    ]
    head = ("Modification", "Title", "Answer", "Checks", "Outside", "Cannot tell")
    answer.table(title, head, rows)
    nearest = next((m for m in result.modifications if m.id == result.modification), None)
    if nearest:
        rows = [
            (c.bound, c.allowed, c.old, c.new, c.verdict, c.reason, ", ".join(map(str, c.records)))
            for c in nearest.checks
        ]
        head_ = ("Bound", "Allowed", "Before", "Now", "Answer", "Why", "Records")
        answer.table(f"{nearest.id}: {nearest.title}", head_, rows)
        if nearest.confirm:
            parts = ", ".join(nearest.confirm)
            answer.say(f"No record shows, and people confirm: {parts}.", as_json=False)
    answer.say(result.reason, as_json=False)


def _counts(each: Judged) -> tuple[int, int, int]:
    from change_control.check import Fit

    return len(each.checks), len(each.of(Fit.OUTSIDE)), len(each.of(Fit.CANNOT_TELL))
