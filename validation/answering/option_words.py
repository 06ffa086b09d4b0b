"""The words of one option, repeated in an answer that names no letter."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from validation.answering import cues

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORT = 3  # characters of an option's text that is found only when it is the whole answer
EMPHASIS = re.compile(r"\*+|__+|`+")
_SPACES = re.compile(r"\s+")


def repeated(plain: str, letters: str, words: Sequence[str]) -> tuple[str, str] | None:
    """The one option whose words stand in the text, in a sentence that denies nothing."""
    if not any(words):
        return None
    told = _folded(plain)
    found = []
    for letter, word in zip(letters, words, strict=False):
        option = _folded(word)
        if option and (told == option or (len(option) > SHORT and _asserted(told, option))):
            found.append((letter, option))
    inside = [
        (letter, option)
        for letter, option in found
        if not any(option != other and option in other for _, other in found)
    ]
    return (inside[0][0], "option-text") if len(inside) == 1 else None


def _asserted(told: str, option: str) -> bool:
    for hit in re.finditer(rf"(?<!\w){re.escape(option)}(?!\w)", told):
        start = max(told.rfind(mark, 0, hit.start()) for mark in (". ", "。", "; ", "! ", "? "))
        before = told[start + 1 : hit.start()]
        after = told[hit.end() : hit.end() + 24]
        if not cues.NEGATION.search(before) and not cues.NEGATION.search(after):
            return True
    return False


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", EMPHASIS.sub("", text)).casefold()
    return _SPACES.sub(" ", folded).strip(" .。\"'()[]")
