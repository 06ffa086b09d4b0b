"""The surveillance plans of a trail, each text parsed once: by which a window was judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evidence.errors import AssuranceError
from evidence.records import PolicyRegistration
from policies import reader
from policies.plan import MonitoringPlan

if TYPE_CHECKING:
    from evidence.records import MonitoringRun
    from evidence.remembered import RememberedTrail

NAME = "monitoring"


@dataclass(slots=True)
class Plans:
    """Plans by the digest of their text, and the newest of each model.

    Attributes:
        read: By digest; none where an early text cannot be read any more.
        newest: By model.
        current: By the model's name without its version: the plan registered last.
    """

    read: dict[str, MonitoringPlan | None] = field(default_factory=dict)
    newest: dict[str, MonitoringPlan] = field(default_factory=dict)
    current: dict[str, MonitoringPlan] = field(default_factory=dict)

    def fold(self, trail: RememberedTrail, after: int) -> None:
        """Take in what was registered since.

        Args:
            trail: The trail.
            after: Number of the last record that was taken in.
        """
        for _, value in trail.since(PolicyRegistration, after):
            if value.name != NAME:
                continue
            plan = self.read[value.digest] = _parsed(value)
            if plan is not None:
                self.newest[plan.model] = plan
                self.current[plan.model.rpartition("/")[0]] = plan

    def of(self, run: MonitoringRun) -> MonitoringPlan | None:
        """The plan that a window was judged by."""
        return self.read.get(run.policies.get(NAME, "").rpartition(" ")[2])

    def watches(self, model: str) -> bool:
        """Whether the plan registered last for this model's name watches this version."""
        plan = self.current.get(model.rpartition("/")[0])
        return plan is not None and plan.model == model


def _parsed(value: PolicyRegistration) -> MonitoringPlan | None:
    try:
        return reader.parse(value.text, MonitoringPlan, value.source)
    except AssuranceError:
        return None
