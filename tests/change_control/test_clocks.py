"""Reporting clocks around weekends, holidays, year ends, clock changes and leap days."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from change_control import clocks, limits
from change_control.clocks import Aware
from evidence.errors import NotFoundError, OutOfOrderError, PolicyError, UsageError
from evidence.records import Awareness
from monitoring import incident
from policies import days, public_holidays, reader, reporting_clocks
from policies.calendars import Holiday
from policies.reporting_clock import Reportable
from policies.reporting_clocks import ReportingClocks
from tests.change_control.world import Notebook

FILE = reporting_clocks.load()
AT, ACTOR = "2026-03-20T12:00:00+00:00", "tester"
# OPM, "Federal Holidays", as observed (opm.gov, pages of 2025, 2026 and 2027).
OPM = {
    2025: "01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25",
    2026: "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
    2027: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
}


@pytest.mark.parametrize("year", OPM)
def test_federal_holidays_are_those_that_opm_publishes(year: int) -> None:
    """Observed days; New Year's Day of 2028, a Saturday, is kept on 31 December 2027."""
    found = public_holidays.of_year(FILE.value.us_federal, year, observed=True)
    assert " ".join(f"{day:%m-%d}" for day in found) == OPM[year]


def test_a_holiday_begins_in_the_year_that_made_it_one() -> None:
    """Juneteenth is one since 2021."""
    for year, there in ((2020, False), (2021, True)):
        names = public_holidays.of_year(FILE.value.us_federal, year, observed=True).values()
        assert ("Juneteenth National Independence Day" in names) is there


@pytest.mark.parametrize(
    ("year", "day"),  # published dates; 1954 and 1981 are where simpler rules fail
    [(1954, "04-18"), (1981, "04-19"), (2000, "04-23"), (2019, "04-21"), (2024, "03-31"),
     (2025, "04-20"), (2026, "04-05"), (2027, "03-28"), (2038, "04-25")],
)  # fmt: skip
def test_easter_is_on_its_published_day(year: int, day: str) -> None:
    """Known dates of the Gregorian calendar."""
    assert f"{public_holidays.easter(year):%m-%d}" == day


def _last(name: str, aware: str, zone: str = "Europe/Berlin", state: str = "DE") -> tuple[str, str]:
    """The last day and its last moment, UTC."""
    clock = FILE.value.find(name)
    state = state if clock.place == "eu" else ""
    counted, due, _ = limits.limit(FILE.value, clock, limits.moment(aware, zone), zone, state)
    return str(counted.last), due.isoformat()


@pytest.mark.parametrize(
    ("name", "aware", "last"),
    [
        # 2 March 2026 is a Monday
        ("mdr-15", "2026-03-02T09:30", "2026-03-17"),  # a Tuesday: as it comes
        ("mdr-15", "2026-03-06T09:30", "2026-03-23"),  # the 21st is a Saturday: Monday
        ("mdr-15", "2026-03-07T09:30", "2026-03-23"),  # the 22nd is a Sunday: Monday
        ("mdr-15", "2026-03-19T09:30", "2026-04-07"),  # 3 April is Good Friday: after Easter Monday
        ("mdr-10", "2026-04-21T09:30", "2026-05-04"),  # 1 May is a Friday and a holiday: Monday
        ("mdr-10", "2026-12-15T09:30", "2026-12-28"),  # Christmas, its second day, a Sunday
        ("mdr-10", "2026-12-22T23:59", "2027-01-04"),  # New Year is a Friday
        ("mdr-10", "2024-02-19T09:30", "2024-02-29"),  # a leap day counts
        ("mdr-10", "2023-02-19T09:30", "2023-03-01"),  # and is not missed
        ("mdr-2", "2026-03-02T09:30", "2026-03-04"),
        ("mdr-2", "2026-03-05T09:30", "2026-03-09"),  # Saturday: Monday; Friday and Monday are two
        ("mdr-2", "2026-03-06T09:30", "2026-03-10"),  # Sunday: Monday; one working day: Tuesday
        ("mdr-2", "2026-03-07T09:30", "2026-03-10"),  # Monday; one working day: Tuesday
        ("mdr-2", "2026-04-02T09:30", "2026-04-08"),  # over Easter: Tuesday and Wednesday
        ("ai-act-15", "2026-03-06T09:30", "2026-03-23"),
    ],
)
def test_european_periods_are_counted_by_regulation_1182_71(
    name: str, aware: str, last: str
) -> None:
    """Day 0 is not counted, holidays are, the last day moves, two working days are in it."""
    assert _last(name, aware)[0] == last


@pytest.mark.parametrize(
    ("name", "aware", "last"),
    [
        ("fda-30", "2026-03-02T09:30", "2026-04-01"),
        ("fda-30", "2026-03-05T09:30", "2026-04-04"),  # a Saturday stays: Part 803 moves nothing
        ("fda-30", "2026-12-15T09:30", "2027-01-14"),
        ("fda-30", "2024-01-31T09:30", "2024-03-01"),  # over the leap day
        ("fda-5", "2026-03-02T09:30", "2026-03-09"),  # Tuesday to Monday
        ("fda-5", "2026-03-06T09:30", "2026-03-13"),  # from a Friday
        ("fda-5", "2026-03-07T09:30", "2026-03-13"),  # from a Saturday, the same
        ("fda-5", "2026-11-20T09:30", "2026-11-30"),  # over Thanksgiving
        ("fda-5", "2026-07-01T09:30", "2026-07-09"),  # 4 July is kept on Friday the 3rd
        ("fda-5", "2027-12-23T09:30", "2028-01-03"),  # 24 and 31 December are kept
        ("fda-806-10", "2026-12-21T09:30", "2027-01-06"),  # Christmas and New Year
        ("fda-supplement-30", "2026-03-02T09:30", "2026-04-01"),
    ],
)
def test_american_periods_are_counted_by_parts_803_and_806(
    name: str, aware: str, last: str
) -> None:
    """Calendar days as they come; work days without weekends and federal holidays."""
    assert _last(name, aware, "America/New_York")[0] == last


def test_every_clock_of_the_file_is_counted_somewhere_above() -> None:
    """Eight clocks of a device with days, and the days that the catalogs state."""
    running = [clock for clock in FILE.value.clocks if clock.devices and clock.days]
    stated = {clock.id: (clock.days, clock.kind) for clock in running}
    assert stated == {
        "mdr-15": (15, "calendar"),
        "mdr-10": (10, "calendar"),
        "mdr-2": (2, "calendar"),
        "ai-act-15": (15, "calendar"),
        "fda-30": (30, "calendar"),
        "fda-5": (5, "work"),
        "fda-supplement-30": (30, "calendar"),
        "fda-806-10": (10, "work"),
    }


@pytest.mark.parametrize(
    ("name", "aware", "zone", "due"),
    [
        # the clocks go forward on 29 March 2026 in Berlin: the last day ends an hour earlier in UTC
        ("mdr-15", "2026-03-10T09:30", "Europe/Berlin", "2026-03-25T22:59:59+00:00"),
        ("mdr-15", "2026-03-16T09:30", "Europe/Berlin", "2026-03-31T21:59:59+00:00"),
        # and back on 1 November 2026 in New York
        ("fda-30", "2026-09-21T09:30", "America/New_York", "2026-10-22T03:59:59+00:00"),
        ("fda-30", "2026-10-05T09:30", "America/New_York", "2026-11-05T04:59:59+00:00"),
    ],
)
def test_the_last_day_ends_at_midnight_of_the_authority(
    name: str, aware: str, zone: str, due: str
) -> None:
    """Also on days after the clocks were changed."""
    assert _last(name, aware, zone)[1] == due


@pytest.mark.parametrize(
    ("aware", "zone", "day_zero"),
    [
        ("2026-03-02T00:30", "Europe/Berlin", "2026-03-01"),  # still the 1st in New York
        ("2026-03-02T22:30", "America/Los_Angeles", "2026-03-02"),  # the 3rd in New York already
        ("2026-03-02T08:00", "Asia/Tokyo", "2026-03-01"),
        ("2026-03-02T12:00", "America/New_York", "2026-03-02"),
    ],
)
def test_the_day_of_awareness_is_the_earlier_of_both_places(
    aware: str, zone: str, day_zero: str
) -> None:
    """Where the person was, and where the authority is: never a day too late."""
    clock = FILE.value.find("fda-30")
    counted, _, _ = limits.limit(FILE.value, clock, limits.moment(aware, zone), zone)
    assert str(counted.day_zero) == day_zero


def test_without_a_calendar_a_limit_is_at_most_too_early() -> None:
    """Weekends only, and it says so; with the calendar it can only move later."""
    clock = FILE.value.find("mdr-15")
    for day in range(365):
        aware = dt.datetime(2026, 1, 1, 12, tzinfo=ZoneInfo("Europe/Berlin")) + dt.timedelta(day)
        bare, _, said = limits.limit(FILE.value, clock, aware, "Europe/Berlin")
        known, _, regional = limits.limit(FILE.value, clock, aware, "Europe/Berlin", "DE")
        assert bare.nominal <= bare.last <= known.last
        assert (known.last - known.nominal).days <= 4
        assert days.working(known.last, lambda _: "")
    assert "weekends only" in said
    assert "regional holidays of DE" in regional


def test_a_state_without_a_calendar_is_named() -> None:
    """And an American clock takes none."""
    aware = limits.moment("2026-03-02T09:30", "Europe/Rome")
    clock = FILE.value.find("mdr-15")
    assert (
        "holidays of IT are not known"
        in limits.limit(FILE.value, clock, aware, "Europe/Rome", "IT")[2]
    )
    with pytest.raises(UsageError, match="takes no Member State"):
        limits.limit(FILE.value, FILE.value.find("fda-5"), aware, "Europe/Rome", "IT")
    with pytest.raises(NotFoundError, match="mdr-15, mdr-10, mdr-2"):
        FILE.value.find("mdr-3")


@pytest.mark.parametrize(
    ("text", "zone", "said"),
    [
        ("2026-10-25T02:30", "Europe/Berlin", "shown twice or never"),
        ("2026-03-29T02:30", "Europe/Berlin", "shown twice or never"),
        ("yesterday", "Europe/Berlin", "is no moment"),
        ("2026-03-02T09:30", "Mars/Olympus", "no time zone 'Mars/Olympus'"),
        ("2026-03-02T09:30", "../etc/passwd", "no time zone"),
    ],
)
def test_a_moment_that_is_none_is_refused(text: str, zone: str, said: str) -> None:
    """Hours that are shown twice or never need their offset."""
    with pytest.raises(UsageError, match=said):
        limits.moment(text, zone)


def test_a_moment_with_its_offset_is_taken_as_it_is() -> None:
    """In the hour that is shown twice, too."""
    found = limits.moment("2026-10-25T02:30+01:00", "Europe/Berlin")
    assert found.astimezone(dt.UTC).isoformat() == "2026-10-25T01:30:00+00:00"


def _aware(
    what: str = "A positive case was called negative", at: str = "2026-03-02T09:30"
) -> Aware:
    zone = "Europe/Berlin"
    return Aware(moment=limits.moment(at, zone), zone=zone, person="nurse", what=what, state="DE")


def test_a_clock_runs_from_its_record_to_the_report_and_is_written_once() -> None:
    """Running, overdue, reported: worked out from the records, never stored."""
    where = Notebook("")
    first = clocks.start(where, FILE, "mdr-15", _aware(), at=AT, actor=ACTOR)
    assert clocks.start(where, FILE, "mdr-15", _aware(), at=AT, actor="other") == first
    clocks.start(where, FILE, "mdr-2", _aware(), at=AT, actor=ACTOR)
    near, far = clocks.started(where)
    assert [near.value.id, far.value.id] == ["A-002", "A-001"]
    assert far.value.limit["last"] == "2026-03-17"
    assert far.left("2026-03-17T12:00:00+00:00") == dt.timedelta(hours=10, minutes=59, seconds=59)
    assert far.status("2026-03-17T22:59:59+00:00") == "running"
    assert far.status("2026-03-17T23:00:00+00:00") == "overdue"
    sent = limits.moment("2026-03-17T10:00", "Europe/Berlin")
    clocks.stop(where, "A-001", sent=sent, reference="MIR-1", person="q", at=AT, actor=ACTOR)
    late = limits.moment("2026-03-18T10:00", "Europe/Berlin")
    clocks.stop(where, "A-002", sent=late, reference="MIR-2", person="q", at=AT, actor=ACTOR)
    status = {each.value.id: each.status(AT) for each in clocks.started(where)}
    assert status == {"A-001": "reported in time", "A-002": "reported late"}
    with pytest.raises(OutOfOrderError, match="was reported on"):
        clocks.stop(where, "A-001", sent=sent, reference="x", person="q", at=AT, actor=ACTOR)


def test_an_awareness_says_who_of_what_by_which_rules() -> None:
    """The clock's text and its digest are kept, so that the limit can be explained in ten years."""
    where = Notebook("")
    clocks.start(where, FILE, "mdr-2", _aware(at="2026-03-06T09:30"), at=AT, actor=ACTOR)
    ((_, value),) = where.all(Awareness)
    assert (value.person, value.zone, value.state) == ("nurse", "Europe/Berlin", "DE")
    assert value.aware_at == "2026-03-06T08:30:00+00:00"
    assert value.clocks_digest == FILE.digest
    assert value.clock_facts["ref"].endswith("Art 87(4)")
    assert any("two working days" in rule for rule in value.clock_facts["rules"]["rules"])
    assert value.limit["moved"].count("Art 3") == 2


def test_an_awareness_is_of_the_very_clock_that_its_trigger_shows() -> None:
    """The same id, clause and reference; the careful day of the hint is never after the limit."""
    where = Notebook("")
    for number, authority in enumerate(("fda", "eu-mdr", "eu-ai-act")):
        because = {"authority": authority, "because": "A missed positive delays treatment."}
        hint = incident.statement(Reportable.model_validate(because), dt.date(2026, 3, 5))
        for shown in hint["clocks"]:
            if not shown["days"]:
                continue
            aware = _aware(f"Event {number}", at="2026-03-05T12:00")
            if authority == "fda":
                aware = replace(aware, state="")
            record = clocks.start(where, FILE, shown["id"], aware, at=AT, actor=ACTOR)
            value = Awareness.read(record.body)
            assert value.clock == shown["id"]
            for name in ("clause", "ref", "title", "days", "kind", "verify"):
                assert value.clock_facts[name] == shown[name]
            assert shown["due"] <= value.limit["last"]
    assert len(where.written) == 7


def test_a_hint_of_an_earlier_edition_starts_the_same_clock_once() -> None:
    """By the name that the clock had then."""
    where = Notebook("")
    first = clocks.start(where, FILE, "eu-mdr-public-health", _aware(), at=AT, actor=ACTOR)
    assert first.body["clock"] == "mdr-2"
    assert clocks.start(where, FILE, "mdr-2", _aware(), at=AT, actor=ACTOR) == first


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mdr-trend", "Art 88.1. gives no number of days: no clock runs"),
        ("mdr-action", "before the action is undertaken"),
        ("ai-act-other-15", "of AI systems that are no medical device"),
    ],
)
def test_a_clock_that_cannot_run_is_refused_with_its_reason(name: str, said: str) -> None:
    """It is in the catalog; nothing counts down."""
    where = Notebook("")
    with pytest.raises(UsageError, match=said):
        clocks.start(where, FILE, name, _aware(), at=AT, actor=ACTOR)
    assert where.written == []


@pytest.mark.parametrize(
    ("aware", "said"),
    [
        (_aware(what=" "), "of what"),
        (_aware(at="2026-03-21T09:30"), "has not come yet"),
    ],
)
def test_an_awareness_without_words_or_of_tomorrow_is_refused(aware: Aware, said: str) -> None:
    """Nothing is written."""
    where = Notebook("")
    with pytest.raises(UsageError, match=said):
        clocks.start(where, FILE, "mdr-15", aware, at=AT, actor=ACTOR)
    assert where.written == []


def test_a_report_needs_a_reference_and_a_moment_between_awareness_and_now() -> None:
    """And an awareness."""
    where = Notebook("")
    with pytest.raises(NotFoundError, match="none yet"):
        clocks.stop(where, "A-001", sent=_aware().moment, reference="x", person="", at=AT, actor="")
    clocks.start(where, FILE, "mdr-15", _aware(), at=AT, actor=ACTOR)
    for moment, reference, said in (
        ("2026-03-01T09:30", "MIR-1", "not between"),
        ("2026-03-21T09:30", "MIR-1", "not between"),
        ("2026-03-03T09:30", " ", "Name the report"),
    ):
        sent = limits.moment(moment, "Europe/Berlin")
        with pytest.raises(UsageError, match=said):
            clocks.stop(where, "A-001", sent=sent, reference=reference, person="", at=AT, actor="")


def test_the_clocks_file_is_read_strictly() -> None:
    """A holiday has one rule; a clock names rules of counting that are there."""
    for rule in ({"name": "x"}, {"name": "x", "month": 1, "day": 1, "easter": 2}):
        with pytest.raises(ValueError, match="give month and day"):
            Holiday.model_validate(rule)
    broken = FILE.value.model_dump(mode="json")
    broken["clocks"] = [broken["clocks"][0]] * 2
    broken["countings"] = {}
    import yaml

    with pytest.raises(PolicyError) as caught:
        reader.parse(yaml.safe_dump(broken), ReportingClocks, "clocks.yaml")
    assert "clock 'mdr-15' is given twice" in str(caught.value)
    assert "there are no rules 'eu-1182-71'" in str(caught.value)
