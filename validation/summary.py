"""Mergeable column summaries: counts over fixed edges, counts of categories, missing.

The edges are frozen with the reference set, so that any two summaries of the same columns add up
exactly, in any order: sites, partitions and windows alike. Counting is one DuckDB query a column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from validation.table import COUNT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    import pandas as pd

    from evidence.records import Body

BINS = 10


def edges(values: pd.Series[float], counts: pd.Series[int]) -> list[float]:
    """Inner edges that cut the people into tenths; fewer where values repeat.

    Args:
        values: One number a row.
        counts: People a row.
    """
    import numpy as np

    known = values.notna().to_numpy()
    if not known.any():
        return []
    v, n = values.to_numpy()[known], counts.to_numpy()[known]
    order = np.argsort(v, kind="stable")
    v, share = v[order], np.cumsum(n[order]) / n.sum()
    cuts = v[np.searchsorted(share, np.arange(1, BINS) / BINS)]
    return [float(cut) for cut in np.unique(cuts)]


def summarise(
    frame: pd.DataFrame, columns: Mapping[str, str], fixed: Mapping[str, Sequence[float]]
) -> Body:
    """Count each column of a frame.

    Args:
        frame: Typed rows with their `COUNT`.
        columns: Column name to ``number`` or ``category``.
        fixed: The inner edges of each number column, as frozen.

    Returns:
        Column name to ``{type, edges, counts, missing, total}``; JSON.
    """
    import duckdb

    with duckdb.connect() as base:
        base.register("cases", frame[[*dict.fromkeys([*columns, COUNT])]])
        return {
            name: _number(base, name, list(fixed[name]))
            if kind == "number"
            else _category(base, name)
            for name, kind in columns.items()
        }


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _rows(base: duckdb.DuckDBPyConnection, key: str) -> dict[Any, int]:
    query = f"SELECT {key} AS k, CAST(SUM({COUNT}) AS BIGINT) FROM cases GROUP BY k"  # noqa: S608 - quoted names
    return dict(base.execute(query).fetchall())


def _category(base: duckdb.DuckDBPyConnection, name: str) -> Body:
    found = _rows(base, f"CAST({_quoted(name)} AS VARCHAR)")
    missing = found.pop(None, 0)
    counts = {str(key): found[key] for key in sorted(found)}
    total = sum(counts.values()) + missing
    return {"type": "category", "edges": [], "counts": counts, "missing": missing, "total": total}


def _number(base: duckdb.DuckDBPyConnection, name: str, cuts: list[float]) -> Body:
    column = _quoted(name)
    steps = " + ".join(f"CAST({column} > {cut!r} AS INTEGER)" for cut in cuts) or "0"
    known = f"{column} IS NOT NULL AND NOT isnan({column})"
    found = _rows(base, f"CASE WHEN {known} THEN {steps} END")
    missing = found.pop(None, 0)
    counts = {str(index): int(found.get(index, 0)) for index in range(len(cuts) + 1)}
    total = sum(counts.values()) + missing
    return {"type": "number", "edges": cuts, "counts": counts, "missing": missing, "total": total}


def merge(one: Body, other: Body) -> Body:
    """Add two summaries of the same columns.

    Raises:
        ValueError: The columns or their edges differ.
    """
    if set(one) != set(other):
        raise ValueError(f"the columns differ: {sorted(set(one) ^ set(other))}")
    return {name: _merged(name, one[name], other[name]) for name in one}


def _merged(name: str, one: Body, other: Body) -> Body:
    if (one["type"], one["edges"]) != (other["type"], other["edges"]):
        raise ValueError(f"the edges of column '{name}' differ")
    keys = sorted({*one["counts"], *other["counts"]})
    counts = {key: one["counts"].get(key, 0) + other["counts"].get(key, 0) for key in keys}
    return one | {
        "counts": counts,
        "missing": one["missing"] + other["missing"],
        "total": one["total"] + other["total"],
    }
