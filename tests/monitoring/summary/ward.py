"""A small ward to count in: rows with every oddity, their layout, and files of them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from evidence.records import ReferenceFreeze
from monitoring.summary.layout import Layout
from policies.dataset import DatasetSpec
from validation import curves, freeze
from validation.table import COUNT, typed

SPEC: dict[str, Any] = {
    "dataset": "ward",
    "title": "A ward",
    "origin": "drawn from a fixed seed",
    "licence": "none needed",
    "case": "case",
    "site": "site",
    "time": "day",
    "score": "score",
    "reference_standard": {
        "column": "truth",
        "positive": [1],
        "negative": [0],
        "indeterminate": ["unclear"],
        "description": "drawn",
    },
    "features": [
        {"name": "age", "type": "number"},
        {"name": "grade", "type": "number"},
        {"name": "unit", "type": "category"},
    ],
    "subgroups": ["sex"],
    "missing_codes": {"age": [-9]},
    "include": [{"column": "consent", "one_of": ["yes"], "reason": "no consent"}],
}


def rows(n: int = 3000, seed: int = 1) -> pd.DataFrame:
    """A month's rows; 2 % of numbers are missing, by code or blank; 3 % have no consent."""
    rng = np.random.default_rng(seed)
    score = rng.beta(1.2, 5, n).round(6)
    first = dt.date(2025, 3, 1)
    made = pd.DataFrame(
        {
            "case": [f"c{seed}-{i}" for i in range(n)],
            "site": rng.choice(["north", "south"], n),
            "day": [str(first + dt.timedelta(days=int(d))) for d in rng.integers(0, 31, n)],
            "age": rng.normal(60, 12, n).round(2),
            "grade": rng.integers(0, 5, n).astype(float),
            "unit": rng.choice(["a", "b", "c"], n),
            "sex": rng.choice(["female", "male"], n),
            "consent": np.where(rng.random(n) < 0.97, "yes", "no"),
            "score": score,
            "truth": np.where(rng.random(n) < score, "1", "0"),
        }
    )
    made.loc[rng.random(n) < 0.01, "age"] = np.nan
    made.loc[rng.random(n) < 0.01, "age"] = -9
    made.loc[rng.random(n) < 0.02, "unit"] = None
    return made


def frozen(frame: pd.DataFrame) -> ReferenceFreeze:
    """The frozen set of some rows, as far as a layout needs it."""
    spec = DatasetSpec.model_validate(SPEC)
    text = frame.astype(object).map(_text, na_action="ignore")
    ready = typed(text, spec, "rows")
    ready = ready[ready["consent"] == "yes"]
    empty: dict[str, Any] = dict.fromkeys((f.name for f in dataclasses.fields(ReferenceFreeze)), "")
    return ReferenceFreeze(
        **empty
        | {
            "name": "ward",
            "digest": "sha256:ward",
            "spec": spec.model_dump(mode="json"),
            "summaries": freeze.summaries(ready, spec),
            "subgroups": {
                name: [{"value": v} for v in sorted(frame[name].unique())]
                for name in ("sex", "site")
            },
            "task": "classification",
        }
    )


def _text(value: Any) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value)


def score_summary(frame: pd.DataFrame) -> dict[str, Any]:
    """The frozen summary of the scores."""
    return curves.score_summary(frame["score"].to_numpy(), np.ones(len(frame), dtype=int))


def layout(**changes: Any) -> Layout:
    """The ward's layout."""
    reference = rows(4000, seed=9)
    made = Layout.of(frozen(reference), score_summary(reference), thresholds=[0.2, 0.12345])
    return dataclasses.replace(made, **changes)


def as_typed(frame: pd.DataFrame) -> pa.Table:
    """Rows as typed Arrow, like a Parquet file."""
    return pa.Table.from_pandas(frame, preserve_index=False)


def as_text(frame: pd.DataFrame) -> pa.Table:
    """The same rows as text, like a CSV file."""
    return pa.table(
        {
            name: pa.array(
                [None if pd.isna(v) else _text(v) for v in frame[name].tolist()], pa.string()
            )
            for name in frame
        }
    )


def people(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows with a person each, for the pandas side."""
    return frame.assign(**{COUNT: 1})
