"""Findings by the plan's rules: which of them the board must decide on. Pure.

One episode, one trigger: while a trigger of a cause is open, or the cause merely goes on from the
window before, no second one is raised. A cause that comes back after it was away is a new episode.
`monitoring.episode` says the same of rules without a cool-down, and more of those with one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence.records import Trigger

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from monitoring.findings import Finding
    from policies.plan import MonitoringPlan, TriggerRule


def raise_for(
    found: Sequence[Finding],
    before: Sequence[Collection[str]],
    known: Collection[str],
    still_open: Collection[str],
    plan: MonitoringPlan,
    *,
    window: str,
    run_key: str,
) -> list[Trigger]:
    """The triggers of one window.

    Args:
        found: The window's findings.
        before: The causes found in each earlier window, oldest first.
        known: Causes that ever raised a trigger.
        still_open: Causes whose trigger is open.
        plan: The rules.
        window: The window's label.
        run_key: The key of the run that found them.
    """
    raised: list[Trigger] = []
    for finding in found:
        rule = rule_for(finding, before, plan)
        if rule is None or finding.cause in still_open:
            continue
        goes_on = bool(before) and finding.cause in before[-1]
        if goes_on and finding.cause in known:
            continue
        raised.append(
            Trigger(
                id=f"T-{window}-{len(raised) + 1:02d}",
                model=plan.model,
                window=window,
                cause=finding.cause,
                severity=rule.severity,
                rule=rule.id,
                statement=finding.statement,
                finding=finding.body(),
                run_key=run_key,
            )
        )
    return raised


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
