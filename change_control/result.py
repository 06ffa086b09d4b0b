"""The answer to "is it inside the plan?", with everything that was checked for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from change_control.check import Check, Fit
    from evidence.records import Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A planned modification and what was checked against it.

    Attributes:
        id: Of the modification.
        title: Of the same.
        kind: Of the same.
        verdict: Whether the new version is this modification, within its range.
        checks: Everything that was checked.
        confirm: Parts of its protocol that no record shows and people must confirm.
        unwritten: Parts of the plan that are still empty.
    """

    id: str
    title: str
    kind: str
    verdict: Fit
    checks: tuple[Check, ...]
    confirm: tuple[str, ...]
    unwritten: tuple[str, ...]

    def of(self, verdict: Fit) -> list[Check]:
        """The checks with one answer."""
        return [check for check in self.checks if check.verdict is verdict]

    def body(self) -> Body:
        """As JSON."""
        return {
            "id": self.id,
            "title": self.title,
            "kind": self.kind,
            "verdict": str(self.verdict),
            "checks": [check.body() for check in self.checks],
            "confirm": list(self.confirm),
            "unwritten": list(self.unwritten),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The answer to "is it inside the plan?".

    Attributes:
        model: The new version.
        against: The previous one.
        answer: Inside, outside or cannot tell.
        reason: Why, naming each bound, or what is missing.
        modification: Id of the planned modification that the reason speaks of; empty for none.
        modifications: Every planned modification that was held against it.
        differences: What differs, as ``parameters.max_depth``.
        plan: Version, digest and record of the plan.
    """

    model: str
    against: str
    answer: Fit
    reason: str
    modification: str
    modifications: tuple[Judged, ...]
    differences: tuple[str, ...]
    plan: Body

    def body(self) -> Body:
        """As JSON."""
        return {
            "model": self.model,
            "against": self.against,
            "answer": str(self.answer),
            "reason": self.reason,
            "modification": self.modification,
            "differences": list(self.differences),
            "plan": self.plan,
            "modifications": [each.body() for each in self.modifications],
        }
