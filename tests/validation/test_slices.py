"""Slices: what is planted is found, what is noise mostly is not, and only counts come out."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from validation.estimate import Estimate
from validation.fairness.groups import Grouping, grouping
from validation.fairness.slices import Search, Worst, worst_slices


def _people(n: int, seed: int, planted: bool = True) -> pd.DataFrame:  # noqa: FBT001, FBT002
    """Scores that are noise for women at site c, and good for everyone else."""
    draw = np.random.default_rng(seed)
    d = pd.DataFrame(
        {
            "label": draw.binomial(1, 0.4, n),
            "sex": draw.choice(["f", "m"], n),
            "site": draw.choice(["a", "b", "c", "d"], n),
            "device": draw.choice(["x", "y", "z"], n),
        }
    )
    bad = planted & (d.sex == "f") & (d.site == "c")
    signal = np.where(bad, 0, 2.4 * (d.label - 0.5))
    return d.assign(score=1 / (1 + np.exp(-signal - draw.normal(size=n))))


def _groupings(d: pd.DataFrame) -> list[Grouping]:
    return [grouping(name, d[name].to_list()) for name in ("sex", "site", "device")]


def _worst(d: pd.DataFrame, **search: object) -> Worst:
    how = dataclasses.replace(Search(), **search)  # type: ignore[arg-type]
    return worst_slices(d.label, d.score, groupings=_groupings(d), search=how)


@pytest.mark.parametrize(
    "endpoint", ["error-rate", "accuracy", "sensitivity", "specificity", "auroc"]
)
def test_a_planted_intersection_is_found_first(endpoint: str) -> None:
    """Two attributes deep; its interval lies on the worse side of the overall value."""
    d = _people(4000, seed=3)
    found = _worst(d, endpoint=endpoint)
    first = found.slices[0]
    assert first.estimate.subgroup == "sex=f & site=c"
    mine = d[(d.sex == "f") & (d.site == "c")]
    assert first.cases == len(mine)
    if endpoint == "auroc":
        assert first.estimate.value == pytest.approx(roc_auc_score(mine.label, mine.score))
        rest = d.drop(mine.index)
        assert first.rest == pytest.approx(roc_auc_score(rest.label, rest.score))
    for each in found.slices:
        low, high = each.estimate.low or 0, each.estimate.high or 1
        assert low > each.overall if endpoint == "error-rate" else high < each.overall
        assert each.p <= each.p_adjusted <= 0.05
    assert found.tried == 2 + 4 + 3 + 2 * 4 + 2 * 3 + 4 * 3


def test_holm_shows_no_slice_that_benjamini_and_hochberg_do_not() -> None:
    """The family-wise error is the stricter; both are named in the answer."""
    d = _people(1500, seed=5)
    by_rate, by_family = _worst(d), _worst(d, adjustment="holm")
    names = {s.estimate.subgroup for s in by_rate.slices}
    assert {s.estimate.subgroup for s in by_family.slices} <= names
    assert (by_rate.adjustment, by_family.adjustment) == ("benjamini-hochberg", "holm")


def test_where_nothing_is_planted_few_runs_show_a_slice() -> None:
    """Holm at 0.05, two-sided, worse side only: about 2.5 % of runs; 30 runs show at most 4."""
    shown = sum(
        bool(_worst(_people(800, seed, planted=False), adjustment="holm").slices)
        for seed in range(30)
    )
    assert shown <= 4


def test_small_slices_are_counted_and_not_shown() -> None:
    """The minimum is of the endpoint's denominator."""
    d = _people(400, seed=1)
    loose, strict = _worst(d, minimum=1), _worst(d, minimum=60)
    assert (loose.small, strict.small > 0) == (0, True)
    assert loose.tried == strict.tried + strict.small
    assert all(s.estimate.n >= 60 for s in strict.slices)


def test_only_aggregates_come_out() -> None:
    """No array and no row: texts, numbers and estimates."""
    found = _worst(_people(1500, seed=5))
    for each in found.slices:
        for field in dataclasses.fields(each):
            assert isinstance(getattr(each, field.name), (str, int, float, Estimate))
    tests = found.result().tests
    assert [t.details["p_adjusted"] for t in tests] == [s.p_adjusted for s in found.slices]
    assert found.result().warnings[0].count == found.tried


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000))
def test_counts_are_as_expanded_rows_in_any_order(seed: int) -> None:
    """A row of many people is many rows."""
    d = _people(120, seed)
    count = np.random.default_rng(seed).integers(0, 12, len(d))
    how = Search(minimum=5, alpha=1.0)
    counted = worst_slices(d.label, d.score, count, groupings=_groupings(d), search=how)
    rows = d.loc[np.repeat(d.index, count)].sample(frac=1, random_state=seed)
    spread = worst_slices(rows.label, rows.score, groupings=_groupings(rows), search=how)
    assert [s.estimate for s in counted.slices] == [s.estimate for s in spread.slices]


def test_one_class_and_unknown_words() -> None:
    """No exception for data; a clear one for words."""
    d = _people(100, seed=1)
    found = worst_slices(
        np.ones(100), d.score, groupings=_groupings(d), search=Search(endpoint="auroc")
    )
    assert (found.slices, found.overall.value) == ((), None)
    with pytest.raises(ValueError, match="'brier' is none of"):
        _worst(d, endpoint="brier")
