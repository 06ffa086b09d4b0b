"""How often 95 % intervals cover the true value, by simulation.

Each study of `benchmarks.designs` is drawn again and again from a model whose true values are known
(by formula, or from a very large sample). Coverage is the share of the intervals that hold the true
value; studies without an interval are counted apart. Its own interval is the Monte Carlo error
(Wilson). Nothing is tuned: the estimators are called as the command line calls them, but for the
replicates of their bootstraps, which are 500. Nothing is written unless a file is named; there the
tables go between its two marks.

    python -m benchmarks.coverage [--quick] [--only PART] [--markdown FILE]
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
import warnings
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from statsmodels.stats.proportion import proportion_confint

from benchmarks import exact
from benchmarks.designs import categories, clusters, differences, groups, single

if TYPE_CHECKING:
    from benchmarks.designs.study import Study

SEED = 20240101
QUICK = 20  # a short run simulates so many times fewer
PROCESSES = 2
WANTED = (0.93, 0.97)
MARKS = ("<!-- tables -->", "<!-- end of tables -->")  # the page's own words stay around them
WORDS = ("endpoint", "interval", "design", "use instead, or when")
HEADS = (
    "endpoint",
    "interval",
    "design",
    "coverage, %",
    "Monte Carlo interval",
    "too low / too high, %",
    "mean width",
    "without interval, %",
    "studies",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The coverage of one interval.

    Attributes:
        study: Its place among `studies`.
        name: What was estimated.
        method: How the interval was made (most often).
        covered: Intervals that hold the true value.
        made: Intervals.
        times: Studies.
        width: Mean width of the intervals.
        below: Intervals that lie wholly below the true value.
        above: Intervals that lie wholly above it.
    """

    study: int
    name: str
    method: str
    covered: int
    made: int
    times: int
    width: float
    below: int
    above: int

    @property
    def coverage(self) -> float:
        """Share of the intervals that hold the true value."""
        return self.covered / self.made if self.made else float("nan")

    @property
    def instead(self) -> str | None:
        """Of an interval that is no policy's default: what to use, or when to use it."""
        return studies()[self.study].instead.get(self.name)

    @property
    def outside(self) -> bool:
        """Whether the coverage is outside 93 to 97 %, the Monte Carlo error apart."""
        return not WANTED[0] <= self.coverage <= WANTED[1]


@cache
def studies() -> tuple[Study, ...]:
    """All of them, in the order of the table."""
    rooms = (single, differences, clusters, categories, groups)
    return tuple(chain.from_iterable(room.studies() for room in rooms))


def simulate(place: int, times: int) -> tuple[list[Row], float]:
    """Draw one study again and again; the rows, and the seconds that it took."""
    study, start = studies()[place], time.perf_counter()
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in study.truth}
    methods: dict[str, Counter[str]] = {name: Counter() for name in study.truth}
    for run in range(times):
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            made = study.draw(np.random.default_rng([SEED, place, run]))
        for name in study.truth:
            one = made.get(name)
            if one is not None and one.low is not None and one.high is not None:
                found[name].append((one.low, one.high))
                methods[name][one.method] += 1
    rows = []
    for name, truth in study.truth.items():
        spans = np.array(found[name]).reshape(-1, 2)
        above = spans[:, 0] > truth + 1e-12
        below = spans[:, 1] < truth - 1e-12
        width = float((spans[:, 1] - spans[:, 0]).mean()) if len(spans) else float("nan")
        rows.append(
            Row(
                study=place,
                name=name,
                method=methods[name].most_common(1)[0][0] if len(spans) else "",
                covered=int((~above & ~below).sum()),
                made=len(spans),
                times=times,
                width=width,
                below=int(below.sum()),
                above=int(above.sum()),
            )
        )
    return rows, time.perf_counter() - start


def tables(rows: list[Row]) -> str:
    """Markdown: the defaults, the other intervals, proportions over a range; outside is bold."""
    default = [row for row in rows if row.instead is None]
    others = [row for row in rows if row.instead is not None]
    parts = [table(default, HEADS) + f"\n\n{_counted(default)}"]
    if others:
        heads = (*HEADS, "use instead, or when")
        parts.append(f"## Other intervals\n\n{table(others, heads)}\n\n{_counted(others)}")
    parts.append(f"## Proportions over a range of true values\n\n{exact.table()}")
    return "\n\n".join(parts) + "\n"


def _counted(rows: list[Row]) -> str:
    low, high = (100 * bound for bound in WANTED)
    outside = sum(row.outside for row in rows)
    return f"{len(rows)} intervals; {outside} outside {low:g} to {high:g} %."


def table(rows: list[Row], heads: tuple[str, ...]) -> str:
    """A row an interval."""
    rule = "|".join("---" if head in WORDS else "---:" for head in heads)
    lines = [f"| {' | '.join(heads)} |", f"|{rule}|"]
    for row in rows:
        study = studies()[row.study]
        low, high = proportion_confint(row.covered, max(row.made, 1), method="wilson")
        shown = f"{100 * row.coverage:.1f}"

        def share(number: int, made: int = max(row.made, 1)) -> str:
            return f"{100 * number / made:.1f}"

        cells = (
            f"{study.part}: {row.name}",
            row.method,
            study.design,
            f"**{shown}**" if row.outside else shown,
            f"{100 * low:.1f} to {100 * high:.1f}",
            f"{share(row.below)} / {share(row.above)}",
            f"{row.width:.3g}",
            f"{100 * (1 - row.made / row.times):.1f}",
            f"{row.times:,}",
            *([] if row.instead is None else [row.instead]),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _between(path: Path, text: str) -> str:
    """The tables, in place of what stands between the marks of a file that has them."""
    whole = path.read_text() if path.exists() else ""
    first, last = MARKS
    if first not in whole or last not in whole:
        return text
    head, _, rest = whole.partition(first)
    return f"{head}{first}\n\n{text}\n{last}{rest.partition(last)[2]}"


def _job(job: tuple[int, int]) -> tuple[list[Row], float]:
    return simulate(*job)


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} times fewer studies")
    parser.add_argument("--only", default="", help="parts whose name holds this text")
    parser.add_argument("--markdown", type=Path, help="a file for the table")
    asked = parser.parse_args()
    jobs = [
        (place, study.times // QUICK if asked.quick else study.times)
        for place, study in enumerate(studies())
        if asked.only.lower() in study.part.lower()
    ]
    found: dict[int, list[Row]] = {}
    with multiprocessing.get_context("fork").Pool(
        PROCESSES, initializer=os.nice, initargs=(5,)
    ) as pool:
        for rows, seconds in pool.imap_unordered(_job, jobs):
            study = studies()[rows[0].study]
            sys.stderr.write(f"{seconds:6.1f} s  {study.part}: {study.design}\n")
            found[rows[0].study] = rows
    whole = [row for place in sorted(found) for row in found[place]]
    text = tables(whole)
    sys.stdout.write(text)
    if asked.markdown:
        asked.markdown.write_text(_between(asked.markdown, text))


if __name__ == "__main__":
    main()
