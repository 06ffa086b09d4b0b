"""The monitoring run, step by step: due windows, each one record with its triggers.

What the windows share is read once (`scored`, or `written` for a model that writes); each is then
measured and written by itself, so that a killed run leaves whole windows and the next run goes on
from there. Two runs at once write each window once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence import digest as digests
from evidence.errors import OutOfOrderError, UsageError
from evidence.records import (
    ChangeDecision,
    GenerativeRun,
    MonitoringRun,
    Trigger,
    ValidationRun,
)
from monitoring import schedule, scored, trigger, written
from policies import registration
from policies.dataset import DataQualityPolicy
from policies.plan import MonitoringPlan
from validation import freeze, lock

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from evidence.records import ModelLock, Record, ReferenceFreeze
    from evidence.store import Store
    from evidence.trail import AuditTrail
    from monitoring.findings import Finding
    from monitoring.schedule import Window
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
    """

    plan: MonitoringPlan
    lock: ModelLock
    frozen: ReferenceFreeze
    baseline: ValidationRun | GenerativeRun
    quality: DataQualityPolicy
    policies: dict[str, str]

    def key(self, which: Window) -> str:
        """The same model, reference, plan and window are the same run."""
        parts = [self.lock.digest, self.frozen.digest, self.policies["monitoring"], which.label]
        return digests.of_value(parts)


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
    baseline = _baseline(trail, plan, frozen)
    used = registration.require(trail, files, at=at, actor=actor)
    return Surveillance(
        plan=plan,
        lock=model,
        frozen=frozen,
        baseline=baseline,
        quality=quality,
        policies=used,
    )


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


def _baseline(
    trail: AuditTrail, plan: MonitoringPlan, frozen: ReferenceFreeze
) -> ValidationRun | GenerativeRun:
    """The model's newest run on the reference set."""
    known: list[ValidationRun | GenerativeRun]
    if plan.texts:
        known = [run for _, run in trail.all(GenerativeRun)]
    else:
        known = [run for _, run in trail.all(ValidationRun)]
    runs = [r for r in known if (r.model, r.reference_digest) == (plan.model, frozen.digest)]
    if not runs:
        bring = " --predictions FILE --response COLUMN" if plan.texts else ""
        raise OutOfOrderError(
            f"Model {plan.model} was not validated on reference set {plan.reference}, so there is "
            f"nothing to compare production with. Run: tplc validate --model {plan.model} "
            f"--reference {plan.reference}{bring}"
        )
    return runs[-1]


def due(watch: Surveillance, trail: AuditTrail, today: dt.date) -> list[Window]:
    """The windows that the plan wants and the trail has not."""
    keys = {run.key for _, run in trail.all(MonitoringRun)}
    wanted = schedule.due(watch.plan.schedule, (), today)
    return [which for which in wanted if watch.key(which) not in keys]


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
    """Run every due window and write its record and triggers.

    Returns:
        The records of the windows run, oldest first; none when nothing was due.
    """
    waiting = due(watch, trail, today)
    if not waiting:
        return []
    store.get(watch.frozen.digest, f"reference set {watch.frozen.name}")
    if watch.plan.texts:
        measured = written.measure(watch, source, waiting, store, progress)
    else:
        measured = scored.measure(watch, source, waiting, store, registry, progress)
    done: list[Record] = []
    for which, (run, found) in zip(waiting, measured, strict=True):
        triggers = _triggers(watch, which, found, trail)
        done += trail.append([run, *triggers], at=at, actor=actor, once=run.key)[:1]
    progress("done", len(waiting), len(waiting))
    return done


def _triggers(
    watch: Surveillance, which: Window, found: Sequence[Finding], trail: AuditTrail
) -> list[Trigger]:
    runs = [run for _, run in trail.all(MonitoringRun) if run.model == watch.lock.model]
    earlier = sorted(
        (r for r in runs if r.window["end"] < str(which.start)), key=lambda r: r.window["start"]
    )
    before = [{f["cause"] for f in run.findings} for run in earlier]
    raised = [t for _, t in trail.all(Trigger) if t.model == watch.lock.model]
    closed = {decision.trigger for _, decision in trail.all(ChangeDecision)}
    return trigger.raise_for(
        found,
        before,
        {t.cause for t in raised},
        {t.cause for t in raised if t.id not in closed},
        watch.plan,
        window=which.label,
        run_key=watch.key(which),
    )
