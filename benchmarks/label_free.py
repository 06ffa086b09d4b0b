"""Label-free estimates beside NannyML's: agreement, time, and how often the interval covers.

python -m benchmarks.label_free [--nannyml PYTHON] [--cases N] [--coverage N] [--markdown]

NannyML wants an older NumPy: install nannyml==0.13.1 in an environment of its own and name its
Python. Both read the same generated file of cases, of which the first half has labels, and estimate
in ten chunks; the car loan data of the tests are estimated too.
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

import numpy as np
import pandas as pd
from scipy.special import expit

from monitoring.label_free import calibrator
from monitoring.label_free.levels import Levels
from monitoring.label_free.performance import Asked, estimate
from validation import endpoints

LOAN = Path(__file__).parents[1] / "tests" / "data" / "nannyml_car_loan"
NAMES = {
    "roc_auc": "auroc",
    "f1": "f1",
    "precision": "ppv",
    "recall": "sensitivity",
    "specificity": "specificity",
    "accuracy": "accuracy",
}
CHUNKS = 10
COVERED = Asked(
    endpoints=[
        "auroc",
        "auprc-average-precision",
        "sensitivity",
        "specificity",
        "ppv",
        "npv",
        "f1",
    ],
    thresholds=[0.3],
)
PEER = """
import json, sys, time
import pandas as pd
import nannyml as nml

reference, analysis = (pd.read_csv(path) for path in sys.argv[1:3])
names = json.loads(sys.argv[3])
start = time.perf_counter()
found = nml.CBPE(
    y_pred_proba="s", y_pred="call", y_true="y", metrics=names,
    chunk_number=int(sys.argv[4]), problem_type="classification_binary",
)
found.fit(reference)
table = found.estimate(analysis).filter(period="analysis").to_df()
taken = time.perf_counter() - start
values = {name: table[(name, "value")].tolist() for name in names}
print(json.dumps({"seconds": taken, "values": values}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Labelled and unlabelled cases.

    Attributes:
        name: For the table.
        label: Of the reference.
        score: Of the reference.
        now: Scores of the analysis.
        threshold: At or above it a case is called positive.
    """

    name: str
    label: np.ndarray
    score: np.ndarray
    now: np.ndarray
    threshold: float


def drawn(cases: int) -> Task:
    """Bold scores with three decimals; the analysis cases shift, the concept does not."""
    rng = np.random.default_rng(20240101)
    then, now = (expit(rng.normal(at, 1.5, cases // 2)).round(3) for at in (-1.5, -1.0))
    label = rng.binomial(1, expit(1.3 * np.log(then.clip(0.001, 0.999) / (1.001 - then))))
    return Task(name=f"{cases:,} generated cases", label=label, score=then, now=now, threshold=0.3)


def loan() -> Task:
    """NannyML's own example."""
    reference, analysis = (pd.read_csv(LOAN / f"{n}.csv.gz") for n in ("reference", "analysis"))
    return Task(
        name="car loan, 100,000 cases",
        label=reference["repaid"].to_numpy(dtype=int),
        score=reference["y_pred_proba"].to_numpy(),
        now=analysis["y_pred_proba"].to_numpy(),
        threshold=0.65,
    )


def ours(task: Task, replicates: int) -> tuple[float, dict[str, list[float | None]]]:
    """Seconds and values by chunk."""
    start = time.perf_counter()
    learned = calibrator.fit(task.label, task.score, kind="if-needed", replicates=replicates)
    asked = Asked(endpoints=list(NAMES.values()), thresholds=[task.threshold])
    found = [estimate(learned, Levels.of(part), asked) for part in np.array_split(task.now, CHUNKS)]
    taken = time.perf_counter() - start
    return taken, {
        name: [chunk[place].value for chunk in found] for place, name in enumerate(NAMES)
    }


def theirs(task: Task, python: str) -> tuple[float, dict[str, list[float]]]:
    """Seconds (imports aside) and values by chunk, from a process of NannyML's environment."""
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder) / name) for name in ("reference.csv", "analysis.csv")]
        for file, score in zip(files, (task.score, task.now), strict=True):
            frame = pd.DataFrame({"s": score, "call": (score >= task.threshold).astype(int)})
            if file == files[0]:
                frame["y"] = task.label
            frame.to_csv(file, index=False)
        done = subprocess.run(  # noqa: S603 - the interpreter that was named
            [python, "-c", PEER, *files, json.dumps(list(NAMES)), str(CHUNKS)],
            env=os.environ | {"NML_DISABLE_USAGE_LOGGING": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
    body = json.loads(done.stdout.splitlines()[-1])
    return body["seconds"], body["values"]


def beside(tasks: list[Task], python: str) -> list[list[str]]:
    """One row a task."""
    rows = []
    for task in tasks:
        mine, values = ours(task, 0)
        whole, _ = ours(task, calibrator.REPLICATES)
        row = [task.name, f"{mine:.2f} s", f"{whole:.2f} s", "", "", ""]
        if python:
            other, found = theirs(task, python)
            far = max(
                abs((a or 0) - b)
                for name in NAMES
                for a, b in zip(values[name], found[name], strict=True)
            )
            row[3:] = [f"{other:.2f} s", f"{other / whole:.1f}", f"{far:.1e}"]
        rows.append(row)
    return rows


def covered(reference: int, window: int, shift: float, times: int) -> list[str]:
    """How often the 95 % interval holds what labels show: reference, window, then by endpoint."""
    inside = np.zeros(len(COVERED.endpoints))
    for seed in range(times):
        rng = np.random.default_rng([reference, seed])
        then, now = (
            expit(rng.normal(at, 1.5, n) - 0.5).round(2).clip(0.01, 0.99)
            for at, n in ((0, reference), (shift, window))
        )
        first, label = (
            rng.binomial(1, expit(1.5 * np.log(score / (1 - score)) - 1)) for score in (then, now)
        )
        learned = calibrator.fit(first, then, replicates=400, seed=seed)
        shown = endpoints.evaluate(
            label, now, endpoints=COVERED.endpoints, thresholds=COVERED.thresholds
        )
        for place, (one, real) in enumerate(
            zip(estimate(learned, Levels.of(now), COVERED), shown, strict=True)
        ):
            ends = one.low, real.value, one.high
            if None not in ends:
                inside[place] += one.low <= real.value <= one.high  # type: ignore[operator]
    shares = [f"{100 * share:.1f} %" for share in inside / times]
    return [f"{reference:,}", f"{window:,}", f"{shift:g}", *shares]


def table(heads: list[str], rows: list[list[str]], *, markdown: bool) -> str:
    """Lines of a table."""
    lines = [heads, ["---"] * len(heads), *rows] if markdown else [heads, *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--nannyml", default="", metavar="PYTHON", help="of its environment")
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--coverage", type=int, default=0, metavar="N", help="samples of each size")
    parser.add_argument("--markdown", action="store_true", help="tables for docs/performance.md")
    asked = parser.parse_args()
    heads = [
        "ten chunks, six endpoints",
        "values",
        "with intervals",
        "NannyML",
        "times",
        "farthest",
    ]
    rows = beside([loan(), drawn(asked.cases)], asked.nannyml)
    sys.stdout.write(table(heads, rows, markdown=asked.markdown) + "\n")
    if asked.coverage:
        heads = ["reference", "window", "shift", *COVERED.endpoints]
        sizes = ((500, 1000, 0.0), (2000, 1000, 0.0), (2000, 1000, 0.5), (20_000, 5000, 0.5))
        rows = [covered(*size, asked.coverage) for size in sizes]
        sys.stdout.write("\n" + table(heads, rows, markdown=asked.markdown) + "\n")


if __name__ == "__main__":
    main()
