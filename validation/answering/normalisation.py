"""Texts made comparable, each way by name.

- ``none``: as written.
- ``plain``: Unicode NFKC, case folded, runs of spaces made one, ends trimmed.
- ``squad``: ``plain``, without punctuation and the articles a, an, the (Rajpurkar 2016).
- ``vqa``: the rules of the VQA evaluation (Antol 2015): lower case, no punctuation (full stops
  within numbers stay), number words as digits, no articles. Apostrophes are removed on both sides,
  where the original puts them into a list of contractions ("dont" to "don't"): the same words
  compare as equal.
- ``vqa-med``: lower case, no punctuation, spaces made one (Hasan 2018; Ben Abacha 2019).
"""

from __future__ import annotations

import re
import string
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_STOP = re.compile(r"(?<!\d)\.|\.(?!\d)")
_DIGITS = {
    word: str(number)
    for number, word in enumerate(
        ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    )
} | {"zero": "0"}
_IN_NUMBER = re.compile(r"(?<=\d),(?=\d)")
_NO_SPACE = re.compile(r"[぀-ヿ㐀-䶿一-鿿]")


def plain(text: str) -> str:
    """NFKC, case folded, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def squad(text: str) -> str:
    """As the SQuAD evaluation script: punctuation is removed, not made a space."""
    bare = "".join(sign for sign in plain(text) if not _is_punctuation(sign))
    return " ".join(_ARTICLES.sub(" ", bare).split())


def vqa(text: str) -> str:
    """As the VQA evaluation script; see above for apostrophes."""
    folded = _IN_NUMBER.sub("", plain(text).replace("'", "").replace("’", ""))
    made = _STOP.sub("", folded)
    spaced = "".join(" " if sign != "." and _is_punctuation(sign) else sign for sign in made)
    words = [_DIGITS.get(word, word) for word in spaced.split()]
    return " ".join(word for word in words if word not in ("a", "an", "the"))


def vqa_med(text: str) -> str:
    """As the strict accuracy of VQA-Med."""
    return " ".join("".join(sign for sign in plain(text) if not _is_punctuation(sign)).split())


def _is_punctuation(sign: str) -> bool:
    return sign in string.punctuation or unicodedata.category(sign).startswith("P")


NORMALISATIONS: dict[str, Callable[[str], str]] = {
    "none": lambda text: text,
    "plain": plain,
    "squad": squad,
    "vqa": vqa,
    "vqa-med": vqa_med,
}
REFERENCES = {
    "normalised-squad": "Rajpurkar P et al. EMNLP 2016: 2383-2392 (normalisation).",
    "normalised-vqa": "Antol S et al. ICCV 2015: 2425-2433 (normalisation).",
    "normalised-vqa-med": "Hasan SA et al. ImageCLEF 2018; Ben Abacha A et al. CLEF 2019.",
}


def normaliser(name: str) -> Callable[[str], str]:
    """The function of a normalisation.

    Raises:
        ValueError: There is none of that name.
    """
    if name not in NORMALISATIONS:
        raise ValueError(f"unknown normalisation '{name}' (there are: {', '.join(NORMALISATIONS)})")
    return NORMALISATIONS[name]


def tokens(text: str) -> list[str]:
    """Words between spaces; each Han or Kana sign is a word (Lewis 2020, MLQA)."""
    return _NO_SPACE.sub(lambda sign: f" {sign[0]} ", text).split()
