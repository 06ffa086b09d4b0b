"""Reading: values that stand for missing, and the names of subgroups."""

from __future__ import annotations

import numpy as np
import pandas as pd

from policies.dataset import DatasetSpec
from validation import table

CODES = (-9.0, 97.0, 98.0, 99.0)


def test_codes_outside_the_range_of_the_other_values_are_found() -> None:
    """A scale from 1 to 5 with 99; a temperature with -9."""
    scale = pd.Series([1, 2, 3, 4, 5, 99, 99, np.nan])
    assert table.coded_missing(scale, CODES) == {99.0: 2}
    assert table.coded_missing(pd.Series([36.5, 37.0, -9.0]), CODES) == {-9.0: 1}


def test_the_same_numbers_inside_the_range_are_values() -> None:
    """A heart rate of 97 to 99 is a heart rate."""
    rate = pd.Series([60.0, 97, 98, 99, 202])
    assert table.coded_missing(rate, CODES) == {}


def test_zeros_far_below_many_other_values_are_found() -> None:
    """A cholesterol of 0 is none; 0 on a scale that begins there is a value."""
    cholesterol = pd.Series([0.0, 0, *range(120, 400, 7)])
    assert table.coded_missing(cholesterol, CODES) == {0.0: 2}
    assert table.coded_missing(pd.Series([0.0, 0, *np.arange(0.1, 6, 0.1)]), CODES) == {}
    assert table.coded_missing(pd.Series([0.0, 1, 0, 1]), CODES) == {}


def test_subgroups_are_named_by_their_values() -> None:
    """1 and not 1.0; missing is a subgroup of its own."""
    assert list(table.groups(pd.Series([1.0, 0.5, np.nan]))) == ["1", "0.5", "missing"]
    assert list(table.groups(pd.Series(["a", None], dtype=object))) == ["a", "missing"]


def test_decimals_are_read_to_the_nearest_double() -> None:
    """A number written with all its digits comes back as it was; pandas alone is off by one bit."""
    digits = [repr(float(x)) for x in np.random.default_rng(5).random(200)]
    said = {"positive": [1], "negative": [0], "column": "y", "description": "drawn"}
    spec = DatasetSpec.model_validate(
        {
            "dataset": "d",
            "title": "t",
            "origin": "drawn",
            "licence": "none",
            "case": "c",
            "reference_standard": said,
            "features": [{"name": "x", "type": "number"}],
        }
    )
    cells = {"x": digits, "y": ["1"] * len(digits), "c": list(map(str, range(len(digits))))}
    raw = pd.DataFrame(cells, dtype=object)
    assert (pd.to_numeric(raw.x) != raw.x.map(float)).any()
    assert list(table.typed(raw, spec, "file").x) == [float(x) for x in digits]
