"""The windows before, the triggers raised and what was decided, in the order that counts. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from policies.severity import rank

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from evidence.records import Body, ChangeDecision, MonitoringRun, Record, Trigger, TriggerNote
    from policies.plan import MonitoringPlan

CASES = "data-quality:cases"  # found when a window was too small to be measured
NEED_LABELS = ("performance", "calibration", "subgroup-gap", "prevalence", "chart")
NEED_BOTH = ("performance", "calibration", "subgroup-gap")  # need positives and negatives


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a window showed, and what it could not show.

    Attributes:
        label: The window's.
        causes: What was found.
        unjudged: Kinds of finding, and single causes, that the window could not be judged on: that
            they were not found says nothing.
        measured: Whether the window was measured at all.
    """

    label: str
    causes: frozenset[str]
    unjudged: frozenset[str] = frozenset()
    measured: bool = True

    def judged(self, cause: str) -> bool:
        """Whether the absence of a cause would say anything."""
        if cause == CASES or cause in self.causes:
            return True
        kind = cause.partition(":")[0]
        return self.measured and kind not in self.unjudged and cause not in self.unjudged


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A trigger that was raised before.

    Attributes:
        id: Its id.
        cause: What raised it.
        severity: How grave it was then.
        rule: The plan's rule.
        window: The label of the window that raised it.
        closed: Whether a decision closes it.
        windows_since: Earlier windows that were recorded after that decision.
        notes: Its notes so far, oldest first.
    """

    id: str
    cause: str
    severity: str
    rule: str
    window: str
    closed: bool = False
    windows_since: int = 0
    notes: tuple[TriggerNote, ...] = ()

    @property
    def now(self) -> str:
        """How grave it is by now: notes make it graver, nothing makes it less grave."""
        return max([self.severity, *(note.severity for note in self.notes)], key=rank)

    @property
    def away(self) -> bool:
        """Whether the last that was noted is that its cause is gone."""
        kinds = [note.note for note in self.notes if note.note in ("absent", "returned")]
        return bool(kinds) and kinds[-1] == "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that counts of what was before a window.

    Attributes:
        windows: Earlier windows, oldest first.
        triggers: Triggers of the model, in the order they were raised.
    """

    windows: tuple[Seen, ...] = ()
    triggers: tuple[Past, ...] = field(default=())

    def open(self, cause: str) -> Past | None:
        """The open trigger of a cause."""
        return next((t for t in self.triggers if t.cause == cause and not t.closed), None)

    def last(self, cause: str) -> Past | None:
        """The trigger of a cause that was raised last."""
        return next((t for t in reversed(self.triggers) if t.cause == cause), None)


def seen(run: MonitoringRun, plan: MonitoringPlan) -> Seen:
    """What the record of a window showed."""
    unjudged = {f"drift:{c['column']}" for c in run.drift if c["status"] == "not evaluable"}
    if plan.texts is None:
        known = int(run.labels.get("known", run.cases))
        if min(run.positives, known - run.positives) < plan.minimum_positives:
            unjudged.update(NEED_BOTH)
        unjudged.update(["label-free"] if run.labels.get("settled", True) else NEED_LABELS)
    elif not any(_has_value(body, plan) for body in run.estimates):
        unjudged.add("performance")
    return Seen(
        label=run.window["label"],
        causes=frozenset(finding["cause"] for finding in run.findings),
        unjudged=frozenset(unjudged),
        measured=run.cases >= plan.minimum_cases,
    )


def _has_value(body: Body, plan: MonitoringPlan) -> bool:
    """Whether an estimate is one of an endpoint whose key has come."""
    watched = {rule.endpoint for rule in plan.performance}
    return body["endpoint"] in watched and body["value"] is not None


def of_records(
    runs: Sequence[tuple[Record, MonitoringRun]],
    triggers: Sequence[tuple[Record, Trigger]],
    notes: Sequence[tuple[Record, TriggerNote]],
    decisions: Sequence[tuple[Record, ChangeDecision]],
    plan: MonitoringPlan,
    *,
    before: str,
    closing: Collection[str] | None = None,
) -> History:
    """The history of the plan's model before a window.

    Args:
        runs: Every window recorded; of a window recorded twice the newest record counts.
        triggers: Every trigger.
        notes: Every note.
        decisions: Every decision of the board.
        plan: Whose model is meant.
        before: First day of the window that is judged, ISO 8601.
        closing: Decisions that close a trigger (`ChangeControlPolicy`); any does when None.
    """
    mine = [(r, run) for r, run in runs if run.model == plan.model and run.window["end"] < before]
    newest = {run.window["label"]: run for _, run in mine}
    first = {run.window["label"]: record.seq for record, run in reversed(mine)}
    ordered = sorted(newest.values(), key=lambda run: run.window["start"])
    closed: dict[str, int] = {}
    for record, decision in decisions:
        if closing is None or decision.decision in closing:
            closed.setdefault(decision.trigger, record.seq)
    past = tuple(
        Past(
            id=value.id,
            cause=value.cause,
            severity=value.severity,
            rule=value.rule,
            window=value.window,
            closed=value.id in closed,
            windows_since=sum(seq > closed[value.id] for seq in first.values())
            if value.id in closed
            else 0,
            notes=tuple(note for _, note in notes if note.trigger == value.id),
        )
        for _, value in triggers
        if value.model == plan.model
    )
    return History(windows=tuple(seen(run, plan) for run in ordered), triggers=past)
