"""Reading the findings of 10,000 report pairs, and their endpoints with intervals.

Reports of about 60 words are drawn from the sentences of ``tests/data/finding_sentences``: once as
they stand, as real reports repeat their sentences, and once with numbers in each sentence, so that
hardly one is read twice (the worst case). Nothing is written.

    python -m benchmarks.clinical_findings [--pairs N] [--replicates B] [--markdown]
"""

from __future__ import annotations

import argparse
import csv
import random
import resource
import sys
import time
from pathlib import Path

from policies.clinical_findings import BUNDLED, load
from validation import clinical_findings

WORDS = 60
SENTENCES = Path(__file__).parents[1] / "tests" / "data" / "finding_sentences"
LAYOUT = ("layout", "elsewhere")  # groups of sentences with line breaks and headings
DISTINCT = ("repeated sentences", "every sentence new")


def sentences() -> list[str]:
    """Sentences without layout."""
    found = []
    for path in sorted(SENTENCES.glob("*.csv")):
        with path.open(encoding="utf-8") as stream:
            rows = csv.DictReader(stream, delimiter="|")
            found += [
                row["sentence"] for row in rows if row["group"] not in ("layout", "elsewhere")
            ]
    return found


def reports(number: int, parts: list[str], draw: random.Random, *, new: bool) -> list[str]:
    """Reports of about `WORDS` words.

    Args:
        number: How many.
        parts: Sentences to draw from.
        draw: The source of chance.
        new: Whether each sentence gets numbers of its own.
    """
    made = []
    for _ in range(number):
        report: list[str] = []
        while sum(len(sentence.split()) for sentence in report) < WORDS:
            sentence = draw.choice(parts)
            if new:
                size, place = draw.randint(1, 9999), draw.randint(1, 999)
                sentence = f"{sentence.rstrip('.')} measuring {size} mm in image {place}."
            report.append(sentence)
        made.append(" ".join(report))
    return made


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument("--replicates", type=int, default=2_000)
    parser.add_argument("--markdown", action="store_true", help="a table for docs/performance.md")
    asked = parser.parse_args()
    vocabulary, parts, draw = load(BUNDLED), sentences(), random.Random(20240101)  # noqa: S311 - no secret
    clinical_findings.evaluate(parts, parts, vocabulary, replicates=10)  # imports aside
    endpoints = f"endpoints, {asked.replicates:,} replicates"
    heads = ("reports", "reading", endpoints, "together", "processor time of both")
    rows: list[tuple[str, ...]] = [heads]
    for new, name in enumerate(DISTINCT):
        texts = [reports(asked.pairs, parts, draw, new=bool(new)) for _ in range(2)]
        start, busy = time.perf_counter(), time.process_time()
        made = clinical_findings.reading(texts[0], texts[1], vocabulary)
        read = time.perf_counter() - start
        found = clinical_findings.evaluate(made, replicates=asked.replicates)
        both, busy = time.perf_counter() - start, time.process_time() - busy
        took = (read, both - read, both, busy)
        rows.append((name, *(f"{seconds:.1f} s" for seconds in took)))
    mark = "|" if asked.markdown else " "
    lines = [f"{mark} {' | '.join(row)} {mark}" for row in rows]
    if asked.markdown:
        lines.insert(1, "|---|---:|---:|---:|---:|")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write("\n".join(lines))
    sys.stdout.write(
        f"\n\n{asked.pairs:,} pairs of reports, {len(vocabulary.findings)} findings, {len(found)} "
        f"estimates with intervals; one process, peak memory {peak:.0f} MiB.\n"
    )


if __name__ == "__main__":
    main()
