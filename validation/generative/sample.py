"""The frozen cases with what a model wrote for them, and what is measured of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from validation.clustering import clustered

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from evidence.records import Body
    from policies.clinical_findings import ClinicalFindings
    from policies.text_set import TextSetSpec
    from validation.estimate import Estimate, Warned
    from validation.generative.outputs import Outputs

CONDITION = "condition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The frozen cases and what a model wrote for them.

    Attributes:
        frame: The frozen cases.
        spec: The roles of the columns.
        outputs: Texts by condition.
        vocabulary: Of clinical findings, where they are measured.
    """

    frame: pd.DataFrame
    spec: TextSetSpec
    outputs: Outputs
    vocabulary: ClinicalFindings | None = None

    @property
    def unit(self) -> str:
        """What repeats: the patient, or the item that stands in several versions; or nothing."""
        if self.spec.patient:
            return "patient"
        return "item" if self.spec.item else ""

    @property
    def owner(self) -> np.ndarray | None:
        """The patient or item of each case, coded."""
        column = self.spec.patient or self.spec.item
        if column is None:
            return None
        return clustered.owners(self.frame[column].astype(str).to_numpy())


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the endpoints of a task give.

    Attributes:
        estimates: In the judged condition, overall and by subgroup; then the other conditions.
        modalities: One body a claim and subgroup; their criteria stand in `criteria`.
        consistency: One body a criterion.
        criteria: Of modalities and consistency.
        warnings: What a person should look at.
    """

    estimates: list[Estimate]
    modalities: list[Body] = field(default_factory=list)
    consistency: list[Body] = field(default_factory=list)
    criteria: list[Body] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)


def cluster(owner: np.ndarray | None, rows: np.ndarray) -> np.ndarray | None:
    """The clusters of some rows, where any of them repeats; else None."""
    import numpy as np

    if owner is None:
        return None
    mine = np.unique(owner[rows], return_inverse=True)[1]
    return mine if mine.size and np.bincount(mine).max() > 1 else None
