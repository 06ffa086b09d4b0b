"""The coverage of intervals of a proportion, computed from the binomial distribution.

At one true value coverage jumps with it, since events are whole numbers; the mean over a range of
true values is what Brown LD, Cai TT, DasGupta A. Stat Sci 2001; 16: 101-133 judge intervals by.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import binom

from validation.binary.proportion import METHODS, proportion

SIZES = (30, 50, 100, 300, 1000)
VALUES = np.linspace(0.5, 0.99, 491)  # coverage is the same at 1 less the value
HEADS = ("interval", "n", "mean coverage, %", "least", "greatest", "share of values in 93 to 97 %")
LOW, HIGH = 0.93, 0.97


def coverage(method: str, n: int) -> np.ndarray:
    """Coverage at each of `VALUES`."""
    made = [proportion("proportion", k, n, positives=n, method=method) for k in range(n + 1)]
    low = np.array([e.low for e in made], dtype=float)
    high = np.array([e.high for e in made], dtype=float)
    held = (low[:, None] <= VALUES) & (high[:, None] >= VALUES)
    return np.asarray((binom.pmf(np.arange(n + 1)[:, None], n, VALUES) * held).sum(axis=0))


def table() -> str:
    """Markdown."""
    lines = [f"| {' | '.join(HEADS)} |", "|---|---:|---:|---:|---:|---:|"]
    for method in METHODS:
        for n in SIZES:
            found = coverage(method, n)
            within = float(((found >= LOW) & (found <= HIGH)).mean())
            shown = (float(found.mean()), float(found.min()), float(found.max()), within)
            cells = (method, f"{n:,}", *(f"{100 * share:.1f}" for share in shown))
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
