"""A metric of wording: its value of each case, and the sums that make its value of all cases.

A mean of cases is a function of such sums (values and cases); so are corpus BLEU (n-grams met,
n-grams written, lengths) and METEOR. A bootstrap then draws cases, or patients with all of their
cases, and adds their sums up: no text is scored twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One metric on all cases.

    Attributes:
        endpoint: Such as ``rouge-l``.
        definition: What was computed by which rule and tokens; the method's name begins with it.
        columns: What each case adds to the sums, shape (cases, sums).
        whole: From sums, shape (any, sums), to values, NaN where there is none.
        cases: The value of each case, shape (cases,).
        unit: What the value is counted in.
        note: What else a reader must know, such as the model.
    """

    endpoint: str
    definition: str
    columns: np.ndarray
    whole: Callable[[np.ndarray], np.ndarray]
    cases: np.ndarray
    unit: str = "score"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """A metric that cannot be computed here.

    Attributes:
        endpoint: Its name.
        definition: As of a `Score`.
        reason: Why not, and what to do.
    """

    endpoint: str
    definition: str
    reason: str


def mean_score(
    endpoint: str, definition: str, values: np.ndarray, unit: str = "score", note: str = ""
) -> Score:
    """A metric whose value of all cases is the mean of the cases.

    Args:
        endpoint: Its name.
        definition: What was computed.
        values: One a case.
        unit: What it is counted in.
        note: What else a reader must know.
    """
    import numpy as np

    columns = np.column_stack([values, np.ones(len(values))])
    return Score(
        endpoint=endpoint,
        definition=definition,
        columns=columns,
        whole=ratio,
        cases=np.asarray(values, dtype=float),
        unit=unit,
        note=note,
    )


def ratio(sums: np.ndarray) -> np.ndarray:
    """The first sum over the second."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(sums[:, 0] / sums[:, 1])
