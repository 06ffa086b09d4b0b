"""Which findings of a window the board must decide on, by the plan's rules. Pure.

One open trigger per cause. After a decision that closes one, the same cause raises no new trigger
for the rule's `cool_down_windows`, unless it is graver than the one decided on; a rule without that
key raises none while the cause merely goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.records import Trigger
from monitoring import incident
from monitoring.episode import note
from monitoring.episode.rule import rule_for
from policies.severity import rank

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from evidence.records import TriggerNote
    from monitoring.episode.history import History, Past, Seen
    from monitoring.findings import Finding
    from policies.plan import MonitoringPlan, TriggerRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What is written with a window's run, in one append."""

    triggers: list[Trigger]
    notes: list[TriggerNote]


def judge(
    found: Sequence[Finding],
    today: Seen,
    history: History,
    plan: MonitoringPlan,
    *,
    run_key: str,
    aware: dt.date,
) -> Judged:
    """The triggers of one window, and the notes on those still open.

    Args:
        found: The window's findings.
        today: What the window showed and could not show (`history.seen`).
        history: What was before it (`history.of_records`).
        plan: The rules.
        run_key: The key of the run that found them.
        aware: The day of the record: reporting clocks are counted from it.
    """
    before = [window.causes for window in history.windows]
    names = _names(today.label, {trigger.id for trigger in history.triggers})
    raised: list[Trigger] = []
    for finding in found:
        rule = rule_for(finding, before, plan)
        if rule is None or any(trigger.cause == finding.cause for trigger in raised):
            continue
        last = history.last(finding.cause)
        if history.open(finding.cause) or (last and _quiet(last, rule, history, finding.cause)):
            continue
        raised.append(
            Trigger(
                id=next(names),
                model=plan.model,
                window=today.label,
                cause=finding.cause,
                severity=rule.severity,
                rule=rule.id,
                statement=finding.statement,
                finding=finding.body() | incident.of_rule(rule, plan, aware),
                run_key=run_key,
            )
        )
    notes = note.on_open(found, today, history, plan, run_key=run_key)
    return Judged(triggers=raised, notes=notes)


def _quiet(last: Past, rule: TriggerRule, history: History, cause: str) -> bool:
    """Whether a cause whose trigger was closed raises no new one."""
    if rule.cool_down_windows is None:
        return bool(history.windows) and cause in history.windows[-1].causes
    if rank(rule.severity) > rank(last.now):
        return False
    return last.windows_since < rule.cool_down_windows


def _names(window: str, taken: set[str]) -> Iterator[str]:
    """Ids that no trigger has yet, also when a window is judged again."""
    number = 0
    while True:
        number += 1
        name = f"T-{window}-{number:02d}"
        if name not in taken:
            yield name
