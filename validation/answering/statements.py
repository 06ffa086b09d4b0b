"""Explicit statements of an answer in free text: found by their cues, denials left aside."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from validation.answering import cues

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DENIED = re.compile(r"\s*(?:では(?:な|あり)|くない|is not\b|no es\b|não é\b)")
_WORD = re.compile(
    r"\s+(?!or\b|and\b|[yoe]\b|ou\b|because|since|as\b|due|porque|pois|if\b|for\b|with\b)\w"
)


def stated(plain: str, letters: str) -> tuple[str, str] | None:
    """The last explicit statement; two letters joined in it are several.

    Without one, the option that is called right, if it is one only.
    """
    if hits := _firm(plain, _told(plain, letters)):
        last = max(hits, key=lambda hit: hit.start(1))
        if joined(plain, last.start(1), letters):
            return "", "several-letters"
        return last[1].upper(), "statement"
    passing = (hit for pattern in cues.praises(letters) for hit in pattern.finditer(plain))
    praised = _firm(plain, passing)
    named = {hit[1] for hit in praised if not joined(plain, hit.start(1), letters)}
    return (named.pop(), "statement") if len(named) == 1 else None


def _told(plain: str, letters: str) -> Iterator[re.Match[str]]:
    """What is stated behind each cue; cues are looked for as plain text, which is much faster."""
    patterns = cues.statements(letters)
    lower = plain.lower()
    if len(lower) != len(plain):  # a sign that becomes two in lower case
        lower = plain
    for kind, stems in cues.STEMS.items():
        for stem in stems:
            place = lower.find(stem)
            while place >= 0:
                told = kind
                if kind == "pick" and cues.RIGHT_BEFORE.search(plain, max(0, place - 30), place):
                    told = "answer"
                for pattern in patterns[told]:
                    if hit := pattern.match(plain, place):
                        yield hit
                place = lower.find(stem, place + 1)


def _firm(plain: str, hits: Iterable[re.Match[str]]) -> list[re.Match[str]]:
    """The hits that neither deny, nor depend on an *if*, nor begin a list."""
    return [
        hit
        for hit in hits
        if not _article(plain, hit.end(1), hit[1])
        and not cues.NEGATION.search(_own(hit))
        and not _DENIED.match(plain, hit.end())
        and not cues.CONDITION.search(_sentence(plain, hit.start(1)))
        and not _opens_list(plain, hit)
    ]


def _sentence(plain: str, place: int) -> str:
    """What stands before a place in its sentence."""
    before = plain[max(0, place - 200) : place].rstrip(" \n")
    start = max(before.rfind(mark) for mark in (". ", "\n", "。", "! ", "? "))
    return before[start + 1 :]


def _opens_list(plain: str, hit: re.Match[str]) -> bool:
    """Whether the letter begins a list of options: a colon, A, and B on a later line."""
    told = re.sub(r"[\s*(]+$", "", _own(hit))
    if not told.endswith((":", "：")) or re.search(r"(?:\bis|\bes|\bé|は)\s*:$", told):
        return False
    following = re.search(r"\n[\s\-•*(]*([A-Z])[.):]", plain[hit.end(1) :])
    return following is not None and ord(following[1]) == ord(hit[1].upper()) + 1


def _own(hit: re.Match[str]) -> str:
    """The statement up to its letter, for words that deny it."""
    return hit[0][: hit.start(1) - hit.start(0)]


def _article(plain: str, end: int, letter: str) -> bool:
    """Whether an *A* (or *I*) goes on as a word of the sentence: "the answer is A patient ..."."""
    return letter in "AIE" and bool(_WORD.match(plain, end))


def joined(plain: str, place: int, letters: str) -> bool:
    """Whether another letter is joined to the one at `place`: "A or B", "A and C", "A/B"."""
    link = r"(?:,|/|&|\+|and\b|or\b|y\b|o\b|e\b|ou\b|または|か|と|、|או|ו)"
    after = re.match(
        rf"[)\].]*\s*{link}[\s(]*(?:or\s+|and\s+)?([{letters}])(?![\w'’])", plain[place + 1 :]
    )
    before = re.search(
        rf"(?<![\w'’])([{letters}])[)\]]*\s*{link}[\s(]*$", plain[max(0, place - 12) : place]
    )
    return any(hit is not None and hit[1] != plain[place] for hit in (after, before))
