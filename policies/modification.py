"""A planned modification: what may change, how it is made, and by what it is judged.

The parts are those of FDA's guidance on predetermined change control plans (18 August 2025):
description of modifications (Section VI), modification protocol (VII), impact assessment (VIII).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from policies.change_bounds import Bounds  # noqa: TC001 - pydantic reads the annotations
from policies.reader import Text

ModificationKind = Literal[
    "retraining",
    "recalibration",
    "threshold",
    "input",
    "input-device",
    "subgroup",
    "software-environment",
]


class Evaluation(Text):
    """The performance evaluation that a new version must stand, judged by the protocol run."""

    criteria: list[str] = Field(min_length=1)
    """Ids of criteria in validation.yaml or fairness.yaml that must pass."""
    comparisons: list[str] = Field(default_factory=list)
    """Ids of comparisons with the previous locked version that must pass."""
    reference_sets: list[str] = Field(min_length=1)
    """Frozen reference sets that must be used, each."""
    analysis: str = ""
    """Design and statistics in words, where they go beyond the criteria."""


class Impact(Text):
    """What the modification does to patients, in words."""

    benefits: list[str] = Field(default_factory=list)
    """What gets better."""
    risks: list[str] = Field(default_factory=list)
    """What may get worse, unintended bias included."""
    mitigations: list[str] = Field(default_factory=list)
    """What is done against it."""
    interactions: str = ""
    """Effect on other modifications and all of them together."""


class Traceability(Text):
    """Which clauses of the guidance a part of the protocol answers (guidance, Table 1)."""

    data_management: list[str] = Field(default_factory=list)
    """Ids of clauses, such as fda.pccp.mp.data-management."""
    re_training: list[str] = Field(default_factory=list)
    """Ids of clauses."""
    evaluation: list[str] = Field(default_factory=list)
    """Ids of clauses."""
    update: list[str] = Field(default_factory=list)
    """Ids of clauses."""


class Modification(Text):
    """One planned modification."""

    id: str = Field(pattern=r"^[A-Za-z0-9.-]+$")
    """A short name, such as M1."""
    title: str
    """Printed in the documents."""
    kind: ModificationKind
    """What sort of change it is."""
    rationale: str = ""
    """Why it is planned."""
    automatic: bool = False
    """Whether it is made without a person's decision."""
    scope: Literal["global", "local"] = "global"
    """Alike on all devices, or different by site."""
    frequency: str = ""
    """How often it is expected."""
    allowed: Bounds
    data_management: str = ""
    """How data are collected, annotated, kept apart from test data."""
    re_training: str = ""
    """What is trained again, when, and by which practice."""
    evaluation: Evaluation
    update: str = ""
    """How the new version is deployed and users are told."""
    roll_back: str = ""
    """How and when the previous version is used again."""
    labelling: list[str] = Field(default_factory=list)
    """What changes in the labelling."""
    impact: Impact = Impact()
    traceability: Traceability = Traceability()

    def unwritten(self) -> list[str]:
        """The parts that only people can write and that are still empty: open items."""
        parts = {
            "rationale": self.rationale,
            "data_management": self.data_management,
            "re_training": self.re_training,
            "update": self.update,
            "roll_back": self.roll_back,
            "labelling": self.labelling,
            "impact.benefits": self.impact.benefits,
            "impact.risks": self.impact.risks,
            "impact.mitigations": self.impact.mitigations,
        }
        return [name for name, value in parts.items() if not value]
