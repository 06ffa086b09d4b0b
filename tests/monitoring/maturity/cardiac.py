"""Cardiac operations whose labels come late: deaths on their day, survival after 30 days."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

FILE = Path(__file__).parents[2] / "data/cardiac_surgery_delayed/cardiac_surgery.csv.gz"


def operations() -> pd.DataFrame:
    """All of them, with the day on which the label became known and the days that it took."""
    frame = pd.read_csv(FILE)
    delay = np.where(frame["died30"] == 1, frame["time"], 30)
    return frame.assign(delay=delay, known=frame["date"] + delay)
