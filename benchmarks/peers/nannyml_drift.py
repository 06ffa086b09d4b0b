"""NannyML's univariate drift on two Parquet files, run by `benchmarks.drift` in its environment.

python nannyml_drift.py REFERENCE ANALYSIS
"""

import importlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"  # it would report its use to a host outside
DATA = 2  # arguments


def main(reference: str, analysis: str) -> None:
    """Fit on one file, calculate on the other, print seconds and memory as JSON."""
    pandas: Any = importlib.import_module("pandas")
    nannyml: Any = importlib.import_module("nannyml")
    then, now = pandas.read_parquet(reference), pandas.read_parquet(analysis)
    start, began = time.perf_counter(), time.process_time()
    made = nannyml.UnivariateDriftCalculator(column_names=list(then.columns), chunk_number=1)
    made.fit(then)
    fitted, ready = time.perf_counter(), time.process_time()
    made.calculate(now)
    done, ended = time.perf_counter(), time.process_time()
    status = Path("/proc/self/status").read_text().splitlines()
    peak = float(next(line.split()[1] for line in status if line.startswith("VmHWM"))) / 1024
    found = {
        "whole": {"seconds": done - start, "processor": ended - began, "megabytes": peak},
        "calculate": {"seconds": done - fitted, "processor": ended - ready, "megabytes": peak},
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1 : 1 + DATA])
