"""One function counts Arrow batches: what a row is worth, and which rows are refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.errors import DataError
from monitoring.summary import arrow
from monitoring.summary.counts import OVERALL, UNIT, Summary
from monitoring.summary.layout import Layout
from policies.dataset import DatasetSpec
from tests.monitoring.summary import ward
from validation import freeze, table

LAYOUT = ward.layout()
MARCH = ("2025-03-01", "2025-03-31")


def _count(made: pa.Table, layout: Layout = LAYOUT, **how: Any) -> Summary:
    return arrow.summarise(made.to_batches(max_chunksize=700), layout, **how)


def _column(values: list[Any], column: str, **changes: Any) -> dict[str, Any]:
    frame = ward.rows(len(values)).assign(consent="yes", **{column: values})
    found: dict[str, Any] = _count(ward.as_typed(frame), **changes).columns[column]
    return found


def test_it_agrees_with_the_counting_of_a_frame() -> None:
    """Columns, people, exclusions and outcomes as `freeze.summaries` and pandas have them."""
    frame = ward.rows()
    found = _count(ward.as_typed(frame))
    spec = DatasetSpec.model_validate(ward.SPEC)
    cohort = table.cohort(table.typed(frame.map(ward._text, na_action="ignore"), spec, "f"), spec)
    expected = freeze.summaries(cohort.frame, spec, ward.frozen(ward.rows(4000, seed=9)).summaries)
    assert {name: found.columns[name] for name in expected} == expected
    assert found.cases == cohort.cases == len(cohort.frame)
    assert found.as_steps() == cohort.accounting
    kept = frame[frame.consent == "yes"]
    assert found.outcomes() == {
        "positive": (kept.truth == "1").sum(),
        "negative": (kept.truth == "0").sum(),
        "indeterminate": 0,
        "none": 0,
    }
    assert found.days == kept.groupby("day").size().to_dict()


def test_text_and_types_give_the_same_summary_digit_for_digit() -> None:
    """CSV's text, Parquet's types, dictionaries, large strings, other sizes of batches."""
    frame = ward.rows()
    made = ward.as_typed(frame)
    expected = _count(made).body()
    assert _count(ward.as_text(frame)).body() == expected
    days = made.set_column(2, "day", made["day"].cast(pa.timestamp("us")))
    assert _count(days).body() == expected
    coded = made.set_column(5, "unit", made["unit"].dictionary_encode())
    assert (
        _count(coded.set_column(6, "sex", made["sex"].cast(pa.large_string()))).body() == expected
    )
    whole = made.set_column(9, "truth", made["truth"].cast(pa.int8()))
    assert arrow.summarise(whole.to_batches(), LAYOUT, threads=3).body() == expected


def test_cells_hold_each_person_in_the_bin_of_the_score() -> None:
    """Against a loop over the rows: subgroup, outcome, bin, people and sum."""
    frame = ward.rows(400).assign(consent="yes")
    frame.loc[:40, "truth"] = None
    frame.loc[30:60, "truth"] = "unclear"
    frame.loc[50:70, "score"] = np.nan
    frame.loc[60:90, "sex"] = None
    found = _count(ward.as_typed(frame))
    words = {"1": "positive", "0": "negative", "unclear": "indeterminate", None: "none"}
    expected: dict[Any, Any] = {}
    for sex, truth, score in zip(frame.sex, frame.truth, frame.score, strict=True):
        low = sum(edge < score for edge in LAYOUT.grid)
        place = len(LAYOUT.grid) + 1 if np.isnan(score) else low
        units = 0 if np.isnan(score) else round(score * UNIT)
        for group in (sex or "missing", OVERALL):
            people, total = expected.get((group, words[truth], place), (0, 0))
            expected[group, words[truth], place] = people + 1, total + units
    flat = {
        (OVERALL if attribute == OVERALL else value, outcome, place): cell
        for attribute in (OVERALL, "sex")
        for value, group in found.cells[attribute].items()
        for outcome, cells in group.items()
        for place, cell in cells.items()
    }
    assert flat == expected


def test_boundaries_infinities_and_blanks() -> None:
    """A value on an edge lies below it; infinite values at the ends; blank, NaN, code missing."""
    edge = LAYOUT.columns["age"]["edges"]
    above = float(np.nextafter(edge[5], np.inf))
    found = _column([edge[5], above, np.inf, -np.inf, np.nan, -9.0, None], "age")
    cells = {key: n for key, n in found["counts"].items() if n}
    assert cells == {"5": 1, "6": 1, "0": 1, str(len(edge)): 1}
    assert (found["missing"], found["total"]) == (3, 7)
    assert _column(["", "a", None, "b", "a"], "unit")["counts"] == {"a": 2, "b": 1}


@pytest.mark.parametrize("new", [1, 20, 21, 300])
def test_new_categories_are_named_while_they_are_few(new: int) -> None:
    """20 are told by name; with one more, none is: it may be a column of identifiers."""
    words = ["a"] * 10 + [f"new{i:03d}" for i in range(new)]
    counts = _column(words, "unit")["counts"]
    named = {f"new{i:03d}": 1 for i in range(new)}
    assert counts == {"a": 10} | (named if new <= 20 else {"(other)": new})
    frame = ward.rows(len(words)).assign(consent="yes", site=["north"] * 10 + words[10:])
    sites = _count(ward.as_typed(frame)).cells["site"]
    assert len(sites) == 1 + (new if new <= 20 else 1)


def test_a_new_column_is_listed_and_not_refused() -> None:
    """Its name is reported."""
    made = ward.as_typed(ward.rows(50).assign(colour="red"))
    assert _count(made).extra == ("colour",)
    assert _count(made.select([c for c in made.column_names if c != "colour"])).extra == ()


def test_missing_and_mistyped_columns_are_refused_at_once() -> None:
    """Each by name, with what there is."""
    made = ward.as_typed(ward.rows(50))
    wrong = made.set_column(3, "age", pa.array([True] * 50)).drop_columns(["unit", "truth"])
    with pytest.raises(DataError) as caught:
        _count(wrong, name="march.parquet")
    said = str(caught.value)
    assert said.startswith("march.parquet:")
    for words in (
        "column 'age' is of type bool, which is no number",
        "column 'unit' is missing (there are: case,",
        "column 'truth' is missing",
    ):
        assert words in said


def test_values_that_do_not_fit_are_refused_by_column_and_count() -> None:
    """Words for numbers, labels without a meaning, days that are none: all at once."""
    frame = ward.rows(200).assign(consent="yes").astype({"age": object, "truth": object})
    frame.loc[:6, "age"] = "old"
    frame.loc[7, "age"] = "nan"
    frame.loc[50:52, "truth"] = "maybe"
    frame.loc[90, "day"] = "2025-02-30"
    frame.loc[91, "day"] = None
    with pytest.raises(DataError) as caught:
        _count(ward.as_text(frame), threads=2)
    assert caught.value.faults == (
        "column 'age': 8 rows where the value is not a number",
        "column 'day': 2 rows where the value is no date (YYYY-MM-DD)",
        "column 'truth': 3 rows where the value is none of 0, 1, unclear (found: maybe)",
    )


def test_only_the_periods_rows_are_counted_and_judged() -> None:
    """Another month's rows neither count nor break; a day that cannot be read is a fault."""
    march = ward.rows(300)
    april = ward.rows(100, seed=2).assign(day="2025-04-01T10:00:00").astype({"age": object})
    april["age"] = "unknown"  # of 98 with consent
    both = pd.concat([march, april])
    assert _count(ward.as_text(both), period=MARCH).body() == _count(ward.as_text(march)).body()
    with pytest.raises(DataError, match="98 rows"):
        _count(ward.as_text(both), period=("2025-03-01", "2025-04-01"))


def test_people_of_aggregated_rows_count_as_rows_of_their_own() -> None:
    """A row of n people is n rows, in columns, cells, sums and days; 0 people are a fault."""
    layout = ward.layout(count="n")
    frame = ward.rows(500).assign(n=lambda d: np.arange(len(d)) % 4 + 1)
    found = _count(ward.as_typed(frame), layout)
    alone = frame.loc[frame.index.repeat(frame.n)].assign(n=1)
    expected = _count(ward.as_typed(alone), layout)
    assert (found.columns, found.cells, found.days) == (
        expected.columns,
        expected.cells,
        expected.days,
    )
    assert (found.rows, found.cases) == (500, expected.cases)
    with pytest.raises(DataError, match="column 'n': 1 rows where the value is no count"):
        _count(ward.as_typed(frame.assign(n=[0] + [1] * 499)), layout)


def test_sums_stay_exact_where_doubles_would_not() -> None:
    """Counts of a hundred million people a row: sums beyond 2**53 and beyond 2**63."""
    layout = ward.layout(count="n")
    frame = ward.rows(60).assign(n=10**8 + 1, score=0.9999999, consent="yes", truth="1")
    found = _count(ward.as_typed(frame), layout)
    ((people, total),) = found.cells[OVERALL][""]["positive"].values()
    assert people == 60 * (10**8 + 1)
    assert total == people * 999_999_900 > 2**53
    twice = arrow.summarise(ward.as_typed(frame).to_batches() * 3, layout)
    assert next(iter(twice.cells[OVERALL][""]["positive"].values()))[1] == 3 * total > 2**63


def test_an_empty_file_is_a_summary_of_nobody() -> None:
    """Its columns are judged all the same."""
    made = ward.as_typed(ward.rows(5)).slice(0, 0)
    empty = arrow.summarise(made.to_reader(), LAYOUT)
    assert (empty.rows, empty.cases, empty.days) == (0, 0, {})
    assert empty.columns["age"]["total"] == 0
    with pytest.raises(DataError, match="'age' is missing"):
        arrow.summarise(made.drop_columns(["age"]).to_reader(), LAYOUT)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=6), min_size=1, max_size=20))
def test_any_text_is_a_number_or_a_fault_as_python_reads_it(words: list[str]) -> None:
    """Never a wrong number: the fast and the careful reading agree whatever else is in the batch."""
    from monitoring.summary.values import numbers

    together, bad = numbers(pa.array([*words, "x"], pa.string()))
    alone = [numbers(pa.array([word], pa.string())) for word in words]
    assert bad == 1 + sum(fault for _, fault in alone)
    assert np.array_equal(together[:-1], [v[0] for v, _ in alone], equal_nan=True)


def test_a_layout_is_read_back_whole_and_named_by_its_bytes() -> None:
    """JSON and back; another edge is another layout; another form is refused."""
    body = LAYOUT.body()
    again = Layout.read(body)
    assert again == LAYOUT
    assert again.digest == LAYOUT.digest
    assert ward.layout(grid=LAYOUT.grid[1:]).digest != LAYOUT.digest
    with pytest.raises(DataError, match="is no layout of this version"):
        Layout.read(body | {"format": "summary-layout/0"})
    assert {0.2, 0.12345} <= {float(np.nextafter(edge, 1)) for edge in LAYOUT.grid}
