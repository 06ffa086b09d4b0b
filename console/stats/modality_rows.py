"""The rows of `tplc stats modalities`: one an item and condition, from a long or a wide file."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.stats import door, rows
from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from validation.estimate import Warned

ITEM, CONDITION, OUTCOME = "tplc_item", "tplc_condition", "tplc_outcome"  # no column of a file
LOST, CLUSTER = "tplc_lost", "tplc_cluster"


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns that the options name; see the command's options."""

    item: tuple[str, ...]
    condition: str | None
    correct: str | None
    score: str | None
    wide: tuple[str, ...]
    by: tuple[str, ...]
    cluster: str | None
    unparsable: str | None
    extracted: str | None
    options: str | None

    def require(self) -> None:
        """Refuse options that do not fit together, all faults at once.

        Raises:
            UsageError: They do not.
        """
        faults = []
        long = (self.condition, self.correct, self.score, self.unparsable, self.extracted)
        if self.wide and any(long):
            faults.append("--wide stands alone: it names the outcome columns of all conditions")
        if self.wide and len(self.wide) < 2:  # noqa: PLR2004 - a comparison needs two
            faults.append("--wide needs two columns or more")
        if not self.wide and not (self.item and self.condition):
            faults.append("name --item and --condition (or, one row an item, --wide A B)")
        if not self.wide and bool(self.correct) == bool(self.score):
            faults.append("give either --correct or --score")
        if bool(self.extracted) != bool(self.options):
            faults.append("--extracted and --options go together")
        if self.unparsable and self.extracted:
            faults.append("give either --unparsable or --extracted with --options")
        if self.score and (self.unparsable or self.extracted):
            faults.append("unparsable answers are for --correct, not for --score")
        if faults:
            raise UsageError("; ".join(faults))

    @property
    def told(self) -> bool:
        """Whether the file says which answers are unparsable."""
        return bool(self.unparsable or self.extracted)


def read(file: Path, at: Columns) -> tuple[pd.DataFrame, list[Warned]]:
    """Rows of an item, a condition and an outcome under our own names; what was left out."""
    from pandas.api.types import is_numeric_dtype

    name = str(file)
    used = [*at.item, at.condition, at.correct, at.score, *at.wide, at.cluster]
    raw = door.load(file, [*used, *at.by, at.unparsable, at.extracted])
    raw = raw.apply(lambda column: column if is_numeric_dtype(column) else column.str.strip())
    rows.require_filled(raw, [*at.item, *([at.cluster] if at.cluster else [])], name)
    frame = _long(raw, at, name) if at.wide else _tidy(raw, at, name)
    warnings: list[Warned] = []
    if at.told:
        warnings += _unread(frame, at)
    kept, left = rows.complete(frame, [OUTCOME], name)
    asked = tuple(name for name in (at.correct, at.score, *at.wide) if name)
    told = [
        dataclasses.replace(
            w, columns=asked, message=w.message.replace(f"'{OUTCOME}'", f"'{', '.join(asked)}'")
        )
        for w in left
    ]
    return kept, [*warnings, *told, *_alike(kept)]


def _tidy(raw: pd.DataFrame, at: Columns, name: str) -> pd.DataFrame:
    """A long file: one row an item and condition."""
    import numpy as np

    condition, outcome = at.condition or "", at.correct or at.score or ""
    rows.require_filled(raw, [condition], name)
    frame = raw[list(at.by)].copy()
    frame[ITEM] = _key(raw, at.item)
    frame[CONDITION] = raw[condition]
    values = door.numbers(raw, outcome, name)
    if at.correct and (strange := int((values.notna() & ~values.isin([0, 1])).sum())):
        fault = f"column '{outcome}': {strange:,} values are neither 0 nor 1; scores need --score"
        raise DataError(name, [fault])
    frame[OUTCOME] = values
    if at.cluster:
        frame[CLUSTER] = raw[at.cluster]
    if at.unparsable:
        lost = door.numbers(raw, at.unparsable, name)
        if strange := int((~lost.isin([0, 1])).sum()):
            fault = f"column '{at.unparsable}': {strange:,} values are neither 0 nor 1"
            raise DataError(name, [fault])
        frame[LOST] = lost
    if at.extracted:
        known = set((at.options or "").upper())
        letter = raw[at.extracted].fillna("").str.upper()
        frame[LOST] = np.where(letter.isin(list(known)), 0.0, 1.0)
    return frame


def _long(raw: pd.DataFrame, at: Columns, name: str) -> pd.DataFrame:
    """A wide file, one row an item, as a long one."""
    import pandas as pd

    whole = raw[list(at.by)].copy()
    whole[ITEM] = _key(raw, at.item) if at.item else [str(i) for i in range(len(raw))]
    if at.cluster:
        whole[CLUSTER] = raw[at.cluster]
    parts = [_outcomes(whole, column, door.numbers(raw, column, name)) for column in at.wide]
    return pd.concat(parts, ignore_index=True)


def _outcomes(whole: pd.DataFrame, column: str, values: pd.Series[float]) -> pd.DataFrame:
    """The rows of one condition of a wide file."""
    frame = whole.copy()
    frame[CONDITION], frame[OUTCOME] = column, values
    return frame


def _key(raw: pd.DataFrame, columns: tuple[str, ...]) -> pd.Series[str]:
    """Several columns as one name of the item."""
    found = raw[columns[0]].astype(str)
    for column in columns[1:]:
        found = found + " / " + raw[column].astype(str)
    return found


def _unread(frame: pd.DataFrame, at: Columns) -> list[Warned]:
    """Unparsable answers are wrong: without an outcome they are filled, called right told of."""
    from validation.estimate import Warned

    lost = frame[LOST] == 1
    blank, right = lost & frame[OUTCOME].isna(), lost & (frame[OUTCOME] == 1)
    frame.loc[blank, OUTCOME] = 0.0
    columns = tuple(name for name in (at.correct, at.unparsable or at.extracted) if name)
    found = []
    if number := int(blank.sum()):
        message = f"{number:,} unparsable answers have no outcome: they count as wrong"
        found.append(
            Warned(code="unparsable-filled", message=message, columns=columns, count=number)
        )
    if number := int(right.sum()):
        message = (
            f"{number:,} answers are unparsable and yet marked correct: they were used as correct; "
            "one of the two columns is wrong"
        )
        found.append(
            Warned(code="unparsable-correct", message=message, columns=columns, count=number)
        )
    return found


def _alike(frame: pd.DataFrame) -> list[Warned]:
    """Conditions whose names differ in case only."""
    import pandas as pd

    from validation.estimate import Warned

    names = [str(name) for name in pd.unique(frame[CONDITION])]
    doubled = len(names) - len({name.casefold() for name in names})
    if not doubled:
        return []
    message = f"conditions differ in upper and lower case only ({', '.join(sorted(names))})"
    return [Warned(code="conditions-alike", message=message, count=doubled)]
