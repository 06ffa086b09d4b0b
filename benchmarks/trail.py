"""The audit trail under load, on SQLite and PostgreSQL: many writers, and many records.

python -m benchmarks.trail [--records 10000 100000 1000000] [--ten-million] [--markdown]
    [--database sqlite postgresql] [--writers 8] [--each 1000]

Writers are processes that append one record at a time, each time with a key to look for. Then one
trail grows to each number of records (in appends of a thousand); at each the time of single appends
with a key (and of the same in a new trail, in turn), of reading one rare kind, and of `verify` is
taken, the last in a process of its own, whose peak memory is printed. A PostgreSQL server of its
own is started on this machine.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.records import ChangeDecision, Look
from tests.evidence import places
from tests.evidence.places import AT, Place, decision

if TYPE_CHECKING:
    from evidence.trail import AuditTrail

BATCH, TIMED, RARE = 1_000, 200, 10
TEN_MILLION = 10_000_000
CODE = """
import json, sys, time
from pathlib import Path
from evidence.trail import AuditTrail
trail = AuditTrail(sys.argv[1], beside=Path(sys.argv[2]))
trail.revision()
start = time.perf_counter()
told = []
records = trail.verify(lambda done, of: told.append(done))
seconds = time.perf_counter() - start
status = Path("/proc/self/status").read_text().splitlines()
peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
print(json.dumps({"records": records, "seconds": seconds, "peak": peak / 1024, "told": len(told)}))
"""


def look(key: str, number: int) -> Look:
    """A record of common size, some 500 bytes."""
    return Look(
        reference="chest-x-ray-2026",
        reference_digest="sha256:" + f"{number:064x}",
        number=number,
        model="fever/1",
        model_digest="sha256:" + f"{number * 7919:064x}",
        policies={"validation": "sha256:" + "0" * 64},
        key=key,
    )


def write(place: Place, name: int, times: int) -> None:
    """One writer."""
    trail = place.trail()
    for number in range(times):
        key = f"{name}/{number}"
        trail.append([look(key, number)], at=AT, actor=f"writer {name}", once=key)


def writers(place: Place, many: int, each: int) -> list[str]:
    """Many processes at once; a row of the table."""
    place.trail().database.prepare(create=True)
    context = multiprocessing.get_context("spawn")
    jobs = [context.Process(target=write, args=(place, n, each)) for n in range(many)]
    start = time.perf_counter()
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    seconds = time.perf_counter() - start
    if any(job.exitcode for job in jobs):
        raise SystemExit("a writer failed")
    stand = place.trail().verify()
    if stand != many * each:
        raise SystemExit(f"{stand} records stand of {many * each}")
    return [
        f"{many} x {each:,}",
        f"{stand:,} in one chain",
        f"{seconds:.1f}",
        f"{stand / seconds:,.0f}",
    ]


def grow(trail: AuditTrail, to: int) -> None:
    """Append until there are as many records, a few of a rare kind among them."""
    last = trail.last()
    at = last.seq if last else 0
    while at < to:
        some = min(BATCH, to - at)
        trail.append([look(f"grown/{at + n}", at + n) for n in range(some)], at=AT, actor="grower")
        at += some


def measured(place: Place, fresh: Place, records: int) -> list[str]:
    """Appends, a rare kind and verify at a number of records; a row of the table."""
    trail = place.trail()
    grow(trail, records)
    note, small = decision("seen"), fresh.trail()
    took: list[float] = []
    beside: list[float] = []  # in a trail of a few records, in turn: what the machine itself takes
    for number in range(TIMED):
        key = f"timed/{records}/{number}"
        values = [note] if number < RARE else [look(key, number)]
        start = time.perf_counter()
        trail.append(values, at=AT, actor="timer", once=key)
        took.append(1000 * (time.perf_counter() - start))
        start = time.perf_counter()
        small.append(values, at=AT, actor="timer", once=key)
        beside.append(1000 * (time.perf_counter() - start))
    start = time.perf_counter()
    found = len(trail.all(ChangeDecision))
    rare = 1000 * (time.perf_counter() - start)
    if not found or trail.append([look(key, 0)], at=AT, actor="timer", once=key):
        raise SystemExit("a record is not found")
    words = [sys.executable, "-c", CODE, place.url, str(place.folder)]
    done = subprocess.run(words, check=True, capture_output=True, text=True)  # noqa: S603 - ourselves
    verified = json.loads(done.stdout)
    return [
        f"{records:,}",
        f"{statistics.median(took):.1f}",
        f"{statistics.median(beside):.1f}",
        f"{statistics.quantiles(took, n=20)[-1]:.1f}",
        f"{rare:.1f} ({found})",
        f"{verified['seconds']:.1f}",
        f"{1e6 * verified['seconds'] / verified['records']:.1f}",
        f"{verified['peak']:.0f}",
    ]


def main() -> None:
    """Print the tables."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--records", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    asked.add_argument("--ten-million", action="store_true")
    asked.add_argument("--database", nargs="*", default=["sqlite", "postgresql"])
    asked.add_argument("--writers", type=int, default=8)
    asked.add_argument("--each", type=int, default=1_000)
    asked.add_argument("--markdown", action="store_true")
    words = asked.parse_args()
    sizes = [*words.records, *([TEN_MILLION] if words.ten_million else [])]
    first, second = [], []
    with ExitStack() as stack:
        server = stack.enter_context(places.server()) if "postgresql" in words.database else ""
        for database in words.database:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            if words.each:
                first.append(
                    [
                        database,
                        *writers(_place(database, server, folder / "a"), words.writers, words.each),
                    ]
                )
                sys.stderr.write(" ".join(first[-1]) + "\n")
            place = _place(database, server, folder / "b")
            for records in sizes:
                fresh = _place(database, server, folder / str(records))
                second.append([database, *measured(place, fresh, records)])
                sys.stderr.write(" ".join(second[-1]) + "\n")
    _table(
        ["database", "writers", "records", "seconds", "records/s"], first, markdown=words.markdown
    )
    heads = [
        "database",
        "records",
        "append, ms",
        "in a new trail, ms",
        "95 %, ms",
        "one kind of few, ms",
        "verify, s",
        "us a record",
        "peak MiB",
    ]
    _table(heads, second, markdown=words.markdown)


def _place(database: str, server: str, folder: Path) -> Place:
    folder.mkdir()
    return Place.file(folder) if database == "sqlite" else Place.on(server, folder)


def _table(heads: list[str], rows: list[list[str]], *, markdown: bool) -> None:
    edge, between = ("| ", " | ") if markdown else ("", "  ")
    lines = [heads, *([["---", *["---:"] * (len(heads) - 1)]] if markdown else []), *rows]
    for line in lines if rows else []:
        print(edge + between.join(line) + edge[::-1])  # noqa: T201 - what is asked for
    print()  # noqa: T201


if __name__ == "__main__":
    main()
