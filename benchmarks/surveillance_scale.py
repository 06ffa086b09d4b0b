"""Counting production data: cost and memory from a million rows to a hundred million; Spark too.

python -m benchmarks.surveillance_scale [--rows N ...] [--engine duckdb|spark] [--kind parquet|csv]
    [--folder DIR] [--markdown]

A window has 20 columns (12 numbers, 8 categories), a score, a label, two subgroups and a day. It is
generated and written in parts of a million rows (ten distinct ones; later parts are links to them,
which are read and counted like any other), then counted by a process of its own, so that the peak
memory is that of counting.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from monitoring.summary import local, spark
from monitoring.summary.grid import score_grid
from monitoring.summary.layout import Layout
from policies.engine import Engine
from validation import summary

if TYPE_CHECKING:
    from evidence.records import Body

PART = 1_000_000
DISTINCT = 10
NUMBERS, CATEGORIES = 12, 8
WORDS = tuple("abcde")
MIB = 1024


@dataclass(frozen=True, slots=True)
class Taken:
    """What one counting took."""

    rows: int
    seconds: float
    processor: float
    before: int
    peak: int
    digest: str


def people(rows: int, seed: int) -> dict[str, np.ndarray]:
    """Columns of as many people."""
    draw = np.random.default_rng(seed)
    common = draw.normal(size=rows)
    made: dict[str, np.ndarray] = {}
    for i in range(NUMBERS):
        made[f"n{i}"] = (common + draw.normal(size=rows)).round(4) * (i + 1)
        made[f"n{i}"][draw.integers(0, rows, rows // 50)] = np.nan
    for i in range(CATEGORIES):
        made[f"c{i}"] = np.array(WORDS)[draw.integers(0, len(WORDS), rows)]
    made["score"] = (1 / (1 + np.exp(3 - common - draw.normal(size=rows)))).round(6)
    made["truth"] = (draw.random(rows) < made["score"]).astype(np.int8)
    made["sex"] = np.array(["female", "male"])[draw.integers(0, 2, rows)]
    made["site"] = np.array([f"site{i}" for i in range(10)])[draw.integers(0, 10, rows)]
    made["day"] = np.datetime64("2025-03-01") + draw.integers(0, 31, rows)
    return made


def peak() -> int:
    """Peak memory of this process in MiB (Linux); `getrusage` would count the parent's too."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) // MIB


def layout() -> Layout:
    """The layout of a reference set of 20,000 people."""
    frame = pd.DataFrame(people(20_000, 0))
    one: pd.Series[int] = pd.Series(1, index=frame.index)
    columns: dict[str, Body] = {
        name: {"type": "number", "source": name, **summary.edges(frame[name], one)}
        for name in [*(f"n{i}" for i in range(NUMBERS)), "score"]
    }
    for i in range(CATEGORIES):
        columns[f"c{i}"] = {"type": "category", "source": f"c{i}", "values": list(WORDS)}
    return Layout(
        reference="generated",
        reference_digest="none",
        columns=columns,
        label="truth",
        positive=("1",),
        negative=("0",),
        score="score",
        grid=score_grid(columns["score"], [0.1, 0.3]),
        groups={
            "sex": ("female", "male", "missing"),
            "site": tuple(sorted(["missing", *(f"site{i}" for i in range(10))])),
        },
        day="day",
    )


def lay(folder: Path, rows: int, kind: str) -> None:
    """Write parts until there are as many rows."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(-(-rows // PART)):
        path = folder / f"{number:04d}.{kind}"
        if path.exists():
            continue
        if number >= DISTINCT:
            path.hardlink_to(folder / f"{number % DISTINCT:04d}.{kind}")
            continue
        made = pa.table(people(min(PART, rows), number + 1))
        if kind == "csv":
            pyarrow.csv.write_csv(made, path)
        else:
            pq.write_table(made, path, row_group_size=PART)


def parts(folder: Path, rows: int, kind: str) -> list[Path]:
    """The files that hold as many rows."""
    return sorted(folder.glob(f"*.{kind}"))[: -(-rows // PART)]


def count(folder: Path, rows: int, kind: str, engine: Engine) -> Taken:
    """Count once, in this process."""
    made = layout()
    before = peak()
    clock, work = time.perf_counter(), time.process_time()
    counter: Any = spark if engine.name == "spark" else local
    found = counter.summarise(parts(folder, rows, kind), made, engine)
    return Taken(
        rows=found.rows,
        seconds=time.perf_counter() - clock,
        processor=time.process_time() - work,
        before=before,
        peak=peak(),
        digest=json.dumps(found.body(), sort_keys=True),
    )


def apart(folder: Path, rows: int, kind: str, engine: str) -> Body:
    """Count in a process of its own; its figures."""
    words = ["--rows", str(rows), "--folder", str(folder), "--kind", kind, "--engine", engine]
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "benchmarks.surveillance_scale", "--once", *words],
        capture_output=True,
        text=True,
        check=True,
    )
    found: Body = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, nargs="+", default=[PART, 10 * PART, 100 * PART])
    parser.add_argument("--engine", nargs="+", default=["duckdb"], choices=["duckdb", "spark"])
    parser.add_argument("--kind", default="parquet", choices=["parquet", "csv"])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--once", action="store_true", help="count here and print JSON")
    parser.add_argument("--markdown", action="store_true", help="a table for docs/performance.md")
    asked = parser.parse_args()
    if asked.once:
        sys.stdout.write(json.dumps(_once(asked)) + "\n")
        return
    with tempfile.TemporaryDirectory(prefix="tplc-") as scratch:
        _compare(asked, asked.folder or Path(scratch))


def _once(asked: argparse.Namespace) -> Body:
    from evidence import digest as digests

    master = "local[2]" if asked.engine == ["spark"] else None
    engine = Engine(name=asked.engine[0], threads=2, master=master)
    taken = count(asked.folder, asked.rows[0], asked.kind, engine)
    return {
        "rows": taken.rows,
        "seconds": taken.seconds,
        "processor": taken.processor,
        "before": taken.before,
        "peak": taken.peak,
        "digest": digests.of_bytes(taken.digest.encode()),
    }


def _compare(asked: argparse.Namespace, folder: Path) -> None:
    mark = "|" if asked.markdown else " "
    write = sys.stdout.write
    write(f"{mark} rows | engine | seconds | of the processor | peak memory | load {mark}\n")
    write("|---:|---|---:|---:|---:|---:|\n" if asked.markdown else "")
    for rows in asked.rows:
        lay(folder, rows, asked.kind)
        names = set()
        for engine in asked.engine:
            load = os.getloadavg()[0]
            found = apart(folder, rows, asked.kind, engine)
            names.add(found["digest"])
            figures = f"{found['seconds']:.2f} | {found['processor']:.2f}"
            memory = f"{found['peak']} MiB ({found['before']} before)"
            write(
                f"{mark} {found['rows']:,} | {engine} | {figures} | {memory} | {load:.1f} {mark}\n"
            )
            sys.stdout.flush()
        if len(names) > 1:
            raise SystemExit("the engines' summaries differ")


if __name__ == "__main__":
    main()
