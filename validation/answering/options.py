r"""The option letter that a free text names, or why it names none: read, never guessed.

Tried in this order; the first that finds something decides:

1. ``bare``: the text is nothing but a letter (``(D)``, ``**D**``, ``d``).
2. ``framed``: the last of ``\boxed{C}``, ``{"answer": "C"}``, ``<answer>C``.
3. ``statement``: the last explicit statement ("the correct answer is C", "正解はBです").
4. ``leading``: the text begins with a letter and its mark ("D. Ventricular tachycardia").
5. ``conclusion``: a letter with its mark behind a colon, in bold or quoted, no other letter there.
6. ``only-letter``: one letter with its mark stands in the text, and no other.
7. ``option-text``: the text repeats the words of one option, and of no other.

A text that names two letters at the deciding place is ``several-letters``. The article *A*, the
pronoun *I*, "hepatitis B", "vitamin C" have no mark behind them and are not letters here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from validation.answering import cues
from validation.answering.option_words import EMPHASIS, repeated
from validation.answering.statements import joined, stated

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

WAYS = (
    "bare",
    "framed",
    "statement",
    "leading",
    "conclusion",
    "only-letter",
    "option-text",
)
REASONS = (
    "empty",
    "several-letters",
    "letter-outside-options",
    "refusal",
    "no-letter",
    "not-a-letter",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What was read from each text.

    Attributes:
        letter: The option's letter, ``""`` where none could be read; shape (texts,).
        way: One of `WAYS` where a letter was read, one of `REASONS` where none was.
    """

    letter: np.ndarray
    way: np.ndarray

    @property
    def parsable(self) -> np.ndarray:
        """Whether a letter was read."""
        import numpy as np

        return np.asarray(self.letter != "", dtype=bool)

    def reasons(self) -> dict[str, int]:
        """How many texts are unparsable, by reason."""
        import numpy as np

        names, number = np.unique(self.way[~self.parsable].astype(str), return_counts=True)
        return dict(zip(names.tolist(), number.tolist(), strict=True))


def read_options(
    texts: Sequence[object],
    letters: str,
    *,
    choices: Sequence[Sequence[object]] | None = None,
    reading: str = "text",
) -> Readings:
    """The option letter of each text.

    Args:
        texts: Free text; None, NaN and blanks are ``empty``.
        letters: The letters allowed, such as ``ABCD``.
        choices: Of each text the options' own words, in the order of `letters`.
        reading: ``text``, or ``letter``: then nothing but a letter by itself counts, as where an
            extracted letter is compared with the key; all else is ``not-a-letter``.

    Raises:
        ValueError: Letters that are none, unlike numbers of texts and choices, or another reading.
    """
    import numpy as np

    allowed = option_letters(letters)
    if reading not in ("text", "letter"):
        raise ValueError(f"unknown reading '{reading}' (there are: text, letter)")
    if choices is not None and len(choices) != len(texts):
        raise ValueError(f"lengths differ: {len(texts)} texts, {len(choices)} lists of options")
    known: dict[tuple[str, tuple[str, ...]], tuple[str, str]] = {}
    found = []
    for place, given in enumerate(texts):
        words = () if choices is None else tuple(_text(word) for word in choices[place])
        key = (_text(given), words)
        if key not in known:
            known[key] = (
                read_letter(key[0], allowed)
                if reading == "letter"
                else read_option(key[0], allowed, words)
            )
        found.append(known[key])
    pairs = np.array(found, dtype=object).reshape(-1, 2)
    return Readings(letter=pairs[:, 0], way=pairs[:, 1])


def option_letters(letters: str) -> str:
    """The letters in upper case.

    Raises:
        ValueError: Fewer than two, one twice, or other characters than A to Z.
    """
    upper = letters.upper()
    if len(upper) < 2 or len(set(upper)) < len(upper) or not re.fullmatch("[A-Z]+", upper):  # noqa: PLR2004 - a choice
        raise ValueError(
            f"options are two letters or more, each once, such as ABCD; not '{letters}'"
        )
    return upper


def read_letter(text: str, letters: str) -> tuple[str, str]:
    """A letter that stands by itself, and how it was read; else ``""`` and why not."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return "", "empty"
    if plain.upper() in letters and len(plain) == 1:
        return plain.upper(), "bare"
    return "", "letter-outside-options" if len(plain) == 1 and plain.isalpha() else "not-a-letter"


def read_option(text: str, letters: str, words: Sequence[str] = ()) -> tuple[str, str]:
    """The letter that a text names and the way (`WAYS`), or ``""`` and the reason (`REASONS`).

    Args:
        text: Free text.
        letters: In upper case, as `option_letters` gives them.
        words: The options' own words, in the order of the letters; none when empty.
    """
    whole = unicodedata.normalize("NFKC", text).strip()
    if not whole:
        return "", "empty"
    plain = EMPHASIS.sub("", whole).strip()
    if bare := _bare(plain, letters):
        return bare
    for find, told in ((_framed, whole), (stated, plain), (_led, plain), (_concluded, whole)):
        if found := find(told, letters):
            return found
    if cues.REFUSAL.search(plain):
        return "", "refusal"
    return _only(plain, letters, words) or repeated(plain, letters, words) or ("", "no-letter")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""  # None and NaN


def _bare(plain: str, letters: str) -> tuple[str, str] | None:
    if re.fullmatch(
        rf"[\W_]*[{letters}](?:(?:\s*(?:or|and|ou|[yoe,/&+])\s*)+[{letters}])+\W*", plain
    ):
        return "", "several-letters"
    alone = re.fullmatch(
        rf"[\W_]*(?:(?i:the)\s+)?(?i:{cues.PICK})[\s:]*[(\[]?([A-Za-z])[\W_]*", plain
    )
    held = alone[1] if alone else re.sub(r"[\W_]+", "", plain)
    if len(held) != 1 or not held.isalpha():
        return None
    if held.upper() in letters:
        return held.upper(), "bare"
    return "", "letter-outside-options"


def _framed(whole: str, letters: str) -> tuple[str, str] | None:
    hits = [hit for pattern in cues.structured(letters) for hit in pattern.finditer(whole)]
    if not hits:
        return None
    return max(hits, key=lambda hit: hit.start(1))[1].upper(), "framed"


def _led(plain: str, letters: str) -> tuple[str, str] | None:
    hit = re.match(_marked(letters, start=r"[(\[\"'「【]*"), plain)
    if not hit:
        return None
    if _lists_options(plain, letters):
        return None
    if joined(plain, hit.start(1), letters):
        return "", "several-letters"
    return hit[1].upper(), "leading"


def _concluded(whole: str, letters: str) -> tuple[str, str] | None:
    """Letters behind a colon and a line's end, in bold or quoted; one and the same, else none."""
    found = set()
    for hit in _conclusions(letters).finditer(whole):
        if hit["colon"] and _next_line_is_option(whole[hit.end("letter") :], letters):
            continue
        found.add(hit["letter"])
    if len(found) == 1:
        return found.pop(), "conclusion"
    return None


def _only(plain: str, letters: str, words: Sequence[str]) -> tuple[str, str] | None:
    hits = {hit["letter"] for hit in _mentions(letters).finditer(plain)}
    if hits:  # an A or I by itself may be a word
        others = re.sub("[AI]", "", letters)
        hits |= set(re.findall(rf"(?<![\w'’])[{others}](?![\w'’])", plain) if others else ())
    if len(hits) > 1:
        named = repeated(_without_lists(plain, letters), letters, words)
        return named or ("", "several-letters")
    return (hits.pop(), "only-letter") if hits else None


@cache
def _marked(letters: str, start: str) -> re.Pattern[str]:
    """A letter with a mark behind it, such as ``D.``, ``(D)``, ``d)``, ``D -``, or a line's end."""
    return re.compile(
        rf"{start}([{letters}](?=\s*[.)\]:。、」】】:]|\s+[-–—]\s|\s*\n|\s*,\s|\s+because\b|\s*[(]\w)|"
        rf"[{letters.lower()}](?=\s*[)\]]))"
    )


@cache
def _conclusions(letters: str) -> re.Pattern[str]:
    """A marked letter behind a colon or a link at a line's end, in bold, or in quotes."""
    mark = r"(?=\s*[.)\]:]\s*\S|\s*\*|\s*[)」』】\"]|\s*$)"
    before = r"(?P<colon>[:：][ \t]*\n?\s*(?:\*\*|__)?\(?)|\*\*\s*[(\"]?|[「『【\"“]"
    return re.compile(
        rf"(?:{before})\s*(?:[Oo]ption\s+)?(?P<letter>[{letters}]){mark}", re.MULTILINE
    )


@cache
def _mentions(letters: str) -> re.Pattern[str]:
    """A marked letter that begins a line, or stands behind a link or in brackets."""
    before = (
        r"^[\s\-•*(\"「]*|[:：]\s*[(\"「]?|(?i:\b(?:is|be|es|é|are|option|opci[oó]n|op[cç][aã]o|alternativa))\s+[(\"]?|"
        r"[はが肢][、\s]*[「(\"]?|[「『(（]"
    )
    return re.compile(
        rf"(?:{before})(?P<letter>[{letters}])(?=[.)\]:。」）]|です|の)", re.MULTILINE
    )


def _lists_options(plain: str, letters: str) -> bool:
    """Whether the text begins by listing all the options, each on a line of its own."""
    starts = re.findall(rf"^[\s\-•(]*([{letters}])(?=[.):])", plain, re.MULTILINE)
    return len(starts) >= len(letters) and starts[: len(letters)] == list(letters)


def _next_line_is_option(following: str, letters: str) -> bool:
    lines = [line for line in following.split("\n")[1:] if line.strip()]
    return bool(lines) and bool(re.match(rf"[\s\-•*(]*[{letters}][.):]", lines[0]))


def _without_lists(plain: str, letters: str) -> str:
    kept = [line for line in plain.split("\n") if not re.match(rf"[\s\-•(]*[{letters}][.):]", line)]
    return "\n".join(kept)
