"""Which side a mention is on: the nearest word of side in its sentence.

A comma, "and", "with" or another separator between them counts as `APART` words, so that in
"effusion on the right, pneumothorax on the left" each keeps its own. "Left and right" and "left
greater than right" are both sides. Of two words equally near, the one before the mention counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

NONE, LEFT, RIGHT, BOTH = range(4)  # as bits
WORDS = {
    **dict.fromkeys(("left", "lt", "left-sided", "leftward", "lul", "lll", "lingula"), LEFT),
    **dict.fromkeys(("right", "rt", "right-sided", "rul", "rml", "rll"), RIGHT),
    **dict.fromkeys(
        ("bilateral", "bilaterally", "both", "bibasilar", "bibasal", "biapical", "bilat"), BOTH
    ),
}
APART = 6
SEPARATORS = frozenset((",", "and", "or", "with", "without", "but", "/", "plus", "as"))
JOINS = frozenset(("and", "or", "/", "&", ">", "<", "than", "greater", "more", "less", "larger"))
# "Left ventricle" is no side of a lung, and "in the right clinical setting" none at all.
_NO_SIDE = ("ventric", "atri", "heart", "clinical", "setting", "context")


def stated(tokens: Sequence[str]) -> list[tuple[int, int, int]]:
    """The words of side in a sentence: first token, end, and the side as bits.

    Args:
        tokens: In lower case.
    """
    found: list[tuple[int, int, int]] = []
    for place, token in enumerate(tokens):
        side = WORDS.get(token)
        if side is None or (len(tokens) > place + 1 and tokens[place + 1].startswith(_NO_SIDE)):
            continue
        if found and _joined(tokens[found[-1][1] : place]):
            first, _, before = found[-1]
            found[-1] = (first, place + 1, before | side)
        else:
            found.append((place, place + 1, side))
    return found


def _joined(between: Sequence[str]) -> bool:
    return bool(between) and all(token in JOINS for token in between)


def nearest(tokens: Sequence[str], words: list[tuple[int, int, int]], start: int, end: int) -> int:
    """The side of the mention at tokens `start` to `end`, as bits; `NONE` when none is stated."""
    best, side = None, NONE
    for first, last, bits in words:
        if first < end and start < last:
            return bits  # within the mention
        before = last <= start
        between = tokens[last:start] if before else tokens[end:first]
        far = len(between) + APART * sum(token in SEPARATORS for token in between)
        rank = (far, not before)
        if best is None or rank < best:
            best, side = rank, bits
    return side
