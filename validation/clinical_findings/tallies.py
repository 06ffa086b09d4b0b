"""Each case as a vector of counts: what every rate of findings is a ratio of.

For each finding `PER_FINDING` counts, then for the case whether anything was invented, and 1 for
the case itself. Rates of all findings are sums over those that are no summary ("no finding").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.clinical_findings import sides
from validation.clinical_findings.status import ABSENT, ASSERTED, NEGATED, UNCERTAIN

if TYPE_CHECKING:
    import numpy as np

    from policies.clinical_findings import ClinicalFindings
    from validation.clinical_findings.mentions import Mentions

PER_FINDING = (
    "both",  # asserted in the candidate and in the reference
    "candidate-only",
    "reference-only",
    "flips",  # one text asserts in words, the other denies in words
    "said-in-both",  # both assert or deny in words
    "other-side",  # both assert, both name a side, and not the same
    "sided-in-both",  # both assert and both name a side
    "left-open",  # uncertain in the candidate
    "mentioned",  # asserted, denied or uncertain in the candidate
)
CELL = {name: place for place, name in enumerate(PER_FINDING)}
CASE = ("invented", "cases")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallies:
    """Counts of every case.

    Attributes:
        vectors: Shape (cases, findings x `PER_FINDING` + `CASE`), whole numbers.
        ids: Of the findings.
        summary: Whether each finding is a summary.
        lateral: Whether each finding has a side.
    """

    vectors: np.ndarray
    ids: tuple[str, ...]
    summary: tuple[bool, ...]
    lateral: tuple[bool, ...]


def count(candidate: Mentions, reference: Mentions, vocabulary: ClinicalFindings) -> Tallies:
    """Compare reports case by case.

    ``uncertain`` of the vocabulary says what "possible" counts as in ``both``, ``candidate-only``
    and ``reference-only``: asserted (u-ones), not asserted (u-zeros), or the pair of candidate and
    reference is in none of the three (u-ignore). The other counts are by the words themselves.

    Args:
        candidate: Of each case.
        reference: Of the same cases.
        vocabulary: That both were read by.

    Raises:
        ValueError: Not as many candidates as references.
    """
    import numpy as np

    if len(candidate) != len(reference):
        raise ValueError(
            f"lengths differ: {len(candidate)} candidates, {len(reference)} references"
        )
    a, b = candidate.status, reference.status
    least = UNCERTAIN if vocabulary.uncertain == "u-ones" else ASSERTED
    kept = np.ones(a.shape, dtype=bool)
    if vocabulary.uncertain == "u-ignore":
        kept = (a != UNCERTAIN) & (b != UNCERTAIN)
    mine, theirs = (a >= least) & kept, (b >= least) & kept
    said = np.isin(a, (NEGATED, ASSERTED)) & np.isin(b, (NEGATED, ASSERTED))
    lateral = np.array([finding.lateral for finding in vocabulary.findings])
    sided = lateral & (a == ASSERTED) & (b == ASSERTED)
    sided &= (candidate.side != sides.NONE) & (reference.side != sides.NONE)
    cells = {
        "both": mine & theirs,
        "candidate-only": mine & ~theirs,
        "reference-only": ~mine & theirs,
        "flips": said & (a != b),
        "said-in-both": said,
        "other-side": sided & (candidate.side != reference.side),
        "sided-in-both": sided,
        "left-open": a == UNCERTAIN,
        "mentioned": a != ABSENT,
    }
    stacked = np.stack([cells[name] for name in PER_FINDING], axis=-1).astype(np.int32)
    summary = tuple(finding.when_none_but is not None for finding in vocabulary.findings)
    own = stacked[:, ~np.array(summary), CELL["candidate-only"]].any(axis=1)
    case = np.stack([own, np.ones(len(a), dtype=bool)], axis=-1)
    flat = stacked.reshape(len(a), a.shape[1] * len(PER_FINDING))
    return Tallies(
        vectors=np.concatenate([flat, case.astype(np.int32)], axis=1),
        ids=tuple(finding.id for finding in vocabulary.findings),
        summary=summary,
        lateral=tuple(finding.lateral for finding in vocabulary.findings),
    )
