"""Endpoints of answers in a window, on the cases whose key has matured."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from monitoring.performance import Performance
from policies.generative import ANSWERS
from validation.answering.endpoints import evaluate
from validation.choices import Choices, Clustered
from validation.estimate import absent
from validation.generative import answers
from validation.generative.outputs import RESPONSE, Outputs
from validation.generative.sample import Sample, cluster

if TYPE_CHECKING:
    from evidence.records import GenerativeRun
    from monitoring.text_columns import Watched
    from policies.plan import MonitoringPlan
    from validation.estimate import Estimate

LABEL_FREE = "unparsable-rate"  # measured on all outputs, with a key or without


def endpoints(baseline: GenerativeRun, plan: MonitoringPlan) -> list[str]:
    """Those that the model was validated by, and those that the plan watches."""
    whole = [e["endpoint"] for e in baseline.estimates if e["subgroup"] == "overall"]
    named = [*whole, *(rule.endpoint for rule in plan.performance)]
    return [name for name in dict.fromkeys(named) if name in ANSWERS and name != LABEL_FREE]


def measure(of: Watched, baseline: GenerativeRun, plan: MonitoringPlan) -> Performance:
    """Measure answers against their keys with the pre-market ruler.

    Args:
        of: The window's outputs; a blank key is one that has not matured.
        baseline: The model's validation: its endpoints, and how its intervals respect items.
        plan: The plan.
    """
    roles = of.spec.answers
    wanted = endpoints(baseline, plan) if roles else []
    if roles is None or not wanted:
        return Performance(estimates=[], gaps=[])
    known = of.frame[of.frame[roles.key].notna()].reset_index(drop=True)
    if not len(known):
        missing = [_none(name, plan) for name in wanted if plan.performance]
        return Performance(estimates=missing, gaps=[])
    sample = Sample(frame=known, spec=of.spec, outputs=Outputs(texts={}, counts={}))
    rows = known[RESPONSE].notna().to_numpy()
    owner = sample.owner if _named(of) else None
    found = evaluate(
        answers.of(sample, known[RESPONSE], rows),
        endpoints=wanted,
        confidence=plan.confidence,
        cluster=cluster(owner, rows),
        choices=_choices(baseline),
    )
    return Performance(estimates=found, gaps=[])


def _named(of: Watched) -> bool:
    """Whether production says which item or patient each case is of."""
    unit = of.spec.patient or of.spec.item
    return unit is not None and bool(of.frame[unit].notna().all())


def _choices(baseline: GenerativeRun) -> Choices:
    """The interval of repeated items that the validation had."""
    method = baseline.design.get("clusters")
    known = next((name for name in get_args(Clustered) if name == method), None)
    return Choices(clustered=known) if known else Choices()


def _none(name: str, plan: MonitoringPlan) -> Estimate:
    return absent(
        name,
        "no case of the window has a key yet",
        n=0,
        positives=0,
        method="",
        confidence=plan.confidence,
    )
