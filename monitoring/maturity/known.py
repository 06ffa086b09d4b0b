"""Which labels were known on a day, and how old each case was.

Days may be dates or numbers (day 1, 2, ...); both columns must be of one kind.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from evidence.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Day = dt.date | float


def days(values: pd.Series, name: str) -> np.ndarray:
    """A column of dates or numbers as days, NaN where blank.

    Args:
        values: Dates, times (in fractions of a day) or numbers.
        name: Of the column, for the message.

    Raises:
        UsageError: Neither all dates nor all numbers.
    """
    import pandas as pd

    if numbered(values):
        return pd.to_numeric(values).astype(float).to_numpy()
    stamps = pd.to_datetime(values, errors="coerce", format="ISO8601", utc=True)
    if strange := int((stamps.isna() & values.notna()).sum()):
        raise UsageError(f"Column '{name}': {strange:,} values are neither days nor numbers.")
    origin = pd.Timestamp(0, tz="UTC")
    found: np.ndarray = ((stamps - origin) / pd.Timedelta(days=1)).to_numpy(dtype=float)
    return found


def numbered(values: pd.Series) -> bool:
    """Whether a column counts days as numbers; one that is all blank does."""
    import pandas as pd

    given = values[values.notna()]
    if pd.api.types.is_datetime64_any_dtype(values):
        return False
    return bool(pd.to_numeric(given, errors="coerce").notna().all())


def on(day: Day, values: pd.Series, name: str) -> float:
    """A day as a column counts them.

    Raises:
        UsageError: The day is a date and the column holds numbers, or the reverse; a column that is
            all blank, as that of a window without cases, holds neither.
    """
    if values.notna().any() and isinstance(day, dt.date) == numbered(values):
        kind = "number" if numbered(values) else "date"
        raise UsageError(f"Column '{name}' holds {kind}s: give the day of counting as a {kind}.")
    return as_number(day)


def as_number(day: Day) -> float:
    """A day as `days` counts it."""
    if isinstance(day, dt.datetime):
        aware = day if day.tzinfo else day.replace(tzinfo=dt.UTC)
        return aware.timestamp() / 86_400
    return float((day - dt.date(1970, 1, 1)).days) if isinstance(day, dt.date) else float(day)


def known_day(
    frame: pd.DataFrame, *, case_day: str, known: str | None = None, delay: str | None = None
) -> np.ndarray:
    """The day on which each label became known; NaN where it did not.

    Args:
        frame: The cases.
        case_day: Column of the day of the case.
        known: Column of the day on which the label became known.
        delay: Column of the days that it took, instead.

    Raises:
        UsageError: Not one of both columns.
    """
    if known is not None and delay is None:
        return days(frame[known], known)
    if delay is not None and known is None:
        arrived: np.ndarray = days(frame[case_day], case_day) + days(frame[delay], delay)
        return arrived
    raise UsageError("Name the column of the day a label became known, or that of its delay.")


def known_as_of(
    frame: pd.DataFrame,
    as_of: Day,
    *,
    case_day: str,
    known: str | None = None,
    delay: str | None = None,
) -> np.ndarray:
    """Whether each case had happened and its label was known by the end of a day.

    Args:
        frame: The cases.
        as_of: The day.
        case_day: Column of the day of the case.
        known: Column of the day on which the label became known.
        delay: Column of the days that it took, instead.

    Returns:
        Truth, shape (rows,).
    """
    at = on(as_of, frame[case_day], case_day)
    there: np.ndarray = known_day(frame, case_day=case_day, known=known, delay=delay) <= at
    return there & (days(frame[case_day], case_day) <= at)


def ages(frame: pd.DataFrame, as_of: Day, *, case_day: str) -> np.ndarray:
    """How many days old each case was on a day; negative where it had not happened."""
    age: np.ndarray = on(as_of, frame[case_day], case_day) - days(frame[case_day], case_day)
    return age


def old_enough(frame: pd.DataFrame, as_of: Day, *, case_day: str, maturity: float) -> np.ndarray:
    """Whether all labels of a case's age are due: the unbiased part of a young window.

    Args:
        frame: The cases.
        as_of: The day.
        case_day: Column of the day of the case.
        maturity: Age by which labels are due, such as `Delays.quantile(0.99)`.
    """
    found: np.ndarray = ages(frame, as_of, case_day=case_day) >= maturity
    return found
