"""Reporting clocks: the days of the law, work days, and no decision in the text."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from monitoring import incident
from policies import reporting
from policies.reporting import Reportable

WORDS = {"two": "2"}
BECAUSE = "A missed positive delays treatment."


def _clock(name: str) -> reporting.Clock:
    return next(clock for clock in reporting.load().clocks if clock.id == name)


def test_each_clocks_days_stand_in_its_catalogs_text() -> None:
    """15, 10 and 2 days of the EU; 30 calendar, 5 work and 10 working days of the FDA."""
    found = {}
    for clock in reporting.load().clocks:
        text = re.sub("|".join(WORDS), lambda w: WORDS[w[0]], clock.text)
        if clock.days and clock.id != "eu-ai-act-fundamental-rights":  # of 73(10), by 73(2)
            assert re.search(rf"\b{clock.days} (calendar |work |working )?days", text), clock.id
        found[clock.id] = (clock.days, clock.kind)
        assert clock.clause.startswith(("eu-mdr.", "eu-aia.", "fda.change."))
    assert found["eu-mdr-death"] == found["eu-ai-act-death"] == (10, "calendar")
    assert found["eu-mdr-serious-incident"] == (15, "calendar")
    assert found["eu-mdr-public-health"] == (2, "calendar")
    assert found["fda-30-day"] == (30, "calendar")
    assert found["fda-5-day"] == (5, "work")
    assert found["fda-correction-removal"] == (10, "work")


def test_the_ai_act_leaves_all_but_fundamental_rights_of_a_device_to_the_mdr() -> None:
    """Article 73(10)."""
    assert [c.id for c in reporting.of_authority("eu-ai-act")] == ["eu-ai-act-fundamental-rights"]


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
    clock = _clock("fda-5-day").model_copy(update={"days": days})
    assert reporting.due(clock, dt.date.fromisoformat(start)) == dt.date.fromisoformat(last)


def test_a_plans_own_holidays_stand_instead_and_calendar_days_know_none() -> None:
    """No holidays at all, one of the site's own; 2 days over a weekend stay 2 days."""
    five, friday = _clock("fda-5-day"), dt.date(2026, 11, 20)
    assert reporting.due(five, friday, []) == dt.date(2026, 11, 27)
    assert reporting.due(five, friday, [dt.date(2026, 11, 23)]) == dt.date(2026, 11, 30)
    assert reporting.due(_clock("eu-mdr-public-health"), friday) == dt.date(2026, 11, 22)
    assert reporting.due(_clock("eu-mdr-trend"), friday) is None


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
        "fda-30-day": "2026-02-01",
        "fda-5-day": "2026-01-09",
        "fda-correction-removal": "",
    }
