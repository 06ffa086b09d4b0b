"""Delays of labels read from a file, with every row that cannot be one counted by its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.stats import door, labels
from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd

    from monitoring.maturity.known import Day
    from validation.estimate import Warned

FAR = 1_000  # times the median: no turnaround, but a fault or a label that was forgotten
HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Which column is what.

    Attributes:
        delay: The delay itself, in `unit`.
        day: The day of the case, instead.
        known: The day on which its label became known.
        as_of: The day of counting, with `day`.
        outcome: The label.
        positive: Its positive value, if not 1.
        negative: Its negative value; others are left out of the comparison.
        count: People a row.
        unit: Of the delays: hours or days.
    """

    delay: str = ""
    day: str = ""
    known: str = ""
    as_of: str = ""
    outcome: str = ""
    positive: str = ""
    negative: str = ""
    count: str = ""
    unit: str = "days"

    def __post_init__(self) -> None:
        if bool(self.delay) == bool(self.known):
            raise UsageError("Give --delay, or --day with --known and --as-of.")
        if self.known and not (self.day and self.as_of):
            raise UsageError("--known needs --day (of the case) and --as-of (day of counting).")
        if bool(self.day) != bool(self.as_of):
            raise UsageError("--day and --as-of go together: they give each case its age.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What the estimators take, aligned by row.

    Attributes:
        delay: NaN while the label has not come.
        age: On the day of counting; None where only delays are given.
        outcome: 1, 0 or NaN; None where it was not named.
        count: People a row.
        warnings: What a person should look at.
    """

    delay: np.ndarray
    age: np.ndarray | None
    outcome: np.ndarray | None
    count: np.ndarray
    warnings: tuple[Warned, ...]


def read(path: Path, roles: Roles) -> Rows:
    """Read the named columns.

    Raises:
        DataError: Values that are no delays, days or counts, or no row that can be used.
    """
    import numpy as np

    name = str(path)
    columns = [roles.delay, roles.day, roles.known, roles.outcome, roles.count]
    frame = door.load(path, columns)
    count: np.ndarray = np.ones(len(frame))
    if roles.count:
        count = door.numbers(frame, roles.count, name).fillna(0).to_numpy()
    delay, age = _delays(frame, roles, name)
    outcome = None
    noticed: list[Warned] = []
    if roles.outcome:
        values, noticed = labels.read(
            frame[roles.outcome],
            roles.outcome,
            name,
            positive=roles.positive,
            negative=roles.negative,
        )
        outcome = values.to_numpy()
    kept, warnings = _kept(delay, age, roles, count)
    if not kept.any():
        raise DataError(name, ["no row has a delay that can be used"])
    return Rows(
        delay=delay[kept],
        age=None if age is None else age[kept],
        outcome=None if outcome is None else outcome[kept],
        count=count[kept],
        warnings=(*noticed, *warnings, *_far(delay[kept], count[kept], roles)),
    )


def _delays(frame: pd.DataFrame, roles: Roles, name: str) -> tuple[np.ndarray, np.ndarray | None]:
    """Delays and ages in the unit asked for."""
    from monitoring.maturity import known

    scale = HOURS if roles.unit == "hours" else 1
    delay = door.numbers(frame, roles.delay, name).to_numpy() if roles.delay else None
    if not roles.day:
        if delay is None:
            raise TypeError("the roles have a delay or a day")
        return delay, None
    as_of = _day(roles.as_of)
    at = known.on(as_of, frame[roles.day], roles.day)
    try:
        began = known.days(frame[roles.day], roles.day)
        if delay is None:
            delay = (known.days(frame[roles.known], roles.known) - began) * scale
    except UsageError as error:
        raise DataError(name, [str(error)]) from error
    return delay, (at - began) * scale


def _day(word: str) -> Day:
    import datetime as dt

    try:
        return float(word)
    except ValueError:
        pass
    try:
        return dt.date.fromisoformat(word)
    except ValueError as error:
        raise UsageError(f"--as-of is a day (YYYY-MM-DD) or a number, not '{word}'.") from error


def _kept(
    delay: np.ndarray, age: np.ndarray | None, roles: Roles, count: np.ndarray
) -> tuple[np.ndarray, list[Warned]]:
    """Rows that can be used, and a warning for each kind that cannot."""
    import numpy as np

    of = (roles.delay or roles.known, *([roles.day] if roles.day else []))
    negative = delay < 0
    kinds = [
        (
            "negative-delay",
            negative,
            "labels were known before their case: errors of the data, left out",
        )
    ]
    if age is None:
        blank = np.isnan(delay)
        words = (
            "rows have no delay and were left out: if their labels are still to come, give --day "
            "and --as-of, or delays are underestimated"
        )
        kinds.append(("missing-values", blank, words))
        bad = negative | blank
    else:
        unknown = np.isnan(age)
        early = age < 0
        kinds.append(("missing-values", unknown, "rows have no day of the case: left out"))
        kinds.append(("not-yet", early, f"cases are later than {roles.as_of}: left out"))
        bad = negative | unknown | early
    from validation.estimate import Warned

    found = [
        Warned(code=code, message=f"{number:,} {words}.", columns=of, count=number)
        for code, rows, words in kinds
        if (number := int(rows.sum()))
    ]
    return ~bad & (count > 0), found


def _far(delay: np.ndarray, count: np.ndarray, roles: Roles) -> list[Warned]:
    """Delays a thousand times the median; they are used, and warned of."""
    import numpy as np

    from validation.binary.grouping import quantiles
    from validation.estimate import Warned

    come = ~np.isnan(delay)
    if not come.any():
        return []
    (middle,) = quantiles(delay[come], count[come], np.array([0.5]))
    far = come & (delay > FAR * middle) if middle > 0 else np.zeros(len(delay), dtype=bool)
    if not far.any():
        return []
    number, most = int(far.sum()), float(delay[far].max())
    message = (
        f"{number:,} delays are more than {FAR:,} times the median ({middle:g} {roles.unit}), "
        f"up to {most:,.0f} {roles.unit}: often errors of the data. They were used as they stand."
    )
    return [
        Warned(
            code="far-delay", message=message, columns=(roles.delay or roles.known,), count=number
        )
    ]
