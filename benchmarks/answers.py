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


def agreement() -> list[str]:
    """How far the letters read from the texts are those that the authors took from them."""
    from validation.answering import read_options

    answers = pd.read_csv(DATA / "responses.csv.gz", dtype=str, keep_default_na=False)
    read = read_options(answers["response"].tolist(), "ABCD").letter
    theirs = answers["extracted"].where(answers["extracted"].isin(list("ABCD")), "").to_numpy()
    words = (answers["response"].str.strip().str.len() > 1).to_numpy()
    both, same = (read != "") & (theirs != ""), read == theirs
    long = both & words
    ours, alone = (read != "") & (theirs == ""), (read == "") & (theirs != "")
    one = f"Both give a letter in {both.sum():,} answers and agree in {same[both].mean():.2%}; "
    one += f"of the {long.sum():,} that are more than a bare letter, in {same[long].mean():.2%}."
    other = f"The authors alone give one in {alone.sum():,}, the reader alone in {ours.sum():,}."
    return [one, other]


def main() -> None:
    """Time both, and print a table and the agreement with the authors' letters."""
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
    sys.stdout.write("\n" + "\n".join(agreement()) + "\n")


if __name__ == "__main__":
    main()
