"""One image under two cases, and images of one set that turn up in another.

Identical are files of equal bytes (SHA-256). Nearly identical are pictures whose difference hashes
differ in few bits: stored again, resized, or another slice of the same place. Pictures of one kind
resemble each other, so near ones are to be looked at, not counted as proven.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.estimate import Warned
from validation.imaging import difference_hash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from validation.estimate import Estimate
    from validation.imaging.description import Described

NEAR = 4  # bits of 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An image of one set and its like in another.

    Attributes:
        file: In this set.
        other: In the other.
        bits: How many bits of the hash differ; 0 with `identical` for equal bytes.
        identical: Whether the bytes are equal.
    """

    file: str
    other: str
    bits: int
    identical: bool


def within(records: Sequence[Described], cases: Sequence[str]) -> list[tuple[str, ...]]:
    """Cases that hold one and the same image.

    Args:
        records: The images.
        cases: The case of each.

    Returns:
        The cases of each image that stands under more than one, in order of first appearance.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for record, case in zip(records, cases, strict=True):
        digest = record.columns["image-digest"]
        if digest and record.status != "fault":
            found[str(digest)].append(case)
    distinct = (tuple(dict.fromkeys(names)) for names in found.values())
    return [names for names in distinct if len(names) > 1]


def between(
    records: Sequence[Described], others: Sequence[Described], most: int = NEAR
) -> list[Pair]:
    """Images of this set that are, or nearly are, in another.

    Args:
        records: This set, such as a reference set.
        others: The other, such as the training data.
        most: Bits in which hashes may differ.
    """
    left = [(r, _text(r, "image-digest"), _text(r, "image-hash")) for r in records]
    right = [(r, _text(r, "image-digest"), _text(r, "image-hash")) for r in others]
    known: dict[str, list[str]] = defaultdict(list)
    for record, digest, _ in right:
        if digest and record.status != "fault":
            known[digest].append(str(record.path))
    pairs = [
        Pair(file=str(record.path), other=other, bits=0, identical=True)
        for record, digest, _ in left
        for other in known.get(digest, ())
    ]
    seen = {(pair.file, pair.other) for pair in pairs}
    near = difference_hash.near([h for *_, h in left], [h for *_, h in right], most)
    for i, j, bits in near:
        file, other = str(left[i][0].path), str(right[j][0].path)
        if (file, other) not in seen:
            pairs.append(Pair(file=file, other=other, bits=bits, identical=False))
    return pairs


def rates(pairs: Sequence[Pair], n: int) -> list[Estimate]:
    """Shares of this set's images that are in the other: identical, and nearly so.

    Args:
        pairs: As `between` gives them.
        n: Images of this set without a fault.
    """
    from validation.binary.proportion import proportion

    same = {pair.file for pair in pairs if pair.identical}
    near = {pair.file for pair in pairs if not pair.identical} - same
    return [
        proportion("image-duplicate-rate", len(same), n, positives=n),
        proportion("image-near-duplicate-rate", len(near), n, positives=n),
    ]


def warned(pairs: Sequence[Pair], most: int) -> list[Warned]:
    """What a person should look at, identical and nearly identical apart."""
    same = {pair.file for pair in pairs if pair.identical}
    near = {pair.file for pair in pairs if not pair.identical} - same
    found = []
    if same:
        message = f"{len(same):,} images stand, byte for byte, in the other set too"
        found.append(Warned(code="duplicates-against", message=message, count=len(same)))
    if near:
        message = (
            f"{len(near):,} images resemble one of the other set (at most {most} of 64 bits of the "
            "difference hash differ): look at the pairs, for like anatomy may look alike"
        )
        found.append(Warned(code="near-duplicates", message=message, count=len(near)))
    return found


def _text(record: Described, column: str) -> str:
    return str(record.columns[column] or "")
