"""Windows × checks as a table that reads without colour: a sign and words a cell. Pure."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from console import timeline
from console.views import kinds, periods
from console.views.view import View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.views.periods import Period, Window

WORST = (timeline.RAISED, timeline.FOUND, timeline.QUIET, timeline.NONE)
OTHERS = ""  # in a window's states: what a check said that is only named where it found something
LENGTHS = ((1, "day"), (7, "week"), (31, "month"))  # days of a window, at most


class Cell(View):
    """What one check said in one column."""

    state: str
    """The worst of its windows: ``quiet``, ``found``, ``trigger`` or ``not measured``."""
    sign: str
    """The same as a sign; with the number of windows, where a column has several."""
    words: str
    """The same in words."""


class Check(View):
    """One check over the columns."""

    name: str
    """What it is called."""
    asks: str
    """What it asks, in one sentence."""
    cells: list[Cell]
    """What it said, oldest first."""


class Column(View):
    """One window, or several together."""

    name: str
    """Short name, below that of its span."""
    title: str
    """Whole name."""


class Span(View):
    """Columns that have a name in common."""

    name: str
    """A year, or a month and its year."""
    columns: int
    """How many."""


class Heat(View):
    """Windows × checks."""

    step: str
    """What a column is: ``window``, or what windows were gathered by: ``week``, ``month``,
    ``quarter`` or ``year``."""
    said: str
    """The same as a sentence."""
    windows: int
    """How many windows there are."""
    spans: list[Span]
    """The heads above the columns' heads."""
    columns: list[Column]
    """The columns, oldest first."""
    checks: list[Check]
    """The checks, one a row."""


def heat(windows: Sequence[Window], states: Sequence[Mapping[str, str]]) -> Heat:
    """Lay windows × checks out.

    Args:
        windows: Label, first and last day of each, oldest first.
        states: Of each window, what each check said, as `console.timeline` says it.
    """
    step, columns = periods.gather(windows)
    names = dict.fromkeys(name for state in states for name in state if name != OTHERS)
    return Heat(
        step=step,
        said=_said(step, windows),
        windows=len(windows),
        spans=[
            Span(name=name, columns=len(list(part)))
            for name, part in groupby(columns, key=lambda c: c.above)
        ],
        columns=[Column(name=c.name, title=c.title) for c in columns],
        checks=[
            Check(
                name=kinds.name(name),
                asks=kinds.asks(name),
                cells=[cell([_state(states[w], name) for w in c.windows], c) for c in columns],
            )
            for name in names
        ],
    )


def _state(said: Mapping[str, str], check: str) -> str:
    return said.get(check, said.get(OTHERS, timeline.NONE))


def cell(states: Sequence[str], column: Period) -> Cell:
    """The worst of some windows, and how many of them.

    Args:
        states: What was said in each.
        column: The column that they are gathered in.
    """
    counted = Counter(states)
    worst = next((state for state in WORST if counted[state]), timeline.NONE)
    sign, number, of = timeline.SIGN[worst], counted[worst], len(states)
    if of == 1:
        return Cell(state=worst, sign=sign, words=f"{column.title}: {worst}")
    loud = worst in (timeline.RAISED, timeline.FOUND)
    return Cell(
        state=worst,
        sign=f"{sign}{number}" if loud and number > 1 else sign,
        words=f"{column.title}: {worst} in {number} of {of} windows",
    )


def _said(step: str, windows: Sequence[Window]) -> str:
    if not windows:
        return ""
    length = _length(windows[-1])
    if step == "window":
        return f"Each column is a window of one {length}."
    return f"Each column is a {step}: what its worst {length} said, and how many {length}s said it."


def _length(window: Window) -> str:
    import datetime as dt

    first, last = dt.date.fromisoformat(window["start"]), dt.date.fromisoformat(window["end"])
    days = (last - first).days + 1
    return next((name for most, name in LENGTHS if days <= most), "window")
