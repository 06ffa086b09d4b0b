"""Columns that several calculator commands read in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.stats import door
from evidence.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from validation.estimate import Warned


def complete(raw: pd.DataFrame, columns: Sequence[str | None]) -> tuple[pd.DataFrame, list[Warned]]:
    """Rows without a blank in the used columns, and a warning of the others.

    Args:
        raw: As read.
        columns: Used columns; None for options that were not given.
    """
    from validation.estimate import Warned

    used = list(dict.fromkeys(name for name in columns if name))
    missing = raw[used].isna()
    lost = missing.any(axis=1)
    if not lost.any():
        return raw, []
    where = tuple(name for name in used if missing[name].any())
    number = int(lost.sum())
    message = f"{number:,} rows with a blank in {', '.join(where)} were left out"
    warned = Warned(code="missing-values", message=message, columns=where, count=number)
    return raw[~lost], [warned]


def distinct(raw: pd.DataFrame, case: str, name: str) -> None:
    """Refuse case ids that are blank or stand twice.

    Raises:
        DataError: There are such rows; with their number.
    """
    ids = raw[case]
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


def labels(kept: pd.DataFrame, column: str, positive: str | None, name: str) -> pd.Series[float]:
    """The reference standard as 1 or 0; by the value that counts as positive, if one is given.

    Raises:
        DataError: The positive value never occurs, or without one, values that are no numbers.
    """
    if positive is None:
        return door.numbers(kept, column, name)
    if not (kept[column] == positive).any():
        there = ", ".join(sorted(kept[column].astype(str).unique())[:10])
        raise DataError(name, [f"column '{column}' never is '{positive}' (there are: {there})"])
    return (kept[column] == positive).astype(float)


def counts(kept: pd.DataFrame, column: str, name: str) -> pd.Series[float]:
    """Cases a row, whole numbers from 0.

    Raises:
        DataError: Other values, with their number.
    """
    values = door.numbers(kept, column, name)
    if bad := int(((values % 1 != 0) | (values < 0)).sum()):
        raise DataError(name, [f"column '{column}': {bad:,} counts are no whole numbers from 0"])
    return values
