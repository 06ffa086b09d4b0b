"""Windows counted by an engine: any number of rows, none of them kept.

The counts give what the rows would: drift by column, endpoints at the plan's thresholds exactly,
the AUROC to within the pairs that share a bin of the score (`summary.measured`). What needs rows
side by side (expectations, the day values began to be missing, drift of columns together) is left
out, and the record says so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from evidence.errors import UsageError
from evidence.records import MonitoringRun
from evidence.windows import WORD
from monitoring import (
    chart_findings,
    counted_cells,
    drift,
    findings,
    unlabelled,
    window_findings,
)
from monitoring.counted_cells import Counts
from monitoring.seen import SCORE, Seen
from monitoring.source.contract import Period
from monitoring.summary import arrow, planned
from monitoring.window_labels import WindowLabels
from policies.dataset import DatasetSpec
from validation import protocol
from validation.table import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evidence.records import Body
    from monitoring.baseline import Baseline
    from monitoring.findings import Finding
    from monitoring.schedule import Turn
    from monitoring.source.contract import Source
    from monitoring.summary.counts import Summary
    from monitoring.summary.layout import Layout
    from monitoring.surveillance import Night, Surveillance

LEFT_OUT = {
    "code": "counted-only",
    "message": "Rows were counted, not kept: expectations beyond missing, new and outlying values, "
    "the day on which values began to be missing, and drift of columns together were not looked "
    "at.",
    "columns": [],
    "count": 0,
}
NO_SCORE = {
    "code": "no-score",
    "message": "Production data name no column of the score (logged_score in the plan): endpoints "
    "of the score were not measured.",
    "columns": [],
    "count": 0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """What all windows of the night share.

    Attributes:
        watch: The plan, the frozen set and the validation.
        layout: What is counted.
        baseline: What windows are compared with.
    """

    watch: Surveillance
    layout: Layout
    baseline: Baseline

    def count(self, source: Source, turn: Turn) -> Summary:
        """The counts of one window.

        Raises:
            DataError: What does not fit the roles, by column and count; files that are broken.
        """
        engine, which = self.watch.plan.engine, turn.window
        days = (str(which.start), str(which.end))
        places = source.paths()
        if not places and engine.name == "spark":
            raise UsageError(
                "engine spark reads files: the plan's source is a query, or a folder whose names "
                "bring columns; use engine duckdb."
            )
        if not places:
            batches = source.batches(self.layout.needed)
            return arrow.summarise(
                batches, self.layout, period=days, threads=engine.threads, name=source.title
            )
        found: Summary = self._engine().summarise(places, self.layout, engine, period=days)
        source.require_unchanged()
        return found

    def _engine(self) -> Any:
        if self.watch.plan.engine.name == "spark":
            from monitoring.summary import spark

            return spark
        from monitoring.summary import local

        return local


def measure(
    watch: Surveillance, source: Source, night: Night, baseline: Baseline
) -> Iterator[tuple[MonitoringRun, list[Finding]]]:
    """Count and measure windows, one after the other.

    Args:
        watch: What all windows share.
        source: Production data.
        night: The windows, and what goes with them.
        baseline: What windows are compared with.

    Yields:
        The run of each window, not yet written, and what was found.
    """
    layout = planned.layout_of(watch, watch.plan.logged_score)
    spec = DatasetSpec.model_validate(watch.frozen.spec)
    counter = Counter(watch=watch, layout=layout, baseline=baseline)
    for number, turn in enumerate(night.waiting):
        night.progress(f"window {turn.window.label}", number, len(night.waiting))
        which = turn.window
        part = source.over(Period(column=layout.day, first=which.start, last=which.end))
        mark = part.digest  # before anything is counted: a source that changes meanwhile is refused
        summary = counter.count(part, turn)
        counts = Counts(summary=summary, layout=layout, spec=spec)
        last = night.ledger.of(which)
        if turn.again and last and last.labels.get("digest") == counts.digest:
            continue
        yield _run(counter, turn, night, counts, (part, mark))


def _run(
    counter: Counter, turn: Turn, night: Night, counts: Counts, source: tuple[Source, str]
) -> tuple[MonitoringRun, list[Finding]]:
    watch, summary, baseline = counter.watch, counts.summary, counter.baseline
    plan, label = watch.plan, turn.window.label
    charts = baseline.charted(counts.given, night.ledger, turn, summary.cases)
    seen = Seen(
        cases=summary.cases,
        labels=_labels(counts, night, final=turn.final),
        charts=charts,
    )
    found = [findings.too_few(summary.cases, plan, label)]
    if summary.cases >= plan.minimum_cases:
        seen = _seen(counter, counts, turn, night, seen)
        found = window_findings.of(watch, baseline, seen, label)
    found += chart_findings.signalled(charts, label)
    files = {"evidently": night.store.put(seen.drift.html)} if seen.drift.html else {}
    files[WORD] = night.store.put(json.dumps(summary.columns, sort_keys=True).encode())
    run = MonitoringRun(
        key=watch.key(turn, counts.digest),
        model=watch.lock.model,
        model_digest=watch.lock.digest,
        reference=watch.frozen.name,
        reference_digest=watch.frozen.digest,
        policies=watch.policies,
        window=turn.window.body(),
        source=source[0].name,
        source_digest=source[1],
        rows=summary.rows,
        cases=summary.cases,
        positives=summary.outcomes()["positive"],
        accounting=summary.as_steps(),
        expectations=[],
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
        engine={"name": plan.engine.name, "layout": counts.layout.digest},
        warnings=[LEFT_OUT, *([] if counts.layout.score else [NO_SCORE])],
        files=files,
    )
    return run, found


def _labels(counts: Counts, night: Night, *, final: bool) -> WindowLabels:
    """Labels as the source has them; when they came is not counted."""
    known, cases = sum(counts.known), counts.summary.cases
    body: Body = {
        "digest": counts.digest,
        "as_of": str(night.as_of),
        "known": known,
        "cases": cases,
        "settled": final,
        "statement": f"{known:,} of {cases:,} cases have a label ({UNKNOWN} otherwise).",
    }
    return WindowLabels(body=body, settled=final)


def _seen(counter: Counter, counts: Counts, turn: Turn, night: Night, seen: Seen) -> Seen:
    """Measure a window that is large enough."""
    plan, reference = counter.watch.plan, counter.baseline.columns
    current = {name: counts.summary.columns[name] for name in reference if _there(counts, name)}
    scores, people = counts.scores
    return replace(
        seen,
        current=current,
        judged=counts.known,
        drift=drift.measure({name: reference[name] for name in current}, current, plan.drift),
        performance=counted_cells.performance_of(counts, plan),
        shares=counted_cells.shares(counts, plan.confidence),
        unlabelled=unlabelled.estimate(
            counter.baseline.learnt,
            scores,
            people,
            plan,
            night.ledger.final_before(turn.window),
        ),
    )


def _there(counts: Counts, name: str) -> bool:
    return name in counts.summary.columns and (name != SCORE or bool(counts.layout.score))
