"""How many cases a subgroup has, and what it lacks to be judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policies.criteria import Minimum


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How many cases a subgroup has.

    Attributes:
        cases: All of them.
        positives: Those with a positive reference standard.
    """

    cases: int
    positives: int

    def shortage(self, minimum: Minimum) -> str:
        """What is too few, in words; empty when nothing is."""
        found = {
            "cases": (self.cases, minimum.cases),
            "positives": (self.positives, minimum.positives),
            "negatives": (self.cases - self.positives, minimum.negatives),
        }
        return "; ".join(
            f"{have:,} {what}, {need:,} required"
            for what, (have, need) in found.items()
            if have < need
        )
