"""DeLong's AUROC with its interval, and the paired comparison, on a million cases.

python -m benchmarks.delong [--cases N] [--markdown]
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

import numpy as np

from validation.binary.discrimination import auroc, paired_auroc_difference

if TYPE_CHECKING:
    from collections.abc import Callable


def seconds(run: Callable[[], object]) -> float:
    """The best of three."""
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return min(taken)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--markdown", action="store_true", help="a table for docs/performance.md")
    asked = parser.parse_args()
    draw = np.random.default_rng(20240101)
    label = draw.binomial(1, 0.1, asked.cases)
    one, other = (label + draw.normal(size=asked.cases) for _ in range(2))
    rows = [
        ("AUROC, DeLong", seconds(lambda: auroc(label, one))),
        (
            "paired AUROC difference, DeLong",
            seconds(lambda: paired_auroc_difference(label, one, other)),
        ),
    ]
    mark = "|" if asked.markdown else " "
    lines = [f"{mark} {asked.cases:,} cases | seconds {mark}"]
    lines += ["|---|---:|"] if asked.markdown else []
    lines += [f"{mark} {name} | {taken:.2f} {mark}" for name, taken in rows]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
