"""Windows of a model that gives a score: scored by one child process, measured one by one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from evidence.errors import UsageError
from evidence.records import MonitoringRun
from monitoring import (
    abstention,
    cases,
    chart_findings,
    drift,
    findings,
    performance,
    together,
    unlabelled,
    window,
    window_findings,
    window_labels,
)
from monitoring.cases import WindowCases
from monitoring.seen import SCORE, Seen
from validation import curves, freeze, lock, predict, protocol
from validation.choices import Choices
from validation.table import COUNT, LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from evidence.records import Body
    from evidence.store import Store
    from monitoring.baseline import Baseline
    from monitoring.schedule import Turn
    from monitoring.source.contract import Source
    from monitoring.surveillance import Night, Surveillance
    from monitoring.window import Production
    from policies.plan import MonitoringPlan
    from validation.lock import Registry
    from validation.table import Cohort

Files = dict[str, str]


def measure(
    watch: Surveillance, source: Source, night: Night, baseline: Baseline, registry: Registry
) -> Iterator[tuple[MonitoringRun, list[findings.Finding]]]:
    """Measure windows, one after the other; what they share is done before the first.

    Args:
        watch: What all windows share.
        source: Production data.
        night: The windows, and what goes with them.
        baseline: What windows are compared with.
        registry: Where the model is.

    Yields:
        The run of each window, not yet written, and what was found.
    """
    night.progress("reading production data", 0, len(night.waiting))
    production = window.read(
        source, watch.frozen, [turn.window for turn in night.waiting], _extra(watch.plan)
    )
    found = [(turn, _cohort(watch, turn, production, night)) for turn in night.waiting]
    due = [(turn, cohort) for turn, cohort in found if _changed(turn, cohort, production, night)]
    night.progress("predicting", 0, len(due))
    scores = _scores(watch, [cohort for _, cohort in due], production, registry) if due else []
    for number, ((turn, cohort), score) in enumerate(zip(due, scores, strict=True)):
        night.progress(f"window {turn.window.label}", number, len(due))
        given = WindowCases(cohort=cohort, score=score.to_numpy(dtype=float), spec=production.spec)
        yield _measure(watch, turn, given, production, night, baseline)


def _extra(plan: MonitoringPlan) -> list[str]:
    """Columns that the plan names and the reference set need not have."""
    score = [plan.logged_score] if plan.logged_score else []
    labels = [plan.labels.known, plan.labels.delay_days] if plan.labels else []
    inputs = [name for columns in plan.modalities.values() for name in columns]
    return [name for name in (*score, *labels, *inputs) if name]


def _cohort(watch: Surveillance, turn: Turn, production: Production, night: Night) -> Cohort:
    """The window's cases, with the labels that were known by yesterday."""
    plan = watch.plan.labels
    found = production.cohort(turn.window, labelled=plan is None)
    frame = window_labels.as_known(found.frame, production.spec, plan, night.as_of)
    return replace(found, frame=frame)


def _changed(turn: Turn, cohort: Cohort, production: Production, night: Night) -> bool:
    """Whether a window is judged: for the first time at its age, or because its rows changed."""
    if not turn.again:
        return True
    last = night.ledger.of(turn.window)
    now = cases.digest(cohort.frame, production.spec)
    return last is not None and last.labels.get("digest") != now


def _scores(
    watch: Surveillance, cohorts: Sequence[Cohort], production: Production, registry: Registry
) -> list[pd.Series[float]]:
    spec = production.spec
    frames = [cohort.frame for cohort in cohorts]
    if logged := watch.plan.logged_score:
        return [window.logged(frame, logged) for frame in frames]
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
    turn: Turn,
    given: WindowCases,
    production: Production,
    night: Night,
    baseline: Baseline,
) -> tuple[MonitoringRun, list[findings.Finding]]:
    plan, spec, cohort, label = watch.plan, production.spec, given.cohort, turn.window.label
    results = window.check(cohort, spec, watch.quality)
    current = freeze.summaries(cohort.frame, spec, watch.frozen.summaries)
    if cohort.cases:
        current[SCORE] = _score_summary(given, baseline.columns[SCORE])
    labels = window_labels.measure(
        cohort.frame,
        spec,
        plan.labels,
        night.ledger.before(turn.window),
        night.as_of,
        final=turn.final,
        confidence=plan.confidence,
    )
    charts = baseline.charted(lambda *_: given, night.ledger, turn, cohort.cases)
    seen = Seen(cases=cohort.cases, labels=labels, charts=charts, current=current)
    found = [findings.too_few(cohort.cases, plan, label)]
    if cohort.cases >= plan.minimum_cases:
        seen = _seen(watch, turn, given, night, baseline, seen)
        onsets = _onsets(seen.drift.columns, cohort.frame, production, plan)
        found = findings.broken(results, label)
        found += window_findings.of(watch, baseline, seen, label, onsets)
    found += chart_findings.signalled(charts, label)
    run = MonitoringRun(
        key=watch.key(turn, labels.body.get("digest", "")),
        model=watch.lock.model,
        model_digest=watch.lock.digest,
        reference=watch.frozen.name,
        reference_digest=watch.frozen.digest,
        policies=watch.policies,
        window=turn.window.body(),
        source=production.name,
        source_digest=production.digest,
        rows=len(cohort.frame),
        cases=cohort.cases,
        positives=cohort.positives,
        accounting=cohort.accounting,
        expectations=results,
        drift=seen.drift.columns,
        estimates=[estimate.to_dict() for estimate in seen.estimates],
        gaps=[gap.to_dict() for gap in seen.performance.subgroups.gaps],
        findings=[finding.body() for finding in found],
        summaries={},
        software=protocol.software(),
        stage=night.stage(turn),
        labels=seen.labels.body,
        label_free=seen.unlabelled.body(),
        charts=charts,
        dataset=seen.drift.dataset,
        joint=seen.joint,
        files=_files(night.store, seen.drift, results, current),
    )
    return run, found


def _seen(
    watch: Surveillance,
    turn: Turn,
    given: WindowCases,
    night: Night,
    baseline: Baseline,
    seen: Seen,
) -> Seen:
    """Measure a window that is large enough."""
    plan, frame = watch.plan, given.cohort.frame
    choices = Choices(clustered=plan.clusters)
    patient = given.spec.patient
    repeated = patient if performance.repeated(frame, given.spec) is not None else None
    silent = abstention.of_cohort(
        given.cohort, given.score, patient=repeated, confidence=plan.confidence, choices=choices
    )
    lacking = abstention.missing_modalities(frame, plan.modalities, confidence=plan.confidence)
    judged = given.frame
    positives = int(judged.loc[judged[LABEL] == 1, COUNT].sum())
    return replace(
        seen,
        drift=drift.measure(baseline.columns, seen.current, plan.drift),
        joint=together.judged(watch, given, night.store),
        judged=(positives, int(judged[COUNT].sum()) - positives),
        performance=performance.measure(
            judged, given.scores, plan, spec=given.spec, choices=choices
        ),
        shares=[silent, *lacking],
        unlabelled=unlabelled.estimate(
            baseline.learnt,
            given.score,
            frame[COUNT].to_numpy(),
            plan,
            night.ledger.final_before(turn.window),
        ),
    )


def _score_summary(given: WindowCases, frozen: Body) -> Body:
    """Counts of the scores that there are; no score is a missing value."""
    import numpy as np

    there = ~np.isnan(given.score)
    count = given.cohort.frame[COUNT].to_numpy()
    if not there.any():
        return frozen | {"counts": {}, "missing": int(count.sum()), "total": int(count.sum())}
    found = curves.score_summary(given.score[there], count[there], frozen)
    silent = int(count[~there].sum())
    return found | {"missing": silent, "total": found["total"] + silent}


def _files(store: Store, moved: drift.Drift, results: Sequence[Body], current: Body) -> Files:
    files = {"evidently": store.put(moved.html)} if moved.html else {}
    files["expectations"] = store.put(json.dumps(results, indent=1, sort_keys=True).encode())
    files["summaries"] = store.put(json.dumps(current, sort_keys=True).encode())
    return files


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
