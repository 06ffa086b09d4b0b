"""BLEU of 1 to 4 n-grams, of all cases together (Papineni 2002), by two rules.

``bleu-1`` to ``bleu-4``: the COCO captioning code (Chen X et al. arXiv:1504.00325; pycocoevalcap),
which the field of report generation quotes: no smoothing, closest reference length, the tokens
named in the method. ``bleu-4-sacrebleu``: SacreBLEU (Post 2018), mteval-v13a tokens with their
case, closest reference length, exponential smoothing of orders without a match.
Both from 0 to 1. The values of single cases are the COCO code's.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from validation.wording.score import Score

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from validation.wording.grams import Coded, Paired
    from validation.wording.reports import Reports

ORDERS = (1, 2, 3, 4)
ENDPOINTS = tuple(f"bleu-{order}" for order in ORDERS)
SACRE_ENDPOINTS = ("bleu-4-sacrebleu",)
SMALL, TINY = 1e-9, 1e-15  # the COCO code's guards against empty texts
SACRE = "sacrebleu-13a-exp"


def columns(reports: Reports, coded: Coded, pairs: Sequence[Paired]) -> np.ndarray:
    """What each case adds: candidate's length, closest reference length, n-grams met, written.

    Args:
        reports: The cases.
        coded: Of candidates and references.
        pairs: Counts by order.

    Returns:
        Shape (cases, 2 + 2 orders).
    """
    import numpy as np

    cases = len(reports)
    lengths = coded.lengths[:cases].astype(float)
    met = [pair.shared(pair.most) for pair in pairs]
    written = [np.maximum(lengths - order + 1, 0) for order in ORDERS]
    return np.column_stack([lengths, closest(reports, coded), *met, *written])


def closest(reports: Reports, coded: Coded) -> np.ndarray:
    """The reference length nearest to the candidate's, the shorter of two that are as near."""
    import numpy as np

    cases, owner = len(reports), reports.owner
    own, other = coded.lengths[:cases], coded.lengths[cases:]
    order = np.lexsort((other, np.abs(other - own[owner]), owner))
    first = np.unique(owner[order], return_index=True)[1]
    return np.asarray(other[order][first], dtype=float)


def coco(sums: np.ndarray, order: int) -> np.ndarray:
    """BLEU from sums, as the COCO code has it.

    Args:
        sums: As `columns`, shape (any, 10).
        order: The longest n-gram.
    """
    import numpy as np

    met, written = sums[:, 2 : 2 + order], sums[:, 6 : 6 + order]
    precision = ((met + TINY) / (written + SMALL)).prod(axis=1) ** (1 / order)
    share = (sums[:, 0] + TINY) / (sums[:, 1] + SMALL)
    return np.asarray(precision * np.exp(np.minimum(0, 1 - 1 / share)))


def sacre(sums: np.ndarray, order: int) -> np.ndarray:
    """BLEU from sums, as SacreBLEU has it, from 0 to 1.

    Args:
        sums: As `columns`.
        order: The longest n-gram.
    """
    import numpy as np

    met, written = sums[:, 2 : 2 + order], sums[:, 6 : 6 + order]
    none = (met == 0) & (written > 0)
    smooth = 2.0 ** np.cumsum(none, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.where(none, 1 / (smooth * written), met / written)
        logs = np.log(precision)
        brevity = np.where(sums[:, 0] < sums[:, 1], np.exp(1 - sums[:, 1] / sums[:, 0]), 1.0)
        value = brevity * np.exp(logs.mean(axis=1))
    # an order that no text is long enough for, or no match at all, leaves nothing to average
    empty = (met.sum(axis=1) == 0) | (written == 0).any(axis=1) | (sums[:, 0] == 0)
    return np.where(empty, 0.0, value)


def scores(sums: np.ndarray, names: Sequence[str], definition: str) -> list[Score]:
    """BLEU by each name asked for.

    Args:
        sums: `columns` of the cases.
        names: Of `ENDPOINTS` or of `SACRE_ENDPOINTS`.
        definition: Of the tokens and the rule.
    """
    import numpy as np

    found = []
    for name in names:
        order = int(name.split("-")[1])
        each = np.where(sums[:, 0] > 0, coco(sums, order), 0.0)
        whole = partial(sacre if name in SACRE_ENDPOINTS else coco, order=order)
        found.append(
            Score(endpoint=name, definition=definition, columns=sums, whole=whole, cases=each)
        )
    return found
