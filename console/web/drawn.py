"""A small line with its interval as the points of an SVG; the page has the table beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.views.surveyed import Window

WIDTH, HEIGHT = 720, 200
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 12, 26  # room for the words at the edges
FEW = 40  # windows that get a dot each


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line, in the SVG's units.

    Attributes:
        bands: Polygons between the lower and upper bounds, one for each unbroken part.
        lines: Polylines through the values, likewise.
        dots: Points of values; none where there are too many.
        levels: Height and words of the horizontal lines.
        ends: Words under the first and last window.
    """

    bands: tuple[str, ...]
    lines: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    levels: tuple[tuple[float, str], ...]
    ends: tuple[str, str]


def line(windows: Sequence[Window]) -> Line | None:
    """The line of the main endpoint; none where fewer than two windows measured it."""
    known = [e for w in windows if (e := w.estimate) and e.value is not None]
    if len(known) < 2:  # noqa: PLR2004 - one point is no line
        return None
    every = [v for e in known for v in (e.value, e.low, e.high) if v is not None]
    low, high = min(every), max(every)
    room = (high - low) * 0.08 or 0.01
    low, high = low - room, high + room

    def x(place: int) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * place / max(1, len(windows) - 1), 1)

    def y(value: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low), 1)

    bands, lines, dots = [], [], []
    for part in _parts(windows):
        values = [(x(at), y(value)) for at, value, _, _ in part]
        upper = [(x(at), y(up)) for at, _, _, up in part]
        lower = [(x(at), y(down)) for at, _, down, _ in part]
        lines.append(_points(values))
        bands.append(_points([*upper, *reversed(lower)]))
        dots += values
    middle = (low + high) / 2
    return Line(
        bands=tuple(bands),
        lines=tuple(lines),
        dots=tuple(dots) if len(dots) <= FEW else (),
        levels=tuple((y(v), f"{v:.3f}") for v in (high - room, middle, low + room)),
        ends=(windows[0].label, windows[-1].label),
    )


def _parts(windows: Sequence[Window]) -> list[list[tuple[int, float, float, float]]]:
    """Unbroken runs of windows that measured it: place, value, lower and upper bound."""
    parts: list[list[tuple[int, float, float, float]]] = [[]]
    for place, window in enumerate(windows):
        found = window.estimate
        if found is None or found.value is None:
            parts.append([])
            continue
        low = found.value if found.low is None else found.low
        high = found.value if found.high is None else found.high
        parts[-1].append((place, found.value, low, high))
    return [part for part in parts if part]


def _points(found: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in found)
