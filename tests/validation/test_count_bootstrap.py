"""The bootstrap of counts: same distribution as of rows, seeded, honest about failures."""

from __future__ import annotations

import numpy as np
import pytest

from validation import count_bootstrap
from validation.count_bootstrap import (
    Resampling,
    cell_units,
    cluster_codes,
    cluster_units,
    percentile,
    spans,
    vector_units,
)


def _share(tables: np.ndarray) -> np.ndarray:
    return np.asarray(tables[:, :1] / tables.sum(axis=1, keepdims=True))


def test_a_proportion_has_the_binomial_spread() -> None:
    """60 of 200: percentiles of a binomial over 200."""
    found = spans(cell_units([60, 140]), _share, Resampling(times=20000), 0.95, clustered=False)[0]
    assert [found.low, found.high] == pytest.approx([0.24, 0.365], abs=0.006)
    assert found.method == "bootstrap-percentile"


def test_equal_patients_are_merged_and_drawn_as_one_kind() -> None:
    """Three patients of two kinds."""
    units = vector_units(np.array([[1, 0], [0, 2], [1, 0]]))
    assert sorted(zip(units.vectors.tolist(), units.number.tolist(), strict=True)) == [
        ([0, 2], 1),
        ([1, 0], 2),
    ]


def test_a_patient_brings_all_of_its_cases() -> None:
    """Four cases of two patients: a table has 0, 2 or 4 of each."""
    units = cluster_units(np.array([0, 0, 1, 1]), 2, np.ones(4, dtype=int), np.array([0, 0, 1, 1]))
    tables = np.concatenate(list(units.tables(Resampling(times=200))))
    assert set(tables.ravel()) == {0, 2, 4}
    assert (tables.sum(axis=1) == 4).all()


def test_the_same_seed_gives_the_same_interval_and_another_does_not() -> None:
    """Law 4."""
    units = cell_units([30, 70])
    runs = [
        spans(units, _share, Resampling(times=99, seed=seed), 0.95, clustered=False)[0]
        for seed in (1, 1, 2)
    ]
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_with_very_many_kinds_of_units_influences_give_the_same_interval(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The two ways agree where both can be taken."""
    rng = np.random.default_rng(0)
    units = vector_units(rng.integers(0, 5, (3000, 3)).astype(float))

    def ratio(tables: np.ndarray) -> np.ndarray:
        return np.asarray(tables[:, :1] / tables[:, 1:2])

    drawn = spans(units, ratio, Resampling(times=4000), 0.95, clustered=True)[0]
    monkeypatch.setattr(count_bootstrap, "WORK", 0)
    linear = spans(units, ratio, Resampling(times=4000), 0.95, clustered=True)[0]
    assert (drawn.method, linear.method) == (
        "bootstrap-percentile-clustered",
        "influence-function-clustered",
    )
    assert [linear.low, linear.high] == pytest.approx([drawn.low, drawn.high], abs=0.003)


def test_replicates_that_cannot_be_computed_are_counted() -> None:
    """A few are left out with their number; many leave no interval; nor do equal ones."""
    few = percentile(np.array([*range(99), np.nan]), 0.95)
    assert few.low is not None
    assert few.reason == "1 of 100 replicates could not be computed"
    many = percentile(np.array([1.0, 2.0, np.nan]), 0.95)
    assert many.low is None
    assert "1 of 3" in many.reason
    assert percentile(np.ones(50), 0.95).low is None


def test_a_missing_patient_is_refused() -> None:
    """None, NaN, or another number of rows."""
    for cluster in (["a", None], ["a", float("nan")]):
        with pytest.raises(ValueError, match="1 clusters are missing"):
            cluster_codes(np.array(cluster, dtype=object), 2)
    with pytest.raises(ValueError, match="lengths differ"):
        cluster_codes(["a"], 2)
    with pytest.raises(ValueError, match="at least 1"):
        Resampling(times=0)
