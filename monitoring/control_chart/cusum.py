"""The cumulative sum: W = max(0, W + score), a signal at or above the limit (Page 1954).

Scores are held as integer multiples of 2^-36, so that sums are exact in any grouping: a row that
stands for n people is the same as n rows, and window by window the same as in one go, digit for
digit. After a signal the chart restarts at zero, or goes on, as asked.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from monitoring.control_chart.path import Path, Signal, Trace

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

UNIT = 2.0**36
BLOCK = 4096  # rows summed at once
MOST = 10_000_000  # people a row, so that no sum leaves 64 bits


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a chart carries from window to window.

    Attributes:
        units: The statistic, in units of 2^-36.
        seen: People seen so far.
        above: Whether it stands at or above the limit (a chart that goes on after a signal).
    """

    units: int = 0
    seen: int = 0
    above: bool = False

    @property
    def statistic(self) -> float:
        """The statistic."""
        return self.units / UNIT

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, body: dict[str, Any]) -> Self:
        """From JSON."""
        return cls(units=int(body["units"]), seen=int(body["seen"]), above=bool(body["above"]))


START = State()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A stretch of a chart.

    Attributes:
        signals: Where it signalled, and at which statistic; positions count people from the
            stream's first.
        maximum: Largest statistic of the stretch.
        maximum_at: First position of it; 0 when the stretch never rises above zero.
        statistic: The last one.
        state: To go on from.
        path: Thinned for a figure.
    """

    signals: tuple[Signal, ...]
    maximum: float
    maximum_at: int
    statistic: float
    state: State
    path: tuple[tuple[int, float], ...]


def run(
    scores: ArrayLike,
    *,
    limit: float,
    counts: ArrayLike | None = None,
    state: State = START,
    restart: bool = True,
    points: int = 200,
) -> Run:
    """Go on with a chart over rows in their order.

    Args:
        scores: One a row.
        limit: A statistic at or above it is a signal.
        counts: People a row, all with the row's score; one when left out.
        state: Where the stretch before ended.
        restart: Start again at zero after a signal; otherwise a signal is each rise over the limit.
        points: Most points of the path.

    Raises:
        ValueError: A limit that is not positive, scores that are not finite, impossible counts.
    """
    units, n = _units(scores, counts)
    if not (math.isfinite(limit) and limit > 0):
        raise ValueError(f"a limit is positive, not {limit:g}")
    top = math.ceil(limit * UNIT)
    trace = Trace(seen=state.seen)
    level, above = state.units, state.above
    for first in range(0, len(units), BLOCK):
        part = slice(first, first + BLOCK)
        if restart:
            level = _restarting(units[part], n[part], level, top, trace)
            above = False
        else:
            level, above = _going_on(units[part], n[part], level, top, trace, above=above)
    seen = state.seen + int(n.sum())
    made: Path = trace.path(UNIT, points)
    return Run(
        signals=made.signals,
        maximum=made.maximum,
        maximum_at=made.maximum_at,
        statistic=level / UNIT,
        state=State(units=level, seen=seen, above=above),
        path=made.points,
    )


def _units(scores: ArrayLike, counts: ArrayLike | None) -> tuple[np.ndarray, np.ndarray]:
    values = np.asarray(scores, dtype=float)
    n = np.ones(len(values), dtype=np.int64) if counts is None else np.asarray(counts)
    if len(n) != len(values):
        raise ValueError(f"lengths differ: {len(values)} scores, {len(n)} counts")
    if not np.isfinite(values).all():
        raise ValueError("a score is a finite number")
    if (n != np.floor(n)).any() or (n < 0).any() or (n > MOST).any():
        raise ValueError(f"a row stands for a whole number of people, 0 to {MOST:,}")
    keep, whole = n > 0, n.astype(np.int64)
    units = np.rint(values * UNIT).astype(np.int64)
    if len(units) and int(np.abs(units).max()) * int(max(whole.max(), 1)) * BLOCK >= 2**62:
        return _split(units[keep], whole[keep])
    return units[keep], whole[keep]


def _split(units: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of so many people that a block's sum might leave 64 bits, in several rows each."""
    most = max(1, 2**62 // (int(np.abs(units).max()) * BLOCK))
    pieces = -(-n // most)
    rows = np.repeat(np.arange(len(n)), pieces)
    last = np.cumsum(pieces) - 1
    split = np.full(len(rows), most, dtype=np.int64)
    split[last] = n - most * (pieces - 1)
    return units[rows], split


def _levels(steps: np.ndarray, level: int) -> np.ndarray:
    """The statistic after each row, without any limit."""
    sums = np.cumsum(steps)
    return sums - np.minimum(np.minimum.accumulate(sums), -level)


def _restarting(units: np.ndarray, n: np.ndarray, level: int, top: int, trace: Trace) -> int:
    row = 0
    while row < len(units):
        levels = _levels(units[row:] * n[row:], level)
        over = np.flatnonzero(levels >= top)
        if not len(over):
            trace.rows(n[row:], levels)
            return int(levels[-1])
        at = int(over[0])
        trace.rows(n[row : row + at], levels[:at])
        before = int(levels[at - 1]) if at else level
        level = _signals(int(units[row + at]), int(n[row + at]), before, top, trace)
        row += at + 1
    return level


def _signals(unit: int, people: int, before: int, top: int, trace: Trace) -> int:
    """All signals within one row, whose people all raise the statistic; the level at its end."""
    need = max(1, -(-(top - before) // unit))
    trace.signal(need, before + need * unit)
    people -= need
    again = -(-top // unit)
    for _ in range(people // again):
        trace.signal(again, again * unit)
    rest = people % again
    trace.rows(np.array([rest]), np.array([rest * unit]))
    return rest * unit


def _going_on(
    units: np.ndarray, n: np.ndarray, level: int, top: int, trace: Trace, *, above: bool
) -> tuple[int, bool]:
    levels = _levels(units * n, level)
    before = np.concatenate([[level], levels[:-1]])
    over = levels >= top
    rises = np.flatnonzero(over & ~np.concatenate([[above], over[:-1]]))
    done = 0
    for row in rises.tolist():
        trace.rows(n[done:row], levels[done:row])
        need = max(1, -(-(top - int(before[row])) // int(units[row])))
        trace.signal(need, int(before[row]) + need * int(units[row]))
        trace.rows(n[row : row + 1] - need, levels[row : row + 1])
        done = row + 1
    trace.rows(n[done:], levels[done:])
    return int(levels[-1]), bool(over[-1])
