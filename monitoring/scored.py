"""Windows of a model that gives a score: scored by one child process, measured one by one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from evidence.errors import UsageError
from evidence.records import MonitoringRun, ValidationRun
from monitoring import drift, findings, performance, window
from validation import curves, freeze, lock, predict, protocol
from validation.endpoints import Estimate
from validation.table import COUNT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas as pd

    from evidence.records import Body
    from evidence.store import Store
    from monitoring.schedule import Window
    from monitoring.source.contract import Source
    from monitoring.surveillance import Surveillance
    from monitoring.window import Production
    from policies.plan import MonitoringPlan
    from validation.lock import Registry
    from validation.table import Cohort

SCORE = "score"


def measure(
    watch: Surveillance,
    source: Source,
    waiting: Sequence[Window],
    store: Store,
    registry: Registry,
    progress: Callable[[str, int, int], None],
) -> Iterator[tuple[MonitoringRun, list[findings.Finding]]]:
    """Measure windows, one after the other; what they share is done before the first.

    Args:
        watch: What all windows share.
        source: Production data.
        waiting: The windows.
        store: Where the files behind a run are kept.
        registry: Where the model is.
        progress: Told what is going on.

    Yields:
        The run of each window, not yet written, and what was found.
    """
    progress("reading production data", 0, len(waiting))
    production = window.read(source, watch.frozen, waiting)
    cohorts = [production.cohort(which) for which in waiting]
    progress("predicting", 0, len(waiting))
    scores = _scores(watch, cohorts, production, registry)
    for number, (which, cohort, score) in enumerate(zip(waiting, cohorts, scores, strict=True)):
        progress(f"window {which.label}", number, len(waiting))
        yield _measure(watch, which, cohort, score, production, store)


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
    baseline = _baseline(watch)
    reference = watch.frozen.summaries | {SCORE: baseline.curves["score_summary"]}
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
        return [findings.too_few(n, plan, label)]
    then = [Estimate.from_dict(body) for body in _baseline(watch).estimates]
    gaps = [Estimate.from_dict(body) for body in _baseline(watch).gaps]
    onsets = _onsets(moved.columns, cohort.frame, production, plan)
    found = findings.broken(results, label)
    found += findings.missing(moved.columns, onsets, n, plan, label)
    found += findings.drifted(moved.columns, n, label)
    prevalence = watch.frozen.positives / watch.frozen.cases
    found += findings.prevalence(measured.find("prevalence"), prevalence, plan, label)
    if min(cohort.positives, n - cohort.positives) >= plan.minimum_positives:
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
