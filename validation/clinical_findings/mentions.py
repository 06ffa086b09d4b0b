"""What each report says of each finding: status and side, and no text.

Reports repeat their sentences, so each distinct sentence is read once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.clinical_findings import segments
from validation.clinical_findings.status import ABSENT, ASSERTED, NEGATED, UNCERTAIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from policies.clinical_findings import ClinicalFindings, Sections
    from validation.clinical_findings.language import Mention


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentions:
    """Reports by findings.

    Attributes:
        status: `status.ABSENT`, ``NEGATED``, ``UNCERTAIN`` or ``ASSERTED``; int8, shape (reports,
            findings).
        side: Of the asserted mentions, bits of `sides`: 0 none stated, 1 left, 2 right, 3 both;
            int8, shape (reports, findings).
        blank: Whether a report has no text that is read (none at all, or all of it in sections that
            are left out), shape (reports,).
    """

    status: np.ndarray
    side: np.ndarray
    blank: np.ndarray

    def __len__(self) -> int:
        return len(self.status)


def read(texts: Sequence[str | None], vocabulary: ClinicalFindings) -> Mentions:
    """Read reports.

    Args:
        texts: One a report; None, NaN and white space are a blank report.
        vocabulary: What is looked for.
    """
    import numpy as np

    known = [text if isinstance(text, str) else "" for text in texts]
    place = {text: index for index, text in enumerate(dict.fromkeys(known))}
    rows = np.array([place[text] for text in known], dtype=int)
    status, side, blank = (found[rows] for found in _distinct(list(place), vocabulary))
    _summarise(status, blank, vocabulary)
    return Mentions(status=status, side=side, blank=blank)


def _distinct(
    texts: list[str], vocabulary: ClinicalFindings
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Status and side of each of different texts, and whether it is blank."""
    import numpy as np

    from validation.clinical_findings.language import Reader

    headings = frozenset(
        [*vocabulary.sections.left_out, *vocabulary.sections.only]
        + [name for finding in vocabulary.findings for name in finding.sections]
    )
    cut = [list(segments.sentences(text, headings)) for text in texts]
    once = list(dict.fromkeys(sentence for parts in cut for _, sentence in parts))
    said = dict(zip(once, Reader(vocabulary).read(once), strict=True))
    shape = (len(texts), len(vocabulary.findings))
    status, side = np.full(shape, ABSENT, dtype=np.int8), np.zeros(shape, dtype=np.int8)
    blank = np.ones(len(texts), dtype=bool)
    for row, parts in enumerate(cut):
        for section, sentence in parts:
            if not _is_read(section, vocabulary.sections):
                continue
            blank[row] = False
            for mention in said[sentence]:
                within = vocabulary.findings[mention.finding].sections
                if not section or not within or section in within:
                    _add(status[row], side[row], mention)
    return status, side, blank


def _is_read(section: str, sections: Sections) -> bool:
    """Text outside of sections always is."""
    if not section:
        return True
    return section not in sections.left_out and (not sections.only or section in sections.only)


def _add(status: np.ndarray, side: np.ndarray, mention: Mention) -> None:
    at = mention.finding
    status[at] = max(status[at], mention.status)
    if mention.status == ASSERTED:
        side[at] |= mention.side


def _summarise(status: np.ndarray, blank: np.ndarray, vocabulary: ClinicalFindings) -> None:
    """Fill in the summary findings (``when_none_but``).

    Asserted in a text that asserts or leaves open no other finding; negated in other texts.
    """
    import numpy as np

    for index, finding in enumerate(vocabulary.findings):
        if finding.when_none_but is None:
            continue
        others = [
            place
            for place, other in enumerate(vocabulary.findings)
            if other.when_none_but is None and other.id not in finding.when_none_but
        ]
        something = (status[:, others] >= UNCERTAIN).any(axis=1)
        status[:, index] = np.where(blank, ABSENT, np.where(something, NEGATED, ASSERTED))


def union(parts: Sequence[Mentions], vocabulary: ClinicalFindings) -> Mentions:
    """Several references of the same cases as one: the highest status that any of them has.

    A blank reference says nothing; a case is blank when all of its references are.

    Args:
        parts: One for each reference.
        vocabulary: That they were read by.
    """
    import numpy as np

    status = np.max([part.status for part in parts], axis=0)
    blank = np.all([part.blank for part in parts], axis=0)
    _summarise(status, blank, vocabulary)
    side = np.bitwise_or.reduce([part.side for part in parts], axis=0)
    return Mentions(status=status, side=side, blank=blank)
