"""How readers rely on the AI: each measure as a share of readings, with its definition.

All are functions of counts. *Alone* is the answer without AI, *with* the answer with it.

- ``automation-bias-rate``: right alone and wrong with AI, among readings where the AI is wrong and
  the reader alone is right (Goddard, Roudsari and Wyatt, J Am Med Inform Assoc 2012; 19: 121-127:
  negative consultations; Dratsch et al., Radiology 2023; 307: e222176).
- ``over-reliance``: the AI's wrong answer is given with AI, among readings where the AI is wrong,
  whatever the reader alone said (errors of commission; Bucinca, Malaya and Gajos, Proc ACM Hum
  Comput Interact 2021; 5 CSCW1: 188).
- ``under-reliance``: wrong alone and still wrong with AI, among readings where the AI is right and
  the reader alone wrong. It is 1 less ``benefit-rate``.
- ``benefit-rate``: wrong alone and right with AI, among the same readings.
- ``relative-ai-reliance`` and ``relative-self-reliance``: Schemmer et al., IUI 2023, 410-422 (RAIR
  and RSR): corrected by right advice among readings wrong alone with right advice, which is
  ``benefit-rate``; and kept right against wrong advice among readings right alone with wrong
  advice, which is 1 less ``automation-bias-rate``. Appropriate reliance is both near 1.
- ``agreement-without``, ``agreement-with``: the reader's answer is the AI's.
- ``switch-fraction``: the AI's answer is taken over, among readings where the reader alone had
  another (Zhang, Liao and Bellamy, FAT* 2020, 295-305).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.reliance.readings import CELLS

if TYPE_CHECKING:
    import numpy as np

    from validation.reliance.readings import Readings

COLUMNS = (*CELLS, "readings", "agreed", "followed", "differed", "switched", "misled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A share of readings.

    Attributes:
        name: Its endpoint.
        top: The columns of `COLUMNS` whose sum is the numerator.
        below: Those whose sum is the denominator.
        errors: Whether it is about readings where the AI is wrong.
    """

    name: str
    top: tuple[str, ...]
    below: tuple[str, ...]
    errors: bool = False

    def weights(self) -> np.ndarray:
        """Numerator and denominator as sums of columns, shape (columns, 2)."""
        import numpy as np

        return np.array([[name in self.top, name in self.below] for name in COLUMNS], dtype=float)


_WRONG = tuple(name for name in CELLS if name.startswith("ai-wrong"))
_TEMPTED = ("ai-wrong-alone-right-with-wrong", "ai-wrong-alone-right-with-right")
_HELPED = ("ai-right-alone-wrong-with-wrong", "ai-right-alone-wrong-with-right")
ACCURACIES = (
    Measure(
        name="accuracy-without",
        top=tuple(name for name in CELLS if "alone-right" in name),
        below=("readings",),
    ),
    Measure(
        name="accuracy-with",
        top=tuple(name for name in CELLS if "with-right" in name),
        below=("readings",),
    ),
)
RELIANCE = (
    Measure(name="automation-bias-rate", top=_TEMPTED[:1], below=_TEMPTED, errors=True),
    Measure(name="over-reliance", top=("misled",), below=_WRONG, errors=True),
    Measure(name="under-reliance", top=_HELPED[:1], below=_HELPED),
    Measure(name="benefit-rate", top=_HELPED[1:], below=_HELPED),
    Measure(name="relative-ai-reliance", top=_HELPED[1:], below=_HELPED),
    Measure(name="relative-self-reliance", top=_TEMPTED[1:], below=_TEMPTED, errors=True),
    Measure(name="agreement-without", top=("agreed",), below=("readings",)),
    Measure(name="agreement-with", top=("followed",), below=("readings",)),
    Measure(name="switch-fraction", top=("switched",), below=("differed",)),
)
SHARES = tuple(Measure(name=f"cell-{name}", top=(name,), below=("readings",)) for name in CELLS)


def columns(readings: Readings) -> np.ndarray:
    """What each reading adds to `COLUMNS`, 1 or 0, shape (readings, columns)."""
    import numpy as np

    cells = np.eye(len(CELLS))[readings.cell]
    differed = ~readings.agreed
    flags = (
        np.ones(len(readings.cell), dtype=bool),
        readings.agreed,
        readings.followed,
        differed,
        differed & readings.followed,
        ~readings.ai & readings.followed,
    )
    return np.column_stack([cells, *flags])
