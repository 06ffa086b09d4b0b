"""Mergeable column summaries: counts over fixed edges, counts of categories, missing.

The edges are frozen with the reference set, so that any two summaries of the same columns add up
exactly, in any order: sites, partitions and windows alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.summary.counting import OTHER, binned, category, cut, number
from validation.summary.edges import edges
from validation.summary.merging import merge
from validation.table import COUNT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from evidence.records import Body

__all__ = ["OTHER", "binned", "category", "edges", "merge", "number", "summarise"]


def summarise(
    frame: pd.DataFrame, columns: Mapping[str, str], fixed: Mapping[str, Sequence[float] | Body]
) -> Body:
    """Count each column of a frame.

    Args:
        frame: Typed rows with their `COUNT`.
        columns: Column name to ``number`` or ``category``.
        fixed: What `edges` made for each number column, or its frozen summary, or bare edges.

    Returns:
        Column name to ``{type, edges, counts, missing, total}``, with ``discrete`` where it holds;
        JSON.
    """
    return {
        name: _number(frame, name, cut(fixed[name])) if kind == "number" else _category(frame, name)
        for name, kind in columns.items()
    }


def _number(frame: pd.DataFrame, name: str, fixed: Body) -> Body:
    import numpy as np

    edge = np.asarray(fixed["edges"], dtype=float)
    values = frame[name].to_numpy(dtype=float)
    people, missing = binned(values, edge, frame[COUNT].to_numpy(dtype=np.int64))
    return number(fixed, people, missing)


def _category(frame: pd.DataFrame, name: str) -> Body:
    known = frame[name].notna()
    people = frame.loc[known, COUNT].groupby(frame.loc[known, name].map(str)).sum()
    counts = {str(key): int(count) for key, count in people.items()}
    return category(counts, int(frame.loc[~known, COUNT].sum()))
