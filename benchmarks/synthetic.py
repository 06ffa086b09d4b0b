"""Synthetic data assessed: fidelity, privacy and utility of 10,000 rows with 20 columns.

python -m benchmarks.synthetic [--rows N] [--markdown]
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from validation.count_bootstrap import Resampling
from validation.synthetic.assessment import fidelity
from validation.synthetic.files import prepared
from validation.synthetic.privacy import privacy
from validation.synthetic.roles import Roles
from validation.synthetic.utility import utility

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 20240101
HALF = 10  # columns of each kind


def people(rows: int, seed: int) -> pd.DataFrame:
    """Ten correlated numbers, nine categories of three values, a label; 2 % of cells blank."""
    draw = np.random.default_rng(seed)
    common = draw.normal(size=(rows, 1))
    numbers = pd.DataFrame(common + draw.normal(size=(rows, HALF))).add_prefix("n")
    cut = np.digitize(common + draw.normal(size=(rows, HALF - 1)), [-0.7, 0.7])
    made = numbers.join(pd.DataFrame(cut.astype(str)).add_prefix("c"))
    made = made.mask(draw.random(made.shape) < 0.02)  # noqa: PLR2004 - as the docstring says
    return made.assign(y=(common[:, 0] + draw.normal(size=rows) > 0).astype(int))


def seconds(run: Callable[[], object]) -> np.ndarray:
    """How long it takes, once: on the clock, and of the processors."""
    start = np.array([time.perf_counter(), time.process_time()])
    run()
    return np.asarray([time.perf_counter() - start[0], time.process_time() - start[1]])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--markdown", action="store_true", help="a table for docs/performance.md")
    asked = parser.parse_args()
    made, real, held = (people(asked.rows, seed) for seed in range(3))
    roles = Roles(label="y", by=("c0",))
    files, how = prepared(made, real, held, roles), Resampling(seed=SEED)
    found = [
        (name, seconds(run))
        for name, run in (
            ("checking and coding", lambda: prepared(made, real, held, roles)),
            ("fidelity", lambda: fidelity(files, seed=SEED, confidence=0.95)),
            ("privacy", lambda: privacy(files, resampling=how, confidence=0.95)),
            ("utility", lambda: utility(files, seed=SEED, confidence=0.95)),
        )
    ]
    found.append(("all", np.sum([taken for _, taken in found], axis=0)))
    mark = "|" if asked.markdown else " "
    heads = f"three files of {asked.rows:,} rows, 20 columns | seconds | of processor time"
    lines = [f"{mark} {heads} {mark}"]
    lines += ["|---|---:|---:|"] if asked.markdown else []
    lines += [f"{mark} {name} | {taken[0]:.1f} | {taken[1]:.1f} {mark}" for name, taken in found]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
