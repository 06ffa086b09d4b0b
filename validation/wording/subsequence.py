"""Longest common subsequences, many tokens at a time in the bits of a whole number.

The recurrence is that of Crochemore M et al., Inf Process Lett 2001; 80: 279-285 and Hyyro H, AWOCA
2004: after each token of b, bit i of the row is 0 where the table of lengths grows from i to i + 1
tokens of a. The subsequence that is read out is the one that ROUGE-1.5.5's rule chooses (from the
end: a match first, else a step back in b where that keeps the length, else in a), so that the union
of a summary's subsequences is the same, token by token.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def length(a: Sequence[int], b: Sequence[int]) -> int:
    """How long the longest common subsequence of two token sequences is; O(n m / 64)."""
    places: dict[int, int] = {}
    for place, token in enumerate(a):
        places[token] = places.get(token, 0) | (1 << place)
    full = (1 << len(a)) - 1
    row = full
    for token in b:
        met = row & places.get(token, 0)
        if met:
            row = ((row + met) | (row - met)) & full
    return len(a) - row.bit_count()


@dataclass(frozen=True, slots=True)
class Sentences:
    """Reference sentences side by side in one number, a guard bit above each.

    Attributes:
        spans: Lowest bit and length of each sentence that has tokens.
        places: Token to the bits where it stands.
        keep: All bits but the guards.
    """

    spans: tuple[tuple[int, int], ...]
    places: dict[int, int]
    keep: int

    @classmethod
    def of(cls, sentences: Sequence[Sequence[int]]) -> Sentences:
        """Lay sentences side by side."""
        spans, at, keep = [], 0, 0
        places: dict[int, int] = {}
        for sentence in sentences:
            spans.append((at, len(sentence)))
            for place, token in enumerate(sentence, start=at):
                places[token] = places.get(token, 0) | (1 << place)
            keep |= ((1 << len(sentence)) - 1) << at
            at += len(sentence) + 1
        return cls(spans=tuple(spans), places=places, keep=keep)

    def matched(self, other: Sequence[int]) -> int:
        """The bits of each sentence's longest common subsequence with another sentence."""
        keep, row = self.keep, self.keep
        steps: list[tuple[int, int]] = []  # grown or met, and met
        for token in other:
            here = self.places.get(token, 0)
            if here:
                met = row & here
                row = ((row + met) | (row - met)) & keep
                steps.append(((keep & ~row) | here, here))
            elif steps and steps[-1][1]:
                steps.append((keep & ~row, 0))
        grown, found = keep & ~row, 0
        if not grown:
            return 0
        steps.reverse()
        for low, size in self.spans:
            if (grown >> low) & ((1 << size) - 1):
                found |= _read(steps, low, size) << low
        return found


def _read(steps: Sequence[tuple[int, int]], low: int, size: int) -> int:
    """Read one sentence's subsequence out, from the last token of the other sentence."""
    found, mask = 0, (1 << size) - 1
    for stops, here in steps:
        left = (stops >> low) & mask
        if not left:
            break
        top = left.bit_length() - 1
        if (here >> (low + top)) & 1:
            found |= 1 << top
            mask = (1 << top) - 1
        else:
            mask = (1 << (top + 1)) - 1
    return found


def union_hits(reference: Sequence[Sequence[int]], candidate: Sequence[Sequence[int]]) -> int:
    """Tokens of a summary's union of subsequences, none counted twice (Lin 2004, section 3.2).

    Args:
        reference: Sentences as tokens.
        candidate: Sentences as tokens.
    """
    laid = Sentences.of(reference)
    union = 0
    for sentence in candidate:
        union |= laid.matched(sentence)
    rest: dict[int, int] = {}
    for sentence in candidate:
        for token in sentence:
            rest[token] = rest.get(token, 0) + 1
    hits = 0
    # a token of the reference is met at most as often as it stands there: each has its own bit
    for token, places in laid.places.items():
        hits += min((union & places).bit_count(), rest.get(token, 0))
    return hits
