"""Columns as attributes whose values are subgroups; numbers cut at edges that are named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.stats import door
from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from validation.estimate import Warned
    from validation.fairness.groups import Grouping

MOST = 50  # subgroups of one attribute


def edges(cuts: Sequence[str]) -> dict[str, list[float]]:
    """Column to edges, from words such as ``age=40,65``.

    Raises:
        UsageError: Other words.
    """
    found: dict[str, list[float]] = {}
    for word in cuts:
        column, equals, at = word.partition("=")
        try:
            found[column] = [float(edge) for edge in at.split(",")]
        except ValueError:
            equals = ""
        if not (column and equals):
            raise UsageError(f"--cut reads COLUMN=EDGE,EDGE..., such as age=40,65; not '{word}'")
    return found


def groupings(
    frame: pd.DataFrame, names: Sequence[str], edges: dict[str, list[float]], file: str
) -> tuple[list[Grouping], list[Warned]]:
    """The subgroups of the rows by each column, and codes among its numbers that are suspicious.

    Raises:
        DataError: More subgroups than `MOST`, or no numbers where edges are named.
        UsageError: Edges that are not ascending.
    """
    from validation.fairness import groups

    parts, warned = [], []
    for name in names:
        if name in edges:
            values = door.numbers(frame, name, file)
            warned += door.coded_missing(values, name)
            try:
                parts.append(groups.cut(name, values.to_list(), edges[name]))
            except ValueError as error:
                raise UsageError(str(error)) from error
            continue
        part = groups.grouping(name, frame[name].to_list())
        if len(part) > MOST:
            fault = f"column '{name}' has {len(part):,} values: cut it, as in --cut {name}=40,65"
            raise DataError(file, [fault])
        parts.append(part)
    return parts, warned
