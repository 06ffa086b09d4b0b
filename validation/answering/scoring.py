"""Scoring rules by name: what an answer is worth against its key, 0 to 1.

- ``option-letter``: the letter that is read (`options`) is the key's; unparsable is 0.
- ``yes-no``: the word that is read (`yes_no`) is the key's; unparsable is 0. Rows whose key is
  neither are scored by ``exact-match``.
- ``exact-match``: equal after the named normalisation.
- ``accepted-answer``: ``exact-match`` with the best of several accepted answers.
- ``vqa-med``: ``accepted-answer`` after the ``vqa-med`` normalisation, answers separated by ``#``
  or ``|`` (strict accuracy).
- ``token-recall``, ``token-f1``: tokens shared, as a multiset, over those of the key, or its
  harmonic mean with precision; the best of several accepted answers. Open recall as in LLaVA-Med
  (which counts a distinct token once) is the same where no token repeats.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.answering.normalisation import normaliser, tokens
from validation.answering.options import Readings, read_options
from validation.answering.yes_no import read_yes_no

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

RULES = (
    "option-letter",
    "yes-no",
    "exact-match",
    "accepted-answer",
    "vqa-med",
    "token-recall",
    "token-f1",
)
READ = ("option-letter", "yes-no")  # rules that read an answer before it is compared
SEVERAL = ("accepted-answer", "vqa-med", "token-recall", "token-f1")
REFERENCES = {
    "token-recall": "Rajpurkar P et al. EMNLP 2016: 2383-2392; open recall: Li C et al. LLaVA-Med, "
    "NeurIPS 2023.",
    "token-f1": "Rajpurkar P et al. EMNLP 2016: 2383-2392.",
    "vqa-med": "Ben Abacha A et al. VQA-Med, CLEF 2019 (strict accuracy).",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What every answer is worth.

    Attributes:
        value: 0 to 1, shape (answers,).
        parsable: Whether there is an answer to compare, shape (answers,).
        answer: The answer that was compared: letter, yes or no, or normalised text; ``""`` where
            unparsable.
        way: How it was read, or why it was not.
        key: The key as it was compared, of the first accepted answer.
    """

    value: np.ndarray
    parsable: np.ndarray
    answer: np.ndarray
    way: np.ndarray
    key: np.ndarray


def accepted(key: str, separator: str) -> list[str]:
    """The accepted answers in a key; all of it when there is no separator.

    Args:
        key: As written.
        separator: Such as ``#``; several signs are alternatives, as ``#|``.
    """
    if not separator:
        return [key]
    parts = [part.strip() for part in re.split(f"[{re.escape(separator)}]", key)]
    return [part for part in parts if part] or [""]


def by_letter(read: Readings, keys: Sequence[str], letters: str) -> Scored:
    """Answers read as letters against keys that are letters.

    Raises:
        ValueError: Keys that are none of the letters, with their number.
    """
    import numpy as np

    key = np.array([text.strip().strip("().").upper() for text in keys], dtype=object)
    strange = [text for text, one in zip(keys, key, strict=True) if one not in set(letters)]
    if strange:
        raise ValueError(
            f"{len(strange):,} keys are none of the options {letters} (such as '{strange[0]}')"
        )
    value = (read.letter == key).astype(float)
    return Scored(value=value, parsable=read.parsable, answer=read.letter, way=read.way, key=key)


def by_text(
    texts: Sequence[str], keys: Sequence[str], rule: str, normalisation: str, separator: str
) -> Scored:
    """Answers compared as texts."""
    import numpy as np

    change = normaliser("vqa-med" if rule == "vqa-med" else normalisation)
    split = ("#|" if rule == "vqa-med" else separator) if rule in SEVERAL else ""
    compare = _COMPARED.get(rule, _equal)
    said = [change(text) for text in texts]
    right = [[change(one) for one in accepted(key, split)] for key in keys]
    value = [
        max(compare(answer, one) for one in ones) if answer else 0.0
        for answer, ones in zip(said, right, strict=True)
    ]
    answer = np.array(said, dtype=object)
    parsable = np.array([bool(text) for text in said], dtype=bool)
    return Scored(
        value=np.array(value, dtype=float),
        parsable=parsable,
        answer=answer,
        way=np.where(parsable, "text", "empty").astype(object),
        key=np.array([ones[0] for ones in right], dtype=object),
    )


def by_yes_no(texts: Sequence[str], keys: Sequence[str], normalisation: str) -> Scored:
    """Answers read as yes or no; keys that are neither are compared as texts."""
    import numpy as np

    read, key = read_yes_no(texts), read_yes_no(keys).letter
    other = by_text(texts, keys, "exact-match", normalisation, "")
    known = key != ""
    return Scored(
        value=np.where(known, read.letter == key, other.value).astype(float),
        parsable=np.where(known, read.parsable, other.parsable).astype(bool),
        answer=np.where(known, read.letter, other.answer),
        way=np.where(known, read.way, other.way),
        key=np.where(known, key, other.key),
    )


def by_options(
    texts: Sequence[str],
    keys: Sequence[str],
    letters: str,
    choices: Sequence[Sequence[str]] | None,
    reading: str,
) -> Scored:
    """Answers read as option letters (`options.read_options`)."""
    read = read_options(texts, letters, choices=choices, reading=reading)
    return by_letter(read, keys, letters)


def _equal(answer: str, key: str) -> float:
    return float(answer == key)


def _shared(answer: str, key: str) -> tuple[int, int, int]:
    """Tokens shared, of the answer, and of the key."""
    said, right = Counter(tokens(answer)), Counter(tokens(key))
    return sum((said & right).values()), sum(said.values()), sum(right.values())


def token_recall(answer: str, key: str) -> float:
    """Shared tokens over the key's."""
    shared, _, right = _shared(answer, key)
    return shared / right if right else float(answer == key)


def token_f1(answer: str, key: str) -> float:
    """Harmonic mean of token precision and recall."""
    shared, said, right = _shared(answer, key)
    return 2 * shared / (said + right) if shared else float(answer == key)


_COMPARED: dict[str, Callable[[str, str], float]] = {
    "token-recall": token_recall,
    "token-f1": token_f1,
}
