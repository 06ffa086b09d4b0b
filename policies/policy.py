"""The policies of a workspace by name, each with its text and digest.

The digest is over the text's bytes: a comment changed is a policy changed, since the text is what
was registered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence import digest as digests
from evidence.errors import Fault, PolicyError
from policies import reader
from policies.access import AccessPolicy
from policies.change_control import ChangeControlPolicy
from policies.clinical_findings import ClinicalFindings
from policies.criteria import ValidationPolicy
from policies.dataset import DataQualityPolicy
from policies.fairness import FairnessPolicy
from policies.generative import GenerativePolicy
from policies.plan import MonitoringPlan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

AnyPolicy = (
    ValidationPolicy
    | FairnessPolicy
    | GenerativePolicy
    | ClinicalFindings
    | MonitoringPlan
    | ChangeControlPolicy
    | DataQualityPolicy
    | AccessPolicy
)
POLICIES: dict[str, type[AnyPolicy]] = {
    "validation": ValidationPolicy,
    "fairness": FairnessPolicy,
    "generative": GenerativePolicy,
    "clinical_findings": ClinicalFindings,
    "monitoring": MonitoringPlan,
    "change_control": ChangeControlPolicy,
    "data_quality": DataQualityPolicy,
    "access": AccessPolicy,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFile:
    """A policy as it lies in the workspace.

    Attributes:
        path: Where it was read.
        text: Its whole text, as registered.
        value: What it says.
    """

    path: Path
    text: str
    value: AnyPolicy

    @property
    def name(self) -> str:
        """Its name, which is its file's name without the ending."""
        return self.value.policy

    @property
    def digest(self) -> str:
        """The digest of its text."""
        return digests.of_bytes(self.text.encode())


def load(path: Path) -> PolicyFile:
    """Read the policy of a file; the file's name says which kind it is.

    Raises:
        PolicyError: With every fault of the file.
    """
    model = POLICIES.get(path.stem)
    if model is None:
        known = ", ".join(f"{name}.yaml" for name in POLICIES)
        message = f"not the name of a policy (there are: {known})"
        raise PolicyError([Fault(file=str(path), line=0, key="", message=message)])
    value = reader.read(path, model)
    return PolicyFile(path=path, text=path.read_text(encoding="utf-8"), value=value)


def load_all(folder: Path) -> dict[str, PolicyFile]:
    """Read every policy of a folder; the faults of all files at once."""
    found: dict[str, PolicyFile] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            found[path.stem] = load(path)
        except PolicyError as error:
            faults += error.faults
    faults += _strange_decisions(found)
    if faults:
        raise PolicyError(faults)
    return found


def _strange_decisions(found: Mapping[str, PolicyFile]) -> list[Fault]:
    """Decisions that the board's rules name and the plan does not know.

    A misspelt one would silently be asked for no protocol run.
    """
    board, plan = found.get("access"), found.get("change_control")
    if board is None or plan is None:
        return []
    if not isinstance(board.value, AccessPolicy) or not isinstance(plan.value, ChangeControlPolicy):
        return []
    known = {decision.id for decision in plan.value.decisions}
    rules = board.value.board
    return [
        Fault(
            file=str(board.path),
            line=reader.line(board.text, "board", name),
            key=f"board.{name}",
            message=f"'{each}' is no decision of change_control.yaml ({', '.join(sorted(known))})",
        )
        for name in ("new_version", "nothing_to_do")
        if name in rules.model_fields_set  # what is shipped names decisions of older plans too
        for each in getattr(rules, name)
        if each not in known
    ]
