"""A window's endpoints: subgroups, gaps, patients, calibration drift, abstention, modalities."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from monitoring import abstention, calibration_drift, performance
from policies import reader
from policies.dataset import DatasetSpec
from policies.plan import MonitoringPlan
from tests.clinic import PLAN, SPEC, draw
from tests.monitoring.label_free import covid
from validation import curves, endpoints, table
from validation.table import COUNT, LABEL

ORACLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data/covid_il_symptoms/oracle.json").read_text()
)["windows"]


def _plan(text: str = PLAN) -> MonitoringPlan:
    return reader.parse(text, MonitoringPlan, "plan")


def _spec(more: str = "") -> DatasetSpec:
    return reader.parse(SPEC + more, DatasetSpec, "spec")


@pytest.fixture(scope="module")
def window() -> pd.DataFrame:
    """A month of the clinic."""
    month = draw(2, 1500)
    month[LABEL], month[COUNT] = month["truth"].astype(int), 1
    return month


def test_every_watched_endpoint_stands_in_every_subgroup(window: pd.DataFrame) -> None:
    """With its gaps; what the plan's gap rules name is where it was."""
    plan = _plan()
    found = performance.measure(window, window["score"].to_numpy(), plan)
    by = {(e.endpoint, e.subgroup) for e in found.subgroups.estimates}
    sexes = {f"sex={value}" for value in window["sex"].unique()}
    assert by == {(name, sex) for name in performance.watched(plan) for sex in sexes}
    assert "sensitivity-difference" in {g.endpoint for g in found.subgroups.gaps}
    assert {g.endpoint for g in found.gaps} == {"auroc-difference"}
    assert {e.endpoint for e in found.estimates if e.subgroup != "overall"} == {"auroc"}
    rows = window[window["sex"] == window["sex"].iloc[0]]
    (mine,) = (
        e
        for e in found.subgroups.estimates
        if (e.endpoint, e.subgroup) == ("sensitivity", f"sex={window['sex'].iloc[0]}")
    )
    (alone,) = endpoints.evaluate(
        rows[LABEL], rows["score"], endpoints=["sensitivity"], thresholds=[0.5]
    )
    assert (mine.value, mine.low, mine.high) == (alone.value, alone.low, alone.high)


def test_a_plan_without_gap_rules_has_no_subgroups(window: pd.DataFrame) -> None:
    """Overall alone."""
    plan = _plan(PLAN.replace("gaps: [{by: [sex], above: 0.0}]\n", ""))
    found = performance.measure(window, window["score"].to_numpy(), plan)
    assert not found.subgroups.estimates
    assert {e.subgroup for e in found.estimates} == {"overall"}


def test_cases_without_a_score_are_in_no_endpoint(window: pd.DataFrame) -> None:
    """As if they were not there, patients or not."""
    score = window["score"].to_numpy().copy()
    score[:100] = np.nan
    kept, owner = window.iloc[100:], np.arange(len(window)) // 3
    one = performance.measure(window, score, _plan())
    assert one == performance.measure(kept, score[100:], _plan())
    clustered = performance.measure(window, score, _plan(), patients=owner)
    again = np.unique(owner[100:], return_inverse=True)[1]
    assert clustered == performance.measure(kept, score[100:], _plan(), patients=again)


def test_repeated_patients_widen_every_interval(window: pd.DataFrame) -> None:
    """Each case three times over: values stay, and intervals are not those of triple cases."""
    plan = _plan()
    thrice = pd.concat([window] * 3, ignore_index=True)
    owner = np.tile(np.arange(len(window)), 3)
    plain = performance.measure(thrice, thrice["score"].to_numpy(), plan)
    clustered = performance.measure(thrice, thrice["score"].to_numpy(), plan, patients=owner)
    for name in ("auroc", "brier", "prevalence", "sensitivity"):
        one, other = plain.find(name), clustered.find(name)
        assert one is not None
        assert other is not None
        assert one.value == pytest.approx(other.value)
        ratio = (other.high - other.low) / (one.high - one.low)  # type: ignore[operator]
        assert ratio == pytest.approx(3**0.5, rel=0.03)
    gap, wide = plain.gaps[0], clustered.gaps[0]
    assert wide.high - wide.low > 1.5 * (gap.high - gap.low)  # type: ignore[operator]
    ece = clustered.calibration[-1]
    assert (ece.endpoint, ece.low) == ("ece-equal-mass", None)
    assert "patients repeat" in ece.reason


def test_patients_are_read_by_the_specification(window: pd.DataFrame) -> None:
    """Where they repeat; nobody who comes once is a cluster."""
    spec = _spec("patient: person\n")
    once = window.assign(person=[f"p{i}" for i in range(len(window))])
    twice = window.assign(person=[f"p{i // 2}" for i in range(len(window))])
    assert performance.repeated(once, spec) is None
    assert performance.repeated(window, _spec()) is None
    owner = performance.repeated(twice, spec)
    assert owner is not None
    score = window["score"].to_numpy()
    by_spec = performance.measure(twice, score, _plan(), spec=spec)
    assert by_spec == performance.measure(twice, score, _plan(), patients=owner)
    assert by_spec.estimates[0].method != "delong"


def test_calibration_of_covid_windows_is_r_s() -> None:
    """Intercept, slope and O:E of the test week, and their change since the reference."""
    frame = covid.cohort()
    then = covid.between(frame, *covid.REFERENCE)
    now = covid.between(frame, "2020-04-01", "2020-04-07")
    data = [
        (part["y"].to_numpy(), part["p_all"].to_numpy(), part["n"].to_numpy())
        for part in (then, now)
    ]
    before, after = (calibration_drift.measure(*part) for part in data)
    oracle = [
        ORACLE[name]["calibration_all"] for name in ("train_2020_03_22_31", "test_2020_04_01_07")
    ]
    values = {e.endpoint: e.value for e in after}
    assert values["calibration-slope"] == pytest.approx(oracle[1]["calibration_slope"], abs=1e-5)
    assert values["observed-expected"] == pytest.approx(oracle[1]["oe_ratio"], abs=1e-8)
    moved = {e.endpoint: e for e in calibration_drift.moved(after, before)}
    slope, ratio = moved["calibration-slope-difference"], moved["observed-expected-ratio"]
    assert slope.value == pytest.approx(
        oracle[1]["calibration_slope"] - oracle[0]["calibration_slope"], abs=1e-4
    )
    both = sum(one["calibration_slope_se"] ** 2 for one in oracle) ** 0.5
    assert slope.high - slope.low == pytest.approx(2 * 1.959964 * both, rel=1e-4)  # type: ignore[operator]
    assert ratio.value == pytest.approx(oracle[1]["oe_ratio"] / oracle[0]["oe_ratio"], abs=1e-8)
    assert ratio.low < ratio.value < ratio.high < 1  # type: ignore[operator]
    assert ratio.unit == "ratio"


def test_a_frozen_reliability_curve_is_a_fixed_reference() -> None:
    """Its ECE is that of tenths of the people; the change has the window's own interval."""
    month = draw(3, 3000)
    label, score = month["truth"].astype(int).to_numpy(), month["score"].to_numpy()
    count = np.ones(len(month), dtype=int)
    points = curves.calibration(label, score, count, 0.95)
    frozen = calibration_drift.of_curve(points)
    now = calibration_drift.measure(label, score, count)
    assert frozen.value == pytest.approx(now[-1].value, abs=1e-3)
    (change,) = calibration_drift.moved(now[-1:], [frozen])
    assert change.method == calibration_drift.FIXED
    assert change.low == pytest.approx(now[-1].low - frozen.value)  # type: ignore[operator]
    assert calibration_drift.of_curve([]).reason == "no cases"


def test_no_positive_has_no_ratio() -> None:
    """A window without positives is no ratio of 0 but a gap in what is known."""
    month = draw(3, 500)
    score, count = month["score"].to_numpy(), np.ones(500, dtype=int)
    before = calibration_drift.measure(month["truth"].astype(int).to_numpy(), score, count)
    after = calibration_drift.measure(np.zeros(500, dtype=int), score, count)
    assert [e.endpoint for e in calibration_drift.moved(after, before)] == [
        "ece-equal-mass-difference"
    ]


def test_abstention_counts_people_once() -> None:
    """No score, rejected, or both."""
    score = np.array([0.1, np.nan, 0.3, np.nan])
    found = abstention.abstention(
        score, np.array([5, 2, 2, 1]), rejected=np.array([False, False, True, True])
    )
    assert (found.endpoint, found.events, found.n) == ("abstention-rate", 5, 10)
    alone = abstention.abstention(score, np.array([5, 2, 2, 1]))
    assert (alone.events, alone.method) == (3, "wilson")
    owner = abstention.abstention(score, np.array([5, 2, 2, 1]), patients=np.array([0, 0, 1, 1]))
    assert (owner.value, owner.method) == (0.3, "ratio-estimator-wilson")
    assert abstention.abstention(score[:0], np.zeros(0, dtype=int)).value is None


def test_inputs_that_were_rejected_are_taken_from_the_cohort() -> None:
    """Indeterminate cases are no abstention; patients cover both parts."""
    spec = _spec("patient: person\ninput_quality: {column: quality, accepted: [ok]}\n")
    raw = draw(2, 200).assign(quality="ok", person=[f"p{i % 50}" for i in range(200)])
    raw.loc[:9, "quality"] = "blurred"
    raw["truth"] = raw["truth"].astype(str)
    raw.loc[10:14, "truth"] = "unclear"
    cohort = table.cohort(table.typed(raw.astype(object), spec, "f"), spec)
    score = cohort.frame["score"].to_numpy().copy()
    score[:5] = np.nan
    found = abstention.of_cohort(cohort, score)
    assert (found.events, found.n) == (15, 195)
    by_patient = abstention.of_cohort(cohort, score, patient="person")
    assert by_patient.value == pytest.approx(15 / 195)
    assert by_patient.method == "ratio-estimator-wilson"


def test_a_modality_is_missing_where_all_its_columns_are() -> None:
    """One column left is enough."""
    frame = pd.DataFrame(
        {"image": ["a", None, None], "frontal": [None, None, "b"], "text": ["t", "t", None]}
    ).assign(**{COUNT: [2, 1, 1]})
    found = abstention.missing_modalities(frame, {"image": ["image", "frontal"], "text": ["text"]})
    assert [(e.subgroup, e.events, e.n) for e in found] == [
        ("modality=image", 1, 4),
        ("modality=text", 1, 4),
    ]
    assert {e.endpoint for e in found} == {"missing-modality-rate"}
