"""Frozen edges: quantiles inside, preferred numbers outside, no patient's extreme."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validation import summary
from validation.summary.edges import BINS, DISCRETE, PEOPLE, tails
from validation.table import COUNT

finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12)


def _edges(values: np.ndarray, counts: np.ndarray | None = None) -> dict[str, object]:
    ones = np.ones(len(values), dtype=int) if counts is None else counts
    return summary.edges(pd.Series(values), pd.Series(ones))


def _counted(values: list[float], fixed: object) -> dict[str, int]:
    frame = pd.DataFrame({"x": values, COUNT: 1})
    found = summary.summarise(frame, {"x": "number"}, {"x": fixed})["x"]  # type: ignore[dict-item]
    return {key: n for key, n in found["counts"].items() if n}


@given(finite, finite)
def test_the_range_is_rounded_outward_and_no_tail_lies_within(one: float, other: float) -> None:
    """Every tail edge is beyond the range, on both sides of it, and JSON can hold it."""
    low, high = sorted((one, other))
    found = tails(low, high)
    assert min(found) < low
    assert max(found) > high
    assert all(np.isfinite(found))
    assert not any(low <= x <= high for x in found)


def test_a_bin_of_quantiles_holds_about_as_many_people_as_the_next() -> None:
    """200 bins of a large set, finer at both ends; fewer of a small one: no bin is a person."""
    rng = np.random.default_rng(1)
    values = rng.normal(60, 12, 40_000)
    fixed = _edges(values)
    people = np.array(list(_counted(list(values), fixed).values()))
    inner = people[len(people) // 2 - 90 : len(people) // 2 + 90]
    assert inner.min() >= 0.99 * 40_000 / BINS
    assert people.max() <= 1.01 * 40_000 / BINS
    assert len(people) > BINS
    assert people[[0, 1, -2, -1]].max() < 100
    assert people[people > 0].min() >= PEOPLE - 1
    few = rng.normal(60, 12, 500)
    assert len(_counted(list(few), _edges(few))) == 500 / PEOPLE
    assert "discrete" not in fixed


def test_aggregated_rows_make_the_edges_of_their_people() -> None:
    """A row of seven people counts as seven rows."""
    rng = np.random.default_rng(2)
    values, counts = rng.normal(size=900), rng.integers(1, 9, 900)
    assert _edges(values, counts) == _edges(np.repeat(values, counts))


def test_few_distinct_values_are_the_edges_themselves() -> None:
    """Grades 0 to 4: each has its bin, and codes outside are told apart."""
    fixed = _edges(np.tile([0.0, 1, 2, 3, 4], 30))
    assert fixed["discrete"] is True
    cells = _counted([0, 1, 2, 3, 4, -9, 9, 99], fixed)
    assert len(cells) == 8
    assert "discrete" not in _edges(np.arange(DISCRETE + 1.0))


@pytest.mark.parametrize("factor", [10, 0.1, 18.0182, 1 / 88.4, 1000, 0.001])
def test_other_units_keep_their_shape_in_the_tails(factor: float) -> None:
    """A column times a factor lies in many bins outside the reference's range, not in one."""
    values = np.random.default_rng(3).lognormal(4, 0.5, 5_000)
    fixed = _edges(values)
    edge = np.array(fixed["edges"])
    cells = _counted(list(values * factor), fixed)
    outside = (edge > values.max()) if factor > 1 else (edge < values.min())
    names = {str(i) for i in np.flatnonzero(outside)}
    assert len(names & set(cells)) >= 8
    middle = np.repeat([edge[min(int(k), len(edge) - 1)] for k in cells], list(cells.values()))
    assert np.median(middle) / np.median(values) == pytest.approx(factor, rel=0.3)


def test_no_value_of_a_patient_beyond_the_quantiles_is_an_edge() -> None:
    """Neither the smallest nor the largest value is kept."""
    values = np.random.default_rng(4).normal(60, 12, 5_000).round(3)
    edge = np.array(_edges(values)["edges"])
    assert values.min() not in edge
    assert values.max() not in edge


@pytest.mark.parametrize("values", [[], [np.nan], [np.inf, -np.inf]])
def test_without_a_finite_value_there_is_no_edge(values: list[float]) -> None:
    """All lies in one bin."""
    assert _edges(np.array(values, dtype=float)) == {"edges": []}


@pytest.mark.parametrize("values", [[5.0], [0.0], [-3.0] * 4, [1e6, 1e6 + 1e-7], [1e300, -1e300]])
def test_extreme_columns_have_edges(values: list[float]) -> None:
    """A constant, tiny and huge spans: ascending edges, each value in a bin of its own."""
    fixed = _edges(np.array(values))
    edge = fixed["edges"]
    assert isinstance(edge, list)
    assert edge == sorted(set(edge))
    assert len(_counted(values, fixed)) == len(set(values))


@settings(max_examples=50)
@given(st.lists(st.floats(allow_infinity=True, allow_nan=True), max_size=60), st.data())
def test_counting_is_the_same_by_sorting_and_by_looking_up(
    values: list[float], data: st.DataObject
) -> None:
    """With and without a count of people, against the definition of a bin."""
    known = [v for v in values if np.isfinite(v)]
    edge = np.unique(np.array([0.0, *(data.draw(st.sampled_from(known)) for _ in known[:3])]))
    frame = pd.DataFrame({"x": np.array(values, dtype=float), COUNT: 1})
    found = summary.summarise(frame, {"x": "number"}, {"x": list(edge)})["x"]
    people, missing = summary.binned(frame["x"].to_numpy(), edge)
    assert list(found["counts"].values()) == list(people)
    assert found["missing"] == missing == sum(np.isnan(v) for v in values)
    low = [-np.inf, *edge]
    for i, n in enumerate(people):
        high = edge[i] if i < len(edge) else np.inf
        inside = [v for v in values if (low[i] < v <= high) or (i == 0 and v == -np.inf)]
        assert len(inside) == n


def test_older_frames_of_ten_bins_are_counted_as_before() -> None:
    """A frozen body of an earlier trail, without tails and without `discrete`."""
    old = {"type": "number", "edges": [1.0, 2.0], "counts": {}, "missing": 0, "total": 0}
    frame = pd.DataFrame({"x": [1.0, 1.5, 2.0, 9, np.nan], COUNT: [1, 2, 3, 4, 5]})
    found = summary.summarise(frame, {"x": "number"}, {"x": old})
    assert found["x"] == old | {"counts": {"0": 1, "1": 5, "2": 4}, "missing": 5, "total": 15}
