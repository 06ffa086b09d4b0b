"""A window's summary against the reference's, judged by Evidently.

The only door to Evidently. It judges a compact sample that is rebuilt from the counts, in
proportion and without chance, so that its cost does not grow with the window and no patient's row
is needed. *Missing* is a category of its own. Beside Evidently's value stands the exact one, from
the counts themselves.
"""

from __future__ import annotations

import math
import os
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from evidence.records import Body
    from policies.plan import DriftPlan, DriftRule

MISSING = "(missing)"
EMPTY_CELL = 1e-6  # the share that stands for an empty cell in the exact PSI


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The drift of each column, and Evidently's own report.

    Attributes:
        columns: One body a column.
        html: Evidently's page; empty when no column could be judged.
    """

    columns: list[Body]
    html: bytes


def measure(reference: Body, current: Body, plan: DriftPlan) -> Drift:
    """Compare each column of two summaries.

    Args:
        reference: Column to its frozen summary.
        current: The window's, over the same edges.
        plan: Method and threshold of each column.
    """
    judged = {name: _unable(reference[name], current[name]) for name in reference}
    able = [name for name, reason in judged.items() if not reason]
    values, html = _evidently(reference, current, able, plan) if able else ({}, b"")
    columns = [
        _column(name, reference[name], current[name], plan.rule(name), values.get(name), reason)
        for name, reason in judged.items()
    ]
    return Drift(columns=columns, html=html)


def _unable(reference: Body, current: Body) -> str:
    for which, found in (("the reference set", reference), ("the window", current)):
        if not found["total"]:
            return f"{which} has no cases"
        if found["type"] == "number" and found["missing"] == found["total"]:
            return f"every value is missing in {which}"
    return ""


def _column(
    name: str, reference: Body, current: Body, rule: DriftRule, value: float | None, reason: str
) -> Body:
    drifted = value is not None and value > rule.threshold
    return {
        "column": name,
        "method": rule.method,
        "threshold": rule.threshold,
        "value": value,
        "exact": None if reason else exact(reference, current, rule.method),
        "status": "not evaluable" if value is None else ("drift" if drifted else "stable"),
        "reason": reason,
        "missing_reference": missing_share(reference),
        "missing_window": missing_share(current),
    }


def missing_share(found: Body) -> float | None:
    """The share of missing values of a column; None without cases."""
    return found["missing"] / found["total"] if found["total"] else None


def exact(reference: Body, current: Body, method: str) -> float:
    """The divergence from the counts.

    ``psi`` is the sum of (q - p) ln(q / p), with p the reference's shares and an empty cell taken
    as 1e-6 (Siddiqi 2006); ``jensenshannon`` is the distance, the root of the divergence to base 2.
    """
    p, q = _shares(reference, current)
    if method == "psi":
        pairs = [(max(a, EMPTY_CELL), max(b, EMPTY_CELL)) for a, b in zip(p, q, strict=True)]
        return sum((b - a) * math.log(b / a) for a, b in pairs)
    middle = [(a + b) / 2 for a, b in zip(p, q, strict=True)]
    return math.sqrt(max(0.0, (_kullback(p, middle) + _kullback(q, middle)) / 2))


def _kullback(p: list[float], m: list[float]) -> float:
    return sum(a * math.log2(a / b) for a, b in zip(p, m, strict=True) if a > 0)


def _shares(reference: Body, current: Body) -> tuple[list[float], list[float]]:
    one, other = _cells(reference), _cells(current)
    if reference["type"] == "number":
        tenth = _tenths(reference)
        one, other = _grouped(one, tenth), _grouped(other, tenth)
    keys = sorted({*one, *other})
    a, b = sum(one.values()), sum(other.values())
    return [one.get(k, 0) / a for k in keys], [other.get(k, 0) / b for k in keys]


def _tenths(reference: Body) -> dict[str, str]:
    """The tenth of the reference's people in which each fine bin begins."""
    total, before, found = sum(reference["counts"].values()), 0, {}
    for key in sorted(reference["counts"], key=int):
        found[key] = str(min(9, 10 * before // total))
        before += reference["counts"][key]
    return found


def _grouped(cells: dict[str, int], group: dict[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for key, count in cells.items():
        found[group[key]] = found.get(group[key], 0) + count
    return found


def _cells(found: Body) -> dict[str, int]:
    """Counts by cell; missing is a category of its own, but no number."""
    cells = {str(key): int(count) for key, count in found["counts"].items() if count}
    if found["type"] == "category" and found["missing"]:
        cells[MISSING] = int(found["missing"])
    return cells


def _rebuilt(found: Body, rows: int) -> list[Any]:
    """Values in proportion to the counts (largest remainders), in the order of the cells."""
    cells = _cells(found)
    total = sum(cells.values())
    rows = min(rows, total)
    shares = {key: rows * count / total for key, count in cells.items()}
    taken = {key: int(share) for key, share in shares.items()}
    rest = sorted(shares, key=lambda key: (taken[key] - shares[key], key))
    for key in rest[: rows - sum(taken.values())]:
        taken[key] += 1
    keys = sorted(taken, key=int) if found["type"] == "number" else sorted(taken)
    middle = _middles(found["edges"]) if found["type"] == "number" else {}
    return [middle.get(key, key) for key in keys for _ in range(taken[key])]


def _middles(edges: list[float]) -> dict[str, float]:
    """A value for each bin: its middle, or its only edge at either end."""
    if not edges:
        return {"0": 0.0}
    inner = [(low + high) / 2 for low, high in pairwise(edges)]
    return {str(i): value for i, value in enumerate([edges[0], *inner, edges[-1] + 1e-9])}


def _frame(summaries: Body, names: list[str], rows: int) -> pd.DataFrame:
    import pandas as pd

    columns: Mapping[str, Any] = {name: _rebuilt(summaries[name], rows) for name in names}
    return pd.DataFrame({name: pd.Series(values) for name, values in columns.items()})


def _evidently(
    reference: Body, current: Body, names: list[str], plan: DriftPlan
) -> tuple[dict[str, float], bytes]:
    os.environ["DO_NOT_TRACK"] = "1"  # no telemetry: a law of this house
    from evidently import DataDefinition, Dataset, Report
    from evidently.metrics import ValueDrift

    numbers = [name for name in names if reference[name]["type"] == "number"]
    definition = DataDefinition(
        categorical_columns=[name for name in names if name not in numbers],
        numerical_columns=numbers,
    )
    old, new = (
        Dataset.from_pandas(_frame(which, names, plan.sample), data_definition=definition)
        for which in (reference, current)
    )
    rules = {name: plan.rule(name) for name in names}
    report = Report(
        [ValueDrift(column=n, method=r.method, threshold=r.threshold) for n, r in rules.items()]
    )
    snapshot = report.run(new, old)
    found = {m["config"]["column"]: float(m["value"]) for m in snapshot.dict()["metrics"]}
    with tempfile.TemporaryDirectory(prefix="tplc-") as scratch:
        page = Path(scratch) / "evidently.html"
        snapshot.save_html(str(page))
        return found, page.read_bytes()


def text_content(then: list[str], now: list[str], threshold: float) -> float:
    """ROC AUC of Evidently's classifier of words (its own seed, 42) between two lists of texts.

    No page is drawn: it may show words and whole texts of patients.

    Raises:
        ValueError: There are no words to learn from.
    """
    os.environ["DO_NOT_TRACK"] = "1"
    import pandas as pd
    from evidently import DataDefinition, Dataset, Report
    from evidently.metrics import ValueDrift

    definition = DataDefinition(text_columns=["text"])
    old, new = (
        Dataset.from_pandas(pd.DataFrame({"text": side}), data_definition=definition)
        for side in (then, now)
    )
    rule = ValueDrift(column="text", method="abs_text_content_drift", threshold=threshold)
    return float(Report([rule]).run(new, old).dict()["metrics"][0]["value"])


def embedding(then: pd.DataFrame, now: pd.DataFrame, method: str, threshold: float) -> float:
    """Evidently's drift of an embedding: ROC AUC (``model``), ``mmd``, or ``ratio`` of components.

    Its method alone is called: the metric around it would draw each row in a plane.
    """
    os.environ["DO_NOT_TRACK"] = "1"
    from evidently.metrics import embeddings

    methods: Mapping[str, Any] = {
        "model": embeddings.ModelDriftMethod,
        "mmd": embeddings.MMDDriftMethod,
        "ratio": embeddings.RatioDriftMethod,
    }
    value, _, _ = methods[method](threshold=threshold)(now.copy(), then.copy())
    return float(value)
