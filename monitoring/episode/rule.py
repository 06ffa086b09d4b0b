"""Which of the plan's rules makes a finding a trigger. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from monitoring.findings import Finding
    from policies.plan import MonitoringPlan, TriggerRule


def rule_for(
    finding: Finding, before: Sequence[Collection[str]], plan: MonitoringPlan
) -> TriggerRule | None:
    """The first rule of the finding's kind whose windows in a row are reached."""
    row = 1
    for causes in reversed(before):
        if finding.cause not in causes:
            break
        row += 1
    for rule in plan.triggers:
        if rule.finding == finding.kind and row >= rule.windows_in_a_row:
            return rule
    return None
