"""METEOR 1.5 of all cases together (Denkowski M, Lavie A. WMT 2014: 376-380), from 0 to 1.

The aligner is the authors' program (Java), as the COCO captioning code runs it: English, ranking
parameters, text normalised by the program, stems, synonyms and paraphrases. It gives, for each
case, the counts of its best reference; the score of those counts, and of their sums, is computed
here, so that a bootstrap needs no further run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.wording import java
from validation.wording.score import Lack, Score

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from validation.wording.reports import Reports

ENDPOINT = "meteor"
WEIGHTS = (1.0, 0.6, 0.8, 0.6)  # exact, stem, synonym, paraphrase
ALPHA, BETA, GAMMA, DELTA = 0.85, 0.2, 0.6, 0.75  # of English ranking
COUNTS = 23  # numbers that the program gives for a case
PROCESSES = 2


def score(
    reports: Reports,
    tokens: Sequence[Sequence[str]] | None,
    definition: str,
    tick: Callable[[int], None] = lambda _: None,
) -> Score | Lack:
    """METEOR of each case and of all.

    Args:
        reports: The cases.
        tokens: Of the candidates, then of `Reports.flat`; None gives the program the texts.
        definition: Names the tokens.
        tick: Told how many more cases are done.
    """
    texts = [*reports.candidates, *reports.flat]
    if tokens is not None:
        texts = [" ".join(one) for one in tokens]
    try:
        rows = counts(reports, texts, tick)
    except java.Lacking as lacking:
        return Lack(endpoint=ENDPOINT, definition=definition, reason=f"METEOR 1.5: {lacking}")
    return Score(
        endpoint=ENDPOINT, definition=definition, columns=rows, whole=value, cases=value(rows)
    )


def counts(reports: Reports, texts: Sequence[str], tick: Callable[[int], None]) -> np.ndarray:
    """What the program counts of each case, shape (cases, `COUNTS`).

    Raises:
        java.Lacking: It cannot be run.
    """
    import numpy as np

    plain = [java.one_line(text.replace("|||", " ")) for text in texts]  # bars part the fields
    cases = len(reports)
    others: list[list[str]] = [[] for _ in range(cases)]
    for owner, text in zip(reports.owner.tolist(), plain[cases:], strict=True):
        others[owner].append(text)
    lines = [
        " ||| ".join(["SCORE", *some, text])
        for text, some in zip(plain[:cases], others, strict=True)
    ]
    answers = java.meteor(lines, PROCESSES if cases > PROCESSES * 100 else 1, tick)
    rows = [answer.split() for answer in answers]
    if wrong := sum(len(row) != COUNTS for row in rows):
        raise java.Lacking(f"the program answered {wrong:,} lines in a form that is not known")
    return np.array(rows, dtype=float)


def value(sums: np.ndarray) -> np.ndarray:
    """METEOR from counts or their sums, shape (any, `COUNTS`)."""
    import numpy as np

    size, function = sums[:, 0:2], sums[:, 2:4]
    content, of_function = sums[:, 4:20].reshape(-1, 4, 2, 2).transpose(2, 0, 3, 1)
    weight = np.array(WEIGHTS)
    met = (DELTA * content + (1 - DELTA) * of_function) @ weight  # candidate, reference
    whole = DELTA * (size - function) + (1 - DELTA) * function
    with np.errstate(divide="ignore", invalid="ignore"):
        precision, recall = np.where(whole > 0, met / whole, 0.0).T
        mean = precision * recall / (ALPHA * precision + (1 - ALPHA) * recall)
        matches = sums[:, 21:23]
        pieces = sums[:, 20] / matches.mean(axis=1)
    same = (sums[:, 20] == 1) & (matches == size).all(axis=1)
    penalty = GAMMA * np.where(same, 0.0, pieces) ** BETA
    return np.where((precision > 0) & (recall > 0), mean * (1 - penalty), 0.0)
