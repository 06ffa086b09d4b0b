"""Evidently on rebuilt rows judges as Evidently on all rows."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.drift_data import COLUMNS, frames
from monitoring import drift
from monitoring.drift import bracket, evidently_door, rebuilt
from monitoring.drift.line import Line
from policies.drift import DriftPlan, DriftRule, suits
from tests.monitoring.counting import category, number, pair
from tests.monitoring.test_drift_distances import CATEGORIES, CONTINUOUS, DISCRETE, chunks

os.environ["DO_NOT_TRACK"] = "1"
ROWS = DriftPlan().sample
COVID = Path(__file__).parents[2] / "demo" / "data" / "covid_il_symptoms"
METHODS = ("psi", "jensenshannon", "wasserstein", "kl_div", "hellinger")


def raw(then: np.ndarray, now: np.ndarray, method: str) -> float:
    """Evidently's distance on all rows."""
    from evidently.legacy.calculations.stattests import get_stattest
    from evidently.legacy.core import ColumnType

    kind = ColumnType.Categorical if then.dtype == object else ColumnType.Numerical
    one, other = pd.Series(then), pd.Series(now)
    test = get_stattest(one, other, kind, method)
    return float(test(one, other, kind, 0.1).drift_score)


def ours(then: np.ndarray, now: np.ndarray, method: str) -> tuple[float, float, float]:
    """The same on rebuilt rows, and between what it may lie."""
    texts = then.dtype == object
    one, other = (category(then), category(now)) if texts else pair(then, now)
    rule = DriftRule.model_validate({"method": method})
    value, _ = evidently_door.distance(rebuilt.sample(one, other, method, ROWS), rule)
    return (value, *bracket.bracket(one, other, method, value))


@pytest.mark.parametrize("method", METHODS)
def test_generated_columns_agree_within_two_per_cent_or_say_that_they_cannot(method: str) -> None:
    """Twenty columns of 50,000 rows: moved, stable, skewed, with zeros, whole numbers.

    Below Evidently's limit of 0.1 two per cent are of that limit.
    """
    then, now = frames(50_000)
    for name in COLUMNS:
        one, other = then[name].to_numpy(), now[name].to_numpy()
        if not suits(method, "category" if one.dtype == object else "number"):
            continue
        wanted, (value, low, high) = raw(one, other, method), ours(one, other, method)
        room = 0.02 * max(wanted, 0.1)
        assert low - room <= wanted <= high + room, (name, wanted, value, low, high)


@pytest.mark.parametrize("name", [*CONTINUOUS, *DISCRETE, *CATEGORIES])
def test_verdicts_on_the_car_loan_are_those_of_all_rows(name: str) -> None:
    """Ten windows of each column by Evidently's own methods, at 0.1 and at 0.05."""
    for then, now in chunks(name):
        texts = name in CATEGORIES
        one = then.astype(str).astype(object) if texts else then.astype(float)
        other = now.astype(str).astype(object) if texts else now.astype(float)
        method = "jensenshannon" if texts else "wasserstein"
        wanted, (value, _, _) = raw(one, other, method), ours(one, other, method)
        assert value == pytest.approx(wanted, rel=0.01, abs=0.001)
        for limit in (0.05, 0.1):
            assert (value >= limit) == (wanted >= limit) or abs(value / limit - 1) < 0.02


def test_verdicts_on_the_covid_registry_are_those_of_all_rows() -> None:
    """Each column of April against May 2020, missing as a value of its own."""
    found = pd.read_csv(COVID / "tests_snapshot_2020-11-15.csv.gz", dtype={"gender": str})
    months = [found[found["test_date"].str.startswith(m)] for m in ("2020-04", "2020-07")]
    sides = [month.sample(40_000, weights="n", replace=True, random_state=1) for month in months]
    drifted = {}
    for name in ("cough", "fever", "head_ache", "age_60_and_above", "gender", "test_indication"):
        then, now = (
            np.array([None if pd.isna(v) else str(v) for v in side[name]], object) for side in sides
        )
        plain = [np.where(pd.isna(side), "(missing)", side) for side in (then, now)]
        for method in ("psi", "jensenshannon"):
            wanted, (value, _, _) = raw(plain[0], plain[1], method), ours(then, now, method)
            assert value == pytest.approx(wanted, rel=0.01, abs=1e-4), (name, method)
            drifted[name, method] = wanted >= 0.1
    assert set(drifted.values()) == {True, False}  # some moved, some did not


def test_the_page_has_the_values_that_are_recorded() -> None:
    """Evidently's report on the same rows gives the very value of the function behind it."""
    then, now = frames(4000)
    names = ("normal_moved", "years_moved", "level_moved", "skewed_stable")
    one, other = {}, {}
    for name in names:
        a, b = then[name].to_numpy(), now[name].to_numpy()
        one[name], other[name] = (category(a), category(b)) if a.dtype == object else pair(a, b)
    columns = {name: {"method": "wasserstein"} for name in names[:1]}
    plan = DriftPlan.model_validate({"columns": columns})
    found = drift.measure(one, other, plan, html=False)
    assert found.html == b""
    shown = {
        name: (
            rebuilt.sample(one[name], other[name], plan.rule(name).method, ROWS),
            plan.rule(name),
        )
        for name in names
    }
    values, html = evidently_door.page(shown)
    assert html.lstrip().startswith(b"<")
    assert {c["column"]: c["value"] for c in found.columns} == pytest.approx(values, rel=1e-9)


def test_older_trails_with_ten_bins_are_still_measured() -> None:
    """Nine edges, no places inside: over tenths, as they always were."""
    draw = np.random.default_rng(5)
    then, now = draw.normal(size=8000), draw.normal(0.5, 1, 8000)
    cuts = np.quantile(then, np.arange(1, 10) / 10, method="inverted_cdf").tolist()
    one, other = number(then, cuts, discrete=False), number(now, cuts, discrete=False)
    (column,) = drift.measure({"x": one}, {"x": other}, DriftPlan(), html=False).columns
    assert column["value"] == pytest.approx(column["exact"], rel=1e-3)
    assert column["status"] == "drift"
    wide = DriftPlan.model_validate({"method": "wasserstein", "categories": {"method": "psi"}})
    (column,) = drift.measure({"x": one}, {"x": other}, wide, html=False).columns
    assert column["value"] == pytest.approx(raw(then, now, "wasserstein"), rel=0.1)


def test_rebuilding_is_proportional_deterministic_and_keeps_rare_cells() -> None:
    """Largest remainders; a cell of one case in a million keeps a row; small sides stay whole."""
    body = {"type": "category", "edges": [], "missing": 0}
    counts = {"a": 666_666, "b": 333_333, "c": 1}
    one = body | {"counts": counts, "total": 1_000_000}
    small = body | {"counts": {"a": 2, "b": 1}, "total": 3}
    made = rebuilt.sample(one, small, "psi", 1000)
    assert np.bincount(made.reference).tolist() == [667, 333, 1]
    assert np.bincount(made.current).tolist() == [2, 1]
    again = rebuilt.sample(one, small, "psi", 1000)
    assert (made.reference == again.reference).all()
    assert made.labels == ("a", "b", "c")


def test_values_stand_evenly_in_their_bin_or_on_its_edge() -> None:
    """Between edges evenly; on the edges of a discrete column; on an edge where many repeat."""
    body = {"type": "number", "edges": [0.0, 10.0, 20.0], "missing": 0, "total": 4}
    even = body | {"counts": {"0": 0, "1": 2, "2": 2, "3": 0}}
    assert Line.of(even).values(np.array([0.0, 2, 2, 0]), 4).tolist() == [2.5, 7.5, 12.5, 17.5]
    edge = even | {"discrete": True}
    assert Line.of(edge).values(np.array([0.0, 2, 2, 0]), 4).tolist() == [10, 10, 20, 20]
    draw = np.random.default_rng(6)
    dose = np.where(draw.random(9000) < 0.5, 0.0, draw.gamma(2, 5, 9000))
    one, other = pair(dose, dose)
    placed = rebuilt.sample(one, other, "wasserstein", 9000).reference
    assert (placed == 0).mean() == pytest.approx(0.5, abs=0.02)
