"""Readings without and with AI: what was answered alone, what the AI said, what was answered then.

One row is one reader and one case. An answer is correct when it equals the reference standard, as
text without regard to case and outer spaces, and as a number where both are numbers (1 is 1.0).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from validation.fairness.groups import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import ArrayLike

SHOWN = 3  # examples in a message
FEW = 10  # readings that may all be wrong by chance
CELLS = tuple(
    f"ai-{ai}-alone-{alone}-with-{then}"
    for ai in ("wrong", "right")
    for alone in ("wrong", "right")
    for then in ("wrong", "right")
)  # in the order of the codes 4 x AI + 2 x alone + with


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Readings, one entry a reader and case.

    Attributes:
        readers: Names, in order.
        reader: Index into `readers`, shape (readings,).
        case: The case, coded from 0.
        cell: Index into `CELLS`: was the AI right, the reader alone, the reader with AI.
        agreed: Whether the reader alone gave the AI's answer, bool.
        followed: Whether the reader with AI gave it, bool.
    """

    readers: tuple[str, ...]
    reader: np.ndarray
    case: np.ndarray
    cell: np.ndarray
    agreed: np.ndarray
    followed: np.ndarray

    @property
    def ai(self) -> np.ndarray:
        """Whether the AI was right, bool."""
        return self.cell >= 4  # noqa: PLR2004 - the code's first bit

    @property
    def alone(self) -> np.ndarray:
        """Whether the reader alone was right, bool."""
        import numpy as np

        return np.asarray(self.cell // 2 % 2 == 1)

    @property
    def together(self) -> np.ndarray:
        """Whether the reader with AI was right, bool."""
        import numpy as np

        return np.asarray(self.cell % 2 == 1)

    @property
    def cases(self) -> int:
        """Distinct cases."""
        return int(self.case.max(initial=-1)) + 1

    def only(self, rows: np.ndarray) -> Readings:
        """Some readings (bool, shape (readings,)); cases and readers coded anew."""
        import numpy as np

        held, reader = np.unique(self.reader[rows], return_inverse=True)
        return Readings(
            readers=tuple(self.readers[i] for i in held),
            reader=reader,
            case=np.unique(self.case[rows], return_inverse=True)[1],
            cell=self.cell[rows],
            agreed=self.agreed[rows],
            followed=self.followed[rows],
        )


def arrange(
    readers: ArrayLike,
    cases: ArrayLike,
    truth: ArrayLike,
    without: ArrayLike,
    with_ai: ArrayLike,
    ai: ArrayLike,
) -> Readings:
    """Check readings and tell which answers are right.

    Args:
        readers: Who read.
        cases: Which case.
        truth: Its reference standard, any label.
        without: The reader's answer without AI.
        with_ai: The reader's answer with AI.
        ai: The AI's advice.

    Raises:
        ValueError: Lengths differ, nothing is there, a reader read a case twice, a case has two
            reference standards, or no answer of ten or more ever is a label of the reference
            standard.
    """
    import numpy as np

    who, what = (np.asarray(column).astype(str) for column in (readers, cases))
    told = [labels(column) for column in (truth, without, with_ai, ai)]
    if len(lengths := {len(who), len(what), *(len(column) for column in told)}) != 1 or not len(
        who
    ):
        raise ValueError(f"lengths differ or are 0: {sorted(lengths)}")
    right, alone, then, advice = told
    names, case = np.unique(what, return_inverse=True)
    _require_one_truth(case, right, names)
    order, reader = _coded(who)
    _require_once(reader, case, order, names)
    _require_shared(right, (alone, then, advice))
    cell = 4 * (advice == right) + 2 * (alone == right) + (then == right)
    return Readings(
        readers=order,
        reader=reader,
        case=case,
        cell=cell.astype(int),
        agreed=alone == advice,
        followed=then == advice,
    )


def labels(values: ArrayLike) -> np.ndarray:
    """Labels made comparable: outer spaces and case away, numbers as numbers."""
    import numpy as np

    found, place = np.unique(np.asarray(values).astype(str), return_inverse=True)
    plain = np.array([_plain(text) for text in found.tolist()], dtype=object)
    return np.asarray(plain[place.ravel()].astype(str))


def _plain(text: str) -> str:
    word = " ".join(text.split()).casefold()
    try:
        number = float(word)
    except ValueError:
        return word
    return repr(number + 0.0) if isfinite(number) else word


def _coded(values: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    import numpy as np

    found, codes = np.unique(values, return_inverse=True)
    order = in_order(found.tolist())
    rank = {value: place for place, value in enumerate(order)}
    return tuple(order), np.array([rank[v] for v in found.tolist()], dtype=int)[codes]


def _require_one_truth(case: np.ndarray, truth: np.ndarray, names: np.ndarray) -> None:
    import numpy as np

    first = np.zeros(len(names), dtype=truth.dtype)
    first[case] = truth
    torn = np.unique(case[first[case] != truth])
    if torn.size:
        such = ", ".join(str(names[i]) for i in torn[:SHOWN])
        raise ValueError(f"{len(torn):,} cases have two reference standards (such as {such})")


def _require_once(
    reader: np.ndarray, case: np.ndarray, readers: Sequence[str], cases: np.ndarray
) -> None:
    import numpy as np

    place, first, number = np.unique(
        reader * len(cases) + case, return_index=True, return_counts=True
    )
    twice = first[number > 1]
    if twice.size:
        such = "; ".join(
            f"reader {readers[reader[i]]}, case {cases[case[i]]}" for i in twice[:SHOWN]
        )
        raise ValueError(
            f"{len(twice):,} of {len(place):,} readings stand more than once (such as {such}): a "
            "reader reads a case once, with both answers in one row"
        )


def _require_shared(truth: np.ndarray, answers: Iterable[np.ndarray]) -> None:
    """Labels of which none is ever right are another vocabulary, not errors; few rows may err."""
    if len(truth) < FEW:
        return
    known = set(truth.tolist())
    for answer, name in zip(answers, ("without AI", "with AI", "of the AI"), strict=True):
        seen = set(answer.tolist())
        if not seen & known:
            raise ValueError(
                f"no answer {name} is a label of the reference standard (answers: "
                f"{_some(seen)}; standard: {_some(known)}): is it the right column?"
            )


def _some(values: Iterable[str]) -> str:
    found = sorted(values)
    return ", ".join(found[:SHOWN]) + (" ..." if len(found) > SHOWN else "")
