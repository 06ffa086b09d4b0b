"""Drift of 1,000,000 x 20: Evidently on all rows, NannyML on all rows, and ours on the counts.

python -m benchmarks.drift [--rows N] [--nannyml ENVIRONMENT] [--uv UV] [--agreement] [--markdown]

Each runs in a process of its own, imports left out of its time. The two others are given their
tables in memory; ours reads its file. Processor time (of all threads) stands beside the clock's,
since it says more on a machine that others use. NannyML lives in an environment that this makes
when it is not there (it wants an older NumPy).
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
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.drift_data import frames, written
from monitoring.summary.layout import Layout
from policies.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

PLANS: dict[str, dict[str, Any]] = {
    "Evidently's own choice": {
        "method": "wasserstein",
        "threshold": 0.1,
        "categories": {"method": "jensenshannon", "threshold": 0.1},
    },
    "psi 0.2": {"method": "psi", "threshold": 0.2},
}
METHODS = ("psi", "jensenshannon", "wasserstein", "hellinger", "kl_div")
ENGINE = Engine(name="duckdb", threads=2)
NANNYML = "nannyml==0.13.1"


def summaries(frame: pd.DataFrame, frozen: dict[str, Any] | None = None) -> dict[str, Any]:
    """A table's summary as a freeze makes it, or over the edges of a frozen one."""
    from validation import summary
    from validation.table import COUNT

    given = frame.assign(**{COUNT: 1})
    kinds = {n: "category" if frame[n].dtype == object else "number" for n in frame.columns}
    numbers = [name for name, kind in kinds.items() if kind == "number"]
    fixed = frozen or {name: summary.edges(given[name], given[COUNT]) for name in numbers}
    found: dict[str, Any] = summary.summarise(given, kinds, fixed)
    return found


def counted(path: Path, frozen: dict[str, Any]) -> dict[str, Any]:
    """The window's summary by the product's own counting, on two threads."""
    from monitoring.summary import local

    found: dict[str, Any] = local.summarise([path], layout(frozen), ENGINE).columns
    return found


def layout(frozen: dict[str, Any]) -> Layout:
    """What is counted: every column over its frozen edges or values."""
    columns: dict[str, Any] = {}
    for name, body in frozen.items():
        column: dict[str, Any] = {"type": body["type"], "source": name}
        if body["type"] == "category":
            column["values"] = sorted(body["counts"])
        else:
            column["edges"] = body["edges"]
            column |= {"discrete": True} if body.get("discrete") else {}
        columns[name] = column
    return Layout(reference="benchmark", reference_digest="", columns=columns)


def ours(folder: Path, plan: str) -> dict[str, Any]:
    """Count the window, judge it; the page apart."""
    from monitoring import drift
    from policies.drift import DriftPlan

    rule = DriftPlan.model_validate(PLANS[plan])
    frozen = json.loads((folder / "frozen.json").read_text())
    small = {name: frozen[name] for name in list(frozen)[-1:]}
    drift.measure(small, small, rule, html=False)  # imports
    counted(folder / "few.parquet", frozen)
    start, busy = time.perf_counter(), time.process_time()
    now = counted(folder / "current.parquet", frozen)
    read = time.perf_counter()
    found = drift.measure(frozen, now, rule, html=False)
    done, busy = time.perf_counter(), time.process_time() - busy
    peak = _peak()
    drift.page(frozen, now, rule)
    return {
        "seconds": done - start,
        "processor": busy,
        "counting": read - start,
        "megabytes": peak,
        "page": time.perf_counter() - done,
        "columns": {
            c["column"]: [c["value"], c["status"] == "drift", c["borderline"]]
            for c in found.columns
        },
    }


def evidently(folder: Path, plan: str) -> dict[str, Any]:
    """Evidently's preset on all rows."""
    os.environ["DO_NOT_TRACK"] = "1"
    import pandas as pd
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset

    then, now = (pd.read_parquet(folder / f"{n}.parquet") for n in ("reference", "current"))
    texts = [name for name in then if then[name].dtype == object]
    definition = DataDefinition(
        categorical_columns=texts, numerical_columns=[n for n in then if n not in texts]
    )
    rule = PLANS[plan]
    of_texts = rule.get("categories", rule)
    start, busy = time.perf_counter(), time.process_time()
    old, new = (Dataset.from_pandas(side, data_definition=definition) for side in (then, now))
    preset = DataDriftPreset(
        num_method=rule["method"],
        num_threshold=rule["threshold"],
        cat_method=of_texts["method"],
        cat_threshold=of_texts["threshold"],
    )
    found = Report([preset]).run(new, old).dict()["metrics"]
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    drifts = [m for m in found if "column" in m["config"]]
    return {
        "seconds": seconds,
        "processor": busy,
        "megabytes": _peak(),
        "columns": {
            m["config"]["column"]: [
                float(m["value"]),
                float(m["value"]) >= m["config"]["threshold"],
                False,
            ]
            for m in drifts
        },
    }


def _peak() -> float:
    """Peak memory of this process in MB; `ru_maxrss` would hold that of its parent too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 1024


def child(name: str, folder: Path, plan: str) -> dict[str, Any]:
    """Run one of the above in a process of its own."""
    words = [sys.executable, "-m", "benchmarks.drift", "--child", name, str(folder), plan]
    return _ran(words)


def nannyml(environment: Path, uv: str, folder: Path) -> dict[str, Any]:
    """NannyML in its own environment, which is made when it is not there."""
    python = environment / "bin" / "python"
    if not python.exists():
        subprocess.run([uv, "venv", "--python", "3.11", str(environment)], check=True)  # noqa: S603
        wanted = [NANNYML, "numpy<2", "pandas<3", "pyarrow<20", "statsmodels"]
        subprocess.run([uv, "pip", "install", "--python", str(python), *wanted], check=True)  # noqa: S603
    script = Path(__file__).parent / "peers" / "nannyml_drift.py"
    files = [str(folder / f"{name}.parquet") for name in ("reference", "current")]
    return _ran([str(python), str(script), *files])


def _ran(words: list[str]) -> dict[str, Any]:
    done = subprocess.run(words, check=True, capture_output=True, text=True)  # noqa: S603 - ours
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def agreement(rows: int) -> list[str]:
    """Evidently's distances on all rows beside those on rebuilt ones."""
    from evidently.legacy.calculations.stattests import get_stattest
    from evidently.legacy.core import ColumnType

    from monitoring.drift import evidently_door, rebuilt
    from policies.drift import DriftPlan, DriftRule, suits

    then, now = frames(rows)
    old = summaries(then)
    new = summaries(now, old)
    lines = []
    for name, body in old.items():
        kind = ColumnType.Numerical if body["type"] == "number" else ColumnType.Categorical
        cells = []
        for method in METHODS:
            if not suits(method, body["type"]):
                cells.append("")
                continue
            test = get_stattest(then[name], now[name], kind, method)
            raw = float(test(then[name].copy(), now[name].copy(), kind, 0.1).drift_score)
            made = rebuilt.sample(body, new[name], method, DriftPlan().sample)
            got, _ = evidently_door.distance(made, DriftRule.model_validate({"method": method}))
            cells.append(f"{raw:.4f} ({100 * (got / raw - 1):+.2f} %)")
        lines.append(" | ".join([name, *cells]))
    return [" | ".join(["column", *METHODS]), *lines]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--nannyml", type=Path, help="its environment; left out: not run")
    parser.add_argument("--uv", default="uv", help="makes that environment when it is not there")
    parser.add_argument("--agreement", action="store_true", help="only distances, 200,000 rows")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--markdown", action="store_true", help="tables for docs/performance.md")
    asked = parser.parse_args()
    if asked.child:
        name, folder, plan = asked.child
        run = {"ours": ours, "evidently": evidently}[name]
        sys.stdout.write("\n" + json.dumps(run(Path(folder), plan)) + "\n")
        return
    mark = "| " if asked.markdown else ""
    with tempfile.TemporaryDirectory(prefix="tplc-") as scratch:
        found = agreement(200_000) if asked.agreement else compared(Path(scratch), asked)
        for line in found:
            sys.stdout.write(f"{mark}{line}{' |' if asked.markdown else ''}\n")
            sys.stdout.flush()


def compared(folder: Path, asked: argparse.Namespace) -> Iterator[str]:
    """All of them on the same files, each line as soon as it is known."""
    import pandas as pd

    paths = written(folder, asked.rows)
    (folder / "frozen.json").write_text(json.dumps(summaries(pd.read_parquet(paths[0]))))
    yield f"{asked.rows:,} x 20 | seconds | times | processor | times | peak MB"
    mine: dict[str, dict[str, Any]] = {}
    for plan in PLANS:
        runs = [child("ours", folder, plan) for _ in range(3)]
        mine[plan] = min(runs, key=lambda run: float(run["seconds"]))
        yield _row(f"counting and drift ({plan})", mine[plan], mine[plan])
        yield f"of which counting | {mine[plan]['counting']:.2f} | | | |"
        yield f"Evidently's page, when asked for | {mine[plan]['page']:.2f} | | | |"
    if asked.nannyml:
        found = nannyml(asked.nannyml, asked.uv, folder)
        first = next(iter(mine.values()))
        yield _row("NannyML's univariate drift, fit and calculate", found["whole"], first)
        yield _row("of which calculate alone", found["calculate"], first)
    for plan in PLANS:
        theirs = child("evidently", folder, plan)
        yield _row(f"Evidently's preset on all rows ({plan})", theirs, mine[plan])
        yield from _verdicts(plan, theirs["columns"], mine[plan]["columns"])


def _row(name: str, found: dict[str, Any], mine: dict[str, Any]) -> str:
    cells = [name]
    for kind in ("seconds", "processor"):
        cells += [f"{found[kind]:.2f}", f"{found[kind] / mine[kind]:.1f}"]
    return " | ".join([*cells, f"{found['megabytes']:.0f}"])


def _verdicts(plan: str, raw: dict[str, Any], counts: dict[str, Any]) -> list[str]:
    lines = [f"{plan} | all rows | from counts | difference, %"]
    agree = 0
    for name, (value, drifted, _) in raw.items():
        got, moved, near = counts[name]
        agree += moved == drifted
        words = ["drift" if flag else "stable" for flag in (drifted, moved)]
        note = " (borderline)" if near else ""
        change = 100 * (got / value - 1) if value else np.nan
        lines.append(
            f"{name} | {value:.4f} {words[0]} | {got:.4f} {words[1]}{note} | {change:+.2f}"
        )
    return [*lines, f"same verdict | {agree} of {len(raw)} | |"]


if __name__ == "__main__":
    main()
