"""One file of either kind: the columns that it has, and its rows of a period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidence.errors import DataError
from monitoring.source import parquet, whole
from validation import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    import pyarrow as pa

    from monitoring.source.contract import Period
    from monitoring.source.listing import SourceFile

CHUNK = 200_000  # rows of a CSV file that are in memory at once


def schema(file: SourceFile) -> pa.Schema:
    """Names and types; text where the file has no types, and of its ``key=value`` folders.

    Raises:
        DataError: The file is half written or cannot be read.
    """
    import pyarrow as pa

    if fault := whole.fault(file.path):
        raise DataError(file.name, [fault])
    try:
        if table.is_parquet(file.path):
            found = parquet.schema(file.path)
        else:
            found = pa.schema([(str(name), pa.string()) for name in _head(file)])
    except DataError:
        raise
    except Exception as error:  # readers of broken files raise whatever they like
        raise DataError(file.name, [f"cannot be read as a table: {error}"]) from error
    more = [pa.field(key, pa.string()) for key in file.partition if key not in found.names]
    return pa.schema([*found, *more])


def _head(file: SourceFile) -> list[str]:
    import pandas as pd

    how: Any = {"dtype": str, "encoding": "utf-8-sig", "skipinitialspace": True}
    try:
        return list(pd.read_csv(file.path, nrows=0, **how).columns)
    except whole.BROKEN_OFF as error:
        raise DataError(file.name, [whole.broken_off(_caused(error))]) from None


def _caused(error: BaseException) -> BaseException:
    wrapped = RuntimeError()
    wrapped.__cause__ = error
    return wrapped


def may_hold(file: SourceFile, period: Period) -> bool:
    """Whether a row of the period, or one without a readable day, can be in the file."""
    import pandas as pd

    if period.column in file.partition:
        (day,) = table.days(pd.Series([file.partition[period.column]], dtype=object))
        return bool(pd.isna(day)) or period.first <= day <= period.last
    return not table.is_parquet(file.path) or parquet.may_hold(file.path, period)


def frame(file: SourceFile, columns: Sequence[str], period: Period | None) -> pd.DataFrame:
    """The rows of a period as text.

    Args:
        file: What to read.
        columns: Which columns; all are there.
        period: Which days; all when None.

    Raises:
        DataError: It cannot be read.
    """
    inner = _inner(file, columns, period)
    if table.is_parquet(file.path):
        found = parquet.frame(file.path, inner, period)
    else:
        try:
            found = table.read(file.path, inner)
        except DataError as error:
            fault = whole.broken_off(error)
            raise (DataError(file.name, [fault]) if fault else error) from None
    found = found.assign(**{key: file.partition[key] for key in columns if key not in inner})
    if period is not None and period.column in found:
        found = found[within(found[period.column], period)]
    return found[list(columns)]


def batches(
    file: SourceFile, columns: Sequence[str], period: Period | None
) -> Iterator[pa.RecordBatch]:
    """The same in pieces, with the types of the file."""
    import pyarrow as pa

    inner = _inner(file, columns, period)
    pieces = (
        parquet.batches(file.path, inner, period)
        if table.is_parquet(file.path)
        else _text(file, inner)
    )
    for piece in pieces:
        found = piece
        if period is not None and period.column in inner:
            days = found.column(inner.index(period.column)).to_pandas()
            found = found.filter(pa.array(within(days, period).to_numpy()))
        for key in columns:
            if key not in inner:
                value = pa.array([file.partition[key]] * len(found), type=pa.string())
                found = found.append_column(pa.field(key, pa.string()), value)
        if len(found):
            yield found.select(list(columns)).replace_schema_metadata(None)


def _inner(file: SourceFile, columns: Sequence[str], period: Period | None) -> list[str]:
    """The columns to take from the file itself, the period's day among them."""
    day = [period.column] if period else []
    return [name for name in dict.fromkeys([*columns, *day]) if name not in file.partition]


def _text(file: SourceFile, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    import pandas as pd
    import pyarrow as pa

    how: Any = {"dtype": str, "encoding": "utf-8-sig", "skipinitialspace": True}
    how |= {"keep_default_na": False, "na_values": [""], "usecols": list(columns)}
    kind = pa.schema([(name, pa.string()) for name in columns])
    try:
        with pd.read_csv(file.path, chunksize=CHUNK, **how) as pieces:
            for piece in pieces:
                rows = pa.Table.from_pandas(piece[list(columns)], schema=kind, preserve_index=False)
                yield from rows.combine_chunks().to_batches()
    except whole.BROKEN_OFF as error:
        raise DataError(file.name, [whole.broken_off(_caused(error))]) from None
    except pd.errors.ParserError as error:
        raise DataError(file.name, [f"cannot be read as a table: {error}"]) from None


def within(values: pd.Series[Any], period: Period) -> pd.Series[bool]:
    """Rows of the period, and those whose day cannot be read: they are faults, not strangers."""
    days = table.days(values)
    unknown = days.isna()
    inside = days.where(~unknown, period.first).between(period.first, period.last)
    return unknown | inside
