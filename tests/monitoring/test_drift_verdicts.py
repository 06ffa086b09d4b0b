"""What a column's verdict says: borderline, not evaluable, tests; and the data set as a whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import false_discovery_control
from statsmodels.stats.multitest import multipletests

from evidence.digest import canonical
from evidence.errors import PolicyError
from monitoring import drift
from monitoring.drift import columns, dataset, two_sample
from monitoring.drift.cells import unable
from policies.drift import DatasetRule, DriftPlan, DriftRule
from policies.reader import parse
from tests.monitoring.counting import category, number, pair


def judged(one: Any, other: Any, **rule: Any) -> dict[str, Any]:
    """The body of one column."""
    plan = DriftPlan.model_validate(rule)
    (found,) = drift.measure({"x": one}, {"x": other}, plan, html=False).columns
    return dict(found)


def test_a_value_near_its_threshold_is_borderline() -> None:
    """PSI 0.1962 at limits within two per cent of it, above and below; not at 0.15."""
    one = category(["a"] * 800 + ["b"] * 200)
    other = category(["a"] * 600 + ["b"] * 400)
    found = {limit: judged(one, other, threshold=limit) for limit in (0.15, 0.195, 0.198, 0.25)}
    verdicts = {limit: (f["status"], f["borderline"]) for limit, f in found.items()}
    assert verdicts == {
        0.15: ("drift", False),
        0.195: ("drift", True),
        0.198: ("stable", True),
        0.25: ("stable", False),
    }
    assert found[0.15]["range"] == [found[0.15]["value"]] * 2


def test_a_far_value_that_decides_makes_the_verdict_borderline() -> None:
    """Evidently's bins reach to the farthest value, which counts only bracket: the range says so."""
    draw = np.random.default_rng(0)
    found = judged(*pair(draw.standard_t(3, 20_000), draw.standard_t(3, 20_000) + 0.5))
    low, high = found["range"]
    assert low < 0.9 * high
    decisive = judged(
        *pair(draw.standard_t(3, 20_000), draw.standard_t(3, 20_000) + 0.5),
        threshold=(low + high) / 2,
    )
    assert decisive["borderline"] is (
        decisive["range"][0] <= decisive["threshold"] <= decisive["range"][1]
    )


def test_a_column_without_values_or_a_window_without_cases_is_not_evaluable() -> None:
    """All missing, no cases, absent, other edges, a method that does not fit: each with its reason."""
    draw = np.random.default_rng(1)
    one, other = pair(draw.normal(size=500), draw.normal(size=500))
    blank = number(np.full(50, np.nan), one["edges"], discrete=False)
    empty = number([], one["edges"], discrete=False)
    assert "missing in the window" in judged(one, blank)["reason"]
    assert judged(one, blank)["missing_window"] == 1
    assert judged(one, empty)["reason"] == "the window has no cases"
    assert judged(one, number([1.0], [0.0], discrete=False))["status"] == "not evaluable"
    found = drift.measure({"x": one}, {}, DriftPlan()).columns[0]
    assert (found["status"], found["reason"]) == ("not evaluable", "the window has no such column")
    rule = {"x": {"method": "chisquare"}}
    assert (
        judged(one, other, columns=rule)["reason"]
        == "chisquare compares categories, and this column is a number"
    )
    nothing = drift.measure({"x": one}, {"x": empty}, DriftPlan())
    assert (nothing.html, nothing.dataset["status"]) == (b"", "not evaluable")
    gone = category([None] * 20)  # missing is a category's own value: everything lost is drift
    assert judged(category(["a"] * 20), gone)["status"] == "drift"
    assert unable(one, other) == ""


def test_a_test_says_its_p_value_and_statistic_and_that_smaller_is_drift() -> None:
    """KS of a moved column; three values for z cannot be."""
    draw = np.random.default_rng(2)
    one, other = pair(draw.normal(size=3000), draw.normal(0.3, 1, 3000))
    found = judged(one, other, columns={"x": {"method": "ks"}})
    assert (found["status"], found["larger_is_drift"], found["threshold"]) == ("drift", False, 0.05)
    assert found["value"] < 1e-6
    assert found["statistic"] == pytest.approx(0.119, abs=0.03)
    new = judged(
        category(["a"] * 50), category(["b"] * 50), method="chisquare", numbers={"method": "ks"}
    )
    assert (new["status"], new["value"], new["statistic"]) == ("drift", 0.0, None)
    assert canonical(new)  # as a record holds it: no infinity
    three = category(list("abc") * 30)
    assert "there are 3" in judged(three, three, columns={"x": {"method": "z"}})["reason"]


def test_adjusted_p_values_are_those_of_statsmodels_and_scipy() -> None:
    """Holm, and Benjamini and Hochberg, with ties."""
    p = np.append(np.random.default_rng(3).beta(0.4, 2, 30), [0.01, 0.01, 1.0]).tolist()
    assert dataset.adjusted(p, "holm") == pytest.approx(multipletests(p, method="holm")[1])
    assert dataset.adjusted(p, "benjamini-hochberg") == pytest.approx(false_discovery_control(p))
    assert dataset.adjusted(p, "none") == p


def test_quiet_windows_of_many_columns_rarely_alarm_when_p_values_are_corrected() -> None:
    """20 columns of four values, 100 windows: without correction most have a "drifted" one."""
    draw = np.random.default_rng(4)
    alarms = dict.fromkeys(("holm", "benjamini-hochberg", "none"), 0)
    for _ in range(100):
        bodies = [_tested(f"c{i}", *draw.multinomial(400, [0.25] * 4, size=2)) for i in range(20)]
        for name in alarms:
            rule = DatasetRule.model_validate({"share": 0.05, "correction": name})
            alarms[name] += dataset.judged(bodies, rule)["status"] == "drift"
    assert alarms["holm"] <= alarms["benjamini-hochberg"] <= 10
    assert alarms["none"] >= 50


def _tested(name: str, then: np.ndarray, now: np.ndarray) -> dict[str, Any]:
    sides = [
        {"type": "category", "edges": [], "missing": 0, "total": int(counts.sum())}
        | {"counts": dict(zip("abcd", counts.tolist(), strict=True))}
        for counts in (then, now)
    ]
    found = two_sample.test(sides[0], sides[1], "chisquare-homogeneity")
    assert isinstance(found, two_sample.TwoSample)
    status = "drift" if found.p <= 0.05 else "stable"
    return {
        "column": name,
        "status": status,
        "larger_is_drift": False,
        "value": found.p,
        "threshold": 0.05,
        "borderline": False,
    }


def test_the_data_set_drifts_when_the_share_of_columns_does() -> None:
    """Two of four is half; a borderline one that decides is said."""

    def body(name: str, status: str, **more: Any) -> dict[str, Any]:
        return {
            "column": name,
            "status": status,
            "larger_is_drift": True,
            "value": 0.3,
            "threshold": 0.2,
            "borderline": False,
        } | more

    four = [body("a", "drift"), body("b", "drift"), body("c", "stable"), body("d", "stable")]
    found = dataset.judged([*four, body("e", "not evaluable")], DatasetRule())
    assert (found["status"], found["columns"], found["drifted"], found["share"]) == (
        "drift",
        4,
        ["a", "b"],
        0.5,
    )
    assert found["borderline"] is False
    near = [*four[:1], body("b", "drift", borderline=True), *four[2:]]
    assert dataset.judged(near, DatasetRule())["borderline"] is True
    assert dataset.judged(near, DatasetRule(share=0.2))["borderline"] is False


def test_metadata_of_an_acquisition_are_columns_like_others() -> None:
    """A new scanner: maker and kVp move, pixel spacing stays; a new maker is named as a new value."""
    draw = np.random.default_rng(5)
    makers, kvp, spacing = ["A", "B"], [80.0, 100, 120], [0.5, 0.6, 0.7]
    one = {"manufacturer": category(draw.choice(makers, 900))}
    other = {"manufacturer": category(draw.choice([*makers, "C"], 600))}
    one["kvp"], other["kvp"] = pair(draw.choice(kvp, 900), draw.choice(kvp, 600, p=[0.7, 0.2, 0.1]))
    one["spacing"], other["spacing"] = pair(draw.choice(spacing, 900), draw.choice(spacing, 600))
    found = drift.measure(one, other, DriftPlan(), html=False).columns
    assert [c["status"] for c in found] == ["drift", "drift", "stable"]
    share = columns.new_share("manufacturer", one["manufacturer"], other["manufacturer"])
    assert share.value == pytest.approx(1 / 3, abs=0.06)
    assert share.low is not None
    assert share.low > DriftPlan().new_category_share
    assert [v for v, _ in columns.new_values(one["manufacturer"], other["manufacturer"], 5)] == [
        "C"
    ]
    assert columns.new_values(one["manufacturer"], other["manufacturer"], 10_000) == []
    assert columns.new_share("kvp", one["kvp"], other["kvp"]).value is None


def test_missing_rises_with_newcombes_interval() -> None:
    """10 of 100 against 5 of 200: 0.075 (0.019 to 0.151); without cases, a reason."""
    then = category(["a"] * 195 + [None] * 5)
    now = category(["a"] * 90 + [None] * 10)
    found = columns.missing_rise("x", then, now)
    assert found.value == pytest.approx(0.075)
    assert found.low == pytest.approx(0.0194, abs=5e-4)
    assert found.high == pytest.approx(0.1507, abs=5e-4)
    assert columns.missing_rise("x", then, category([])).value is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("method: wasserstein", "give them a rule, as in categories"),
        ("method: ks\ncategories: {method: wasserstein}", "does not compare columns of this kind"),
        ("columns: {x: {method: ks, threshold: 2}}", "give a level below 1"),
        ("unit_factors: [1]", "positive factors other than 1"),
        ("method: kolmogorov", "Input should be"),
        ("dataset: {share: 0}", "greater than 0"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_in_words(text: str, said: str) -> None:
    """With what to write instead."""
    with pytest.raises(PolicyError, match=said):
        parse(text, DriftPlan, "monitoring.yaml")


def test_limits_are_the_methods_own_where_none_is_given() -> None:
    """0.2 for PSI, 0.05 for tests, Evidently's 0.1 for the others."""
    limits = {
        m: DriftRule.model_validate({"method": m}).threshold for m in ("psi", "ks", "hellinger")
    }
    assert limits == {"psi": 0.2, "ks": 0.05, "hellinger": 0.1}
    assert DriftPlan().threshold == 0.2
    plan = DriftPlan.model_validate(
        {"method": "ks", "categories": {"method": "psi"}, "columns": {"a": {"method": "psi"}}}
    )
    assert [
        plan.rule(*of).method for of in (("x", "number"), ("y", "category"), ("a", "number"))
    ] == ["ks", "psi", "psi"]
