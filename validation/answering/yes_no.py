"""Yes or no, read from free text and never guessed.

The first word decides when it stands by itself ("Yes, there is ..."), or an explicit statement does
("the answer is no"). "Yes and no", "No image was provided" and "cannot determine" are unparsable.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from validation.answering import cues
from validation.answering.options import Readings

if TYPE_CHECKING:
    from collections.abc import Sequence

YES, NO = "yes", "no"
REASONS = ("empty", "both", "refusal", "no-yes-or-no")
_YES = r"yes|yeah|yep|s[ií]|sim|oui|ja|はい|有り?|是的?|네|예|כן"
_NO = r"no|nope|n[aã]o|non|nein|いいえ|否|不是|没有|아니요|לא"
_END = r"(?=\s*(?:[.,;:!)\]\"'}*_、。，-]|$|\n))"
_SUBJECT = r"(?=\s+(?:there|it|this|that|the|these|they|he|she|i|we|hay|há|es|é)\b)"
_FIRST = re.compile(
    rf"[\W_]*(?:(?P<yes>{_YES})(?:{_END}|{_SUBJECT}|(?=あ|で))|(?P<no>{_NO})(?:{_END}|{_SUBJECT}))",
    re.IGNORECASE,
)
_SAID = re.compile(
    rf"(?:{cues.CUE})[\"']?\s*(?:{cues.LINK})\s*{cues.OPEN}(?:(?P<yes>{_YES})|(?P<no>{_NO})){_END}",
    re.IGNORECASE,
)
_BOTH = re.compile(
    rf"[\W_]*(?:{_YES}|{_NO})\s*(?:/|or|and|o|y|ou|e)\s+(?:{_YES}|{_NO})(?!\w)", re.IGNORECASE
)


def read_yes_no(texts: Sequence[object]) -> Readings:
    """``yes``, ``no`` or ``""`` of each text; the ways are ``first-word`` and ``statement``.

    Args:
        texts: Free text; None, NaN and blanks are ``empty``.
    """
    import numpy as np

    found = np.array([_read(text) for text in texts], dtype=object).reshape(-1, 2)
    return Readings(letter=found[:, 0], way=found[:, 1])


def _read(given: object) -> tuple[str, str]:
    plain = unicodedata.normalize("NFKC", given).strip() if isinstance(given, str) else ""
    if not plain:
        return "", "empty"
    if _BOTH.match(plain):
        return "", "both"
    if first := _FIRST.match(plain):
        return (YES if first["yes"] else NO), "first-word"
    if said := list(_SAID.finditer(plain)):
        return (YES if said[-1]["yes"] else NO), "statement"
    return "", "refusal" if cues.REFUSAL.search(plain) else "no-yes-or-no"
