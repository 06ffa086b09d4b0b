"""Files of any size on this machine or at a URL, streamed to the counting.

The only door to DuckDB. CSV, ``column=value`` folders and URLs are scanned by it, plain Parquet by
Arrow (`parquet`). DuckDB reads the needed columns of the period's rows in parallel, within a
memory limit and without the network; `arrow` counts them. (DuckDB's own ``histogram`` would put NaN
into the first bin, and is slower over many edges.)
"""

from __future__ import annotations

import re
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from evidence.errors import DataError
from monitoring.summary import arrow, files, parquet
from monitoring.summary.faults import Faults
from monitoring.summary.pushdown import condition

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import duckdb

    from monitoring.summary.arrow import Counted
    from monitoring.summary.counts import Summary
    from monitoring.summary.files import Files
    from monitoring.summary.layout import Layout
    from monitoring.summary.tally import Period
    from policies.engine import Engine

ROWS = 131_072  # of a batch: about 25 MB of 24 columns


def summarise(
    places: Sequence[str | Path], layout: Layout, engine: Engine, *, period: Period | None = None
) -> Summary:
    """Count files.

    Args:
        places: Paths, patterns, folders (``column=value`` folders bring columns) and fsspec URLs of
            Parquet, CSV or CSV.gz files.
        layout: What is counted.
        engine: Threads and memory.
        period: First and last day; None counts every row.

    Raises:
        DataError: Files that are missing or broken, by name; columns and values that do not fit.
    """
    found = files.find(places)
    if found.parquet and found.system is None and not found.parted:
        batches, extra = parquet.batches(found.paths, layout, period)
        counted = arrow.count(batches, layout, period=period, threads=engine.threads)
    else:
        counted, extra = _scanned(found, layout, engine, period)
    return arrow.with_extra(counted.require(arrow.called(found.paths)), extra)


def _scanned(
    found: Files, layout: Layout, engine: Engine, period: Period | None
) -> tuple[Counted, set[str]]:
    name = arrow.called(found.paths)
    with _opened(engine, found) as base:
        faults, extra, kinds = _checked(base, found, layout)
        if faults.columns:
            raise DataError(name, faults.lines())
        try:
            reader = base.sql(_query(found, layout, kinds, period)).to_arrow_reader(ROWS)
            counted = arrow.count(reader, layout, period=period, threads=engine.threads)
        except _errors() as error:
            raise DataError(name, _broken(base, found, error)) from error
    return counted, extra


@contextmanager
def _opened(engine: Engine, found: Files) -> Iterator[duckdb.DuckDBPyConnection]:
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": engine.threads,
        "memory_limit": engine.memory_limit,
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,  # no download: a law of this house
        "autoload_known_extensions": False,
    }
    with (
        tempfile.TemporaryDirectory(prefix="tplc-") as scratch,
        duckdb.connect(config=settings | {"temp_directory": scratch}) as base,
    ):
        if found.system is not None:
            base.register_filesystem(found.system)
        yield base


def _errors() -> tuple[type[Exception], ...]:
    """What a scan of broken files raises."""
    import duckdb

    return (duckdb.Error, *arrow.unreadable())


def quoted(name: str) -> str:
    """A column's name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def _scan(found: Files, paths: Sequence[str]) -> str:
    listed = ", ".join("'" + path.replace("'", "''") + "'" for path in map(_literal, paths))
    parted = "hive_partitioning=true, hive_types_autocast=false" if found.parted else ""
    parted = parted or "hive_partitioning=false"
    if found.parquet:
        return f"read_parquet([{listed}], union_by_name=true, {parted})"
    how = "all_varchar=true, header=true, delim=',', quote='\"', escape='\"', nullstr=''"
    return f"read_csv([{listed}], union_by_name=true, {how}, {parted})"


def _literal(path: str) -> str:
    """A path whose signs are not read as a pattern."""
    return re.sub(r"([*?\[])", r"[\1]", path)


def _query(found: Files, layout: Layout, kinds: dict[str, str], period: Period | None) -> str:
    trim = "{0}" if found.parquet else "ltrim({0}, ' ')"  # spaces after commas, as pandas has it
    names = [f"{trim.format(quoted(name))} AS {quoted(name)}" for name in layout.needed]
    text = kinds.get(layout.day, "VARCHAR") == "VARCHAR"
    column = quoted(layout.day) if layout.day else ""
    where = condition(column, period, text=text)
    if where and not found.parquet:
        where = where.replace(column, trim.format(column))
    query = f"SELECT {', '.join(names)} FROM {_scan(found, found.paths)}"  # noqa: S608 - quoted
    return f"{query} WHERE {where}" if where else query


def _checked(
    base: duckdb.DuckDBPyConnection, found: Files, layout: Layout
) -> tuple[Faults, set[str], dict[str, str]]:
    """Each file's columns against the layout, before a row is read."""
    faults, extra = Faults(), set[str]()
    kinds: dict[str, str] = {}
    seen: set[tuple[Any, ...]] = set()
    for path in found.paths:
        one = Faults()
        try:
            head = base.sql(f"SELECT * FROM {_scan(found, [path])} LIMIT 0")  # noqa: S608 - quoted
            described = tuple(zip(head.columns, map(str, head.types), strict=True))
            if described in seen:
                continue
            seen.add(described)
            extra |= arrow.check(head.to_arrow_table().schema, layout, one)
            for column, kind in described:
                kinds[column] = kind if kinds.get(column, kind) == kind else "VARCHAR"
        except _errors() as error:
            one.columns.add(arrow.said(error, path))
        faults.columns |= {f"{path}: {line}" for line in one.columns}
    return faults, extra, kinds


def _broken(base: duckdb.DuckDBPyConnection, found: Files, error: Exception) -> list[str]:
    """The files that cannot be read to their end, each by name."""
    faults = []
    for path in found.paths:
        try:
            base.sql(f"SELECT count(COLUMNS(*)) FROM {_scan(found, [path])}").fetchall()  # noqa: S608 - quoted
        except _errors() as fault:
            faults.append(f"{path}: {arrow.said(fault, path)}")
    return faults or [str(error)]
