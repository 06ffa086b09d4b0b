"""How conditions are compared, and what their comparisons are called."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from validation.modality import names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How conditions are compared.

    Attributes:
        reference: The full condition; differences are it minus another. None: differences are first
            minus second in the order of the names, and no modality is judged.
        margin: What a modality has to contribute, 0 to below 1 for accuracies.
        confidence: Of the intervals.
        modalities: Modality to the condition in which it is withheld or degraded, where the names
            of the conditions do not say it.
        most_unparsable: Share of unparsable answers of a condition above which a modality is not
            judged: the difference may be refusals.
        most_unpaired: Share of items that lack a condition, above which it is not judged.
        attribute: What conditions are called in the names of subgroups.
        group: Name of the subgroup that all rows are of; empty for all cases.
    """

    reference: str | None = None
    margin: float = 0.0
    confidence: float = 0.95
    modalities: Mapping[str, str] = field(default_factory=dict)
    most_unparsable: float = 0.10
    most_unpaired: float = 0.50
    attribute: str = "condition"
    group: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.margin < inf:
            raise ValueError(f"a margin is a number not below zero, not {self.margin:g}")
        for share in (self.most_unparsable, self.most_unpaired):
            if not 0 <= share <= 1:
                raise ValueError(f"a share lies from 0 to 1, not at {share:g}")

    def subgroup(self, condition: str) -> str:
        """The name of one condition's cases."""
        return self._within(f"{self.attribute}={condition}")

    def between(self, pair: tuple[str, str]) -> str:
        """The name of a comparison."""
        return self._within(" − ".join(f"{self.attribute}={name}" for name in pair))

    def all_of(self) -> str:
        """The name of the comparison of all conditions at once."""
        return self._within(f"all {self.attribute}")

    def pairs(self, conditions: Sequence[str]) -> list[tuple[str, str]]:
        """Each two conditions, the reference first in its own, then in the order given."""
        ranked = sorted(conditions, key=lambda name: name != self.reference)
        return list(itertools.combinations(ranked, 2))

    def withheld(self, conditions: Sequence[str]) -> dict[str, str]:
        """Condition to the modality that it lacks; empty without a reference."""
        if self.reference is None:
            return {}
        return names.withheld(conditions, self.reference, self.modalities)

    def _within(self, name: str) -> str:
        return f"{self.group} & {name}" if self.group else name
