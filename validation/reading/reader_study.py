"""A reader study laid out: who read which case in which modality, and in which design.

The designs are those of Hillis (Stat Med 2014; 33: 330-360) and of the R package MRMCaov: factorial
(every reader reads every case in every modality), cases nested in readers or in modalities,
readers nested in modalities, and partially paired (factorial with readings that are missing).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.fairness.groups import in_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike

FACTORIAL = "factorial"
PARTIAL = "partially-paired"
CASES_IN_READERS = "cases-nested-in-readers"
CASES_IN_MODALITIES = "cases-nested-in-modalities"
READERS_IN_MODALITIES = "readers-nested-in-modalities"
SHOWN = 4  # examples in a message


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """Readings as a matrix; a *cell* is one reader in one modality.

    Attributes:
        modalities: Names, in order.
        readers: Names, in order.
        modality: Index of each cell's modality, int, shape (cells,); cells go by modality first.
        reader: Index of each cell's reader, int, shape (cells,).
        truth: 1 or 0, shape (cases,).
        rating: Higher is more likely positive, shape (cells, cases); NaN where not read.
        design: One of the five designs' names.
    """

    modalities: tuple[str, ...]
    readers: tuple[str, ...]
    modality: np.ndarray
    reader: np.ndarray
    truth: np.ndarray
    rating: np.ndarray
    design: str

    @property
    def cases(self) -> int:
        """Distinct cases."""
        return len(self.truth)

    @property
    def positives(self) -> int:
        """Cases with a positive reference standard."""
        return int(self.truth.sum())

    @property
    def unread(self) -> int:
        """Readings that a factorial study of these readers, cases and modalities would add."""
        import numpy as np

        full = len(self.modalities) * len(self.readers) * self.cases
        return full - int((~np.isnan(self.rating)).sum())

    def gaps(self) -> str:
        """Which cells lack how many cases, in words; empty when none does."""
        import numpy as np

        lack = np.isnan(self.rating).sum(axis=1)
        short = [
            f"reader {self.readers[self.reader[i]]} in modality "
            f"{self.modalities[self.modality[i]]}: {lack[i]:,} of {self.cases:,} cases"
            for i in np.flatnonzero(lack)
        ]
        return _shown(short, "; ")

    def only(self, cases: np.ndarray) -> Study:
        """The same study of some cases (boolean, shape (cases,)); its design found anew."""
        import dataclasses

        rating = self.rating[:, cases]
        design = _design(self.modality, self.reader, rating)
        return dataclasses.replace(self, truth=self.truth[cases], rating=rating, design=design)


def arrange(
    truth: ArrayLike,
    rating: ArrayLike,
    reader: ArrayLike,
    case: ArrayLike,
    modality: ArrayLike,
) -> Study:
    """Lay out readings, one a row.

    Args:
        truth: 1 or 0: the reference standard of the row's case.
        rating: Higher means more likely positive.
        reader: Who read.
        case: Which case.
        modality: In which modality (also called treatment or test).

    Raises:
        ValueError: Lengths differ, values are missing, truth is not 0 or 1 or differs within a
            case, a reading is there twice, or readers are neither crossed with modalities nor
            nested in them.
    """
    import numpy as np

    y, z = _numbers(truth, rating)
    names = [np.asarray(column).astype(str) for column in (reader, case, modality)]
    if len(lengths := {len(column) for column in (y, z, *names)}) != 1 or not len(y):
        raise ValueError(f"lengths differ or are 0: {sorted(lengths)}")
    (readers, r), (cases, c), (modalities, m) = (_coded(column) for column in names)
    cells, cell = np.unique(m * len(readers) + r, return_inverse=True)
    _require_crossed_or_nested(cells, modalities, readers)
    _require_once(cell * len(cases) + c, names)
    positive = np.full(len(cases), np.nan)
    positive[c] = y
    if (y != positive[c]).any():
        wrong = np.unique(c[y != positive[c]])
        said = _shown([cases[i] for i in wrong], ", ")
        raise ValueError(f"{len(wrong)} cases have both truths: {said}")
    matrix = np.full((len(cells), len(cases)), np.nan)
    matrix[cell, c] = z
    where, who = np.divmod(cells, len(readers))
    return Study(
        modalities=modalities,
        readers=readers,
        modality=where,
        reader=who,
        truth=positive.astype(int),
        rating=matrix,
        design=_design(where, who, matrix),
    )


def _numbers(truth: ArrayLike, rating: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    y, z = np.asarray(truth, dtype=float), np.asarray(rating, dtype=float)
    if strange := int((~np.isin(y, (0, 1))).sum()):
        raise ValueError(f"{strange} values of truth are neither 0 nor 1")
    if missing := int(np.isnan(z).sum()):
        raise ValueError(f"{missing} ratings are missing")
    return y, z


def _coded(values: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    import numpy as np

    found, codes = np.unique(values, return_inverse=True)
    order = in_order(found.tolist())
    rank = {value: place for place, value in enumerate(order)}
    return tuple(order), np.array([rank[value] for value in found.tolist()])[codes]


def _require_once(place: np.ndarray, names: Sequence[np.ndarray]) -> None:
    import numpy as np

    _, first, number = np.unique(place, return_index=True, return_counts=True)
    twice = first[number > 1]
    if len(twice):
        rows = zip(*(column[twice[:SHOWN]] for column in names), strict=True)
        such = "; ".join(f"reader {r}, case {c}, modality {m}" for r, c, m in rows)
        raise ValueError(
            f"{len(twice):,} readings are there more than once (such as {such}): "
            "each reader reads each case once in each modality"
        )


def _require_crossed_or_nested(
    cells: np.ndarray, modalities: tuple[str, ...], readers: tuple[str, ...]
) -> None:
    there = {divmod(int(cell), len(readers)) for cell in cells}
    lacking = [
        f"reader {name} read nothing in modality {other}"
        for j, name in enumerate(readers)
        for i, other in enumerate(modalities)
        if (i, j) not in there
    ]
    if lacking and len(cells) != len(readers):
        raise ValueError(
            f"readers are neither crossed with modalities nor nested in them: "
            f"{_shown(lacking, '; ')}"
        )


def _design(modality: np.ndarray, reader: np.ndarray, rating: np.ndarray) -> str:
    import numpy as np

    if len(modality) < len(np.unique(modality)) * len(np.unique(reader)):
        return READERS_IN_MODALITIES
    seen = ~np.isnan(rating)
    if len(np.unique(reader)) > 1 and _once(seen, reader):
        return CASES_IN_READERS
    if len(np.unique(modality)) > 1 and _once(seen, modality):
        return CASES_IN_MODALITIES
    return FACTORIAL if seen.all() else PARTIAL


def _once(seen: np.ndarray, factor: np.ndarray) -> bool:
    """Whether each case is seen at one level only."""
    import numpy as np

    levels = [seen[factor == level].any(axis=0) for level in np.unique(factor)]
    return bool((np.sum(levels, axis=0) == 1).all())


def _shown(texts: Sequence[str], joint: str) -> str:
    rest = len(texts) - SHOWN
    return joint.join(texts[:SHOWN]) + (f"{joint}and {rest} more" if rest > 0 else "")
