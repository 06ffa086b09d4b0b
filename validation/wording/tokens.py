"""Texts cut into tokens. The names below stand in the method of every estimate made with them.

``none``: as it stands, cut at white space (what the COCO captioning code does to a text that it is
given). ``lower``: the same in lower case. ``words``: runs of letters and digits in lower case,
punctuation dropped. ``13a``: the tokens of mteval-v13a, as SacreBLEU cuts them, case kept. ``ptb``:
Penn Treebank tokens in lower case without punctuation, by Stanford's tokeniser (Java), as the COCO
captioning code prepares its captions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from validation.wording import java
from validation.wording.sacre import tokens_13a

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TOKENISERS = ("none", "lower", "words", "13a", "ptb")
SHOWN = {"none": "whitespace"}  # in a method's name
WORDS = re.compile(r"[^\W_]+")


def tokenised(texts: Sequence[str], how: str) -> list[list[str]]:
    """Each text as tokens.

    Args:
        texts: Of any kind.
        how: One of `TOKENISERS`.

    Raises:
        ValueError: Unknown name.
        java.Lacking: ``ptb`` without Java.
    """
    if how not in TOKENISERS:
        raise ValueError(f"unknown tokenisation '{how}': one of {', '.join(TOKENISERS)}")
    if how == "ptb":
        return java.ptb(texts)
    cut = _cutter(how)
    return [cut(text) for text in texts]


def shown(how: str) -> str:
    """The tokenisation's name within that of a method."""
    return SHOWN.get(how, how)


def _cutter(how: str) -> Callable[[str], list[str]]:
    if how == "13a":
        return tokens_13a
    if how == "words":
        return lambda text: WORDS.findall(text.lower())
    return str.split if how == "none" else lambda text: text.lower().split()
