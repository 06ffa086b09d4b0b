"""A compact sample from the counts, such that Evidently judges it as it would judge all rows.

Evidently cuts numbers into bins of equal width between the least and the largest value of both
sides, and Sturges' rule makes their number depend on how many rows there are (22 for two million,
16 for 20,000). A sample would therefore be cut otherwise than the rows it stands for, which on a
skewed column changes a PSI by half. So the sample comes already cut: each row holds the bin that
its value would fall into among *all* rows, and Evidently counts and compares these bins. Only its
Wasserstein distance reads values; it is given values at evenly spaced ranks.

Rows are in proportion to the counts (largest remainders, ties by order), without chance. A cell
that is not empty keeps one row at least, because Evidently gives an empty cell a share of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from monitoring.drift.cells import bins, categories, tenths
from monitoring.drift.line import Line

if TYPE_CHECKING:
    import numpy as np

    from evidence.records import Body

BY_VALUE = 20  # Evidently compares up to so many distinct reference values as they are
VALUES = 10_000  # rows where values are read: more change nothing and take longer to sort
FEW = 20  # edges: fewer say too little of where values stand, and bins are compared as they are
LABELLED = 6  # significant digits of a bin's ends on Evidently's page


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One column, rebuilt.

    Attributes:
        reference: Rows of the frozen side: values, or places in `labels`.
        current: Rows of the window.
        labels: What each place stands for; empty where rows are values.
    """

    reference: np.ndarray
    current: np.ndarray
    labels: tuple[str, ...] = ()

    @property
    def numbers(self) -> bool:
        """Whether rows are values."""
        return not self.labels


def sample(reference: Body, current: Body, method: str, rows: int, lean: float = 0.0) -> Sample:
    """Rebuild a column for one of Evidently's distances.

    Args:
        reference: The frozen summary; not empty.
        current: The window's, over the same edges; not empty.
        method: ``psi``, ``jensenshannon``, ``kl_div``, ``hellinger`` or ``wasserstein``.
        rows: Rows of each side at most; a side with fewer cases has as many as cases.
        lean: Where in their bins the least and the largest value stand (`Line.span`).
    """
    if method == "wasserstein":
        line = Line.of(reference)
        some = min(rows, VALUES)
        return Sample(
            reference=line.values(bins(reference), some), current=line.values(bins(current), some)
        )
    if reference["type"] == "category":
        labels, counts = categories(reference, current)
    else:
        labels, counts = evidently_bins(reference, current, method, lean)
    sides = [_repeated(side, rows) for side in counts]
    return Sample(reference=sides[0], current=sides[1], labels=tuple(labels))


def depends_on_ends(reference: Body, method: str) -> bool:
    """Whether the least and the largest value, which counts only bracket, move the distance."""
    return (
        reference["type"] == "number"
        and method != "wasserstein"
        and not reference.get("discrete")
        and len(reference["edges"]) >= FEW
    )


def evidently_bins(
    reference: Body, current: Body, method: str, lean: float = 0.0
) -> tuple[list[str], np.ndarray]:
    """The bins that Evidently would cut all rows of a number column into.

    Summaries of few edges that are not the column's own values say too little of where values
    stand; they are compared over tenths of the reference set.

    Returns:
        What each bin is called, and the counts of both sides, shape (2, bins).
    """
    import numpy as np

    line, both = Line.of(reference), np.stack([bins(reference), bins(current)])
    discrete = bool(reference.get("discrete"))
    by_value = discrete and int((both[0] > 0).sum()) <= BY_VALUE and method != "hellinger"
    if by_value or (len(reference["edges"]) < FEW and not discrete):
        return _as_they_are(line, both, tenths(both[0]) if not discrete else None)
    low, high = line.span(both.sum(axis=0), lean)
    cuts = np.linspace(low, high, _sturges(line, both, method) + 1)
    below = np.stack([line.under(side, cuts) for side in both])
    below[:, 0], below[:, -1] = 0.0, both.sum(axis=1)
    labels = [f"{a:.{LABELLED}g} to {b:.{LABELLED}g}" for a, b in pairwise(cuts)]
    return labels, np.diff(below, axis=1)


def _sturges(line: Line, both: np.ndarray, method: str) -> int:
    """Bins of equal width by Sturges' rule (J Am Stat Assoc 1926; 21: 65-66), as numpy has it.

    Evidently's Hellinger distance applies it to the distinct values, which counts do not hold:
    values that stand on an edge are taken as one, all others as distinct.
    """
    import numpy as np

    held = both.sum(axis=0)
    rows = held.sum()
    if method == "hellinger":
        rows = np.where(line.width == 0, np.minimum(held, 1), held).sum()
    return int(np.ceil(np.log2(rows) + 1)) if rows > 1 else 1


def _as_they_are(
    line: Line, both: np.ndarray, group: np.ndarray | None
) -> tuple[list[str], np.ndarray]:
    """Bins by value, or grouped; those empty on both sides left out."""
    import numpy as np

    if group is None:
        held = np.flatnonzero(both.sum(axis=0))
        return [f"{line.ends[i + 1]:.{LABELLED}g}" for i in held], both[:, held]
    found = np.stack([np.bincount(group, side) for side in both])
    held = np.flatnonzero(found.sum(axis=0))
    members = [np.flatnonzero(group == place) for place in held]
    labels = [
        f"{line.ends[at[0]]:.{LABELLED}g} to {line.ends[at[-1] + 1]:.{LABELLED}g}" for at in members
    ]
    return labels, found[:, held]


def _repeated(counts: np.ndarray, rows: int) -> np.ndarray:
    """Places of cells, each as often as its share of the rows."""
    import numpy as np

    total = round(float(counts.sum()))
    whole = _apportioned(counts, total)
    taken = _apportioned(whole, min(rows, total))
    return np.repeat(np.arange(len(counts)), np.where((whole > 0) & (taken == 0), 1, taken))


def _apportioned(counts: np.ndarray, rows: int) -> np.ndarray:
    """Rows by largest remainders; the earlier cell of equal ones first."""
    import numpy as np

    share = counts * (rows / counts.sum())
    taken = np.floor(share + 1e-9)
    rest = np.argsort(-(share - taken), kind="stable")
    taken[rest[: rows - int(taken.sum())]] += 1
    return np.asarray(taken.astype(int))
