"""What changed in a window, each as one sentence with its numbers. Pure.

A finding compares the window with the frozen reference by a rule of the plan. It counts only when
the whole interval lies beyond the rule's limit, so that small windows do not cry wolf.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from monitoring.performance import find

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evidence.records import Body
    from monitoring.performance import Performance
    from policies.plan import MonitoringPlan
    from validation.endpoints import Estimate

WORDS = {"auroc": "AUROC", "ppv": "PPV", "npv": "NPV"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that changed.

    Attributes:
        kind: One of the plan's finding kinds.
        cause: What makes two findings the same over time: ``kind:subject``.
        subject: The column, endpoint or attribute.
        window: The window's label.
        statement: One sentence with the numbers.
        value: What was found.
        low: Lower bound, where there is an interval.
        high: Upper bound.
        reference: The frozen reference's value.
        limit: What the plan allows.
        unit: The unit of value, bounds, reference and limit.
        method: How it was measured.
        n: People behind it.
        onset: The day it began, where the data show it.
    """

    kind: str
    cause: str
    subject: str
    window: str
    statement: str
    value: float | None
    low: float | None = None
    high: float | None = None
    reference: float | None = None
    limit: float | None = None
    unit: str = "proportion"
    method: str = ""
    n: int = 0
    onset: str = ""

    def body(self) -> Body:
        """As a record holds it."""
        return asdict(self)


def too_few(n: int, plan: MonitoringPlan, window: str) -> Finding:
    """The window has fewer cases than the plan needs to measure."""
    return Finding(
        kind="data-quality",
        cause="data-quality:cases",
        subject="cases",
        window=window,
        statement=f"The window has {n:,} cases, {plan.minimum_cases:,} are needed to measure.",
        value=float(n),
        limit=float(plan.minimum_cases),
        unit="cases",
        method="count",
        n=n,
    )


def broken(results: Sequence[Body], window: str) -> list[Finding]:
    """Expectations that do not hold; missing values are found by `missing`."""
    return [
        Finding(
            kind="data-quality",
            cause=f"data-quality:{r['column']}",
            subject=r["column"],
            window=window,
            statement=f"Expected: {r['statement']}; broken by {r['observed']}.",
            value=r["unexpected"] / r["cases"],
            method="great-expectations",
            n=r["cases"],
        )
        for r in results
        if not r["ok"] and not r["expectation"].endswith("not_be_null")
    ]


def missing(
    drift: Sequence[Body], onsets: Mapping[str, str], n: int, plan: MonitoringPlan, window: str
) -> list[Finding]:
    """Columns that are missing much more often than in the reference set."""
    found = []
    for column in drift:
        now, then = column["missing_window"], column["missing_reference"]
        if now is None or then is None or now - then < plan.missing_rise:
            continue
        name, onset = column["column"], onsets.get(column["column"], "")
        since = f", since {onset}" if onset else ""
        found.append(
            Finding(
                kind="missingness",
                cause=f"missingness:{name}",
                subject=name,
                window=window,
                statement=f"{name} is missing in {now:.1%} of {n:,} cases "
                f"(reference set: {then:.1%}){since}.",
                value=now,
                reference=then,
                limit=then + plan.missing_rise,
                method="share of cases",
                n=n,
                onset=onset,
            )
        )
    return found


def prevalence(
    now: Estimate | None, then: float, plan: MonitoringPlan, window: str
) -> list[Finding]:
    """The share of positives has risen or fallen by the plan's ratio."""
    if now is None or now.value is None or now.low is None or now.high is None:
        return []
    ratio = plan.prevalence_ratio
    if not (now.low > then * ratio or now.high < then / ratio):
        return []
    limit = then * ratio if now.value > then else then / ratio
    word = "risen" if now.value > then else "fallen"
    statement = (
        f"Prevalence has {word} to {now.value:.1%} ({span(now, percent=True)}) from {then:.1%} in "
        f"the reference set (limit {limit:.1%})."
    )
    return [of_estimate("prevalence", "prevalence", now, window, statement, then, limit)]


def moved(
    performance: Performance, reference: list[Estimate], plan: MonitoringPlan, window: str
) -> list[Finding]:
    """Endpoints whose whole interval lies beyond the reference by the margin."""
    thresholds = {point.name: point.threshold for point in plan.operating_points}
    found = []
    for rule in plan.performance:
        at = thresholds[rule.at] if rule.at else None
        now, then = performance.find(rule.endpoint, at), find(reference, rule.endpoint, at)
        limit = find_reference(then, rule.fall_of, rule.rise_of)
        if now is None or then is None or limit is None:
            continue
        if not _beyond(now, limit, below=rule.fall_of is not None):
            continue
        name = WORDS.get(rule.endpoint, rule.endpoint.replace("-", " ").capitalize())
        place = f" at {rule.at}" if rule.at else ""
        word = "fallen" if rule.fall_of else "risen"
        statement = (
            f"{name}{place} has {word} to {now.value:.3f} ({span(now)}) from {then.value:.3f} in "
            f"the reference set (limit {limit:.3f})."
        )
        subject = f"{rule.endpoint}@{rule.at}" if rule.at else rule.endpoint
        found.append(of_estimate("performance", subject, now, window, statement, then.value, limit))
    return found


def find_reference(
    then: Estimate | None, fall_of: float | None, rise_of: float | None
) -> float | None:
    """The limit that a rule sets from the reference's value; None where there is none."""
    if then is None or then.value is None:
        return None
    if fall_of is not None:
        return then.value - fall_of
    return None if rise_of is None else then.value + rise_of


def _beyond(now: Estimate, limit: float, *, below: bool) -> bool:
    """Whether the whole interval lies on the wrong side."""
    if now.value is None or now.low is None or now.high is None:
        return False
    return now.high < limit if below else now.low > limit


def uncalibrated(now: Estimate | None, plan: MonitoringPlan, window: str) -> list[Finding]:
    """Observed over expected positives lies wholly outside the plan's range."""
    if now is None or now.value is None or now.low is None or now.high is None:
        return []
    low, high = plan.observed_expected
    if now.high >= low and now.low <= high:
        return []
    limit = low if now.high < low else high
    statement = (
        f"Observed over expected positives is {now.value:.2f} ({span(now)}); the plan allows "
        f"{low:g} to {high:g}."
    )
    return [of_estimate("calibration", "observed-expected", now, window, statement, 1.0, limit)]


def gaps(
    performance: Performance, reference: Sequence[Estimate], plan: MonitoringPlan, window: str
) -> list[Finding]:
    """Subgroup gaps whose interval lies above the plan's margin."""
    then = {gap.subgroup: gap.value for gap in reference if gap.endpoint == "auroc-difference"}
    small = {
        estimate.subgroup
        for estimate in performance.estimates
        if min(estimate.positives, estimate.n - estimate.positives) < plan.minimum_positives
    }
    found = []
    for rule in plan.gaps:
        for gap in performance.gaps:
            attribute = gap.subgroup.partition("=")[0]
            mine = gap.endpoint == f"{rule.endpoint}-difference" and attribute in rule.by
            if not mine or gap.value is None or gap.low is None or gap.low <= rule.above:
                continue
            if small.intersection(gap.subgroup.split(" − ")):
                continue  # shown in the window's table, but too few cases to raise anything
            better, worse = (part.partition("=")[2] for part in gap.subgroup.split(" − "))
            statement = (
                f"AUROC is higher in {attribute} {better} than in {worse} by {gap.value:.3f} "
                f"({span(gap)}); the plan allows {rule.above:g}."
            )
            subject = f"{attribute}:{better}>{worse}"
            before = then.get(gap.subgroup)
            found.append(
                of_estimate("subgroup-gap", subject, gap, window, statement, before, rule.above)
            )
    return found


def span(estimate: Estimate, *, percent: bool = False) -> str:
    """An interval as a sentence has it."""
    form = ".1%" if percent else ".3f"
    return f"{estimate.confidence:.0%} CI {estimate.low:{form}} to {estimate.high:{form}}"


def of_estimate(
    kind: str,
    subject: str,
    now: Estimate,
    window: str,
    statement: str,
    reference: float | None,
    limit: float | None,
) -> Finding:
    """A finding on an estimate, which brings value, interval, unit, method and n."""
    return Finding(
        kind=kind,
        cause=f"{kind}:{subject}",
        subject=subject,
        window=window,
        statement=statement,
        value=now.value,
        low=now.low,
        high=now.high,
        reference=reference,
        limit=limit,
        unit=now.unit,
        method=now.method,
        n=now.n,
    )
