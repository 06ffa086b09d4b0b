"""Windows of a model that writes answers or reports, measured one by one.

What the model wrote on the reference set is read again from the file that its validation kept, and
is the yardstick: of how many words it uses, what it answers, how often it cannot be read, how much
it repeats itself, and of what its texts are about. Most of it needs no key.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.records import GenerativeRun, MonitoringRun
from monitoring import (
    content,
    drift,
    drift_findings,
    findings,
    text_columns,
    text_findings,
    text_log,
    text_performance,
)
from monitoring.performance import Performance
from policies.text_set import TextSetSpec
from validation import protocol
from validation.estimate import Estimate
from validation.generative import kept
from validation.generative.outputs import RESPONSE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from evidence.records import Body
    from evidence.store import Store
    from monitoring.findings import Finding
    from monitoring.schedule import Turn, Window
    from monitoring.source.contract import Source
    from monitoring.surveillance import Night, Surveillance
    from monitoring.text_columns import Watched
    from monitoring.text_log import TextLog
    from policies.text_plan import TextPlan
    from validation.generative.kept import Kept

NOT_CHARTED = {
    "code": "charts-not-run",
    "message": "Control charts of models that write are designed, but surveillance does not run "
    "them yet.",
    "columns": [],
    "count": 0,
}
RESPONSES, QUESTIONS = "responses", "questions"  # how content is called


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardstick:
    """What every window is compared with.

    Attributes:
        run: The model's validation.
        plan: The rules for texts.
        kept: What it wrote on the reference set.
        watched: The same, read.
        summaries: Counts of the reference set, whose edges are used.
    """

    run: GenerativeRun
    plan: TextPlan
    kept: Kept
    watched: Watched
    summaries: Body


def measure(
    watch: Surveillance, source: Source, night: Night
) -> Iterator[tuple[MonitoringRun, list[Finding]]]:
    """Measure windows, one after the other; what they share is done before the first.

    Args:
        watch: What all windows share.
        source: Production data.
        night: The windows, and what goes with them.

    Yields:
        The run of each window, not yet written, and what was found.
    """
    total = len(night.waiting)
    night.progress("reading what was validated", 0, total)
    than = _yardstick(watch, night.store)
    night.progress("reading production data", 0, total)
    windows = [turn.window for turn in night.waiting]
    log = text_log.read(source, watch.frozen, windows, watch.plan, than.plan, than.kept.embeddings)
    for number, turn in enumerate(night.waiting):
        night.progress(f"window {turn.window.label}", number, total)
        yield _measure(watch, turn, log, than, night)


def _yardstick(watch: Surveillance, store: Store) -> Yardstick:
    run, plan = watch.baseline, watch.plan.texts
    if not isinstance(run, GenerativeRun) or plan is None:
        raise TypeError("a model that writes has a validation run of texts, and a plan of them")
    wanted = {name: rule.columns for name, rule in plan.embeddings.items()}
    found = kept.read(store, run, watch.frozen, wanted)
    spec = TextSetSpec.model_validate(watch.frozen.spec)
    read = text_columns.watched(found.frame, spec)
    return Yardstick(
        run=run,
        plan=plan,
        kept=found,
        watched=read,
        summaries=text_columns.reference(read, watch.frozen.summaries, plan.without),
    )


def _measure(
    watch: Surveillance, turn: Turn, log: TextLog, than: Yardstick, night: Night
) -> tuple[MonitoringRun, list[Finding]]:
    which, store = turn.window, night.store
    frame, accounting = log.cases(which)
    now, enough = text_columns.watched(frame, log.spec), len(frame) >= watch.plan.minimum_cases
    results = text_log.check(frame, log, watch.quality)
    current = text_columns.window(now, than.summaries)
    counted = drift.Drift(columns=[], html=b"")
    contents: list[Body] = []
    measured = Performance(estimates=[], gaps=[])
    found = [findings.too_few(len(frame), watch.plan, which.label)]
    if enough:
        counted = drift.measure(than.summaries, current, watch.plan.drift)
        contents = _contents(now, than, watch.plan.confidence)
        performance = text_performance.measure(now, than.run, watch.plan)
        shares = text_columns.shares(now, than.watched, watch.plan.confidence)
        measured = Performance(estimates=[*performance.estimates, *shares], gaps=[])
        found = _findings(watch, which, now, than, counted.columns, measured)
        found += findings.broken(results, which.label)
        found += text_findings.content(contents, which.label)
    files = {"evidently": store.put(counted.html)} if counted.html else {}
    files["summaries"] = store.put(json.dumps(current, sort_keys=True).encode())
    files["expectations"] = store.put(json.dumps(results, indent=1, sort_keys=True).encode())
    run = MonitoringRun(
        key=watch.key(turn),
        model=watch.lock.model,
        model_digest=watch.lock.digest,
        reference=watch.frozen.name,
        reference_digest=watch.frozen.digest,
        policies=watch.policies,
        window=which.body(),
        source=log.name,
        source_digest=log.digest,
        rows=len(frame),
        cases=len(frame),
        positives=0,
        accounting=accounting,
        expectations=results,
        drift=[*counted.columns, *contents],
        estimates=[e.to_dict() for e in measured.estimates],
        gaps=[],
        findings=[finding.body() for finding in found],
        summaries={},
        software=protocol.software(),
        stage=night.stage(turn),
        warnings=[NOT_CHARTED] if watch.plan.charts else [],
        files=files,
    )
    return run, found


def _contents(now: Watched, than: Yardstick, confidence: float) -> list[Body]:
    """Content of questions, responses and embeddings against the reference set's."""
    plan, roles = than.plan, now.spec.answers
    found = []
    if roles and roles.question not in plan.without:
        asked, asking = (_listed(f, roles.question) for f in (than.kept.frame, now.frame))
        found.append(content.texts(QUESTIONS, asked, asking, plan, confidence))
    if roles is None or roles.reading == "text":  # a letter that was taken already has no content
        wrote, writes = (_listed(f, RESPONSE) for f in (than.kept.frame, now.frame))
        found.append(content.texts(RESPONSES, wrote, writes, plan, confidence))
    for name, columns in than.kept.embeddings.items():
        then, current = than.kept.frame[columns], now.frame[columns]
        rule = plan.embeddings[name]
        found.append(content.embedding(name, then, current, rule, plan.sample, confidence))
    return found


def _listed(frame: pd.DataFrame, column: str) -> list[str]:
    return [str(text) for text in frame[column].fillna("")]


def _findings(
    watch: Surveillance,
    which: Window,
    now: Watched,
    than: Yardstick,
    columns: Sequence[Body],
    measured: Performance,
) -> list[Finding]:
    plan, label, n = watch.plan, which.label, len(now.frame)
    usual = text_columns.shares(than.watched, now, plan.confidence)
    found = findings.missing(columns, {}, n, plan, label)
    found += drift_findings.drifted(columns, n, label)
    found += text_findings.unparsable(measured.estimates, usual, now.why, than.plan, label)
    found += text_findings.collapsed(measured.estimates, usual, than.plan, label)
    whole = [Estimate.from_dict(body) for body in than.run.estimates]
    whole = [e for e in whole if e.endpoint != text_performance.LABEL_FREE] + usual
    # Endpoints of too few matured keys are shown, and raise nothing.
    judged = [e for e in measured.estimates if e.n >= plan.minimum_cases]
    return found + findings.moved(Performance(estimates=judged, gaps=[]), whole, plan, label)
