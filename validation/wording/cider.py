"""CIDEr-D of the COCO captioning code, from 0 to 10 (Vedantam R et al. CVPR 2015: 4566-4575).

n-grams of 1 to 4 tokens weighted by how few cases have them in a reference (idf), cosine similarity
with the candidate's counts clipped, a Gaussian penalty (sigma 6) on the difference of lengths; no
stemming. That is what pycocoevalcap calls CIDEr, and what the field quotes by that name. The idf is
that of all references of the file; it is held fixed in subgroups and in the bootstrap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.wording.grams import row_sums
from validation.wording.score import Lack, Score, mean_score

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from scipy.sparse import csr_matrix

    from validation.wording.grams import Paired
    from validation.wording.reports import Reports

ENDPOINT = "cider"
SIGMA = 6.0
SCALE = 10.0
LENGTH = 2  # the code takes a text's length from its pairs of tokens


def score(reports: Reports, pairs: Sequence[Paired], definition: str) -> Score | Lack:
    """CIDEr-D of each case, and its mean.

    Args:
        reports: The cases.
        pairs: Counts by order, 1 to 4.
        definition: Names the tokens.
    """
    import numpy as np

    cases = len(reports)
    if cases == 1:
        reason = "CIDEr weighs n-grams by how many cases have them, and there is one case"
        return Lack(endpoint=ENDPOINT, definition=definition, reason=reason)
    total = np.zeros(cases)
    penalties = _penalties(pairs[LENGTH - 1])
    for pair in pairs:
        weight = _idf(pair, cases)
        own = pair.candidate.multiply(weight).tocsr()
        size = _norm(own)
        for slot, penalty in zip(pair.slots, penalties, strict=True):
            other = slot.multiply(weight).tocsr()
            shared = row_sums(own.minimum(other).multiply(other).tocsr())
            below = size * _norm(other)
            total += penalty * np.divide(shared, below, out=np.zeros(cases), where=below > 0)
    number = np.bincount(reports.owner, minlength=cases)
    return mean_score(ENDPOINT, definition, SCALE * total / len(pairs) / number, "score-0-10")


def _idf(pair: Paired, cases: int) -> np.ndarray:
    """Log of cases over cases with the n-gram in a reference; 1 case where there is none."""
    import numpy as np

    held = np.asarray((pair.most > 0).sum(axis=0), dtype=float).ravel()
    return np.asarray(np.log(cases) - np.log(np.maximum(held, 1.0)))


def _penalties(pair: Paired) -> list[np.ndarray]:
    import numpy as np

    own = row_sums(pair.candidate)
    return [np.exp(-((own - row_sums(slot)) ** 2) / (2 * SIGMA**2)) for slot in pair.slots]


def _norm(matrix: csr_matrix) -> np.ndarray:
    import numpy as np

    return np.asarray(np.sqrt(row_sums(matrix.multiply(matrix).tocsr())))
