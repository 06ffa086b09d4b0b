"""Reporting clocks: the days of the law, work days, and no decision in the text."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from monitoring import incident
from policies import reporting_clocks
from policies.reporting_clock import Clock, Reportable

WORDS = {"two": "2"}
BECAUSE = "A missed positive delays treatment."


CATALOG = reporting_clocks.load().value


def _clock(name: str) -> Clock:
    return CATALOG.find(name)


def test_each_clocks_days_stand_in_its_catalogs_text() -> None:
    """15, 10 and 2 days of the EU; 30 calendar, 5 work and 10 working days of the FDA."""
    found = {}
    for clock in CATALOG.clocks:
        text = re.sub("|".join(WORDS), lambda w: WORDS[w[0]], clock.text)
        if clock.days and clock.id != "ai-act-15":  # of 73(10), by 73(2)
            assert re.search(rf"\b{clock.days} (calendar |work |working )?days", text), clock.id
        found[clock.id] = (clock.days, clock.kind)
        assert clock.clause.startswith(("eu-mdr.", "eu-aia.", "fda.change."))
    assert found["mdr-10"] == found["ai-act-other-10"] == (10, "calendar")
    assert found["mdr-15"] == (15, "calendar")
    assert found["mdr-2"] == (2, "calendar")
    assert found["fda-30"] == (30, "calendar")
    assert found["fda-5"] == (5, "work")
    assert found["fda-806-10"] == (10, "work")


def test_flags_of_both_former_catalogs_are_kept() -> None:
    """What was to be checked again still is, and says why."""
    flagged = {clock.id for clock in CATALOG.clocks if clock.verify}
    assert flagged == {"mdr-trend", "ai-act-15", "fda-806-10"}
    assert all(clock.note for clock in CATALOG.clocks if clock.verify)
    assert all(clock.verified for clock in CATALOG.clocks)


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("eu-mdr-serious-incident", "mdr-15"),
        ("eu-mdr-death", "mdr-10"),
        ("eu-mdr-public-health", "mdr-2"),
        ("eu-mdr-corrective-action", "mdr-action"),
        ("eu-mdr-trend", "mdr-trend"),
        ("eu-ai-act-fundamental-rights", "ai-act-15"),
        ("fda-30-day", "fda-30"),
        ("fda-5-day", "fda-5"),
        ("fda-correction-removal", "fda-806-10"),
    ],
)
def test_a_trigger_of_an_earlier_edition_names_a_clock_that_is_found(then: str, now: str) -> None:
    """Its hint stands in the trail for ever."""
    assert CATALOG.find(then) is CATALOG.find(now)


def test_the_ai_act_leaves_all_but_fundamental_rights_of_a_device_to_the_mdr() -> None:
    """Article 73(10)."""
    assert [clock.id for clock in CATALOG.hinted("eu-ai-act")] == ["ai-act-15"]


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        # Holidays as OPM publishes them: Thanksgiving 26 Nov 2026; Independence Day 2026, a
        # Saturday, kept on Friday 3 July; New Year's Day 2028, a Saturday, kept on 31 Dec 2027;
        # Juneteenth 2027, a Saturday, kept on 18 June.
        ("2026-11-20", 5, "2026-11-30"),
        ("2026-06-29", 5, "2026-07-07"),
        ("2027-12-28", 5, "2028-01-05"),
        ("2027-06-14", 5, "2027-06-22"),
        ("2026-10-09", 5, "2026-10-19"),  # Columbus Day on the 12th
        ("2026-11-28", 5, "2026-12-04"),  # aware on a Saturday
    ],
)
def test_work_days_leave_out_weekends_and_federal_holidays(
    start: str, days: int, last: str
) -> None:
    """Counted by hand on a calendar; the day of awareness is not counted."""
    clock = _clock("fda-5").model_copy(update={"days": days})
    assert reporting_clocks.due(clock, dt.date.fromisoformat(start)) == dt.date.fromisoformat(last)


def test_a_plans_own_holidays_stand_instead_and_calendar_days_know_none() -> None:
    """No holidays at all, one of the site's own; 2 days over a weekend stay 2 days."""
    five, friday = _clock("fda-5"), dt.date(2026, 11, 20)
    assert reporting_clocks.due(five, friday, []) == dt.date(2026, 11, 27)
    assert reporting_clocks.due(five, friday, [dt.date(2026, 11, 23)]) == dt.date(2026, 11, 30)
    assert reporting_clocks.due(_clock("mdr-2"), friday) == dt.date(2026, 11, 22)
    assert reporting_clocks.due(_clock("mdr-trend"), friday) is None


@pytest.mark.parametrize("authority", ["fda", "eu-mdr", "eu-ai-act"])
def test_the_statement_says_if_and_when_and_never_that_it_is_reportable(authority: str) -> None:
    """Conditional sentences, each with its article, and the flags of the catalog."""
    reportable = Reportable.model_validate({"authority": authority, "because": BECAUSE})
    found = incident.statement(reportable, dt.date(2026, 1, 2))
    assert found["statement"].endswith(incident.PEOPLE)
    assert BECAUSE.rstrip(".") in found["statement"]
    for clock in found["clocks"]:
        assert clock["sentence"].startswith("If this ")
        assert clock["ref"] in clock["sentence"]
        assert clock["sentence"] in found["statement"]
        assert ("to be verified" in clock["sentence"]) == clock["verify"]
        assert "must be reported" not in clock["sentence"]


def test_a_clock_that_an_action_starts_has_no_day_yet() -> None:
    """21 CFR 806: from the correction, not from awareness."""
    found = incident.statement(Reportable(authority="fda", because=BECAUSE), dt.date(2026, 1, 2))
    dues = {clock["id"]: clock["due"] for clock in found["clocks"]}
    assert dues == {
        "fda-30": "2026-02-01",
        "fda-5": "2026-01-09",
        "fda-806-10": "",
    }
