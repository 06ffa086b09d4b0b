"""All that a window of a model that gives a score shows, judged by the plan's rules. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring import drift_findings, findings, label_findings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitoring.baseline import Baseline
    from monitoring.findings import Finding
    from monitoring.seen import Seen
    from monitoring.surveillance import Surveillance


def of(
    watch: Surveillance,
    baseline: Baseline,
    seen: Seen,
    window: str,
    onsets: Mapping[str, str] | None = None,
) -> list[Finding]:
    """Findings of a window that is large enough, but those of charts and expectations.

    Args:
        watch: The plan.
        baseline: What it is compared with.
        seen: What was measured.
        window: The window's label.
        onsets: Column to the day on which its values began to be missing, where that is known.
    """
    plan, n, columns = watch.plan, seen.cases, seen.drift.columns
    found = findings.missing(columns, onsets or {}, n, plan, window)
    found += drift_findings.drifted(columns, n, window)
    found += drift_findings.together(seen.drift.dataset, n, window)
    found += drift_findings.joint(seen.joint, window)
    found += drift_findings.new_values(
        baseline.columns, seen.current, plan, watch.minimum_cell, window
    )
    found += drift_findings.mixed_up(baseline.columns, seen.current, plan, window)
    found += label_findings.late(seen.labels, n, window)
    found += label_findings.shares(seen.shares, baseline.rejected, plan, window)
    if not seen.labels.settled:
        return found + label_findings.fallen(seen.unlabelled, baseline.estimates, plan, window)
    return found + _labelled(watch, baseline, seen, window)


def _labelled(watch: Surveillance, baseline: Baseline, seen: Seen, window: str) -> list[Finding]:
    """What needs the reference standard of the window's cases."""
    plan, measured = watch.plan, seen.performance
    usual = watch.frozen.positives / watch.frozen.cases
    found = findings.prevalence(measured.find("prevalence"), usual, plan, window)
    positives, negatives = seen.judged
    if min(positives, negatives) >= plan.minimum_positives:
        found += findings.moved(measured, baseline.estimates, plan, window)
        found += findings.uncalibrated(measured.find("observed-expected"), plan, window)
        found += findings.gaps(measured, baseline.gaps, plan, window)
    return found
