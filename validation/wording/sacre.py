"""The door to SacreBLEU: its 13a tokens, and chrF.

chrF2 (Popovic M. WMT 2015: 392-395): F of character 1- to 6-grams without white space, recall
weighing twice, of all cases together; of several references the one with the best F.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from validation.wording.grams import Coded, paired
from validation.wording.score import Score

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from validation.wording.reports import Reports

CHRF = "sacrebleu-chrf2"
ORDERS = 6
CHUNK = 250  # cases whose characters are counted together
RECALL = 4.0  # the square of beta = 2


@cache
def _tokeniser() -> Callable[[str], str]:
    from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

    # past its cache of 65,536 texts, which would hold them all in memory
    kind: Any = Tokenizer13a
    plain, made = kind.__call__.__wrapped__, kind()
    return lambda text: str(plain(made, text))


def tokens_13a(text: str) -> list[str]:
    """A text as mteval-v13a cuts it; case is kept."""
    return _tokeniser()(text.rstrip()).split()


def chrf(reports: Reports, tick: Callable[[int], None] = lambda _: None) -> Score:
    """chrF2 from 0 to 1.

    Args:
        reports: The cases.
        tick: Told how many more cases are done.
    """
    import numpy as np

    rows = np.zeros((len(reports), 3 * ORDERS))
    for start in range(0, len(reports), CHUNK):
        part = slice(start, start + CHUNK)
        some = replace(
            reports, candidates=reports.candidates[part], references=reports.references[part]
        )
        rows[part] = _best(some)
        tick(len(some))
    return Score(
        endpoint="chrf",
        definition=CHRF,
        columns=rows,
        whole=f_score,
        cases=f_score(rows),
    )


def _best(reports: Reports) -> np.ndarray:
    """Written, in the reference, and met, by order, of the reference with the best F."""
    import numpy as np

    coded = _characters([*reports.candidates, *reports.flat])
    cases, owner, slot = len(reports), reports.owner, reports.slot
    columns = []
    for order, pair in enumerate(paired(reports, coded, ORDERS)):
        size = np.maximum(coded.lengths - order, 0)
        inside, written = size[cases:], size[:cases][owner]
        met = np.column_stack([pair.shared(text) for text in pair.slots])[owner, slot]
        columns += [np.where(inside > 0, written, 0), inside, met]
    each = np.column_stack(columns).astype(float)
    first = np.lexsort((slot, -f_score(each), owner))
    return np.asarray(each[first][np.unique(owner, return_index=True)[1]])


def _characters(texts: Sequence[str]) -> Coded:
    """Texts as characters, without white space."""
    import numpy as np

    plain = ["".join(text.split()) for text in texts]
    lengths = np.array([len(text) for text in plain], dtype=np.int64)
    code = np.frombuffer("".join(plain).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    used = np.zeros(int(code.max(initial=0)) + 1, dtype=np.int64)
    used[code] = 1
    token = (np.cumsum(used) - 1)[code]
    return Coded(token=token, text=np.repeat(np.arange(len(plain)), lengths), lengths=lengths)


def f_score(sums: np.ndarray) -> np.ndarray:
    """From sums of `_met`, shape (any, 18); averages over the orders that both texts have."""
    import numpy as np

    written, inside, met = sums[:, 0::3], sums[:, 1::3], sums[:, 2::3]
    both = (written > 0) & (inside > 0)
    orders = np.maximum(both.sum(axis=1), 1)
    precision = (np.where(both, met / np.maximum(written, 1), 0)).sum(axis=1) / orders
    recall = (np.where(both, met / np.maximum(inside, 1), 0)).sum(axis=1) / orders
    below = RECALL * precision + recall
    above = (1 + RECALL) * precision * recall
    return np.asarray(np.divide(above, below, out=np.zeros_like(above), where=below > 0))
