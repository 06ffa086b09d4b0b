"""Rows of rules with the plan's trigger that each raises first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring.design import ruled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitoring.design.known import Known
    from monitoring.design.ruled import RuleRow


def trigger(known: Known, finding: str) -> tuple[str, int]:
    """The trigger that a finding raises first, and how many windows in a row it takes."""
    rules = [rule for rule in known.plan.triggers if rule.finding == finding]
    if not rules:
        return "", 1
    first = min(rules, key=lambda rule: rule.windows_in_a_row)
    return first.id, first.windows_in_a_row


def none(known: Known, name: str, finding: str) -> RuleRow:
    """A rule without a number."""
    named, windows = trigger(known, finding)
    reason = "no chance is computed for this rule"
    return ruled.RuleRow(rule=name, trigger=named, windows_in_a_row=windows, reason=reason)


def row(known: Known, name: str, finding: str, chance: float, method: str) -> RuleRow:
    """A rule whose finding has a chance in each window."""
    named, windows = trigger(known, finding)
    return ruled.row(name, chance, method, trigger=named, windows=windows, pace=known.pace)


def rows(known: Known, name: str, finding: str, chances: Sequence[float], method: str) -> RuleRow:
    """A rule on several columns or pairs, each with a chance of its own."""
    named, windows = trigger(known, finding)
    return ruled.rows(name, chances, method, trigger=named, windows=windows, pace=known.pace)
