"""Whether a new version is inside the plan (PCCP), with the bound or what is missing. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.views.view import View

if TYPE_CHECKING:
    from evidence.kind import Body


class Checked(View):
    """One bound that was checked."""

    bound: str
    """The bound."""
    allowed: str
    """What the plan allows."""
    old: str
    """What the previous version has."""
    new: str
    """What the new one has."""
    verdict: str
    """Inside, outside or cannot tell."""
    reason: str
    """Why."""
    records: list[int]
    """Numbers of the records it was read from."""


class Judged(View):
    """A planned modification that was held against the new version."""

    id: str
    """Its id."""
    title: str
    """What it is."""
    verdict: str
    """Inside, outside or cannot tell."""


class PlanAnswer(View):
    """The answer to "is it inside the plan?"."""

    model: str
    """The new version."""
    against: str
    """The previous one."""
    answer: str
    """Inside, outside or cannot tell."""
    reason: str
    """Why, naming each bound, or what is missing."""
    nearest: str
    """The modification that the reason speaks of: id and title."""
    checks: list[Checked]
    """What was checked for it; what keeps it from being inside comes first."""
    confirm: list[str]
    """What no record shows and people confirm."""
    modifications: list[Judged]
    """Every planned modification."""
    differences: list[str]
    """What differs between the versions."""
    plan: int
    """Version of the plan."""


def told(body: Body) -> PlanAnswer | None:
    """The answer, of a `change_control.result.Result` as JSON; none of an empty one."""
    if not body:
        return None
    names = ("id", "title", "verdict")
    near = next((m for m in body["modifications"] if m["id"] == body["modification"]), None)
    checks = [Checked(**each) for each in near["checks"]] if near else []
    return PlanAnswer(
        **{key: body[key] for key in ("model", "against", "answer", "reason", "differences")},
        nearest=f"{near['id']}: {near['title']}" if near else "",
        checks=sorted(checks, key=lambda each: each.verdict == "inside"),
        confirm=near["confirm"] if near else [],
        modifications=[Judged(**{n: m[n] for n in names}) for m in body["modifications"]],
        plan=body["plan"]["version"],
    )
