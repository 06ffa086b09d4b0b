"""A coarse condition on the day, which a scan may use to read less.

It never leaves out a row of the period, nor one whose day cannot be read: those are counted as
faults, not lost. The exact condition is that of the counting itself.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitoring.summary.tally import Period

DASHES = "____-__-__%"


def condition(column: str, period: Period | None, *, text: bool) -> str:
    """SQL that DuckDB and Spark both read; empty when every row is wanted.

    Args:
        column: The quoted column of the day.
        period: First and last day.
        text: Whether the column is text, or else a date or a moment.
    """
    if period is None or not column:
        return ""
    first, last = (dt.date.fromisoformat(day) for day in period)
    if text:
        after = last + dt.timedelta(days=1)
        unread = f"{column} NOT LIKE '{DASHES}' OR TRY_CAST({column} AS DATE) IS NULL"
        within = f"{column} >= '{first}' AND {column} < '{after}'"
        return f"({within}) OR {column} IS NULL OR {unread}"
    # A day more on each side: moments with a zone are taken in UTC when they are counted.
    early, late = first - dt.timedelta(days=1), last + dt.timedelta(days=2)
    within = f"{column} >= DATE '{early}' AND {column} < DATE '{late}'"
    return f"({within}) OR {column} IS NULL"
