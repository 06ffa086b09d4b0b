"""Which labels were known on a day."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from evidence.errors import UsageError
from monitoring.maturity import known
from tests.monitoring.maturity.cardiac import operations


@pytest.mark.parametrize("by", [{"known": "known"}, {"delay": "delay"}])
def test_the_cardiac_rule_on_day_1000(by: dict[str, str]) -> None:
    """Published with the data: 2,331 operated, 2,256 labels known, 151 deaths known."""
    frame = operations()
    there = known.known_as_of(frame, 1000, case_day="date", **by)
    assert (frame["date"] <= 1000).sum() == 2331
    assert there.sum() == 2256
    assert frame.loc[there, "died30"].sum() == 151


def test_cases_old_enough_are_an_unbiased_part() -> None:
    """Of those 30 days old all labels are known; among the younger ones only deaths are."""
    frame = operations()
    frame = frame[frame["date"] <= 1000]
    there = known.known_as_of(frame, 1000, case_day="date", known="known")
    old = known.old_enough(frame, 1000, case_day="date", maturity=30)
    assert there[old].all()
    assert frame.loc[there & ~old, "died30"].all()
    assert there[~old].sum() > 0


def test_days_may_be_dates_and_labels_may_be_blank() -> None:
    """A blank day is not known; the day itself counts; a case of tomorrow is not there."""
    frame = pd.DataFrame(
        {
            "day": [dt.date(2025, 1, 1), dt.date(2025, 1, 1), dt.date(2025, 1, 5)],
            "known": ["2025-01-03", None, "2025-01-02"],
        }
    )
    on = [
        known.known_as_of(frame, dt.date(2025, 1, d), case_day="day", known="known").tolist()
        for d in (2, 3, 5)
    ]
    assert on == [[False] * 3, [True, False, False], [True, False, True]]
    assert known.ages(frame, dt.date(2025, 1, 4), case_day="day").tolist() == [3, 3, -1]


def test_times_count_in_fractions_of_a_day() -> None:
    """Hours are not lost, with or without a zone."""
    stamps = pd.Series(["2025-01-01T06:00:00", "2025-01-01T12:00:00+00:00"])
    assert np.diff(known.days(stamps, "t")).tolist() == [0.25]
    at = dt.datetime(2025, 1, 1, 12, tzinfo=dt.UTC)
    assert known.as_number(at) == known.days(stamps, "t")[1]


def test_what_is_no_day_is_refused_by_count() -> None:
    """With the column's name."""
    with pytest.raises(UsageError, match="'d': 2 values are neither days nor numbers"):
        known.days(pd.Series(["2025-01-01", "soon", "later"]), "d")
    with pytest.raises(UsageError, match="holds numbers: give the day of counting as a number"):
        known.ages(pd.DataFrame({"d": [1, 2]}), dt.date(2025, 1, 1), case_day="d")
    with pytest.raises(UsageError, match="holds dates: give the day of counting as a date"):
        known.ages(pd.DataFrame({"d": ["2025-01-01"]}), 7, case_day="d")
    with pytest.raises(UsageError, match="Name the column"):
        known.known_day(pd.DataFrame({"d": [1]}), case_day="d")
