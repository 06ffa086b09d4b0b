"""The summary of some rows: whole numbers that add up exactly, in any order and any parts.

Cells count people by score bin, outcome and subgroup. Beside each stands the sum of its scores in
billionths, a whole number too, so that calibration needs no row and no rounding error piles up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from evidence.errors import DataError
from monitoring.summary.fold import fold
from validation.summary import OTHER, merge

if TYPE_CHECKING:
    from evidence.records import Body
    from monitoring.summary.layout import Layout

FORMAT = "summary/1"
OUTCOMES = ("positive", "negative", "indeterminate", "none")
OVERALL = "overall"
UNIT = 1_000_000_000  # a score of 1 in the sums of cells
KEYS = {"format", "layout", "rows", "cases", "accounting", "days", "extra", "columns", "cells"}
Cell = dict[int, tuple[int, int]]  # score bin to people and the sum of their scores
Group = dict[str, Cell]  # outcome to cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts of some rows, over the edges of one layout.

    Attributes:
        layout: The layout's digest.
        rows: Rows read, of the period.
        cases: People counted, after the rules.
        accounting: Each step to its rows and people, ``rows read`` first, ``analysed`` last.
        days: Day to people counted.
        extra: Columns of the data that no specification names.
        columns: Column to its summary, as a record of surveillance holds it.
        cells: Attribute to value to outcome to score bin to people and sum of scores. Bin
            ``len(grid) + 1`` holds people without a score. ``overall`` has the one value ``""``.
    """

    layout: str
    rows: int
    cases: int
    accounting: dict[str, tuple[int, int]]
    days: dict[str, int]
    extra: tuple[str, ...]
    columns: Body
    cells: dict[str, dict[str, Group]]

    def body(self) -> Body:
        """As JSON; the sums as text, since they outgrow what JSON's numbers hold exactly."""
        return {
            "format": FORMAT,
            "layout": self.layout,
            "rows": self.rows,
            "cases": self.cases,
            "accounting": [[step, *numbers] for step, numbers in self.accounting.items()],
            "days": self.days,
            "extra": list(self.extra),
            "columns": self.columns,
            "cells": {
                attribute: {value: _listed(group) for value, group in groups.items()}
                for attribute, groups in self.cells.items()
            },
        }

    @classmethod
    def read(cls, body: Any, name: str = "the summary") -> Self:
        """The summary of its JSON.

        Raises:
            DataError: It is no summary, or one of another version.
        """
        if not isinstance(body, dict) or body.get("format") != FORMAT or set(body) != KEYS:
            raise DataError(name, [f"is no summary of this version ('format' is not {FORMAT})"])
        cells = {
            attribute: {value: _read(group) for value, group in groups.items()}
            for attribute, groups in body["cells"].items()
        }
        return cls(
            layout=body["layout"],
            rows=body["rows"],
            cases=body["cases"],
            accounting={step: (rows, cases) for step, rows, cases in body["accounting"]},
            days=body["days"],
            extra=tuple(body["extra"]),
            columns=body["columns"],
            cells=cells,
        )

    def outcomes(self) -> dict[str, int]:
        """People by outcome."""
        group = self.cells.get(OVERALL, {}).get("", {})
        return {name: sum(n for n, _ in group.get(name, {}).values()) for name in OUTCOMES}

    def as_steps(self) -> list[Body]:
        """The accounting, as a record holds it."""
        kinds = {"rows read": "read", "analysed": "analysed"}
        return [
            {"step": step, "kind": kinds.get(step, "excluded"), "rows": rows, "cases": cases}
            for step, (rows, cases) in self.accounting.items()
            if rows or step in kinds
        ]


def add(layout: Layout, one: Summary, *others: Summary) -> Summary:
    """Add summaries: exact, in any order, the same as counting all rows at once.

    Args:
        layout: The layout of all of them.
        one: The first.
        others: The rest.

    Raises:
        ValueError: A summary has another layout.
    """
    digest = layout.digest
    if any(summary.layout != digest for summary in (one, *others)):
        raise ValueError("the summaries have different layouts")
    for other in others:
        one = _added(layout, one, other)
    return one


def _added(layout: Layout, one: Summary, other: Summary) -> Summary:
    return Summary(
        layout=one.layout,
        rows=one.rows + other.rows,
        cases=one.cases + other.cases,
        accounting={
            step: (rows + other.accounting[step][0], cases + other.accounting[step][1])
            for step, (rows, cases) in one.accounting.items()
        },
        days=_sums(one.days, other.days),
        extra=tuple(sorted({*one.extra, *other.extra})),
        columns=folded(layout, merge(one.columns, other.columns)),
        cells={
            attribute: fold(
                _union(one.cells[attribute], other.cells[attribute]),
                layout.groups.get(attribute, ("",)),
                layout.named,
                group_added,
            )
            for attribute in one.cells
        },
    )


def _sums(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in sorted({*one, *other})}


def folded(layout: Layout, columns: Body) -> Body:
    """Columns whose new categories are named only where they are few."""
    found = {}
    for name, body in columns.items():
        frozen = layout.columns[name]
        if frozen["type"] == "category":
            counts = fold(body["counts"], frozen["values"], layout.named, int.__add__)
            body = body | {"counts": dict(sorted(counts.items()))}  # noqa: PLW2901
        found[name] = body
    return found


def _union(one: dict[str, Group], other: dict[str, Group]) -> dict[str, Group]:
    found = {}
    for value in sorted({*one, *other}):
        found[value] = group_added(one.get(value, {}), other.get(value, {}))
    return found


def group_added(one: Group, other: Group) -> Group:
    """Cells of two parts of a subgroup, added."""
    found = {}
    for outcome in OUTCOMES:
        left, right = one.get(outcome, {}), other.get(outcome, {})
        if left or right:
            found[outcome] = _cells_added(left, right)
    return found


def _cells_added(one: Cell, other: Cell) -> Cell:
    found = dict(one)
    for place, (people, total) in other.items():
        before = found.get(place, (0, 0))
        found[place] = (before[0] + people, before[1] + total)
    return dict(sorted(found.items()))


def _listed(group: Group) -> Body:
    return {
        outcome: {
            "bin": list(cell),
            "n": [people for people, _ in cell.values()],
            "sum": [str(total) for _, total in cell.values()],
        }
        for outcome, cell in group.items()
    }


def _read(group: Body) -> Group:
    return {
        outcome: {
            place: (people, int(total))
            for place, people, total in zip(cell["bin"], cell["n"], cell["sum"], strict=True)
        }
        for outcome, cell in group.items()
    }


def without_rare(summary: Summary, layout: Layout, minimum: int) -> Body:
    """The columns for a record: new categories of fewer people than `minimum` are not named."""
    found = {}
    for name, body in summary.columns.items():
        frozen = layout.columns[name]
        if frozen["type"] == "category":
            known, counts = {*frozen["values"]}, dict(body["counts"])
            for key in [k for k, n in counts.items() if k not in known and n < minimum]:
                counts[OTHER] = counts.pop(key) + (counts.get(OTHER, 0) if key != OTHER else 0)
            body = body | {"counts": dict(sorted(counts.items()))}  # noqa: PLW2901
        found[name] = body
    return found
