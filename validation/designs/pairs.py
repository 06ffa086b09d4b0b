"""Two tests on the same cases: their calls beside the reference standard, checked once.

All that a paired comparison needs is in eight counts: reference standard x call of a x call of b
(`Pairs.tallies`), for all cases or for each patient.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from validation.cases import Cases

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True, kw_only=True)
class Discordance:
    """A paired 2x2 table of successes, such as true positives among the positives.

    Attributes:
        both: Cases where a and b succeed.
        a_only: Cases where a succeeds alone.
        b_only: Cases where b succeeds alone.
        neither: Cases where none succeeds.
    """

    both: int
    a_only: int
    b_only: int
    neither: int

    @property
    def n(self) -> int:
        """Cases."""
        return self.both + self.a_only + self.b_only + self.neither

    @property
    def discordant(self) -> int:
        """Cases where exactly one succeeds."""
        return self.a_only + self.b_only

    @property
    def difference(self) -> float | None:
        """Success proportion of a minus that of b; None without cases."""
        return (self.a_only - self.b_only) / self.n if self.n else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Aligned calls of two tests, one entry a row.

    Attributes:
        label: 1 or 0, shape (rows,).
        a: Calls of a, 1 or 0.
        b: Calls of b, 1 or 0.
        count: Cases a row.
        cluster: Patient of each row, coded from 0; None when every case is a patient of its own.
    """

    label: np.ndarray
    a: np.ndarray
    b: np.ndarray
    count: np.ndarray
    cluster: np.ndarray | None

    @classmethod
    def of(
        cls,
        label: ArrayLike,
        a: ArrayLike,
        b: ArrayLike,
        count: ArrayLike | None = None,
        cluster: ArrayLike | None = None,
    ) -> Self:
        """Check and align.

        Raises:
            ValueError: Lengths differ; labels or calls are not 0 or 1; counts are negative; a
                patient is missing.
        """
        cases = Cases.of(label, None, count)
        return cls(
            label=cases.label,
            a=calls(a, "a", len(cases.label)),
            b=calls(b, "b", len(cases.label)),
            count=cases.count,
            cluster=None if cluster is None else coded(cluster, len(cases.label)),
        )

    @property
    def positives(self) -> int:
        """Cases with a positive reference standard."""
        return int(self.count[self.label == 1].sum())

    def table(self, endpoint: str) -> Discordance:
        """Successes of both tests: ``sensitivity``, ``specificity`` or ``accuracy``."""
        t = [int(k) for k in self.tallies()[0]]
        positive = Discordance(both=t[7], a_only=t[6], b_only=t[5], neither=t[4])
        negative = Discordance(both=t[0], a_only=t[1], b_only=t[2], neither=t[3])
        if endpoint == "sensitivity":
            return positive
        if endpoint == "specificity":
            return negative
        return Discordance(
            both=positive.both + negative.both,
            a_only=positive.a_only + negative.a_only,
            b_only=positive.b_only + negative.b_only,
            neither=positive.neither + negative.neither,
        )

    def tallies(self, *, by_cluster: bool = False) -> np.ndarray:
        """Cases in the eight cells 4 x label + 2 x a + b: shape (1, 8), or (patients, 8)."""
        import numpy as np

        cell, groups = 4 * self.label + 2 * self.a + self.b, 1
        if by_cluster and self.cluster is not None:
            groups = int(self.cluster.max(initial=-1)) + 1
            cell = cell + 8 * self.cluster
        found = np.bincount(cell, weights=self.count, minlength=8 * groups)
        return np.asarray(np.rint(found).astype(int).reshape(groups, 8))


def calls(values: ArrayLike, name: str, length: int) -> np.ndarray:
    """A test's calls as integers.

    Raises:
        ValueError: Not 0 or 1, or not as many as labels.
    """
    import numpy as np

    found = np.asarray(values, dtype=float)
    if len(found) != length:
        raise ValueError(f"lengths differ: {length} labels, {len(found)} calls of test {name}")
    if strange := int((~np.isin(found, (0, 1))).sum()):
        raise ValueError(f"{strange} calls of test {name} are neither 0 nor 1")
    return found.astype(int)


def coded(cluster: ArrayLike, length: int) -> np.ndarray:
    """Patients as codes from 0.

    Raises:
        ValueError: A patient is missing, or not as many as labels.
    """
    import numpy as np

    named = np.asarray(cluster)
    if len(named) != length:
        raise ValueError(f"lengths differ: {length} labels, {len(named)} clusters")
    plain = named.dtype.kind in "iufb"
    missing = named != named if plain else [x is None or x != x for x in named]  # noqa: PLR0124
    if number := int(np.sum(missing)):
        raise ValueError(f"{number} rows name no cluster")
    _, codes = np.unique(named if plain else named.astype(str), return_inverse=True)
    return np.asarray(codes)
