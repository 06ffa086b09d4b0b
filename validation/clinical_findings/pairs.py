"""Candidates and their references, read once, for every rate and every subgroup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.clinical_findings.mentions import Mentions, read, union

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from policies.clinical_findings import ClinicalFindings

    Reference = str | None | Sequence[str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Candidates and references, read once; one entry a case.

    Attributes:
        candidate: What each generated report says.
        reference: What its references say, of several the highest status.
        vocabulary: That both were read by.
    """

    candidate: Mentions
    reference: Mentions
    vocabulary: ClinicalFindings


def reading(
    candidates: Sequence[str | None],
    references: Sequence[Reference],
    vocabulary: ClinicalFindings,
) -> Reading:
    """Read all reports.

    Args:
        candidates: The generated report of each case; blank ones say nothing.
        references: The reference of each case, or its several references.
        vocabulary: What is looked for.

    Raises:
        ValueError: Not as many candidates as references.
    """
    if len(candidates) != len(references):
        raise ValueError(
            f"lengths differ: {len(candidates)} candidates, {len(references)} references"
        )
    several = [[r] if r is None or isinstance(r, (str, float)) else list(r) for r in references]
    most = max((len(each) for each in several), default=1)
    columns = [
        [each[i] if i < len(each) else None for each in several] for i in range(max(most, 1))
    ]
    texts = [*candidates, *(text for column in columns for text in column)]
    found = read(texts, vocabulary)  # together: they share their sentences
    n = len(candidates)
    parts = [rows_of(found, slice(i * n, (i + 1) * n)) for i in range(len(columns) + 1)]
    return Reading(
        candidate=parts[0], reference=union(parts[1:], vocabulary), vocabulary=vocabulary
    )


def rows_of(found: Mentions, rows: slice | np.ndarray) -> Mentions:
    """The reports at these rows."""
    return Mentions(status=found.status[rows], side=found.side[rows], blank=found.blank[rows])
