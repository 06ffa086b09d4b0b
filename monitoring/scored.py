"""Windows of a model that gives a score: scored by one child process, measured one by one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from evidence.errors import UsageError
from evidence.records import MonitoringRun, ValidationRun
from monitoring import (
    abstention,
    cases,
    chart_findings,
    charting,
    drift,
    drift_findings,
    findings,
    label_findings,
    performance,
    together,
    unlabelled,
    window,
    window_labels,
)
from monitoring.cases import WindowCases
from monitoring.design import known as designed
from monitoring.seen import Seen
from validation import curves, freeze, lock, predict, protocol
from validation.choices import Choices
from validation.endpoints import Estimate
from validation.table import COUNT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from evidence.records import Body
    from evidence.store import Store
    from monitoring.design.known import Known
    from monitoring.label_free.calibrator import Calibrator
    from monitoring.schedule import Turn
    from monitoring.source.contract import Source
    from monitoring.surveillance import Night, Surveillance
    from monitoring.window import Production
    from policies.plan import MonitoringPlan
    from validation.lock import Registry
    from validation.table import Cohort

Files = dict[str, str]
SCORE = "score"


def measure(
    watch: Surveillance, source: Source, night: Night, registry: Registry
) -> Iterator[tuple[MonitoringRun, list[findings.Finding]]]:
    """Measure windows, one after the other; what they share is done before the first.

    Args:
        watch: What all windows share.
        source: Production data.
        night: The windows, and what goes with them.
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
    learnt, charted = _learnt(watch), _charted(watch)
    for number, ((turn, cohort), score) in enumerate(zip(due, scores, strict=True)):
        night.progress(f"window {turn.window.label}", number, len(due))
        given = WindowCases(cohort=cohort, score=score.to_numpy(dtype=float), spec=production.spec)
        charts = _charts(charted, given, turn, night)
        yield _measure(watch, turn, given, production, night, learnt, charts)


def _extra(plan: MonitoringPlan) -> list[str]:
    """Columns that the plan names and the reference set need not have."""
    labels = [plan.labels.known, plan.labels.delay_days] if plan.labels else []
    inputs = [name for columns in plan.modalities.values() for name in columns]
    return [name for name in (*labels, *inputs) if name]


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


def _learnt(watch: Surveillance) -> Calibrator | None:
    plan = watch.plan.label_free
    cells = _baseline(watch).curves.get("score_cells", {})
    return unlabelled.fit(cells, plan) if plan else None


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


def _charted(watch: Surveillance) -> Known | None:
    """What the limits of the plan's charts are taken from."""
    if not watch.plan.charts:
        return None
    return designed.of(watch.plan, watch.frozen, watch.baseline)


def _charts(charted: Known | None, given: WindowCases, turn: Turn, night: Night) -> list[Body]:
    """The charts after a window whose labels are taken as they are, however small it is."""
    if charted is None or not turn.final or not given.cohort.cases:
        return []
    return charting.run(charted, given, night.ledger, turn.window)


def _measure(
    watch: Surveillance,
    turn: Turn,
    given: WindowCases,
    production: Production,
    night: Night,
    learnt: Calibrator | None,
    charts: list[Body],
) -> tuple[MonitoringRun, list[findings.Finding]]:
    plan, spec, cohort = watch.plan, production.spec, given.cohort
    results = window.check(cohort, spec, watch.quality)
    reference = watch.frozen.summaries | {SCORE: _baseline(watch).curves["score_summary"]}
    current = freeze.summaries(cohort.frame, spec, watch.frozen.summaries)
    if cohort.cases:
        current[SCORE] = _score_summary(given, reference[SCORE])
    labels = window_labels.measure(
        cohort.frame,
        spec,
        plan.labels,
        night.ledger.before(turn.window),
        night.as_of,
        final=turn.final,
        confidence=plan.confidence,
    )
    seen = Seen(labels=labels, charts=charts)
    found = [findings.too_few(cohort.cases, plan, turn.window.label)]
    if cohort.cases >= plan.minimum_cases:
        moved = drift.measure(reference, current, plan.drift)
        seen = replace(
            _seen(watch, turn, given, night, learnt),
            labels=labels,
            drift=moved,
            charts=charts,
            joint=together.judged(watch, given, night.store),
            reference=reference,
            current=current,
        )
        found = _findings(watch, turn, given, production, results, seen)
    found += chart_findings.signalled(charts, turn.window.label)
    run = MonitoringRun(
        key=watch.key(turn, cases.digest(cohort.frame, spec)),
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
    learnt: Calibrator | None,
) -> Seen:
    """Measure a window that is large enough; labels and drift are told by the caller."""
    plan, frame = watch.plan, given.cohort.frame
    choices = Choices(clustered=plan.clusters)
    patient = given.spec.patient
    repeated = patient if performance.repeated(frame, given.spec) is not None else None
    silent = abstention.of_cohort(
        given.cohort, given.score, patient=repeated, confidence=plan.confidence, choices=choices
    )
    lacking = abstention.missing_modalities(frame, plan.modalities, confidence=plan.confidence)
    return Seen(
        performance=performance.measure(
            given.frame, given.scores, plan, spec=given.spec, choices=choices
        ),
        shares=[silent, *lacking],
        unlabelled=unlabelled.estimate(
            learnt,
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


def _findings(
    watch: Surveillance,
    turn: Turn,
    given: WindowCases,
    production: Production,
    results: Sequence[Body],
    seen: Seen,
) -> list[findings.Finding]:
    plan, label, cohort = watch.plan, turn.window.label, given.cohort
    baseline, n = _baseline(watch), given.cohort.cases
    then = [Estimate.from_dict(body) for body in baseline.estimates]
    gaps = [Estimate.from_dict(body) for body in baseline.gaps]
    onsets = _onsets(seen.drift.columns, cohort.frame, production, plan)
    found = findings.broken(results, label)
    found += findings.missing(seen.drift.columns, onsets, n, plan, label)
    found += drift_findings.drifted(seen.drift.columns, n, label)
    found += drift_findings.together(seen.drift.dataset, n, label)
    found += drift_findings.joint(seen.joint, label)
    found += drift_findings.new_values(
        seen.reference, seen.current, plan, watch.minimum_cell, label
    )
    found += drift_findings.mixed_up(seen.reference, seen.current, plan, label)
    found += label_findings.late(seen.labels, n, label)
    found += label_findings.shares(seen.shares, _usual(watch), plan, label)
    if not seen.labels.settled:
        return found + label_findings.fallen(seen.unlabelled, then, plan, label)
    measured, known = seen.performance, int(given.frame[COUNT].sum())
    prevalence = watch.frozen.positives / watch.frozen.cases
    found += findings.prevalence(measured.find("prevalence"), prevalence, plan, label)
    if min(cohort.positives, known - cohort.positives) >= plan.minimum_positives:
        found += findings.moved(measured, then, plan, label)
        found += findings.uncalibrated(measured.find("observed-expected"), plan, label)
        found += findings.gaps(measured, gaps, plan, label)
    return found


def _usual(watch: Surveillance) -> float:
    """The share of inputs that quality control rejected when the set was frozen."""
    return watch.frozen.rejected / max(1, watch.frozen.cases + watch.frozen.rejected)


def _baseline(watch: Surveillance) -> ValidationRun:
    if not isinstance(watch.baseline, ValidationRun):
        raise TypeError("a model with a score has a validation run of scores")
    return watch.baseline


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
