"""A classifier of rows sees what no column shows, and cries wolf no more often than its level."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from monitoring.drift import joint
from policies.drift import JointRule

KINDS = {"a": "number", "b": "number", "c": "number", "s": "category"}


def rows(draw: np.random.Generator, n: int, together: float = 0.6) -> pd.DataFrame:
    """Two correlated numbers, a skewed one with gaps, a category with gaps."""
    a = draw.normal(size=n)
    made = pd.DataFrame(
        {
            "a": a,
            "b": together * a + (1 - together**2) ** 0.5 * draw.normal(size=n),
            "c": np.exp(draw.normal(size=n)),
            "s": draw.choice(np.array(["m", "f", None], dtype=object), n, p=[0.5, 0.4, 0.1]),
        }
    )
    made.loc[draw.random(n) < 0.1, "c"] = np.nan
    return made


def test_a_changed_relation_is_seen_where_each_column_is_as_it_was() -> None:
    """The correlation turns round; the two columns of it tell, the others do not."""
    draw = np.random.default_rng(1)
    found = joint.judged(rows(draw, 2500), rows(draw, 2500, -0.6), KINDS, JointRule())
    assert found["status"] == "drift"
    assert found["estimate"]["low"] > 0.7
    assert {one["column"] for one in found["telling"][:2]} == {"a", "b"}
    assert found["telling"][0]["auroc_lost"] > 0.1


def test_at_no_drift_the_lower_bound_exceeds_one_half_at_the_nominal_rate() -> None:
    """2.5 % of 120 windows are 3; nine or more would come four times in a thousand."""
    above = 0
    for seed in range(120):
        draw = np.random.default_rng(seed)
        rule = JointRule(model="logistic-regression", threshold=0.501, seed=seed)
        found = joint.judged(rows(draw, 300), rows(draw, 200), KINDS, rule)
        above += found["estimate"]["low"] > 0.5
        assert found["status"] in ("stable", "drift")
    assert above <= 8


def test_boosting_at_no_drift_stays_below_its_limit() -> None:
    """Eight windows of 400 rows, none drifts at the default limit."""
    for seed in range(8):
        draw = np.random.default_rng(seed)
        found = joint.judged(rows(draw, 400), rows(draw, 400), KINDS, JointRule(seed=seed))
        assert found["status"] == "stable"


def test_the_same_rows_in_another_order_give_the_same_answer() -> None:
    """No result depends on how a file was sorted; nor does it when it is run twice."""
    draw = np.random.default_rng(2)
    one, other = rows(draw, 500), rows(draw, 500, 0.2)
    rule = JointRule(model="logistic-regression")
    found = joint.judged(one, other, KINDS, rule)
    again = joint.judged(one.sample(frac=1, random_state=3), other[::-1], KINDS, rule)
    assert found == again


def test_a_lost_column_and_a_new_category_are_seen() -> None:
    """Every value missing; a value that the frozen rows do not have."""
    draw = np.random.default_rng(3)
    lost = rows(draw, 400).assign(c=np.nan)
    found = joint.judged(rows(draw, 400), lost, KINDS, JointRule())
    assert (found["status"], found["telling"][0]["column"]) == ("drift", "c")
    new = rows(draw, 400).assign(s=lambda d: d["s"].where(d["a"] > 0, "x"))
    found = joint.judged(rows(draw, 400), new, KINDS, JointRule())
    assert (found["status"], found["telling"][0]["column"]) == ("drift", "s")


def test_too_few_rows_or_no_columns_are_not_evaluable() -> None:
    """With the reason in the estimate."""
    draw = np.random.default_rng(4)
    found = joint.judged(rows(draw, 500), rows(draw, 99), KINDS, JointRule())
    assert found["status"] == "not evaluable"
    assert found["estimate"]["reason"] == "99 rows on one side, 100 required"
    nothing = joint.judged(rows(draw, 500), rows(draw, 0), KINDS, JointRule())
    assert nothing["status"] == "not evaluable"


def test_rows_that_stand_for_many_are_taken_as_often() -> None:
    """A row of 300 cases beside one of 100: three of four among 200."""
    table = pd.DataFrame({"s": ["often", "rare"]})
    found = joint.sampled(table, 200, [300, 100])["s"].value_counts()
    assert found.sum() == 200
    assert found["often"] == pytest.approx(150, abs=20)
    assert joint.sampled(table, 1000, [3, 1])["s"].tolist().count("often") == 3
