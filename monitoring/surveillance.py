"""The monitoring run, step by step: due windows, each one record with its triggers.

All due windows are scored by one child process; each is then measured and written by itself, so
that a killed run leaves whole windows and the next run goes on from there. Two runs at once write
each window once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence import digest as digests
from evidence.errors import OutOfOrderError, UsageError
from evidence.records import ChangeDecision, MonitoringRun, Trigger, ValidationRun
from monitoring import drift, findings, performance, schedule, trigger, window
from policies import registration
from policies.dataset import DataQualityPolicy
from policies.plan import MonitoringPlan
from validation import curves, freeze, lock, predict, protocol
from validation.endpoints import Estimate
from validation.table import COUNT

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pandas as pd

    from evidence.records import Body, ModelLock, Record, ReferenceFreeze
    from evidence.store import Store
    from evidence.trail import AuditTrail
    from monitoring.schedule import Window
    from monitoring.window import Production
    from policies.policy import PolicyFile
    from validation.lock import Registry
    from validation.table import Cohort

SCORE = "score"


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
    baseline: ValidationRun
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
    runs = [
        run
        for _, run in trail.all(ValidationRun)
        if run.model == plan.model and run.reference_digest == frozen.digest
    ]
    if not runs:
        raise OutOfOrderError(
            f"Model {plan.model} was not validated on reference set {plan.reference}, so there is "
            f"nothing to compare production with. Run: tplc validate --model {plan.model} "
            f"--reference {plan.reference}"
        )
    used = registration.require(trail, files, at=at, actor=actor)
    return Surveillance(
        plan=plan,
        lock=model,
        frozen=frozen,
        baseline=runs[-1],
        quality=quality,
        policies=used,
    )


def due(watch: Surveillance, trail: AuditTrail, today: dt.date) -> list[Window]:
    """The windows that the plan wants and the trail has not."""
    keys = {run.key for _, run in trail.all(MonitoringRun)}
    wanted = schedule.due(watch.plan.schedule, (), today)
    return [which for which in wanted if watch.key(which) not in keys]


def execute(
    watch: Surveillance,
    source: Path,
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
    progress("reading production data", 0, len(waiting))
    production = window.read(source, watch.frozen)
    cohorts = [production.cohort(which) for which in waiting]
    progress("predicting", 0, len(waiting))
    scores = _scores(watch, cohorts, production, registry)
    written: list[Record] = []
    for number, (which, cohort, score) in enumerate(zip(waiting, cohorts, scores, strict=True)):
        progress(f"window {which.label}", number, len(waiting))
        run, found = _measure(watch, which, cohort, score, production, store)
        triggers = _triggers(watch, which, found, trail)
        written += trail.append([run, *triggers], at=at, actor=actor, once=run.key)[:1]
    progress("done", len(waiting), len(waiting))
    return written


def _scores(
    watch: Surveillance, cohorts: Sequence[Cohort], production: Production, registry: Registry
) -> list[pd.Series[float]]:
    spec = production.spec
    frames = [cohort.frame for cohort in cohorts]
    if watch.lock.external:
        if not spec.score:
            raise UsageError(
                f"Model {watch.lock.model} is external: name its 'score' column in the data set's "
                "specification, so that production data bring its predictions."
            )
        return [frame[spec.score] for frame in frames]
    folder = lock.folder(registry, watch.lock)
    features = [f.name for f in spec.features]
    return predict.scores(folder, frames, features, name=watch.lock.model)


def _measure(
    watch: Surveillance,
    which: Window,
    cohort: Cohort,
    score: pd.Series[float],
    production: Production,
    store: Store,
) -> tuple[MonitoringRun, list[findings.Finding]]:
    frame, plan, spec = cohort.frame, watch.plan, production.spec
    values, count = score.to_numpy(), frame[COUNT].to_numpy()
    results = window.check(cohort, spec, watch.quality)
    reference = watch.frozen.summaries | {SCORE: watch.baseline.curves["score_summary"]}
    current = freeze.summaries(frame, spec, watch.frozen.summaries)
    enough = cohort.cases >= plan.minimum_cases
    if cohort.cases:
        current[SCORE] = curves.score_summary(values, count, reference[SCORE])
    moved = (
        drift.measure(reference, current, plan.drift)
        if enough
        else drift.Drift(columns=[], html=b"")
    )
    if enough:
        measured = performance.measure(frame, values, plan)
    else:
        measured = performance.Performance(estimates=[], gaps=[])
    found = _findings(watch, which, cohort, production, results, moved, measured)
    files = {"evidently": store.put(moved.html)} if moved.html else {}
    files["expectations"] = store.put(json.dumps(results, indent=1, sort_keys=True).encode())
    run = MonitoringRun(
        key=watch.key(which),
        model=watch.lock.model,
        model_digest=watch.lock.digest,
        reference=watch.frozen.name,
        reference_digest=watch.frozen.digest,
        policies=watch.policies,
        window=which.body(),
        source=production.name,
        source_digest=production.digest,
        rows=len(frame),
        cases=cohort.cases,
        positives=cohort.positives,
        accounting=cohort.accounting,
        expectations=results,
        drift=moved.columns,
        estimates=[estimate.to_dict() for estimate in measured.estimates],
        gaps=[gap.to_dict() for gap in measured.gaps],
        findings=[finding.body() for finding in found],
        summaries=current,
        software=protocol.software(),
        files=files,
    )
    return run, found


def _findings(
    watch: Surveillance,
    which: Window,
    cohort: Cohort,
    production: Production,
    results: Sequence[Body],
    moved: drift.Drift,
    measured: performance.Performance,
) -> list[findings.Finding]:
    plan, label, n = watch.plan, which.label, cohort.cases
    if n < plan.minimum_cases:
        return [_too_few(n, plan, label)]
    then = [Estimate.from_dict(body) for body in watch.baseline.estimates]
    gaps = [Estimate.from_dict(body) for body in watch.baseline.gaps]
    onsets = _onsets(moved.columns, cohort.frame, production, plan)
    found = findings.broken(results, label)
    found += findings.missing(moved.columns, onsets, n, plan, label)
    found += findings.drifted(moved.columns, n, label)
    prevalence = watch.frozen.positives / watch.frozen.cases
    found += findings.prevalence(measured.find("prevalence"), prevalence, plan, label)
    if min(cohort.positives, n - cohort.positives) >= plan.minimum_positives:
        found += findings.fallen(measured, then, plan, label)
        found += findings.uncalibrated(measured.find("observed-expected"), plan, label)
        found += findings.gaps(measured, gaps, plan, label)
    return found


def _too_few(n: int, plan: MonitoringPlan, label: str) -> findings.Finding:
    return findings.Finding(
        kind="data-quality",
        cause="data-quality:cases",
        subject="cases",
        window=label,
        statement=f"The window has {n:,} cases, {plan.minimum_cases:,} are needed to measure.",
        value=float(n),
        limit=float(plan.minimum_cases),
        unit="cases",
        method="count",
        n=n,
    )


def _onsets(
    columns: Sequence[Body], frame: pd.DataFrame, production: Production, plan: MonitoringPlan
) -> dict[str, str]:
    found = {}
    for column in columns:
        name, then = column["column"], column["missing_reference"]
        if name in frame and column["missing_window"] - then >= plan.missing_rise:
            since = window.missing_since(frame, production.spec, name, plan.missing_rise)
            found[name] = str(since) if since else ""
    return found


def _triggers(
    watch: Surveillance, which: Window, found: Sequence[findings.Finding], trail: AuditTrail
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
