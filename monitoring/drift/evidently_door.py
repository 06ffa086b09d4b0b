"""The only door to Evidently: its distances on rebuilt rows, its page, its classifier of texts.

A distance is computed by the function that Evidently's metric `ValueDrift` calls. The metric around
it costs some 45 ms a column whatever the rows (it draws histograms), so that it is used for the
page alone, which is made when somebody wants it; both give the same value.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd

    from monitoring.drift.rebuilt import Sample
    from policies.drift import DriftRule

DISTANCES = ("psi", "jensenshannon", "wasserstein", "hellinger", "kl_div")


def distance(rows: Sample, rule: DriftRule) -> tuple[float, bool]:
    """Evidently's distance between two sides, and its verdict.

    Args:
        rows: The rebuilt column.
        rule: Method, one of `DISTANCES`, and threshold.

    Returns:
        The value, and whether Evidently calls it drift.
    """
    _silent()
    import pandas as pd
    from evidently.legacy.calculations.stattests import get_stattest
    from evidently.legacy.core import ColumnType

    kind = ColumnType.Numerical if rows.numbers else ColumnType.Categorical
    old, new = pd.Series(rows.reference), pd.Series(rows.current)
    found = get_stattest(old, new, kind, rule.method)(old, new, kind, rule.threshold)
    return float(found.drift_score), bool(found.drifted)


def page(columns: Mapping[str, tuple[Sample, DriftRule]]) -> tuple[dict[str, float], bytes]:
    """Evidently's report of rebuilt columns: the value of each, and the page as HTML."""
    _silent()
    from evidently import DataDefinition, Dataset, Report
    from evidently.metrics import ValueDrift

    numbers = [name for name, (rows, _) in columns.items() if rows.numbers]
    definition = DataDefinition(
        categorical_columns=[name for name in columns if name not in numbers],
        numerical_columns=numbers,
    )
    old, new = (
        Dataset.from_pandas(_frame(columns, side), data_definition=definition)
        for side in ("reference", "current")
    )
    report = Report(
        [
            ValueDrift(column=name, method=rule.method, threshold=rule.threshold)
            for name, (_, rule) in columns.items()
        ]
    )
    snapshot = report.run(new, old)
    found = {m["config"]["column"]: float(m["value"]) for m in snapshot.dict()["metrics"]}
    with tempfile.TemporaryDirectory(prefix="tplc-") as scratch:
        file = Path(scratch) / "evidently.html"
        snapshot.save_html(str(file))
        return found, file.read_bytes()


def _frame(columns: Mapping[str, tuple[Sample, DriftRule]], side: str) -> pd.DataFrame:
    """Columns side by side; a shorter one is filled up with blanks."""
    import pandas as pd

    made = {}
    for name, (rows, _) in columns.items():
        values = getattr(rows, side)
        made[name] = pd.Series(values if rows.numbers else _texts(values, rows.labels))
    return pd.DataFrame(made)


def _texts(places: np.ndarray, labels: tuple[str, ...]) -> pd.Categorical:
    """Labels of the rows as codes, which Evidently's page draws three times faster than texts."""
    import pandas as pd

    named: dict[str, None] = {}
    for place, label in enumerate(labels):  # ends so near that they read alike are numbered
        named[f"{label} ({place})" if label in named else label] = None
    return pd.Categorical.from_codes(places.tolist(), categories=pd.Index(list(named)))


def _silent() -> None:
    os.environ["DO_NOT_TRACK"] = "1"  # no telemetry: a law of this house


def text_content(then: list[str], now: list[str], threshold: float) -> float:
    """ROC AUC of Evidently's classifier of words (its own seed, 42) between two lists of texts.

    No page is drawn: it may show words and whole texts of patients.

    Raises:
        ValueError: There are no words to learn from.
    """
    _silent()
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
    _silent()
    from evidently.metrics import embeddings

    methods: Mapping[str, Any] = {
        "model": embeddings.ModelDriftMethod,
        "mmd": embeddings.MMDDriftMethod,
        "ratio": embeddings.RatioDriftMethod,
    }
    value, _, _ = methods[method](threshold=threshold)(now.copy(), then.copy())
    return float(value)
