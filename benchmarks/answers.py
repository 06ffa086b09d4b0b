"""Answers by model, condition, language, country and their intersections, timed end to end.

All 23,856 answers of WorldMedQA-V, through `tplc stats answers` in a process of its own: read from
the file, scored, with 2,000 replicates of each bootstrap. Once from the letters that the authors
took, once from the free text with the options' words. Nothing is written but a temporary table.

    python -m benchmarks.answers [--replicates B] [--markdown]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

DATA = Path(__file__).parents[1] / "demo/data/worldmedqa_v"
BY = ("model", "condition", "language", "country")
LIMIT = 20  # seconds asked for
KINDS = {
    "extracted letters, consistency between languages": (
        "--response", "extracted", "--item", "country", "item", "--consistency", "language",
    ),
    "free text, with the options' words": (
        "--response", "response", "--choice-columns", "A", "B", "C", "D",
    ),
}  # fmt: skip


def table(folder: Path) -> Path:
    """Answers beside their keys."""
    read = {"dtype": str, "keep_default_na": False}
    items = pd.read_csv(DATA / "items.csv.gz", **read)  # type: ignore[call-overload]
    answers = pd.read_csv(DATA / "responses.csv.gz", **read)  # type: ignore[call-overload]
    path = folder / "answers.csv"
    answers.merge(items, on=["country", "language", "item"]).to_csv(path, index=False)
    return path


def run(path: Path, words: tuple[str, ...], replicates: int) -> tuple[float, float, int]:
    """Seconds by the clock, of the processor, and how many estimates came back."""
    start = "from console.cli import main; main()"
    command = [
        sys.executable, "-c", start, "stats", "answers", str(path), *words,
        "--correct", "correct_option", "--options", "ABCD", "--by", *BY, "--intersections",
        "--cross", *BY, "--replicates", str(replicates), "--json",
    ]  # fmt: skip
    began, before = time.perf_counter(), os.times()
    done = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603 - ours
    seconds, after = time.perf_counter() - began, os.times()
    used = (after.children_user + after.children_system) - (
        before.children_user + before.children_system
    )
    return seconds, used, len(json.loads(done.stdout)["estimates"])


def main() -> None:
    """Time both and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=2000)
    parser.add_argument("--markdown", action="store_true")
    given = parser.parse_args()
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        path = table(Path(folder))
        for name, words in KINDS.items():
            seconds, used, number = run(path, words, given.replicates)
            lines.append((name, f"{number:,}", f"{seconds:.1f} s", f"{used:.1f} s", f"{LIMIT} s"))
    heads = ("23,856 answers", "estimates", "time", "of the processor", "asked for")
    edge = "| " if given.markdown else ""
    rule = [("---", "---:", "---:", "---:", "---:")] if given.markdown else []
    for cells in (heads, *rule, *lines):
        sys.stdout.write(f"{edge}{' | '.join(cells)}{edge[::-1]}\n")


if __name__ == "__main__":
    main()
