"""Whether a clause applies to this device, and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.scope import stated
from reports.traceability import evidence

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from policies.catalog import ApplicationDate, Catalog
    from policies.clause import Clause
    from policies.scope import AppliesTo
    from reports.traceability.facts import Facts

FACTS = {  # how a reason names a fact of device.yaml
    "roles": "whose role is",
    "high_risk": "that is high-risk by",
    "us_pathway": "whose US submission is",
    "eu_class": "of class",
    "studies": "whose study is of the sort",
    "systemic_risk": "general-purpose with systemic risk",
    "third_party_model": "built on a model or components of another maker",
    "generative": "generative",
    "talks_to_people": "used by people directly",
    "keeps_learning": "learning in use",
    "biometrics": "for biometrics or emotions",
    "special_category_data": "developed with special categories of personal data",
    "pccp": "submitted with a PCCP",
    "beyond_software": "more than software",
    "measuring": "a measuring device",
    "connected": "connected to other devices",
    "mobile": "run on mobile platforms",
    "lay_users": "used by patients or caregivers",
    "synthetic_data": "developed or tested with synthetic data",
    "clinician_reference": "judged by a clinicians' reference standard",
    "foreign_data": "developed or tested with data from outside the US",
}


def reason(law: Catalog, clause: Clause, facts: Facts, as_of: dt.date | None) -> str:
    """Why a clause does not apply; empty when it does."""
    if clause.not_here:
        return clause.not_here
    known = stated(facts.device)
    for asked in (law.applies_to, clause.applies_to):
        if why := _mismatch(asked, known):
            return why
    start = applies_from(law, clause, known)
    if as_of and start and start > as_of.isoformat():
        return f"It applies from {start}; asked of {as_of.isoformat()}."
    if clause.occasion and not _happened(clause, facts):
        what = " or ".join(evidence.event(need) for need in clause.occasion)
        return f"It is asked once there is {what}; the trail has none."
    return ""


def undecided(law: Catalog, clause: Clause, facts: Facts) -> tuple[str, ...]:
    """Keys of `device.yaml` that would decide whether a clause applies, and are not stated."""
    known = stated(facts.device)
    asked = law.applies_to.asked() | clause.applies_to.asked()
    return tuple(
        fact if fact in ("us_pathway", "eu_class") else f"scope.{fact}"
        for fact in asked
        if not known[fact]
    )


def _mismatch(asked: AppliesTo, known: Mapping[str, list[str]]) -> str:
    for fact, allowed in asked.asked().items():
        said = known[fact]
        if not said or set(said) & set(allowed):
            continue
        if allowed in (["yes"], ["no"]):
            no = "not " if allowed == ["no"] else ""
            return f"It applies to a system that is {no}{FACTS[fact]}; device.yaml says {said[0]}."
        one = " or ".join(allowed)
        return f"It applies to one {FACTS[fact]} {one}; device.yaml says {', '.join(said)}."
    return ""


def _happened(clause: Clause, facts: Facts) -> bool:
    return any(not evidence.find(need, facts, clause.id).missing for need in clause.occasion)


def applies_from(law: Catalog, clause: Clause, known: Mapping[str, list[str]]) -> str:
    """The day from which a clause applies, ISO 8601; of the text itself where none is given."""
    dates = {each.key: each for each in law.application_dates}
    if clause.applies_from not in dates:
        return law.date
    day = _day(dates[clause.applies_from], known["high_risk"])
    return day.isoformat() if day else law.date


def _day(each: ApplicationDate, by: list[str]) -> dt.date | None:
    """A system that is high-risk in two ways is bound from the earlier day; so is one unsaid."""
    ways = {"art-6-1": each.art_6_1, "annex-iii": each.annex_iii}
    days = [day for way, day in ways.items() if day and (way in by or not by)]
    return min(days, default=each.date or each.annex_iii or each.art_6_1)
