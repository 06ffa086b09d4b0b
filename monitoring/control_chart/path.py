"""The path of a chart: where it signalled, its maximum, and few enough points for a figure."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A signal.

    Attributes:
        position: People seen, this one included, counted from the stream's first.
        statistic: The statistic that reached the limit.
    """

    position: int
    statistic: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """What is kept of a stretch."""

    signals: tuple[Signal, ...]
    maximum: float
    maximum_at: int
    points: tuple[tuple[int, float], ...]


@dataclass(slots=True, kw_only=True)
class Trace:
    """Collects a stretch, row by row, in units.

    Attributes:
        seen: People seen before the stretch, and then before the next row.
    """

    seen: int
    _positions: list[np.ndarray] = field(default_factory=list)
    _levels: list[np.ndarray] = field(default_factory=list)
    _signals: list[tuple[int, int]] = field(default_factory=list)

    def rows(self, people: np.ndarray, levels: np.ndarray) -> None:
        """Rows and the statistic after each."""
        if not len(people):
            return
        positions = self.seen + np.cumsum(people)
        self._positions.append(positions)
        self._levels.append(levels)
        self.seen = int(positions[-1])

    def signal(self, people: int, level: int) -> None:
        """A signal after some more people."""
        self.rows(np.array([people]), np.array([level]))
        self._signals.append((self.seen, level))

    def path(self, unit: float, most: int) -> Path:
        """Everything collected, as numbers."""
        empty = [np.empty(0, dtype=np.int64)]
        positions = np.concatenate(self._positions or empty)
        levels = np.concatenate(self._levels or empty)
        top = int(levels.argmax()) if len(levels) else -1
        highest = int(levels[top]) if top >= 0 else 0
        kept = thinned(levels, most)
        return Path(
            signals=tuple(Signal(position=p, statistic=level / unit) for p, level in self._signals),
            maximum=highest / unit,
            maximum_at=int(positions[top]) if highest > 0 else 0,
            points=tuple((int(positions[i]), float(levels[i] / unit)) for i in kept),
        )


def thinned(values: np.ndarray, most: int) -> np.ndarray:
    """Places of at most so many points: of equal stretches the highest and the last each."""
    if len(values) <= most:
        return np.arange(len(values))
    parts = np.array_split(np.arange(len(values)), max(1, most // 2))
    kept = {int(part[values[part].argmax()]) for part in parts} | {int(part[-1]) for part in parts}
    return np.array(sorted(kept))
