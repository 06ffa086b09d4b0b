"""Parquet files on this machine, read by Arrow itself.

It keeps text as dictionaries and so needs a third of the processor time of a scan by SQL. One row
group is open at a time. Where the day is a date, row groups of other periods are not read.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from evidence.errors import DataError
from monitoring.summary import arrow
from monitoring.summary.faults import Faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitoring.summary.layout import Layout
    from monitoring.summary.tally import Period

ROWS = 32_768  # of a batch: about 4 MB of 24 columns
BUFFER = 1 << 16


def batches(
    paths: Sequence[str], layout: Layout, period: Period | None
) -> tuple[Iterator[Any], set[str]]:
    """Record batches of the needed columns, and the columns that nobody named.

    Raises:
        DataError: Files that are no whole Parquet, by name; columns that do not fit.
    """
    faults, extra = Faults(), set[str]()
    for path in paths:
        one = Faults()
        try:
            extra |= arrow.check(_open(path, layout).schema_arrow, layout, one)
        except arrow.unreadable() as error:
            one.columns.add(arrow.said(error, path))
        faults.columns |= {f"{path}: {line}" for line in one.columns}
    if faults.columns:
        raise DataError(arrow.called(paths), faults.lines())
    return _batches(paths, layout, period), extra


def _open(path: str, layout: Layout) -> Any:
    import pyarrow.parquet as pq

    numbers = {b["source"] for b in layout.columns.values() if b["type"] == "number"}
    words = [name for name in layout.needed if name not in numbers]
    return pq.ParquetFile(path, read_dictionary=words, buffer_size=BUFFER)


def _batches(paths: Sequence[str], layout: Layout, period: Period | None) -> Iterator[Any]:
    needed = list(layout.needed)
    for path in paths:
        try:
            with _open(path, layout) as file:
                for group in range(file.num_row_groups):
                    if _may_hold(file, group, layout.day, period):
                        # One group at a time: a reader of several keeps all of them in memory.
                        yield from file.iter_batches(ROWS, row_groups=[group], columns=needed)
        except arrow.unreadable() as error:
            raise DataError(path, [arrow.said(error, path)]) from error


def _may_hold(file: Any, group: int, day: str, period: Period | None) -> bool:
    """Whether a row group may hold days of the period, or days that cannot be read."""
    if period is None or not day:
        return True
    row_group = file.metadata.row_group(group)
    for index in range(row_group.num_columns):
        column = row_group.column(index)
        if column.path_in_schema == day and column.is_stats_set:
            stats = column.statistics
            dates = stats.has_min_max and isinstance(stats.min, dt.date)
            if dates and stats.has_null_count and not stats.null_count:
                first, last = (dt.date.fromisoformat(text) for text in period)
                return _day(stats.min) <= last and _day(stats.max) >= first
    return True


def _day(value: dt.date) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value
