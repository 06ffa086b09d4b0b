"""Rows of a data file made ready: incomplete ones counted and left out, labels told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from validation.estimate import Result, Warned

SHOWN = 6  # values in a message


def complete(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[pd.DataFrame, list[Warned]]:
    """Rows where none of the columns is blank, and a warning that counts the others by column."""
    from validation.estimate import Warned

    blank = frame[list(dict.fromkeys(columns))].isna()
    left_out = blank.any(axis=1)
    number = int(left_out.sum())
    if not number:
        return frame, []
    by_column = {str(name): int(blank[name].sum()) for name in blank if blank[name].any()}
    each = ", ".join(f"{count:,} in '{name}'" for name, count in by_column.items())
    message = f"{number:,} of {len(frame):,} rows have missing values ({each}) and were left out"
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


def labels(frame: pd.DataFrame, column: str, positive: str | None, name: str) -> pd.Series[int]:
    """A column as 1 or 0.

    Args:
        frame: Complete rows, as text.
        column: Which one.
        positive: The value that is positive, all others being negative; the column must hold 1
            and 0 when None.
        name: Of the file.

    Raises:
        DataError: Other values than 1 and 0, or no value that is the positive one.
    """
    import pandas as pd

    values = frame[column]
    distinct = sorted(map(str, values.unique()))
    there = ", ".join(distinct[:SHOWN]) + (" ..." if len(distinct) > SHOWN else "")
    if positive is not None:
        found = values == positive
        if not found.any():
            raise DataError(name, [f"column '{column}': no value is '{positive}' ({there})"])
        return found.astype(int)
    numbers = pd.to_numeric(values, errors="coerce")
    if strange := int((~numbers.isin([0, 1])).sum()):
        fault = (
            f"column '{column}': {strange:,} values are neither 0 nor 1 (there are: {there}); "
            "say which one is positive with --positive"
        )
        raise DataError(name, [fault])
    return numbers.astype(int)


def with_warnings(result: Result, more: Sequence[Warned]) -> Result:
    """The same result with warnings of the file before its own."""
    import dataclasses

    return dataclasses.replace(result, warnings=(*more, *result.warnings))
