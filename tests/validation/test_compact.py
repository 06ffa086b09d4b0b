"""The small sample of a set that later comparisons are made with."""

from __future__ import annotations

import numpy as np
import pandas as pd

from validation import compact
from validation.table import COUNT


def test_the_sample_does_not_depend_on_the_order_of_rows_and_keeps_their_shares() -> None:
    """Systematic over the canonical order; rows that stand for many people come up as often."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "age": rng.normal(60, 12, 4000).round(1),
            "sex": np.array(["f", "m", None])[rng.integers(0, 3, 4000)],
            COUNT: rng.integers(1, 9, 4000),
        }
    )
    found = compact.sample(frame, ["age", "sex"], 1000)
    mixed = frame.sample(frac=1, random_state=3).reset_index(drop=True)
    pd.testing.assert_frame_equal(found, compact.sample(mixed, ["age", "sex"], 1000))
    assert len(found) == 1000
    share = frame.loc[frame.sex == "f", COUNT].sum() / frame[COUNT].sum()
    assert abs((found.sex == "f").mean() - share) < 0.02
    assert abs(found.age.mean() - np.average(frame.age, weights=frame[COUNT])) < 0.1


def test_a_small_set_is_kept_whole() -> None:
    """Each person once."""
    frame = pd.DataFrame({"x": [2.0, 1.0], COUNT: [1, 3]})
    assert list(compact.sample(frame, ["x"])["x"]) == [1.0, 1.0, 1.0, 2.0]
