"""Ten thousand generated reports against their references, with every metric that needs no model.

The texts are real sentences: each study draws lines of an ACI-BENCH reference note until it has
about as many words as a radiology report (60), and its candidate the lines of a generated note of
the same encounter, so that both overlap as they do in truth. ``--words 0`` takes whole notes, drawn
again. Nothing is written.

    python -m benchmarks.reports [--reports N] [--words W] [--metric M ...] [--markdown]
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from validation.wording import Reports, diversity
from validation.wording.measures import in_groups
from validation.wording.scoring import scored
from validation.wording.settings import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from validation.estimate import Estimate

DATA = Path(__file__).parents[1] / "tests" / "data" / "aci_bench_notes"
SEED = 20240101


def lines(text: str) -> list[str]:
    """The lines of a note that have words."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def drawn(source: Sequence[str], words: int, draw: np.random.Generator) -> str:
    """Lines in their order, from a random place, until there are enough words."""
    found: list[str] = []
    at = int(draw.integers(len(source)))
    while sum(len(line.split()) for line in found) < words and len(found) < len(source):
        found.append(source[(at + len(found)) % len(source)])
    return " ".join(" ".join(found).split()[: words + words // 4])


def made(number: int, words: int) -> Reports:
    """Reports of about so many words; whole notes when 0."""
    draw = np.random.default_rng(SEED)
    notes = pd.read_csv(DATA / "test1_reference.csv.gz").set_index("encounter_id")["note"]
    outputs = pd.read_csv(DATA / "test1_system_outputs.csv.gz")
    candidates, references = [], []
    for row in draw.integers(len(outputs), size=number).tolist():
        output = outputs.iloc[row]
        own, other = str(output["generated_note"]), str(notes[output["encounter_id"]])
        if words:
            size = max(10, int(draw.normal(words, words / 4)))
            own, other = (drawn(lines(text), size, draw) for text in (own, other))
        candidates.append(own)
        references.append(other)
    return Reports.of(candidates, references)


def used() -> float:
    """Processor seconds until now, those of Java included."""
    own, other = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + other.ru_utime + other.ru_stime


def clock(start: tuple[float, float] = (0.0, 0.0)) -> tuple[float, float]:
    """Seconds on the wall and of processors, since a start."""
    return time.perf_counter() - start[0], used() - start[1]


def timed(
    reports: Reports, metrics: Sequence[str]
) -> tuple[dict[str, tuple[float, float]], list[Estimate]]:
    """Times of each family of metrics, of the intervals of all, and of diversity."""
    rows, found = {}, []
    for metric in metrics:
        start = clock()
        found += scored(reports, [metric], progress=_say)
        rows[metric] = clock(start)
    start = clock()
    how = {"confidence": 0.95, "replicates": 2000, "seed": SEED}
    estimates = in_groups(found, len(reports), [], cluster=None, **how)  # type: ignore[arg-type] # by name
    rows["intervals, 2,000 replicates"] = clock(start)
    start = clock()
    diversity.evaluate(reports)
    rows["diversity"] = clock(start)
    return rows, estimates


def _say(words: str, done: int, of: int) -> None:
    sys.stderr.write(f"{words} {done} of {of}\r")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--reports", type=int, default=10_000)
    parser.add_argument("--words", type=int, default=60, help="0 for whole notes")
    parser.add_argument("--metric", nargs="+", default=list(DEFAULT))
    parser.add_argument("--markdown", action="store_true", help="a table for docs/performance.md")
    asked = parser.parse_args()
    reports = made(asked.reports, asked.words)
    length = np.mean([len(text.split()) for text in (*reports.candidates, *reports.flat)])
    rows, estimates = timed(reports, asked.metric)
    rows["all"] = tuple(map(sum, zip(*rows.values(), strict=True)))  # type: ignore[assignment] # a pair
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    mark = "|" if asked.markdown else " "
    head = f"{len(reports):,} reports of {length:.0f} words on average"
    shown = [f"{mark} {head} | seconds | processor seconds {mark}"]
    shown += ["|---|---:|---:|"] if asked.markdown else []
    shown += [f"{mark} {name} | {w:.1f} | {cpu:.1f} {mark}" for name, (w, cpu) in rows.items()]
    shown.append(f"{mark} peak memory, MiB (without Java) | {peak:,.0f} | {mark}")
    lacking = [one for one in estimates if one.value is None]
    shown += [f"{one.endpoint}: {one.reason}" for one in lacking]
    sys.stdout.write("\n".join(shown) + "\n")


if __name__ == "__main__":
    main()
