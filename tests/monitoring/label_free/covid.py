"""The COVID registry's cases of the paper's cohort, by window."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

FILE = Path(__file__).parents[3] / "demo/data/covid_il_symptoms/tests_snapshot_2020-05-04.csv.gz"
REFERENCE = ("2020-03-22", "2020-03-31")
POINT = 0.145


def cohort() -> pd.DataFrame:
    """Cases with a definite result and a known sex; ``y`` is 1 for a positive one."""
    frame = pd.read_csv(FILE)
    frame = frame[frame["corona_result"].isin(["positive", "negative"]) & frame["gender"].notna()]
    return frame.assign(y=(frame["corona_result"] == "positive").astype(int))


def between(frame: pd.DataFrame, first: str, last: str) -> pd.DataFrame:
    """The cases of a period."""
    return frame[frame["test_date"].between(first, last)]


def period(window: str) -> tuple[str, str]:
    """First and last day of a window named as in the oracle, ``2020-04-01/07``."""
    return window[:10], f"{window[:8]}{window[-2:]}"
