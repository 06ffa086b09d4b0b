"""n-grams of all texts as whole numbers, and how often each stands in each text.

Exact: an n-gram's number is that of its first n - 1 tokens beside that of its last, coded again, so
that no two share one. Counts are sparse, a row a text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from scipy.sparse import csr_matrix

    from validation.wording.reports import Reports

ORDERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """Texts as numbers.

    Attributes:
        token: The number of each token, all texts one after the other.
        text: The text of each token.
        lengths: Tokens of each text.
    """

    token: np.ndarray
    text: np.ndarray
    lengths: np.ndarray

    @classmethod
    def of(cls, texts: Sequence[Sequence[str]]) -> Coded:
        """Number the tokens of texts."""
        import numpy as np
        import pandas as pd

        lengths = np.array([len(tokens) for tokens in texts], dtype=np.int64)
        flat = np.empty(int(lengths.sum()), dtype=object)
        flat[:] = [token for tokens in texts for token in tokens]
        token = pd.factorize(flat)[0].astype(np.int64)
        return cls(token=token, text=np.repeat(np.arange(len(texts)), lengths), lengths=lengths)

    def split(self) -> list[list[int]]:
        """Each text's tokens as numbers."""
        import numpy as np

        ends = np.cumsum(self.lengths)
        return [part.tolist() for part in np.split(self.token, ends[:-1])]

    def counts(self, orders: int = ORDERS) -> Iterator[csr_matrix]:
        """How often each n-gram stands in each text, for n from 1; a row a text."""
        import numpy as np
        import pandas as pd
        from scipy.sparse import csr_matrix

        start, gram = np.arange(len(self.token)), self.token
        size = int(gram.max(initial=-1)) + 1
        tokens = size
        for order in range(1, orders + 1):
            if order > 1:
                last = start + order - 1
                inside = last < len(self.token)
                inside[inside] = self.text[last[inside]] == self.text[start[inside]]
                start, gram = start[inside], gram[inside]
                gram, kinds = pd.factorize(gram * tokens + self.token[start + order - 1])
                size = len(kinds)
            shape = (len(self.lengths), max(size, 1))
            ones = np.ones(len(gram), dtype=np.int32)
            yield csr_matrix((ones, (self.text[start], gram)), shape=shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """Counts of one order of n-gram, of candidates and of references in the cases' order.

    Attributes:
        candidate: Shape (cases, n-grams).
        slots: One a place among the references: rows of cases without such a one are empty.
    """

    candidate: csr_matrix
    slots: tuple[csr_matrix, ...]

    @property
    def most(self) -> csr_matrix:
        """The largest count among the references of a case."""
        found = self.slots[0]
        for slot in self.slots[1:]:
            found = found.maximum(slot)
        return found

    def shared(self, other: csr_matrix) -> np.ndarray:
        """n-grams of the candidate that are in another text too, each clipped to its count."""
        return row_sums(self.candidate.minimum(other))


def row_sums(matrix: csr_matrix) -> np.ndarray:
    """Sums of the rows as a plain array."""
    import numpy as np

    return np.asarray(matrix.sum(axis=1), dtype=float).ravel()


def paired(reports: Reports, coded: Coded, orders: int = ORDERS) -> Iterator[Paired]:
    """Counts by order.

    Args:
        reports: The cases.
        coded: Of the candidates, then of `Reports.flat`.
        orders: The longest n-gram.
    """
    import numpy as np
    from scipy.sparse import csr_matrix

    cases, owner, slot = len(reports), reports.owner, reports.slot
    for counts in coded.counts(orders):
        candidate, rest = counts[:cases], counts[cases:]
        slots = []
        for place in range(int(slot.max()) + 1):
            at = np.flatnonzero(slot == place)
            if len(at) == len(slot) == cases:
                slots.append(rest)
                continue
            ones = np.ones(len(at), dtype=counts.dtype)
            slots.append(csr_matrix((ones, (owner[at], at)), shape=(cases, len(slot))) @ rest)
        yield Paired(candidate=candidate, slots=tuple(slots))
