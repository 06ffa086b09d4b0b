"""Imported by the fork server of `nightly`: loads, by use, what is imported inside functions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from monitoring import drift
from policies.drift import DriftPlan
from validation import expectations, summary
from validation.expectations import Expected
from validation.table import COUNT

FRAME = pd.DataFrame({"x": np.arange(200) % 7 / 7, COUNT: 1})
COUNTS = summary.summarise(FRAME, {"x": "number"}, {"x": summary.edges(FRAME["x"], FRAME[COUNT])})
drift.measure(COUNTS, COUNTS, DriftPlan())
expectations.check(
    FRAME,
    [
        Expected(
            type="expect_column_values_to_be_between",
            column="x",
            arguments={"min_value": 0, "max_value": 1},
            statement="x is from 0 to 1",
        )
    ],
)
