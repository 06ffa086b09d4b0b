"""The monitoring run, step by step: due windows, each one record with its triggers.

What the windows share is read once (`scored`, or `written` for a model that writes); each is then
measured and written by itself, so that a killed run leaves whole windows and the next run goes on
from there. Two runs at once write each window once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evidence import digest as digests
from evidence.errors import UsageError
from evidence.records import (
    ChangeDecision,
    GenerativeRun,
    MonitoringRun,
    Trigger,
    TriggerNote,
    ValidationRun,
)
from evidence.windows import version
from monitoring import counted, schedule, scored, written
from monitoring.baseline import Baseline, newest_run
from monitoring.episode.history import of_records, seen
from monitoring.episode.judgement import judge
from monitoring.ledger import Ledger
from policies import minimum_cell, registration
from policies.change_control import ChangeControlPolicy
from policies.dataset import DataQualityPolicy
from policies.plan import MonitoringPlan
from validation import freeze, lock

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from evidence.records import Body, Kind, ModelLock, Record, ReferenceFreeze
    from evidence.store import Store
    from evidence.trail import AuditTrail
    from monitoring.findings import Finding
    from monitoring.schedule import Turn
    from monitoring.source.contract import Source
    from policies.policy import PolicyFile
    from validation.lock import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveillance:
    """What all windows of one plan share.

    Attributes:
        plan: The registered plan.
        lock: The model in use.
        frozen: The reference set.
        baseline: The model's validation on it: what performance is compared with.
        quality: The expectations.
        policies: As a run writes them down.
        closing: Decisions that close a trigger; any does when the workspace has no such policy.
        minimum_cell: What fewer people stand behind is not named.
    """

    plan: MonitoringPlan
    lock: ModelLock
    frozen: ReferenceFreeze
    baseline: ValidationRun | GenerativeRun
    quality: DataQualityPolicy
    policies: dict[str, str]
    closing: frozenset[str] | None = None
    minimum_cell: int = minimum_cell.DEFAULT

    def key(self, turn: Turn, labels: str = "") -> str:
        """The same model, reference, plan, window and age of labels are the same run.

        Args:
            turn: The judging.
            labels: Digest of rows and labels, where they were revised after the last judging.
        """
        window = turn.window.label
        parts = [self.lock.digest, self.frozen.digest, self.policies["monitoring"], window]
        parts += [str(turn.age)] if self.plan.labels else []
        parts += [labels] if turn.again else []
        return digests.of_value(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What one run of the job is about to do.

    Attributes:
        waiting: Windows to judge, oldest first.
        ledger: Earlier windows; kept up while windows are written.
        today: The day as the door read it.
        store: Where the files behind a run are kept.
        progress: Told what is going on.
    """

    waiting: list[Turn]
    ledger: Ledger
    today: dt.date
    store: Store
    progress: Callable[[str, int, int], None]

    @property
    def as_of(self) -> dt.date:
        """The last whole day: what came later is not known yet."""
        return self.today - schedule.DAY

    def stage(self, turn: Turn, *, final: bool | None = None) -> Body:
        """How a record says which judging of its window it is."""
        last = self.ledger.of(turn.window)
        why = "the window ended" if last is None else f"its labels are {turn.age} days old"
        return {
            "age_days": turn.age,
            "final": turn.final if final is None else final,
            "version": version(last) + 1 if last else 1,
            "supersedes": last.key if last else "",
            "why": "rows or labels changed since" if turn.again else why,
            "as_of": str(self.as_of),
        }


def prepare(
    trail: AuditTrail, policies: dict[str, PolicyFile], *, at: str, actor: str
) -> Surveillance:
    """Find what the plan names, and make sure that its text is what is registered.

    Raises:
        UsageError: The workspace has no plan.
        OutOfOrderError: The plan was edited, or the model was not validated on the reference set.
    """
    for name in ("monitoring", "data_quality"):
        if name not in policies:
            raise UsageError(f"There is no policies/{name}.yaml in this workspace.")
    files = [policies["monitoring"], policies["data_quality"]]
    plan, quality = files[0].value, files[1].value
    if not isinstance(plan, MonitoringPlan) or not isinstance(quality, DataQualityPolicy):
        raise TypeError("the policies' names and kinds do not agree")
    model, frozen = lock.find(trail, plan.model), freeze.find(trail, plan.reference)
    _require_task(plan, frozen)
    baseline = newest_run(trail, plan, frozen)
    used = registration.require(trail, files, at=at, actor=actor)
    return Surveillance(
        plan=plan,
        lock=model,
        frozen=frozen,
        baseline=baseline,
        quality=quality,
        policies=used,
        closing=_closing(policies),
        minimum_cell=minimum_cell.of_trail(trail),
    )


def _closing(policies: dict[str, PolicyFile]) -> frozenset[str] | None:
    control = policies["change_control"].value if "change_control" in policies else None
    if not isinstance(control, ChangeControlPolicy):
        return None
    return frozenset(decision.id for decision in control.decisions if decision.closes)


def _require_task(plan: MonitoringPlan, frozen: ReferenceFreeze) -> None:
    """Refuse a plan of texts for a set of scores, and the reverse."""
    scored_set = frozen.task == "classification"
    if plan.texts and scored_set:
        raise UsageError(
            f"policies/monitoring.yaml has 'texts', but reference set {frozen.name} is one of "
            "scores: take 'texts' out, or name a reference set of answers or reports."
        )
    if not plan.texts and not scored_set:
        raise UsageError(
            f"Reference set {frozen.name} is one of {frozen.task}: say in "
            "policies/monitoring.yaml which column holds what the model wrote, with "
            "texts: {response: COLUMN}."
        )
    if frozen.task == "reports" and plan.performance:
        raise UsageError(
            "policies/monitoring.yaml has 'performance', but endpoints of reports are not measured "
            "in surveillance: take it out; what needs no reference report is watched all the same."
        )


def due(watch: Surveillance, ledger: Ledger, today: dt.date) -> list[Turn]:
    """The judgings that the plan wants and the trail has not, and windows to look at again."""
    last = watch.plan.ages[-1]
    done = {run.window["label"]: int(run.stage.get("age_days", last)) for run in ledger.runs}
    waiting = schedule.due(watch.plan.schedule, done, today, watch.plan.ages)
    return schedule.ordered([*waiting, *_again(watch, ledger, waiting, today)])


def _again(
    watch: Surveillance, ledger: Ledger, waiting: Sequence[Turn], today: dt.date
) -> list[Turn]:
    """Final windows still young enough to be judged anew when rows or labels came since."""
    plan = watch.plan.labels
    if plan is None or not plan.reopen_days:
        return []
    new = {turn.window.label for turn in waiting}
    reached = schedule.turns(watch.plan.schedule, watch.plan.ages, today)
    return [
        replace(turn, again=True)
        for turn in reached
        if turn.final
        and turn.window.label not in new
        and (today - turn.window.end).days <= plan.judged_after_days[-1] + plan.reopen_days
        and ledger.of(turn.window) is not None
    ]


def execute(
    watch: Surveillance,
    source: Source,
    trail: AuditTrail,
    store: Store,
    registry: Registry,
    *,
    today: dt.date,
    at: str,
    actor: str,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> list[Record]:
    """Judge every window that is due and write its record and triggers.

    Returns:
        The records of the windows judged, oldest first; none when nothing was due.
    """
    ledger = Ledger.read(trail, watch.lock, watch.frozen)
    waiting = due(watch, ledger, today)
    if not waiting:
        return []
    night = Night(waiting=waiting, ledger=ledger, today=today, store=store, progress=progress)
    if watch.plan.texts:
        measured = written.measure(watch, source, night)
    elif watch.plan.engine.name == "memory":
        measured = scored.measure(watch, source, night, Baseline.of(watch), registry)
    else:
        measured = counted.measure(watch, source, night, Baseline.of(watch))
    done: list[Record] = []
    for run, found in measured:
        values = [run, *_judged(watch, run, found, night)]
        records = trail.append(values, at=at, actor=actor, once=run.key)
        if records:
            ledger.add(records, values)
        else:  # another process was faster: what it wrote is what stands
            ledger.take(Ledger.read(trail, watch.lock, watch.frozen))
        done += records[:1]
    progress("done", len(waiting), len(waiting))
    return done


def _judged(
    watch: Surveillance, run: MonitoringRun, found: Sequence[Finding], night: Night
) -> list[Kind]:
    """What is written with a run: its triggers, and notes on those still open."""
    ledger, plan = night.ledger, watch.plan
    past = of_records(
        ledger.all(MonitoringRun),
        ledger.all(Trigger),
        ledger.all(TriggerNote),
        ledger.all(ChangeDecision),
        plan,
        before=run.window["start"],
        closing=watch.closing,
    )
    judged = judge(found, seen(run, plan), past, plan, run_key=run.key, aware=night.today)
    return [*judged.triggers, *judged.notes]
