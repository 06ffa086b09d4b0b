"""At which ages a window is judged."""

from __future__ import annotations

import datetime as dt

from monitoring import schedule
from monitoring.maturity import judged
from policies.labels import LabelPlan
from policies.plan import Schedule

LAST = dt.date(2025, 1, 31)
PLAN = LabelPlan(known="known", judged_after_days=[0, 30, 90], reopen_days=60)


def test_ages_fall_due_when_the_day_is_over() -> None:
    """Today's own labels are not complete yet."""
    days = [judged.due(PLAN, LAST, LAST + dt.timedelta(days=n)) for n in (0, 1, 30, 31, 90, 91)]
    assert days == [[], [0], [0], [0, 30], [0, 30], [0, 30, 90]]


def test_the_first_age_is_due_with_the_window() -> None:
    """As the schedule has it, with its own label maturity."""
    plan = Schedule(every="month", start=dt.date(2025, 1, 1), label_maturity_days=30)
    labels = LabelPlan(judged_after_days=[30])
    for day in range(25, 40):
        today = LAST + dt.timedelta(days=day)
        windows = schedule.due(plan, (), today)
        assert bool(judged.due(labels, LAST, today)) is bool(windows)


def test_labels_reopen_a_window_for_so_long() -> None:
    """After the last judgement."""
    assert judged.open_until(PLAN, LAST) == dt.date(2025, 6, 30)
    assert judged.open_until(LabelPlan(), LAST) == LAST
