"""A report cut into sentences, each with the section that it stands in.

Headings are words at the beginning of a line or after a sentence, in capitals or known from the
vocabulary, with a colon (``FINDINGS:``), or a line of nothing but capitals. A heading that is known
is not read itself; any other is, as in ``PNEUMOTHORAX: none``. A section that begins
on its heading's own line ends at an empty line as well as at the next heading.

A line break ends a sentence unless the line was wrapped: it carries on after 60 or more
characters, or after 30 or more in lower case, when the line ends in no stop and no list item,
heading or empty line follows. Full stops end sentences (not those of "Dr." or "vs."), and so do
semicolons, and question marks but one that stands before its word.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

WRAPPED, WRAPPED_LOWER = 60, 30  # characters of a line that may have been wrapped
MOST_WORDS = 6  # of a heading
LONGEST = 2000  # characters of a sentence; a longer one is a run of words, and cut
KNOWN = (
    "findings",
    "impression",
    "impressions",
    "conclusion",
    "conclusions",
    "opinion",
    "report",
    "history",
    "indication",
    "comparison",
    "technique",
    "assessment",
    "plan",
    "assessment and plan",
    "chief complaint",
    "history of present illness",
    "past medical history",
    "family history",
    "social history",
    "review of systems",
    "physical examination",
    "results",
    "medications",
    "allergies",
    "interpretation",
    "summary",
    "diagnosis",
    "comment",
    "comments",
    "narrative",
    "lungs",
    "lungs and pleura",
    "pleura",
    "heart",
    "heart and mediastinum",
    "cardiac",
    "cardiovascular",
    "mediastinum",
    "bones",
    "bones and soft tissues",
    "soft tissues",
    "musculoskeletal",
    "osseous structures",
    "lines and tubes",
    "lines/tubes",
    "abdomen",
    "upper abdomen",
)
_BREAK = re.compile(r"<\s*(?:br|/p|/div|/li|/tr|/h\d)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<\s*/?\s*[a-zA-Z][^<>]*>")
_ITEM = re.compile(r"^\s*(?:[-*•·–+]+|\(?\d{1,2}[.)](?!\d)|[a-z][.)])\s+")
_HEADING = re.compile(r"(?:(?<=^)|(?<=[.!?]\s))\s*([A-Za-z][A-Za-z /&,()-]{1,60}?)\s*:(?=\s|$)")
_CAPITALS = re.compile(r"^\s*([A-Z][A-Z /&,-]{2,60})\s*$")
_STOP = re.compile(r"[.!?](?=\s|$)|;")
_LOST = re.compile(r"(?<=[a-z)])\.(?=[A-Z])")  # "effusion.No": the space was lost
SHORT = frozenset(("dr", "mr", "ms", "mrs", "vs", "e.g", "i.e", "approx", "ca", "st"))


def plain(text: str) -> str:
    """Text without markup: tags and entities resolved, one kind of quote, space and dash."""
    if "<" in text:
        text = _TAG.sub(" ", _BREAK.sub("\n", text))
    if "&" in text:
        text = html.unescape(text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("\u2019", "'").replace("\u2018", "'")
        text = text.replace("\u2010", "-").replace("\u2011", "-").replace("\u200b", "")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def sentences(text: str, headings: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
    """Section and sentence, in the order of the text.

    Args:
        text: A report; may hold line breaks and markup.
        headings: Names of sections that the vocabulary knows, in lower case, beside `KNOWN`.

    Yields:
        The section's heading in lower case (empty before the first), and a sentence in lower case.
    """
    known = headings | frozenset(KNOWN)
    for section, block in _sections(plain(text), known):
        for line in _lines(block, known):
            for sentence in _cut(line):
                for part in _short(sentence):
                    yield section, part


def _sections(text: str, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Each section's name and text."""
    section, inline = "", False
    held: list[str] = []
    for line in text.split("\n"):
        alone = _CAPITALS.match(line)
        if alone and _is_heading(alone[1], known, alone=True):
            yield section, "\n".join(held)
            section, held, inline = _name(alone[1]), [], False
            continue
        if not line.strip() and inline:
            yield section, "\n".join(held)
            section, held, inline = "", [], False
        start = 0
        if ":" not in line:
            held.append(line)
            continue
        for found in _HEADING.finditer(line):
            if _is_heading(found[1], known):
                held.append(line[start : found.start()])
                yield section, "\n".join(held)
                section, held, start = _name(found[1]), [], found.end()
                inline = bool(line[start:].strip())
                if section not in known:
                    start = found.start(1)  # "PNEUMOTHORAX: none" is read as well
        held.append(line[start:])
    yield section, "\n".join(held)


def _name(heading: str) -> str:
    return " ".join(heading.lower().split())


def _is_heading(words: str, known: frozenset[str], *, alone: bool = False) -> bool:
    """In capitals (of five letters and more, or with a colon), or known."""
    if _name(words) in known:
        return True
    few = len(words.split()) <= MOST_WORDS
    return few and words == words.upper() and (not alone or len(words.strip()) > MOST_WORDS)


def _lines(block: str, known: frozenset[str]) -> Iterator[str]:
    """Lines with wrapped ones joined and list marks taken off."""
    held = ""
    for raw in block.split("\n"):
        line = raw.strip()
        if held and line and not _ITEM.match(raw) and _wrapped(held, line, known):
            held = f"{held} {line}"
            continue
        if held:
            yield held
        held = _ITEM.sub("", line)
    if held:
        yield held


def _wrapped(before: str, line: str, known: frozenset[str]) -> bool:
    if before[-1] in ".:;!?" or _name(line.partition(":")[0]) in known:
        return False
    last = len(before.rpartition("\n")[2])
    return last >= WRAPPED or (last >= WRAPPED_LOWER and line[0].islower())


def _cut(line: str) -> Iterator[str]:
    """Sentences of a line, in lower case with single spaces."""
    low = " ".join((_LOST.sub(". ", line) if "." in line else line).lower().split())
    start = 0
    for stop in _STOP.finditer(low):
        before = low[start : stop.start()]
        mark = stop[0]
        if mark == "?" and not before[-1:].isalnum():
            continue  # "? pneumonia"
        if mark == "." and before.rpartition(" ")[2].lstrip("(") in SHORT:
            continue
        if _says_something(before):
            yield f"{before}{mark}".strip()
        start = stop.end()
    if _says_something(low[start:]):
        yield low[start:].strip()


def _short(sentence: str) -> Iterator[str]:
    """The sentence, or parts of it that are not longer than `LONGEST`, cut at spaces."""
    while len(sentence) > LONGEST:
        at = sentence.rfind(" ", 1, LONGEST)
        at = LONGEST if at < 0 else at
        yield sentence[:at].strip()
        sentence = sentence[at:].strip()
    yield sentence


def _says_something(text: str) -> bool:
    return text.upper() != text  # a letter that is lower case
