"""How many different texts a model writes, and how often it repeats one, whatever the number.

Two outputs are one text when they are equal but for case and white space. More outputs repeat
texts more often, so that a window and a reference set are compared at one number of outputs: the
expected number of distinct texts in a draw of that size without replacement (Hurlbert 1971).
"""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

from validation.binary.proportion import proportion
from validation.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

REFERENCES = {
    "rarefaction-hurlbert": "Hurlbert SH. Ecology 1971; 52: 577-586 (expected number of distinct "
    "texts in a draw without replacement).",
}


def frequencies(texts: Sequence[str]) -> list[int]:
    """How often each distinct text stands, the most frequent first."""
    seen: dict[str, int] = {}
    for text in texts:
        key = " ".join(text.casefold().split())
        seen[key] = seen.get(key, 0) + 1
    return sorted(seen.values(), reverse=True)


def rarefied(counts: Sequence[int], size: int) -> float:
    """The expected number of distinct texts among `size` outputs drawn without replacement.

    Args:
        counts: How often each text stands.
        size: At most their sum.

    Raises:
        ValueError: A larger size.
    """
    from scipy.special import gammaln

    total = sum(counts)
    if not 0 < size <= total:
        raise ValueError(f"{size} of {total} outputs cannot be drawn")

    def log_ways(n: int) -> float:
        return float(gammaln(n + 1) - gammaln(size + 1) - gammaln(n - size + 1))

    whole = log_ways(total)
    kept = [exp(log_ways(total - c) - whole) if total - c >= size else 0.0 for c in counts]
    return float(sum(1 - missed for missed in kept))


def mode_share(texts: Sequence[str], confidence: float) -> Estimate:
    """The share of the text written most often; Wilson, as if that text had been named before."""
    counts = frequencies(texts)
    most = counts[0] if counts else 0
    return proportion("mode-share", most, len(texts), positives=0, confidence=confidence)


def distinct_share(texts: Sequence[str], size: int, confidence: float) -> Estimate:
    """Distinct texts in `size` outputs, over `size`; without an interval."""
    return Estimate(
        endpoint="distinct-share",
        value=rarefied(frequencies(texts), size) / size,
        low=None,
        high=None,
        n=size,
        positives=0,
        method="rarefaction-hurlbert",
        confidence=confidence,
        reason="no interval: drawing again repeats texts",
    )
