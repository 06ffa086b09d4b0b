"""A summary's bins of the score as people by score, so that no row is needed.

A bin stands at the middle of its edges; what lies beyond the outer edges stands just outside them.
Where the summary is of the reference's distinct values (``discrete``), a bin stands at its value,
and the estimates are those of the rows. A bin's upper edge belongs to it, so that an operating
point between two edges calls the whole bin by its middle: set edges just below the operating
points, or read endpoints of the 2x2 table as those of the nearest edge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring.label_free.levels import Levels

if TYPE_CHECKING:
    import numpy as np

    from evidence.records import Body


def places(summary: Body) -> np.ndarray:
    """Where each bin stands, shape (edges + 1,), rising.

    Args:
        summary: A number column's summary.

    Raises:
        ValueError: It has no edges.
    """
    import numpy as np

    edges = np.asarray(summary["edges"], dtype=float)
    if summary["type"] != "number" or not len(edges):
        raise ValueError("the score's summary has no edges: nothing can be told apart")
    beyond = np.nextafter(edges[-1], np.inf)
    if summary.get("discrete"):
        return np.append(edges, beyond)
    middles = (edges[1:] + edges[:-1]) / 2
    return np.concatenate([edges[:1], middles, [beyond]])


def levels(summary: Body) -> Levels:
    """A window's people by score, from the summary of its scores.

    Args:
        summary: ``{type, edges, counts, missing, total}`` of the score.
    """
    import dataclasses

    at = places(summary)
    count = [int(summary["counts"].get(str(place), 0)) for place in range(len(at))]
    return dataclasses.replace(Levels.of(at, count), unscored=int(summary["missing"]))


def binned(score: np.ndarray, summary: Body) -> np.ndarray:
    """Scores of single rows as their bins stand, so that both sides are binned alike.

    Args:
        score: Of the reference set's rows.
        summary: Whose edges hold.
    """
    import numpy as np

    found: np.ndarray = places(summary)[np.searchsorted(summary["edges"], score, side="left")]
    return found
