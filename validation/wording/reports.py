"""Generated reports beside their references, checked once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """One generated text and one or more reference texts a case.

    Attributes:
        candidates: Generated texts, one a case; a blank one is an empty output and scores 0.
        references: One tuple of reference texts a case, none of them blank.
    """

    candidates: tuple[str, ...]
    references: tuple[tuple[str, ...], ...]

    @classmethod
    def of(
        cls, candidates: Sequence[str | None], references: Sequence[Sequence[str | None] | str]
    ) -> Self:
        """Check and align.

        Args:
            candidates: One a case; None is an empty output.
            references: A text, or several, a case. Blank texts beside another are left aside.

        Raises:
            ValueError: Lengths differ, there are no cases, or cases have no reference that is not
                blank.
        """
        if len(candidates) != len(references):
            raise ValueError(
                f"lengths differ: {len(candidates)} candidates, {len(references)} references"
            )
        if not candidates:
            raise ValueError("there are no cases")
        texts = [[one] if isinstance(one, str) else list(one) for one in references]
        known = [tuple(text for text in some if text and text.strip()) for some in texts]
        if lacking := sum(not some for some in known):
            raise ValueError(f"{lacking:,} cases have no reference, or a blank one")
        shown = tuple(text if text and text.strip() else "" for text in candidates)
        return cls(candidates=shown, references=tuple(known))

    def __len__(self) -> int:
        return len(self.candidates)

    @property
    def blank(self) -> np.ndarray:
        """Whether each candidate is empty, shape (cases,)."""
        import numpy as np

        return np.array([not text for text in self.candidates], dtype=bool)

    @property
    def flat(self) -> list[str]:
        """All reference texts, case by case."""
        return [text for some in self.references for text in some]

    @property
    def owner(self) -> np.ndarray:
        """The case of each text of `flat`."""
        import numpy as np

        return np.repeat(np.arange(len(self)), [len(some) for some in self.references])

    @property
    def slot(self) -> np.ndarray:
        """The place of each text of `flat` among the references of its case, from 0."""
        import numpy as np

        return np.array([place for some in self.references for place in range(len(some))])
