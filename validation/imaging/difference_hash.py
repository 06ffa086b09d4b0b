"""A difference hash: 64 bits that stay nearly the same when a picture is stored again.

Krawetz N, "Kind of like that", The Hacker Factor Blog, 21 January 2013: the picture is shrunk to
9 x 8 grey values; each bit says whether a value is darker than its right neighbour. Shrinking is by
area average. A picture without contrast has no hash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

REFERENCES = {
    "difference-hash": "Krawetz N. Kind of like that. The Hacker Factor Blog, 21 January 2013 "
    "(dHash, 64 bits, area average).",
}
ROWS, COLUMNS = 8, 9
BLOCK = 2048  # hashes compared with all others at a time


def of_image(grey: np.ndarray) -> str:
    """The hash of one frame as 16 hex digits; empty when it has no contrast.

    Args:
        grey: Shape (rows, columns).
    """
    import numpy as np

    small = shrunk(grey)
    bits = small[:, :-1] < small[:, 1:]
    if not bits.any():
        return ""
    return np.packbits(bits.ravel()).tobytes().hex()


def shrunk(grey: np.ndarray) -> np.ndarray:
    """The frame as `ROWS` x `COLUMNS` area averages, rounded so that float noise sets no bit."""
    small = _averaged(_averaged(grey, ROWS).T, COLUMNS).T
    scale = float(abs(small).max()) or 1.0
    result: np.ndarray = (small / scale).round(9) * scale
    return result


def _averaged(values: np.ndarray, parts: int) -> np.ndarray:
    """Means of equal parts of the first axis, pixels cut where an edge falls inside one.

    By running sums, not by a matrix product: its threads get in each other's way in two processes.
    """
    import numpy as np

    length = len(values)
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    edges = np.linspace(0, length, parts + 1)
    whole = np.minimum(edges.astype(int), length - 1)
    at_edges = sums[whole] + (edges - whole)[:, None] * values[whole]
    means: np.ndarray = np.diff(at_edges, axis=0) * (parts / length)
    return means


def near(a: Sequence[str], b: Sequence[str], most: int) -> list[tuple[int, int, int]]:
    """Pairs of hashes that differ in at most so many bits.

    Args:
        a: Hashes; empty ones match nothing.
        b: Hashes to hold them against.
        most: Bits, 0 to 64.

    Returns:
        Index into `a`, index into `b`, bits; in that order.
    """
    import numpy as np

    left, right = _numbers(a), _numbers(b)
    has = np.array([bool(h) for h in b], dtype=bool)
    found: list[tuple[int, int, int]] = []
    for start in range(0, len(left), BLOCK):
        distance = _bits(left[start : start + BLOCK, None] ^ right[None, :])
        rows, columns = np.nonzero((distance <= most) & has[None, :])
        found += [
            (start + int(i), int(j), int(distance[i, j]))
            for i, j in zip(rows, columns, strict=True)
            if a[start + int(i)]
        ]
    return found


def _numbers(hashes: Sequence[str]) -> np.ndarray:
    import numpy as np

    return np.array([int(h or "0", 16) for h in hashes], dtype=np.uint64)


def _bits(values: np.ndarray) -> np.ndarray:
    """How many bits are set, by halves, quarters and so on (the same on any numpy)."""
    import numpy as np

    one, two = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
    four, many = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)
    values = values - ((values >> np.uint64(1)) & one)
    values = (values & two) + ((values >> np.uint64(2)) & two)
    values = (values + (values >> np.uint64(4))) & four
    counted: np.ndarray = ((values * many) >> np.uint64(56)).astype(np.uint8)
    return counted
