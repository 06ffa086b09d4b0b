"""ROUGE (Lin 2004) by two rules, each under its own name.

``rouge-1``, ``rouge-2``, ``rouge-l``, ``rouge-lsum``: as Google's ``rouge-score`` has them, without
stemming: F1 of each case, tokens of a-z and 0-9 in lower case; with several references the one with
the best F1. Those ending in ``-stemmed`` are the same with its Porter stemmer. ``rouge-l`` takes a
text as one sequence; ``rouge-lsum`` takes each line for a sentence, and is what papers on notes and
summaries often print as ROUGE-L. ``rouge-l-coco``: the COCO captioning code's (pycocoevalcap), F
with beta 1.2, the best precision and the best recall among the references, on the tokens named in
the method. All are means over the cases.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from validation.wording.grams import Coded, paired
from validation.wording.nltk_meteor import Stems
from validation.wording.score import Score, mean_score
from validation.wording.subsequence import length, union_hits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from validation.wording.reports import Reports

STEM = "-stemmed"
ENDPOINTS = ("rouge-1", "rouge-2", "rouge-l", "rouge-lsum")
STEMMED = tuple(f"{name}{STEM}" for name in ENDPOINTS)
DEFINITION = "rouge-score-unstemmed"
STEMMED_DEFINITION = "rouge-score-stemmed"
SHORT = 3  # letters of a word that is not stemmed
COCO = "rouge-l-coco"
BETA = 1.2
TOKENS = re.compile(r"[a-z0-9]+")
Texts = list[list[list[int]]]  # of each text its lines, of each line its tokens


def scores(
    reports: Reports, names: Sequence[str], tick: Callable[[int], None] = lambda _: None
) -> list[Score]:
    """ROUGE as ``rouge-score`` has it.

    Args:
        reports: The cases.
        names: Of `ENDPOINTS`, or of `STEMMED`.
        tick: Told how many more cases are done.
    """
    plain = [name for name in names if name in ENDPOINTS]
    stemmed = [name.removesuffix(STEM) for name in names if name in STEMMED]
    found = _scores(reports, plain, tick, stem=False) if plain else []
    return found + (_scores(reports, stemmed, tick, stem=True) if stemmed else [])


def _scores(
    reports: Reports, names: Sequence[str], tick: Callable[[int], None], *, stem: bool
) -> list[Score]:
    import numpy as np

    lines, plain = _read([*reports.candidates, *reports.flat], stem=stem)
    met: dict[str, np.ndarray] = {}
    orders = [order for order in (1, 2) if f"rouge-{order}" in names]
    if orders:
        for order, pair in enumerate(paired(reports, plain, max(orders)), start=1):
            shared = np.column_stack([pair.shared(slot) for slot in pair.slots])
            met[f"rouge-{order}"] = shared[reports.owner, reports.slot]
    longest = {"rouge-l": _longest, "rouge-lsum": union_hits}
    for name in longest.keys() & set(names):
        met[name] = _walk(reports, lines, longest[name], tick)
    mark, definition = (STEM, STEMMED_DEFINITION) if stem else ("", DEFINITION)
    return [
        mean_score(name + mark, definition, _best(reports, plain, met[name], name))
        for name in names
    ]


def _read(texts: Sequence[str], *, stem: bool) -> tuple[Texts, Coded]:
    """Numbered tokens by line, and all tokens of each text."""
    numbers: dict[str, int] = {}
    root = Stems().stem

    def number(token: str) -> int:
        word = root(token) if stem and len(token) > SHORT else token
        return numbers.setdefault(word, len(numbers))

    lines = [
        [[number(token) for token in TOKENS.findall(line)] for line in text.lower().split("\n")]
        for text in texts
    ]
    import numpy as np

    lengths = np.array([sum(map(len, text)) for text in lines], dtype=np.int64)
    token = np.fromiter(
        (token for text in lines for line in text for token in line), dtype=np.int64
    )
    owner = np.repeat(np.arange(len(lines)), lengths)
    return lines, Coded(token=token, text=owner, lengths=lengths)


def _longest(reference: Sequence[Sequence[int]], candidate: Sequence[Sequence[int]]) -> int:
    """The longest common subsequence of two whole texts."""
    one, other = ([token for line in text for token in line] for text in (reference, candidate))
    return length(one, other)


def _walk(
    reports: Reports,
    lines: Texts,
    measure: Callable[[Sequence[Sequence[int]], Sequence[Sequence[int]]], int],
    tick: Callable[[int], None],
) -> np.ndarray:
    """A measure of each reference with its case's candidate."""
    import numpy as np

    cases = len(reports)
    found = np.zeros(len(lines) - cases)
    for place, owner in enumerate(reports.owner.tolist()):
        found[place] = measure(lines[cases + place], lines[owner])
        tick(1)
    return found


def _best(reports: Reports, plain: Coded, met: np.ndarray, name: str) -> np.ndarray:
    """F1 of each case against the reference that suits it best."""
    import numpy as np

    short = 1 if name == "rouge-2" else 0  # n-grams that a text has fewer of than tokens
    sizes = np.maximum(plain.lengths - short, 0)
    cases = len(reports)
    written, wanted = sizes[:cases][reports.owner], sizes[cases:]
    f = np.divide(2 * met, written + wanted, out=np.zeros(len(met)), where=met > 0)
    best = np.zeros(cases)
    np.maximum.at(best, reports.owner, f)
    return best


def cut_as_coco(reports: Reports) -> list[list[str]]:
    """All texts cut at each single space, as the COCO code cuts what it is given.

    Two spaces leave an empty token between them, and a line end is no cut; on text with single
    spaces it is the same as white space.
    """
    return [text.split(" ") for text in (*reports.candidates, *reports.flat)]


def coco(
    reports: Reports, texts: Coded, definition: str, tick: Callable[[int], None] = lambda _: None
) -> Score:
    """ROUGE-L as the COCO captioning code has it.

    Args:
        reports: The cases.
        texts: Tokens of the candidates, then of `Reports.flat`.
        definition: Names the tokens.
        tick: Told how many more cases are done.
    """
    import numpy as np

    cases, split = len(reports), texts.split()
    precision, recall = np.zeros(cases), np.zeros(cases)
    for place, owner in enumerate(reports.owner.tolist()):
        one, other = split[cases + place], split[owner]
        if one and other:
            shared = length(one, other)
            precision[owner] = max(precision[owner], shared / len(other))
            recall[owner] = max(recall[owner], shared / len(one))
        tick(1)
    above, below = (1 + BETA**2) * precision * recall, recall + BETA**2 * precision
    value = np.divide(above, below, out=np.zeros(cases), where=below > 0)
    return mean_score(COCO, definition, np.where(reports.blank, 0.0, value))
