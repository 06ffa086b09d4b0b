"""What is left of the accuracy when a modality is missing or corrupted: a paired ratio.

Bonett and Price, Stat Med 2006; 25: 3039-3047 (hybrid score interval), which Fagerland, Lydersen
and Laake, Stat Med 2014; 33: 2850-2875, recommend for two paired proportions.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from validation.estimate import Estimate, absent
from validation.intervals import quantile

if TYPE_CHECKING:
    from validation.designs.pairs import Discordance

METHOD = "bonett-price"
REFERENCES = {METHOD: "Bonett DG, Price RM. Stat Med 2006; 25: 3039-3047 (hybrid score)."}


def bonett_price(table: Discordance, endpoint: str, *, confidence: float = 0.95) -> Estimate:
    """Proportion of a over that of b, on the same cases.

    Wilson's limits of both, among the cases where at least one succeeds, at a quantile that is
    shrunk so that their ratio has the width that the pairs' correlation allows.
    """
    a, b = table.both + table.a_only, table.both + table.b_only
    union = table.both + table.discordant
    if not b:
        reason = "the full condition is never right" if table.n else "no cases in the denominator"
        return absent(
            endpoint, reason, n=table.n, positives=0, method=METHOD, confidence=confidence,
            unit="ratio",
        )  # fmt: skip
    spread = sqrt((table.discordant + 2) / ((a + 1) * (b + 1)))
    apart = sum(sqrt((1 - (x + 1) / (union + 2)) / (x + 1)) for x in (a, b))
    z = quantile(confidence) * spread / apart
    low_a, high_a = _wilson(a, union, z)
    low_b, high_b = _wilson(b, union, z)
    return Estimate(
        endpoint=endpoint,
        value=a / b,
        low=low_a / high_b,
        high=high_a / low_b,
        n=table.n,
        positives=0,
        method=METHOD,
        confidence=confidence,
        unit="ratio",
    )


def _wilson(x: int, n: int, z: float) -> tuple[float, float]:
    """Wilson's limits of x of n at a quantile."""
    below = 2 * (n + z * z)
    half = z * sqrt(z * z + 4 * x * (1 - x / n))
    return max(0.0, (2 * x + z * z - half) / below), (2 * x + z * z + half) / below
