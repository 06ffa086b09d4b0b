"""Rows of a data file made ready: incomplete ones counted and left out, labels told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.stats import door, labels
from evidence.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from validation.estimate import Result, Warned


def complete(
    frame: pd.DataFrame, columns: Sequence[str | None], name: str
) -> tuple[pd.DataFrame, list[Warned]]:
    """Rows where none of the columns is blank, and a warning that counts the others by column.

    Raises:
        DataError: Every row has a blank.
    """
    from validation.estimate import Warned

    blank = frame[list(dict.fromkeys(name for name in columns if name))].isna()
    left_out = blank.any(axis=1)
    number = int(left_out.sum())
    if not number:
        return frame, []
    by_column = {str(at): int(blank[at].sum()) for at in blank if blank[at].any()}
    each = ", ".join(f"{count:,} in '{name}'" for name, count in by_column.items())
    message = f"{number:,} of {len(frame):,} rows have missing values ({each}) and were left out"
    if number == len(frame):
        raise DataError(name, [f"all {number:,} rows have missing values ({each})"])
    warned = Warned(code="missing-values", message=message, columns=tuple(by_column), count=number)
    return frame[~left_out].reset_index(drop=True), [warned]


def require_filled(frame: pd.DataFrame, columns: Sequence[str], name: str) -> None:
    """Refuse blanks where a row would not be known for what it is.

    Raises:
        DataError: Blanks, by column.
    """
    faults = [
        f"column '{column}': {int(frame[column].isna().sum()):,} rows are blank"
        for column in columns
        if frame[column].isna().any()
    ]
    if faults:
        raise DataError(name, faults)


def labelled(
    frame: pd.DataFrame, column: str, positive: str | None, name: str
) -> tuple[pd.Series[int], list[Warned]]:
    """A column of complete rows as 1 or 0, and what a person should look at.

    Args:
        frame: Complete rows, as text.
        column: Which one.
        positive: The value that is positive, all others being negative; the column must hold 1
            and 0 (or TRUE and FALSE) when None.
        name: Of the file.

    Raises:
        DataError: Other values than 1 and 0, or no value that is the positive one.
    """
    label, noticed = labels.read(frame[column], column, name, positive=positive or "")
    return label.astype(int), noticed


def distinct(frame: pd.DataFrame, case: str, name: str) -> None:
    """Refuse case ids that are blank or stand twice.

    Raises:
        DataError: There are such rows; with their number.
    """
    ids = frame[case]
    faults = []
    if blank := int(ids.isna().sum()):
        faults.append(f"column '{case}': {blank:,} case ids are blank")
    repeated = ids[ids.duplicated() & ids.notna()]
    if len(repeated):
        faults.append(
            f"column '{case}': {len(repeated):,} rows repeat a case id (such as "
            f"'{repeated.iloc[0]}'): a case may stand once; several cases a patient need --cluster"
        )
    if faults:
        raise DataError(name, faults)


def counts(frame: pd.DataFrame, column: str, name: str) -> pd.Series[float]:
    """Cases a row, whole numbers from 0.

    Raises:
        DataError: Other values, with their number.
    """
    values = door.numbers(frame, column, name)
    if bad := int(((values % 1 != 0) | (values < 0)).sum()):
        raise DataError(name, [f"column '{column}': {bad:,} counts are no whole numbers from 0"])
    return values


def with_warnings(result: Result, more: Sequence[Warned]) -> Result:
    """The same result with warnings of the file before its own."""
    import dataclasses

    return dataclasses.replace(result, warnings=(*more, *result.warnings))
