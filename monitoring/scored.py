"""Windows of a model that gives a score: scored by one child process, measured one by one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from evidence.errors import UsageError
from evidence.records import MonitoringRun, ValidationRun
from monitoring import cases, drift, findings, performance, window
from monitoring.cases import WindowCases
from validation import curves, freeze, lock, predict, protocol
from validation.endpoints import Estimate
from validation.table import COUNT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from evidence.records import Body
    from evidence.store import Store
    from monitoring.schedule import Turn
    from monitoring.surveillance import Night, Surveillance
    from monitoring.window import Production
    from policies.plan import MonitoringPlan
    from validation.lock import Registry
    from validation.table import Cohort

Files = dict[str, str]
SCORE = "score"


def measure(
    watch: Surveillance, source: Path, night: Night, registry: Registry
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
    production = window.read(source, watch.frozen)
    labelled = watch.plan.labels is None
    found = [(turn, production.cohort(turn.window, labelled=labelled)) for turn in night.waiting]
    due = [(turn, cohort) for turn, cohort in found if _changed(turn, cohort, production, night)]
    night.progress("predicting", 0, len(due))
    scores = _scores(watch, [cohort for _, cohort in due], production, registry) if due else []
    for number, ((turn, cohort), score) in enumerate(zip(due, scores, strict=True)):
        night.progress(f"window {turn.window.label}", number, len(due))
        yield _measure(watch, turn, cohort, score, production, night)


def _changed(turn: Turn, cohort: Cohort, production: Production, night: Night) -> bool:
    """Whether a window is judged: for the first time at its age, or because its rows changed."""
    if not turn.again:
        return True
    last = night.history.of(turn.window)
    now = cases.digest(cohort.frame, production.spec)
    return last is not None and last.labels.get("digest") != now


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
    turn: Turn,
    cohort: Cohort,
    score: pd.Series[float],
    production: Production,
    night: Night,
) -> tuple[MonitoringRun, list[findings.Finding]]:
    plan, spec, label = watch.plan, production.spec, turn.window.label
    given = WindowCases(cohort=cohort, score=score.to_numpy(dtype=float), spec=spec)
    results = window.check(cohort, spec, watch.quality)
    reference = watch.frozen.summaries | {SCORE: _baseline(watch).curves["score_summary"]}
    current = freeze.summaries(cohort.frame, spec, watch.frozen.summaries)
    moved, measured = drift.Drift(columns=[], html=b""), performance.NOTHING
    found = [findings.too_few(cohort.cases, plan, label)]
    if cohort.cases:
        current[SCORE] = _score_summary(given, reference[SCORE])
    if cohort.cases >= plan.minimum_cases:
        moved = drift.measure(reference, current, plan.drift)
        measured = performance.measure(given.frame, given.scores, plan)
        found = _findings(watch, turn, given, production, results, moved, measured)
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
        drift=moved.columns,
        estimates=[estimate.to_dict() for estimate in measured.estimates],
        gaps=[gap.to_dict() for gap in measured.gaps],
        findings=[finding.body() for finding in found],
        summaries={},
        software=protocol.software(),
        stage=night.stage(turn),
        labels=_labels(watch, given),
        files=_files(night.store, moved, results, current),
    )
    return run, found


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


def _labels(watch: Surveillance, given: WindowCases) -> Body:
    """What was known of the window's labels."""
    frame = given.cohort.frame
    return {"digest": cases.digest(frame, given.spec)} if watch.plan.labels else {}


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
    moved: drift.Drift,
    measured: performance.Performance,
) -> list[findings.Finding]:
    plan, label, cohort = watch.plan, turn.window.label, given.cohort
    baseline = _baseline(watch)
    then = [Estimate.from_dict(body) for body in baseline.estimates]
    gaps = [Estimate.from_dict(body) for body in baseline.gaps]
    onsets = _onsets(moved.columns, cohort.frame, production, plan)
    n, known = cohort.cases, int(given.frame[COUNT].sum())
    found = findings.broken(results, label)
    found += findings.missing(moved.columns, onsets, n, plan, label)
    found += findings.drifted(moved.columns, n, label)
    prevalence = watch.frozen.positives / watch.frozen.cases
    found += findings.prevalence(measured.find("prevalence"), prevalence, plan, label)
    if min(cohort.positives, known - cohort.positives) >= plan.minimum_positives:
        found += findings.moved(measured, then, plan, label)
        found += findings.uncalibrated(measured.find("observed-expected"), plan, label)
        found += findings.gaps(measured, gaps, plan, label)
    return found


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
