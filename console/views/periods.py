"""Windows gathered into as few columns as a page shows: weeks, months, quarters, years. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

MOST = 31  # columns
Window = dict[str, str]  # label, start and end, as a record holds them


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One column.

    Attributes:
        above: What several columns have in common: a year, or a month.
        name: What it is called below that.
        title: Its whole name.
        windows: Places of its windows, oldest first.
    """

    above: str
    name: str
    title: str
    windows: tuple[int, ...]


def gather(windows: Sequence[Window], most: int = MOST) -> tuple[str, list[Period]]:
    """The finest step that gives no more than so many columns.

    Args:
        windows: Oldest first.
        most: Columns; years are shown however many there are.

    Returns:
        ``window``, ``week``, ``month``, ``quarter`` or ``year``, and its columns. Periods without a
        window have none.
    """
    found: list[Period] = []
    for step, key in STEPS.items():
        places: dict[Hashable, list[int]] = {}
        for place, window in enumerate(windows):
            places.setdefault(key(window), []).append(place)
        found = [_period(step, windows[p[0]], tuple(p)) for p in places.values()]
        if len(found) <= most or step == "year":
            return step, found
    return "year", found


def _first(window: Window) -> dt.date:
    return dt.date.fromisoformat(window["start"])


STEPS: dict[str, Callable[[Window], Hashable]] = {
    "window": lambda w: (w["start"], w["end"]),
    "week": lambda w: _first(w).isocalendar()[:2],
    "month": lambda w: w["start"][:7],
    "quarter": lambda w: (w["start"][:4], (int(w["start"][5:7]) - 1) // 3),
    "year": lambda w: w["start"][:4],
}


def _period(step: str, window: Window, places: tuple[int, ...]) -> Period:
    day = _first(window)
    if step == "window" and len(window["label"]) == len("2026-01"):
        step = "month"
    if step == "week":
        day -= dt.timedelta(days=day.weekday())
    quarter = (day.month + 2) // 3
    above, name, title = {
        "window": (f"{day:%b %Y}", str(day.day), f"{day.day} {day:%b %Y}"),
        "week": (f"{day:%b %Y}", str(day.day), f"week from {day.day} {day:%b %Y}"),
        "month": (str(day.year), f"{day:%b}", f"{day:%B %Y}"),
        "quarter": (str(day.year), f"Q{quarter}", f"quarter {quarter} of {day.year}"),
        "year": ("", str(day.year), str(day.year)),
    }[step]
    return Period(above=above, name=name, title=title, windows=places)
