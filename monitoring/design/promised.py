"""The design of a registered plan, made and written into the trail once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence import digest as digests
from evidence.records import SurveillanceDesign
from monitoring.design import known, plan_rules, promise
from validation import protocol

if TYPE_CHECKING:
    from evidence.records import Record
    from evidence.trail import AuditTrail
    from monitoring.design.known import Known
    from monitoring.design.promise import Design
    from monitoring.surveillance import Surveillance

LOSS = 0.05


def made(given: Known, loss: float) -> Design:
    """What a plan promises.

    Args:
        given: The plan with what is frozen and the expected volume.
        loss: Of an endpoint, absolute, whose delay is told.
    """
    told = {
        "model": given.plan.model,
        "reference": given.plan.reference,
        "cases_a_year": given.cases_a_year,
        "prevalence": None if given.plan.texts else given.prevalence,
    }
    charts = [(rule, given.streams(rule)) for rule in given.plan.charts]
    return promise.design(charts, plan_rules.rows(given, loss), given.pace, loss=loss, told=told)


def record(
    watch: Surveillance, trail: AuditTrail, *, loss: float = LOSS, at: str, actor: str
) -> Record:
    """Write the design of the plan that is in force; of the same plan and loss it is written once.

    Volume and prevalence are those of the plan, or of the reference set: what surveillance takes
    its limits from.

    Raises:
        UsageError: No volume is known.
    """
    parts = [watch.lock.digest, watch.frozen.digest, watch.policies["monitoring"], str(loss)]
    key = digests.of_value(parts)
    for found, value in trail.all(SurveillanceDesign):
        if value.key == key:
            return found
    design = made(known.of(watch.plan, watch.frozen, watch.baseline), loss)
    value = SurveillanceDesign(
        key=key,
        model=watch.lock.model,
        model_digest=watch.lock.digest,
        reference=watch.frozen.name,
        reference_digest=watch.frozen.digest,
        policies=watch.policies,
        design=design.to_dict(),
        software=protocol.software(),
    )
    written = trail.append([value], at=at, actor=actor, once=key)
    return written[0] if written else record(watch, trail, loss=loss, at=at, actor=actor)
