"""Adding is exact in any order and any parts: sites, partitions and windows alike."""

from __future__ import annotations

import functools
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence import digest as digests
from monitoring.summary import arrow
from monitoring.summary.counts import Summary, add, without_rare
from tests.monitoring.summary import ward

LAYOUT = ward.layout(named=3, grid=(0.1, 0.2, 0.5))
WORDS = ["a", "b", "new1", "new2", "new3", "new4", "(other)", None]

patients = st.fixed_dictionaries(
    {
        "case": st.just("c"),
        "site": st.sampled_from(["north", "south", "east", "west", "up", "down", None]),
        "day": st.sampled_from(["2025-03-01", "2025-03-02", "2025-03-03"]),
        "age": st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True)),
        "grade": st.sampled_from([0.0, 1.0, 4.0, 9.0]),
        "unit": st.sampled_from(WORDS),
        "sex": st.sampled_from(["female", "male"]),
        "consent": st.sampled_from(["yes", "yes", "no"]),
        "score": st.one_of(st.none(), st.floats(0, 1)),
        "truth": st.sampled_from(["0", "1", "unclear", None]),
    }
)
many = st.lists(st.lists(patients, max_size=8), min_size=1, max_size=5)


def _count(rows: list[dict[str, Any]]) -> Summary:
    frame = pd.DataFrame(rows, columns=list(ward.rows(1).columns))
    made = ward.as_typed(frame.astype({"age": float, "grade": float, "score": float}))
    return arrow.summarise(made.to_batches(max_chunksize=3), LAYOUT)


@settings(max_examples=30, deadline=None)
@given(many, st.randoms())
def test_parts_add_up_to_the_whole_in_any_order_and_grouping(parts: Any, random: Any) -> None:
    """Commutative, associative, and equal to counting all rows at once, bytes and all."""
    pooled = digests.canonical(_count([row for part in parts for row in part]).body())
    summaries = [_count(part) for part in parts]
    assert digests.canonical(add(LAYOUT, *summaries).body()) == pooled
    random.shuffle(summaries)
    right = functools.reduce(lambda done, one: add(LAYOUT, one, done), summaries)
    assert digests.canonical(right.body()) == pooled
    cut = random.randint(1, len(summaries))
    left = add(LAYOUT, *summaries[:cut])
    halves = [left, add(LAYOUT, *summaries[cut:])] if summaries[cut:] else [left]
    assert digests.canonical(add(LAYOUT, *halves).body()) == pooled


@settings(max_examples=15, deadline=None)
@given(st.lists(patients, max_size=10))
def test_nobody_adds_nothing_and_json_keeps_everything(rows: Any) -> None:
    """The empty summary is neutral; body and back is the same value."""
    found = _count(rows)
    assert add(LAYOUT, found, _count([])) == found == add(LAYOUT, _count([]), found)
    assert Summary.read(found.body()) == found


def test_another_layout_is_refused() -> None:
    """One edge more, and nothing is added."""
    other = arrow.summarise(ward.as_typed(ward.rows(10)).to_batches(), ward.layout())
    with pytest.raises(ValueError, match="different layouts"):
        add(LAYOUT, _count([]), other)


def test_ten_sites_equal_pooling() -> None:
    """Ten hospitals of different sizes, one with a unit that nobody knows."""
    layout = ward.layout()
    sites = [ward.rows(100 + 37 * i, seed=i) for i in range(10)]
    sites[3].loc[:7, ["unit", "consent"]] = ["z", "yes"]
    pooled = arrow.summarise(ward.as_typed(pd.concat(sites)).to_batches(), layout)
    parts = [arrow.summarise(ward.as_typed(site).to_batches(), layout) for site in sites]
    merged = add(layout, *parts)
    assert merged == pooled
    assert digests.canonical(merged.body()) == digests.canonical(pooled.body())
    assert merged.columns["unit"]["counts"]["z"] == 8
    record = without_rare(merged, layout, 10)["unit"]["counts"]
    assert (record["(other)"], "z" in record) == (8, False)
    assert sum(record.values()) == sum(merged.columns["unit"]["counts"].values())
