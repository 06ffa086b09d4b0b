"""What `change_control.yaml` may say: the board's decisions, and the plan of changes (PCCP).

Who must sign a decision stands in `access.yaml` (`policies.access.Board`), which is in force as the
trail holds it: a later version needs a signature.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - pydantic reads the annotations
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from policies import reader
from policies.endpoint import twice
from policies.modification import Modification  # noqa: TC001 - pydantic reads the annotations
from policies.reader import Text

if TYPE_CHECKING:
    from collections.abc import Mapping


class Decision(Text):
    """A decision that the board may take."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    """How it is named on the command line."""
    meaning: str
    """What it means."""
    closes: bool = True
    """Whether it closes the trigger."""


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
    """The decisions that the board may take, and the planned modifications (PCCP)."""

    moved: ClassVar[Mapping[str, str]] = {
        "board": "who must sign stands in policies/access.yaml alone (board: quorum, roles, "
        "not_own), where it is enforced. Write it there, take it out here, raise 'version' here "
        "and register the file again"
    }
    policy: Literal["change_control"]
    """Which policy this is; the name of its file."""
    version: int = Field(ge=1)
    """Raised and registered anew when anything changes."""
    title: str
    """Printed in the documents."""
    decisions: list[Decision] = Field(min_length=1)
    """What may be decided."""
    reason_at_least: int = Field(default=20, ge=1, description="characters of a reason")
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


class _Earlier(ChangeControlPolicy):
    """A plan that was registered when a board, which nothing enforced, stood in it."""

    board: Any = None


def as_registered(text: str, name: str) -> ChangeControlPolicy:
    """A plan as the trail holds it: also one of an edition whose keys are refused in a file now.

    Args:
        text: The registered text.
        name: What stands for the file in messages.

    Raises:
        PolicyError: With every fault of the text.
    """
    return reader.parse(text, _Earlier, name)
