"""Attributes coded, cut and crossed: nobody is left out."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validation.fairness.groups import cross, cut, grouping, pairs

NAN = float("nan")


def test_missing_is_a_subgroup_of_its_own_and_stands_last() -> None:
    """None and NaN alike; numbers are ordered as numbers."""
    found = grouping("stage", ["10", "2", None, "1", NAN])
    assert found.names == ("stage=1", "stage=2", "stage=10", "stage=missing")
    assert found.codes.tolist() == [2, 1, 3, 0, 3]
    assert grouping("sex", ["m", "f"]).names == ("sex=f", "sex=m")


def test_cuts_hold_their_lower_edge_and_name_their_intervals() -> None:
    """65 is in [65, inf); NaN is missing; an empty interval is left out."""
    found = cut("age", [39.9, 40, 64, 65, 90, NAN], [40, 65])
    assert found.names == ("age=(-inf, 40)", "age=[40, 65)", "age=[65, inf)", "age=missing")
    assert found.codes.tolist() == [0, 1, 1, 2, 2, 3]
    assert cut("age", [50, 70], [40, 65]).names == ("age=[40, 65)", "age=[65, inf)")


@pytest.mark.parametrize("edges", [[], [65, 40], [40, 40], [NAN]])
def test_edges_that_are_none_are_refused(edges: list[float]) -> None:
    """Ascending and finite."""
    with pytest.raises(ValueError, match="finite and ascending"):
        cut("age", [1.0], edges)


@given(
    st.lists(
        st.tuples(st.sampled_from(["f", "m", None]), st.sampled_from(["a", "b", "c"])), min_size=1
    )
)
def test_a_crossing_has_every_row_once_and_no_empty_subgroup(
    rows: list[tuple[str | None, str]],
) -> None:
    """Names tell both attributes."""
    sex, site = zip(*rows, strict=True)
    found = cross(grouping("sex", sex), grouping("site", site))
    expected = Counter(f"sex={s or 'missing'} & site={t}" for s, t in rows)
    assert dict(zip(found.names, np.bincount(found.codes).tolist(), strict=True)) == expected


def test_pairs_cross_each_two_attributes() -> None:
    """Three attributes have three pairs; different lengths are refused."""
    parts = [grouping(name, ["x", "y"]) for name in "abc"]
    assert [p.attribute for p in pairs(parts)] == ["a & b", "a & c", "b & c"]
    with pytest.raises(ValueError, match="different lengths"):
        cross(parts[0], grouping("d", ["x"]))
