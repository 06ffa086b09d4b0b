"""One Parquet file: its columns, whether it can hold a period, and its rows.

Row groups whose statistics lie outside the period are not read. Days that are stored as text cannot
be told apart by statistics without losing the unreadable ones: such a file is read whole.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from validation import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pandas as pd
    import pyarrow as pa

    from monitoring.source.contract import Period

DAY = dt.timedelta(days=1)
AHEAD = 2  # batches read before they are asked for: memory stays the same however long the file


def schema(path: Path) -> pa.Schema:
    """Names and types, without the index that pandas may have written."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    found = pq.read_schema(path)
    index = [
        n for n in (found.pandas_metadata or {}).get("index_columns", []) if isinstance(n, str)
    ]
    return pa.schema([field for field in found if field.name not in index])


def may_hold(path: Path, period: Period) -> bool:
    """Whether a row of the period, or one without a day, can be in the file."""
    import pyarrow.dataset as ds

    if period.column not in schema(path).names:
        return True
    whole = ds.dataset(path, format="parquet")
    rule = _rule(whole.schema, period)
    if rule is None:
        return True
    (piece,) = list(whole.get_fragments())
    return bool(piece.subset(rule).row_groups)


def frame(path: Path, columns: Sequence[str], period: Period | None) -> pd.DataFrame:
    """The rows that the period may hold, as text."""
    import pyarrow.dataset as ds

    whole = ds.dataset(path, format="parquet")
    rows = whole.to_table(columns=list(columns), filter=_rule(whole.schema, period))
    plain = rows.replace_schema_metadata(None)
    return table.as_text(plain.to_pandas(integer_object_nulls=True))


def batches(path: Path, columns: Sequence[str], period: Period | None) -> Iterator[pa.RecordBatch]:
    """The same in pieces, with the file's types."""
    import pyarrow.dataset as ds

    whole = ds.dataset(path, format="parquet")
    yield from whole.to_batches(
        columns=list(columns),
        filter=_rule(whole.schema, period),
        batch_readahead=AHEAD,
        fragment_readahead=1,
    )


def _rule(known: pa.Schema, period: Period | None) -> Any:
    """A filter that keeps at least the period and rows without a day; None keeps all.

    Times are widened by a day at both ends: of which day they are is decided by the clock on the
    wall, after reading.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if period is None or period.column not in known.names:
        return None
    kind, column = known.field(period.column).type, pc.field(period.column)
    first: Any
    last: Any
    if pa.types.is_date(kind):
        first, last = period.first, period.last
    elif pa.types.is_timestamp(kind):
        first = dt.datetime.combine(period.first - DAY, dt.time())
        last = dt.datetime.combine(period.last + 2 * DAY, dt.time())
    else:
        return None
    low, high = pa.scalar(first, type=kind), pa.scalar(last, type=kind)
    return column.is_null() | ((column >= low) & (column <= high))
