"""The full default validation policy on a million cases of patients who repeat.

`policies/validation.yaml` and `fairness.yaml` as a new workspace gets them, with what such a study
adds: patients repeat (``clusters``), age groups beside sex, their intersection, and four sites. All
is measured and judged as in a protocol run (`validation.judgement.judged`), in a child process
whose peak memory is read; the generated cases are part of it. Nothing is written.

    python -m benchmarks.policy [--cases N] [--clusters METHOD] [--markdown] [--profile]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from policies import policy as policies
from policies.criteria import ValidationPolicy
from policies.dataset import DatasetSpec
from policies.fairness import FairnessPolicy
from validation.judgement import judged
from validation.measurement import Sample
from validation.table import COUNT, LABEL

DEFAULTS = Path(policies.__file__).parent
METHODS = ("ratio-estimator-wilson", "bootstrap-patients")
TEXT = {
    "dataset": "generated",
    "title": "Generated cases",
    "origin": "a random number generator",
    "licence": "none needed",
    "case": "case",
    "patient": "patient",
    "site": "site",
    "reference_standard": {
        "column": "truth",
        "positive": [1],
        "negative": [0],
        "description": "drawn",
    },
    "features": [{"name": "score", "type": "number"}],
    "subgroups": ["sex", "age"],
}


def sample(cases: int) -> Sample:
    """Patients with 2.5 cases on average, alike within a patient; calibrated probabilities."""
    draw = np.random.default_rng(20240101)
    people = max(1, int(cases / 2.5))
    patient = np.sort(draw.integers(0, people, cases))
    own = draw.normal(-2.2, 1.0, people)[patient]
    linear = own + draw.normal(0, 1.5, cases)
    score = 1 / (1 + np.exp(-linear))
    frame = pd.DataFrame(
        {
            "case": np.arange(cases),
            "patient": patient,
            "site": draw.choice(["A", "B", "C", "D"], people)[patient],
            "sex": draw.choice(["female", "male"], people)[patient],
            "age": draw.choice(["18-39", "40-64", "65+"], people, p=[0.3, 0.4, 0.3])[patient],
            LABEL: draw.binomial(1, score),
            COUNT: 1,
        }
    )
    return Sample(frame=frame, score=score, spec=DatasetSpec.model_validate(TEXT))


def default_policies(clusters: str) -> tuple[ValidationPolicy, FairnessPolicy]:
    """The defaults with `clusters`, two attributes and their intersection."""
    validation = policies.load(DEFAULTS / "validation.yaml").value
    fairness = policies.load(DEFAULTS / "fairness.yaml").value
    if not isinstance(validation, ValidationPolicy) or not isinstance(fairness, FairnessPolicy):
        raise TypeError("the default policies are of another kind")
    more = {"attributes": ["sex", "age"], "intersections": [["sex", "age"]]}
    return validation.model_copy(update={"clusters": clusters}), fairness.model_copy(update=more)


def child(cases: int, clusters: str, *, profile: bool) -> dict[str, Any]:
    """Run in this process; seconds, peak memory in MiB, and how much was measured."""
    made = sample(cases)
    asked = default_policies(clusters)
    start = time.perf_counter()
    if profile:
        import cProfile

        with cProfile.Profile() as watched:
            found = judged(made, *asked)
        watched.dump_stats(f"policy-{clusters}.prof")
    else:
        found = judged(made, *asked)
    return {
        "seconds": time.perf_counter() - start,
        "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "estimates": len(found["estimates"]) + len(found["gaps"]),
        "verdict": found["verdict"],
    }


def main() -> None:
    """Measure each method in a child process and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--clusters", choices=METHODS, action="append", help="default: both")
    parser.add_argument("--markdown", action="store_true", help="a table for docs/performance.md")
    parser.add_argument("--profile", action="store_true", help="write policy-METHOD.prof")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        found = child(asked.cases, asked.clusters[0], profile=asked.profile)
        sys.stdout.write(json.dumps(found))
        return
    rows = [("clusters", "seconds", "peak memory, MiB", "estimates and gaps", "verdict")]
    for method in asked.clusters or METHODS:
        command = [sys.executable, "-m", "benchmarks.policy", "--child", "--clusters", method]
        command += ["--cases", str(asked.cases)] + ["--profile"] * asked.profile
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
        found = json.loads(done.stdout)
        rows.append(
            (
                method,
                f"{found['seconds']:.1f}",
                f"{found['mebibytes']:,.0f}",
                f"{found['estimates']:,}",
                found["verdict"],
            )
        )
    mark = "|" if asked.markdown else " "
    lines = [f"{mark} {' | '.join(row)} {mark}" for row in rows]
    lines.insert(1, "|---|---:|---:|---:|---|") if asked.markdown else None
    sys.stdout.write(f"{asked.cases:,} cases\n\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
