"""Bootstrap intervals of subgroups: ours from counts, Fairlearn's `MetricFrame` from rows.

Four metrics in six intersections (sex x age in three), the same 100,000 rows, 2,000 replicates.
Fairlearn runs a smaller ``n_boot`` and its time is scaled. The intervals are compared in units of
the Monte Carlo error that percentiles of so many replicates have. Nothing is written.

    python -m benchmarks.subgroup_intervals [--rows N] [--replicates B] [--theirs B] [--markdown]
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from validation.cases import Cases
from validation.fairness.gaps import each
from validation.fairness.group_spreads import Part, Plan, rates
from validation.fairness.groups import Grouping, cross, grouping

if TYPE_CHECKING:
    from collections.abc import Callable

    from validation.estimate import Estimate

AT = 0.5
METRICS = ("sensitivity", "specificity", "ppv", "accuracy")
QUANTILES = (0.025, 0.975)


def people(rows: int) -> pd.DataFrame:
    """Labels, scores, sex and age group."""
    draw = np.random.default_rng(20240101)
    label = draw.binomial(1, 0.3, rows)
    return pd.DataFrame(
        {
            "label": label,
            "score": 1 / (1 + np.exp(-2 * (label - 0.5) - draw.normal(size=rows))),
            "sex": draw.choice(["female", "male"], rows),
            "age": draw.choice(["18-39", "40-64", "65+"], rows, p=[0.3, 0.4, 0.3]),
        }
    )


def ours(d: pd.DataFrame, replicates: int) -> list[Estimate]:
    """All intervals, from rows to estimates."""
    parts: list[Grouping] = [grouping(name, d[name].to_list()) for name in ("sex", "age")]
    plan = Plan(endpoints=METRICS, thresholds=[AT], replicates=replicates)
    part = Part(
        cases=Cases.of(d["label"], d["score"]), grouping=cross(*parts), plan=plan, patient=None
    )
    _, spreads = rates(part, AT)
    return [estimate for name in METRICS for estimate in each(spreads[name])]


def theirs(d: pd.DataFrame, replicates: int) -> Any:
    """Fairlearn's `MetricFrame` with its own bootstrap."""
    from fairlearn.metrics import MetricFrame
    from sklearn.metrics import accuracy_score, precision_score, recall_score

    def specificity(y_true: Any, y_pred: Any) -> float:
        return float(recall_score(y_true, y_pred, pos_label=0))

    metrics: dict[str, Callable[..., float]] = dict(
        zip(METRICS, (recall_score, specificity, precision_score, accuracy_score), strict=True)
    )
    return MetricFrame(
        metrics=metrics,
        y_true=d["label"],
        y_pred=(d["score"] >= AT).astype(int),
        sensitive_features=d[["sex", "age"]],
        n_boot=replicates,
        ci_quantiles=list(QUANTILES),
        random_state=1,
    )


def apart(mine: list[Estimate], frame: Any, replicates: int, theirs_replicates: int) -> float:
    """The largest distance of a bound, in its Monte Carlo standard error.

    The error of a 2.5 % percentile of B replicates is sqrt(0.025 x 0.975 / B) over the density
    there, 0.0584 / SD for the normal distribution.
    """
    low, high = frame.by_group_ci
    worst = 0.0
    for e in mine:
        sex, age = (part.partition("=")[2] for part in e.subgroup.split(" & "))
        sd = ((e.high or 0) - (e.low or 0)) / (2 * 1.96)
        error = sd * (0.025 * 0.975) ** 0.5 / 0.0584
        error *= (1 / replicates + 1 / theirs_replicates) ** 0.5
        for bound, table in ((e.low or 0, low), (e.high or 0, high)):
            worst = max(worst, abs(bound - float(table.loc[(sex, age), e.endpoint])) / error)
    return worst


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--replicates", type=int, default=2_000)
    parser.add_argument("--theirs", type=int, default=40, help="Fairlearn's n_boot, then scaled")
    parser.add_argument("--markdown", action="store_true", help="a table for docs/performance.md")
    asked = parser.parse_args()
    d = people(asked.rows)
    ours(d, 10)  # imports aside
    start = time.perf_counter()
    mine = ours(d, asked.replicates)
    ours_took = time.perf_counter() - start
    start = time.perf_counter()
    frame = theirs(d, asked.theirs)
    theirs_took = (time.perf_counter() - start) * asked.replicates / asked.theirs
    distance = apart(mine, frame, asked.replicates, asked.theirs)
    rows = [
        ("from counts (ours)", f"{ours_took:.3f} s", "1"),
        (
            f"Fairlearn n_boot (scaled from {asked.theirs})",
            f"{theirs_took:,.0f} s",
            f"{theirs_took / ours_took:,.0f}",
        ),
    ]
    heads = ("4 metrics x 6 intersections", f"{asked.replicates:,} replicates", "times")
    mark = "|" if asked.markdown else " "
    lines = [f"{mark} {' | '.join(row)} {mark}" for row in (heads, *rows)]
    if asked.markdown:
        lines.insert(1, "|---|---:|---:|")
    sys.stdout.write("\n".join(lines))
    sys.stdout.write(
        f"\n\n{asked.rows:,} rows; {2 * len(mine)} bounds differ by at most {distance:.1f} Monte "
        "Carlo standard errors.\n"
    )


if __name__ == "__main__":
    main()
