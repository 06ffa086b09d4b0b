"""What a window shows of triggers that are open: gone, back again, or graver. Pure.

A note is written once: *absent* when the cause was not found for the rule's
`resolved_after_windows`, *returned* when it is found again, *escalated* when its length, its size
or a graver rule makes it graver than it was. Windows that could not judge a cause count neither for
it nor against it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence.records import TriggerNote
from monitoring.episode.rule import rule_for
from policies.severity import raised, rank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitoring.episode.history import History, Past, Seen
    from monitoring.findings import Finding
    from policies.plan import MonitoringPlan, TriggerRule

STAYS = "The trigger stays open until the board decides."


def on_open(
    found: Sequence[Finding],
    today: Seen,
    history: History,
    plan: MonitoringPlan,
    *,
    run_key: str,
) -> list[TriggerNote]:
    """The notes of one window.

    Args:
        found: The window's findings.
        today: What it showed and could not show.
        history: What was before it.
        plan: The rules.
        run_key: The key of the run.
    """
    findings = {finding.cause: finding for finding in found}
    rules = {rule.id: rule for rule in plan.triggers}
    notes: list[TriggerNote] = []
    for past in history.triggers:
        rule = rules.get(past.rule)
        if past.closed or rule is None or not today.judged(past.cause):
            continue
        windows = [w for w in (*_since(past, history), today) if w.judged(past.cause)]
        finding = findings.get(past.cause)
        if finding is None:
            told = _absent(past, rule, windows)
        else:
            told = _returned(past, finding)
            told += _graver(past, rule, finding, windows, history, plan)
        notes += [
            TriggerNote(
                trigger=past.id,
                model=plan.model,
                window=today.label,
                cause=past.cause,
                note=kind,
                severity=severity,
                windows=count,
                statement=f"{statement} {STAYS}",
                run_key=run_key,
            )
            for kind, severity, count, statement in told
        ]
    return notes


Told = tuple[str, str, int, str]  # kind, severity, windows, statement


def _since(past: Past, history: History) -> list[Seen]:
    """The windows from the one that raised it."""
    labels = [window.label for window in history.windows]
    return list(history.windows[labels.index(past.window) :]) if past.window in labels else []


def _row(windows: Sequence[Seen], cause: str, *, found: bool) -> int:
    """How many windows at the end show a cause, or do not."""
    row = 0
    for window in reversed(windows):
        if (cause in window.causes) is not found:
            break
        row += 1
    return row


def _absent(past: Past, rule: TriggerRule, windows: Sequence[Seen]) -> list[Told]:
    row = _row(windows, past.cause, found=False)
    enough = rule.resolved_after_windows is not None and row >= rule.resolved_after_windows
    if past.away or not enough:
        return []
    first = windows[-row].label
    span = first if row == 1 else f"{first} to {windows[-1].label}"
    plural = "the last window" if row == 1 else f"the last {row} windows that could be judged"
    statement = f"{past.cause} was not found in {plural} ({span})."
    return [("absent", past.now, row, statement)]


def _returned(past: Past, finding: Finding) -> list[Told]:
    if not past.away:
        return []
    return [("returned", past.now, 1, f"{past.cause} is found again. {finding.statement}")]


def _graver(
    past: Past,
    rule: TriggerRule,
    finding: Finding,
    windows: Sequence[Seen],
    history: History,
    plan: MonitoringPlan,
) -> list[Told]:
    row = _row(windows, past.cause, found=True)
    reached: list[tuple[str, str]] = []
    if rule.escalate_after_windows and row >= rule.escalate_after_windows:
        steps = row // rule.escalate_after_windows
        reached.append((raised(past.severity, steps), f"it is found in {row} windows in a row"))
    times = size(finding)
    if rule.escalate_at_times and times is not None and times >= rule.escalate_at_times:
        reached.append((raised(past.severity, 1), f"it is {times:.1f} times what the plan allows"))
    other = rule_for(finding, [window.causes for window in history.windows], plan)
    if other is not None and other.id != rule.id:
        reached.append((other.severity, f"it meets rule {other.id}"))
    severity, _ = max(reached, key=lambda pair: rank(pair[0]), default=(past.now, ""))
    if rank(severity) <= rank(past.now):
        return []
    why = " and ".join(words for grave, words in reached if grave == severity)
    return [("escalated", severity, row, f"{past.cause} is now {severity}: {why}.")]


def size(finding: Finding) -> float | None:
    """How many times the allowed distance from the reference set a finding is.

    Its distance from the reference's value over the limit's; without a reference's value (drift)
    that is 0. None where the plan allows no distance at all, or nothing was measured.
    """
    if finding.value is None or finding.limit is None:
        return None
    reference = finding.reference or 0.0
    allowed = finding.limit - reference
    return (finding.value - reference) / allowed if allowed else None
