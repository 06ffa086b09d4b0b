"""What a trigger could mean for an authority: clocks that would start, for the board to see. Pure.

Nothing here decides that anything is reportable: the sentences say what would be due, and when,
*if* people find that it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import reporting_clocks

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from evidence.records import Body
    from policies.plan import MonitoringPlan, TriggerRule
    from policies.reporting_clock import Clock, Reportable

KEY = "reporting"  # under which a trigger's finding holds it
AUTHORITIES = {
    "fda": "FDA, 21 CFR 803 and 806",
    "eu-mdr": "EU MDR, Articles 87 and 88",
    "eu-ai-act": "EU AI Act, Article 73",
}
UNSAID = {"authority", "devices", "formerly", "counting", "must"}  # said once, or of no use to it
PEOPLE = "Whether anything is reportable is for people to decide; this is no such decision."


def statement(
    reportable: Reportable, aware: dt.date, holidays: Collection[dt.date] | None = None
) -> Body:
    """What the board is shown of an authority's clocks.

    Args:
        reportable: The rule's key.
        aware: The day of the record; people may have been aware earlier.
        holidays: No work days; US federal holidays when None.

    Returns:
        Authority, reason, one body a clock (with its clause, flags and day), and sentences; JSON.
    """
    catalog = reporting_clocks.load().value
    known = catalog.hinted(reportable.authority)
    clocks = [_body(clock, aware, holidays) for clock in known]
    return {
        "authority": reportable.authority,
        "because": reportable.because,
        "aware": str(aware),
        "as_of": str(catalog.as_of),
        "clocks": clocks,
        "statement": _words(reportable, aware, clocks),
    }


def of_rule(rule: TriggerRule, plan: MonitoringPlan, aware: dt.date) -> Body:
    """What a rule adds to the finding of its triggers; empty when nothing."""
    if rule.reportable is None:
        return {}
    return {KEY: statement(rule.reportable, aware, plan.work_holidays)}


def _body(clock: Clock, aware: dt.date, holidays: Collection[dt.date] | None) -> Body:
    known = clock.begins == "awareness"
    last = reporting_clocks.due(clock, aware, holidays) if known else None
    found = clock.model_dump(mode="json", exclude=UNSAID)
    return found | {"due": str(last) if last else "", "sentence": _sentence(clock, aware, last)}


def _sentence(clock: Clock, aware: dt.date, last: dt.date | None) -> str:
    kind = "work day" if clock.kind == "work" else "calendar day"
    length = f"{clock.days} {kind}s" if clock.days else ""
    if last:
        when = f"would be due by {last} ({length} after awareness, counted from {aware})"
    elif clock.begins == "action" and length:
        when = f"would be due {length} after that action is begun"
    else:
        when = "would be due; the law gives no number of days"
    doubt = "" if clock.verified and not clock.verify else "; to be verified"
    return f"If this {clock.event}, {clock.report} {when} [{clock.ref}{doubt}]."


def _words(reportable: Reportable, aware: dt.date, clocks: list[Body]) -> str:
    head = f"{AUTHORITIES[reportable.authority]}: {reportable.because.rstrip('.')}."
    earlier = (
        f"Days are counted from {aware}, the day of this record; whoever was aware of an event "
        "earlier counts from then."
    )
    return " ".join([head, *(clock["sentence"] for clock in clocks), earlier, PEOPLE])
