"""What `change_control.yaml` may say: the board, its decisions, and the plan of changes (PCCP)."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - pydantic reads the annotations
from typing import Literal, Self

from pydantic import Field, model_validator

from policies.endpoint import twice
from policies.modification import Modification  # noqa: TC001 - pydantic reads the annotations
from policies.reader import Text

Part = Literal["requester", "author", "implementer", "assessor"]


class Decision(Text):
    """A decision that the board may take."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    """How it is named on the command line."""
    meaning: str
    """What it means."""
    closes: bool = True
    """Whether it closes the trigger."""


class BoardRole(Text):
    """A seat on the change-control board."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    """How it is named."""
    title: str
    """Printed in the documents."""


class Board(Text):
    """Who decides, how many it takes, and who may not approve a change."""

    roles: list[BoardRole] = Field(default_factory=list)
    """The seats."""
    quorum: int = Field(default=1, ge=1)
    """Approvals that a decision needs, each by another person."""
    must_approve: list[str] = Field(default_factory=list)
    """Roles that must be among the approvals."""
    may_not_approve: list[Part] = Field(default_factory=list)
    """Who may not approve a change that they had a part in."""

    @model_validator(mode="after")
    def _refers(self) -> Self:
        known = [role.id for role in self.roles]
        faults = [
            f"must_approve: there is no role '{name}' (there are: {', '.join(known) or 'none'})"
            for name in self.must_approve
            if name not in known
        ]
        faults += twice(known, "role") + twice(self.must_approve, "role of must_approve")
        if len(self.must_approve) > self.quorum:
            faults.append(
                f"quorum: {self.quorum} is fewer than the {len(self.must_approve)} roles that "
                "must approve"
            )
        if faults:
            raise ValueError("; ".join(faults))
        return self


class Authorisation(Text):
    """Who authorised the plan, with which submission, for which device as last cleared.

    A plan is established only through a marketing authorisation (PCCP guidance, Section V.B);
    without one a change is never exempt, however well it fits the plan.
    """

    authority: Literal["fda", "eu"]
    """Whose authorisation it is; eu stands for the notified body's assessment."""
    submission: str = Field(min_length=1)
    """Number of the submission or certificate."""
    date: dt.date
    """Day of the authorisation."""
    model: str = Field(pattern=r"^[^/]+/[^/]+$", description="NAME/VERSION as it was cleared")
    plan_version: int = Field(ge=1)
    """Version of the plan that was authorised."""


class PlanVersion(Text):
    """One line of the plan's own history."""

    version: int = Field(ge=1)
    """Version of the plan."""
    date: dt.date
    """Day from which it holds."""
    summary: str
    """What changed in the plan."""


class ChangeControlPolicy(Text):
    """The decisions that the board may take, its rules, and the planned modifications (PCCP)."""

    policy: Literal["change_control"]
    """Which policy this is; the name of its file."""
    version: int = Field(ge=1)
    """Raised and registered anew when anything changes."""
    title: str
    """Printed in the documents."""
    decisions: list[Decision] = Field(min_length=1)
    """What may be decided."""
    reason_at_least: int = Field(default=20, ge=1, description="characters of a reason")
    board: Board = Board()
    authorisations: list[Authorisation] = Field(default_factory=list)
    """Empty until an authority has authorised the plan."""
    modifications: list[Modification] = Field(default_factory=list)
    """The planned modifications; a change that fits none of them is outside the plan."""
    history: list[PlanVersion] = Field(default_factory=list)
    """Versions of the plan, oldest first."""

    def authorised_by(self, authority: str) -> Authorisation | None:
        """The newest authorisation by an authority; whether it covers a change is another question.

        It covers a modification that stands in the plan as it stood in the version authorised.
        """
        found = [each for each in self.authorisations if each.authority == authority]
        return max(found, key=lambda each: each.date, default=None)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        faults = twice([d.id for d in self.decisions], "decision")
        faults += twice([m.id for m in self.modifications], "modification")
        versions = [each.version for each in self.history]
        if versions != sorted(set(versions)):
            faults.append("history: versions must rise")
        if versions and versions[-1] != self.version:
            faults.append(f"history: its last version is {versions[-1]}, the plan's {self.version}")
        faults += [
            f"authorisations: version {each.plan_version} of the plan is not written yet"
            for each in self.authorisations
            if each.plan_version > self.version
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self
