"""Where on the line the values of a number column's bins stand.

Counts say how many values lie between two edges, not where. Values are taken to lie evenly between
the edges, except on the upper edge of

* every bin of a `discrete` column, whose edges are its values, and
* a bin that holds many more of the reference set than the others: quantile edges that fell on one
  frequent value, such as the zeros of a dose, were merged into one.

A bin without an outer edge is given the width that halves its neighbour's density. The places come
from the reference set alone, so that equal counts always give equal values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitoring.drift.cells import bins

if TYPE_CHECKING:
    import numpy as np

    from evidence.records import Body

HEAVY = 2.0  # times the median share of a bin: its values stand on its upper edge
HALVED = 2.0  # a tail's mean density is its neighbour's over this


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Where the bins of a number column lie.

    Attributes:
        ends: Ends of the bins, the open ones closed, shape (bins + 1,).
        width: Of the part of each bin that values lie evenly in, up to its upper end, shape
            (bins,); 0 where they stand on the upper end.
    """

    ends: np.ndarray
    width: np.ndarray

    @classmethod
    def of(cls, reference: Body) -> Line:
        """The places of a column's bins, from the reference's summary."""
        import numpy as np

        edges, counts = np.array(reference["edges"], dtype=float), bins(reference)
        if not len(edges):
            return cls(ends=np.array([-1.0, 0.0]), width=np.zeros(1))
        low, high = _width(edges, counts), _width(-edges[::-1], counts[::-1])
        ends = np.concatenate([[edges[0] - low], edges, [edges[-1] + high]])
        width = np.diff(ends)
        held = counts[counts > 0]
        heavy = counts > HEAVY * np.median(held) if len(held) > 1 else counts > 0
        heavy[-1] = False  # it has no upper edge of its own
        if reference.get("discrete"):
            heavy[:] = True
        return cls(ends=ends, width=np.where(heavy, 0.0, width))

    def under(self, counts: np.ndarray, at: np.ndarray, *, or_at: bool = False) -> np.ndarray:
        """How many values lie below each place, by count.

        Args:
            counts: Of each bin.
            at: Places, in the column's unit.
            or_at: Whether values on the place itself count too.
        """
        import numpy as np

        on_end = np.where(self.width == 0, counts, 0.0)
        spread = np.concatenate([[0.0], np.cumsum(counts - on_end)])
        stood = np.concatenate([[0.0], np.cumsum(on_end)])
        reached = np.searchsorted(self.ends[1:], at, side="right" if or_at else "left")
        return np.asarray(np.interp(at, self.ends, spread) + stood[reached])

    def span(self, counts: np.ndarray, lean: float = 0.0) -> tuple[float, float]:
        """The least and the largest value.

        Args:
            counts: Of each bin.
            lean: 0 places them as `values` does, 1 at the outer ends of their bins, -1 at the
                inner ends: what the counts do not say.
        """
        import numpy as np

        held = np.flatnonzero(counts)
        first, last = held[0], held[-1]
        share = [0.5 / max(counts[i], 1.0) for i in (first, last)]
        inset = [(1 - lean) * s if lean >= 0 else s - lean * (1 - s) for s in share]
        low = self.ends[first + 1] - self.width[first] * (1 - inset[0])
        high = self.ends[last + 1] - self.width[last] * inset[1]
        return float(low), float(max(high, low))

    def values(self, counts: np.ndarray, rows: int) -> np.ndarray:
        """So many values at evenly spaced ranks, in order: proportional, without chance.

        Args:
            counts: Of each bin.
            rows: How many; never more than the counts hold.
        """
        import numpy as np

        total = counts.sum()
        rows = int(min(rows, total))
        ranks = (np.arange(rows) + 0.5) * total / rows
        held = np.flatnonzero(counts)
        up_to = np.cumsum(counts[held])
        place = np.searchsorted(up_to, ranks)
        left = (up_to[place] - ranks) / counts[held][place]
        at = held[place]
        return np.asarray(self.ends[at + 1] - left * self.width[at])

    def moments(self, counts: np.ndarray) -> tuple[float, float]:
        """Mean and standard deviation of the values as they are placed."""
        import numpy as np

        share = counts / counts.sum()
        middle = self.ends[1:] - self.width / 2
        mean = float(share @ middle)
        return mean, float(np.sqrt(share @ ((middle - mean) ** 2 + self.width**2 / 12)))


def _width(edges: np.ndarray, counts: np.ndarray) -> float:
    """The width of the open bin below the first edge."""
    inner = float(edges[1] - edges[0]) if len(edges) > 1 else abs(float(edges[0])) or 1.0
    if len(edges) == 1 or not counts[0] or not counts[1]:
        return inner
    return float(HALVED * inner * counts[0] / counts[1])
