"""When the night job runs: crontab's words, and one run on the days on which the clocks change."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from evidence.errors import PolicyError
from policies import cron, reader
from policies.plan import MonitoringPlan, Schedule
from tests.clinic import PLAN

BERLIN = ZoneInfo("Europe/Berlin")


def _runs(text: str, start: dt.datetime, until: dt.datetime) -> list[dt.datetime]:
    made, found = cron.trigger(text, "Europe/Berlin"), []
    run = made.get_next_fire_time(None, start)
    while run < until:
        found.append(run)
        run = made.get_next_fire_time(run, run)
    return found


@pytest.mark.parametrize(
    "text", ["0 3 * * *", "30 2 * * *", "0 2 * * *", "59 1 * * *", "0 0 * * *"]
)
@pytest.mark.parametrize("changes", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)])
def test_a_daily_expression_runs_once_each_day_around_both_changes(
    text: str, changes: dt.date
) -> None:
    """Five days around: once each, the skipped and the doubled hour included."""
    start = dt.datetime.combine(changes - dt.timedelta(days=2), dt.time(), BERLIN)
    runs = _runs(text, start, start + dt.timedelta(days=5))
    assert [run.date() for run in runs] == [start.date() + dt.timedelta(days=n) for n in range(5)]


def test_a_time_that_is_skipped_comes_an_hour_later_and_a_doubled_one_the_first_time() -> None:
    """02:30 on 29 March 2026 is 03:30 on the wall (01:30 UTC); on 25 October it is summer time's."""
    spring = _runs(
        "30 2 * * *",
        dt.datetime(2026, 3, 29, tzinfo=BERLIN),
        dt.datetime(2026, 3, 30, tzinfo=BERLIN),
    )
    assert [run.astimezone(dt.UTC).isoformat() for run in spring] == ["2026-03-29T01:30:00+00:00"]
    autumn = _runs(
        "30 2 * * *",
        dt.datetime(2026, 10, 25, tzinfo=BERLIN),
        dt.datetime(2026, 10, 26, tzinfo=BERLIN),
    )
    assert [run.astimezone(dt.UTC).isoformat() for run in autumn] == ["2026-10-25T00:30:00+00:00"]


def test_a_wall_clock_time_that_comes_twice_is_run_once_also_every_half_hour() -> None:
    """On 25 October 2026 an hour has no run of its own: 48 in the 25 hours of that day."""
    day = dt.datetime(2026, 10, 25, tzinfo=BERLIN)
    walls = [
        run.replace(tzinfo=None) for run in _runs("*/30 * * * *", day, day + dt.timedelta(days=1))
    ]
    assert len(walls) == len(set(walls)) == 48


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("0 3 * * 0", {6}),
        ("0 3 * * 7", {6}),
        ("0 3 * * 1-5", {0, 1, 2, 3, 4}),
        ("0 3 * * 5-7", {4, 5, 6}),
        ("0 3 * * sun,3", {6, 2}),
        ("0 3 * * 1-5/2", {0, 2, 4}),
    ],
)
def test_numbers_of_the_week_are_those_of_crontab(text: str, days: set[int]) -> None:
    """0 and 7 are Sunday (crontab(5)); APScheduler's own numbers begin on Monday."""
    start = dt.datetime(2026, 6, 1, tzinfo=BERLIN)
    runs = _runs(text, start, start + dt.timedelta(days=14))
    assert {run.weekday() for run in runs} == days


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('cron: "0 3 * *"', "has 4 fields"),
        ('cron: "61 3 * * *"', "is no crontab expression"),
        ('cron: "0 3 1 * 1"', "not both"),
        ('cron: "0 3 * * 9"', "no day '9' of the week"),
        ('cron: "0 3 * * 5-2"', "run backwards"),
        ("timezone: Berlin", "is no time zone"),
    ],
)
def test_what_is_no_time_is_refused_with_its_line(keys: str, said: str) -> None:
    """At once, when the plan is read."""
    text = PLAN.replace("start: 2025-02-01}", f"start: 2025-02-01, {keys}}}")
    with pytest.raises(PolicyError) as caught:
        reader.parse(text, MonitoringPlan, "monitoring.yaml")
    assert said in str(caught.value)
    assert "monitoring.yaml:7: schedule." in str(caught.value)


def test_the_day_is_that_of_the_plans_clock() -> None:
    """Half past midnight in Berlin is the day before in UTC."""
    at = "2026-03-28T23:30:00+00:00"
    assert Schedule(every="day", start=dt.date(2026, 1, 1)).today(at) == dt.date(2026, 3, 28)
    there = Schedule(every="day", start=dt.date(2026, 1, 1), timezone="Europe/Berlin")
    assert there.today(at) == dt.date(2026, 3, 29)
