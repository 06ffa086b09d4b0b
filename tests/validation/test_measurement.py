"""What the policies drive in a run: clusters, groupings, sites, multiplicity, error slices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from evidence.errors import OutOfOrderError
from policies import reader
from policies.criteria import ValidationPolicy
from policies.dataset import DatasetSpec
from policies.fairness import FairnessPolicy
from tests.clinic import ACTOR, AT, Clinic, draw
from validation import acceptance, freeze, judgement, lock, measurement, protocol
from validation.endpoints import auroc
from validation.measurement import Sample
from validation.table import COUNT, LABEL

SPEC = """\
dataset: clinic
title: t
origin: o
licence: l
case: case
patient: patient
site: site
reference_standard: {column: truth, positive: [1], negative: [0], description: d}
features: [{name: age, type: number}, {name: sex, type: category}]
subgroups: [sex]
"""
POLICY = """\
policy: validation
version: 1
title: t
endpoints: [auroc, sensitivity, specificity, kappa]
operating_points: [{name: A, threshold: 0.3}]
criteria:
  - {id: V1, endpoint: auroc, at_least: 0.6, primary: true}
  - {id: V2, endpoint: sensitivity, at: A, at_least: 0.4, primary: true}
minimum: {cases: 10, positives: 5, negatives: 5}
"""
FAIRNESS = """\
policy: fairness
version: 1
title: t
attributes: [sex, age]
cuts: {age: [50, 65]}
intersections: [[sex, age]]
minimum: {cases: 10, positives: 5, negatives: 5}
criteria:
  - {id: F1, kind: each, endpoint: auroc, by: [age, sex & age], at_least: 0.1}
  - {id: F2, kind: gap, endpoint: kappa, at: A, by: [sex], at_most: 0.9}
parities:
  - {id: F3, criterion: equalized-odds, at: A, by: [sex], at_most: 0.5}
"""


def _policy(text: str = POLICY, more: str = "") -> ValidationPolicy:
    return reader.parse(text + more, ValidationPolicy, "validation.yaml")


def _fair(text: str = FAIRNESS) -> FairnessPolicy:
    return reader.parse(text, FairnessPolicy, "fairness.yaml")


@pytest.fixture
def sample() -> Sample:
    """1,200 cases of 400 patients at three sites; cases of a patient are alike."""
    rng = np.random.default_rng(3)
    patient = np.repeat(np.arange(400), 3)
    latent = rng.normal(0, 1, 400)[patient]
    score = 1 / (1 + np.exp(-(latent + rng.normal(-0.8, 0.6, 1200))))
    frame = pd.DataFrame(
        {
            "case": [f"c{i}" for i in range(1200)],
            "patient": [f"p{i}" for i in patient],
            "site": np.array(["north", "south", "west"])[patient % 3],
            "age": rng.normal(58, 10, 400)[patient].round(),
            "sex": np.array(["female", "male"])[patient % 2],
            LABEL: (rng.random(1200) < score).astype(int),
            COUNT: 1,
        }
    )
    spec = reader.parse(SPEC, DatasetSpec, "dataset.yaml")
    return Sample(frame=frame, score=score, spec=spec)


def _find(facts: dict[str, Any], endpoint: str, subgroup: str = "overall") -> dict[str, Any]:
    return next(
        e for e in facts["estimates"] if (e["endpoint"], e["subgroup"]) == (endpoint, subgroup)
    )


def test_repeated_patients_widen_every_interval_as_the_policy_says(sample: Sample) -> None:
    """The value stays; the method is named; AUROC is Obuchowski's, proportions the ratio's."""
    plain = judgement.judged(sample, _policy(), None)
    ratio = judgement.judged(sample, _policy(more="clusters: ratio-estimator-wilson\n"), None)
    for endpoint, method in (
        ("auroc", "obuchowski-clustered-logit-t"),
        ("sensitivity", "ratio-estimator-wilson"),
    ):
        one, other = _find(plain, endpoint), _find(ratio, endpoint)
        assert one["value"] == pytest.approx(other["value"])
        assert other["high"] - other["low"] > one["high"] - one["low"]
        assert other["method"] == method
    drawn = judgement.judged(sample, _policy(more="clusters: bootstrap-patients\n"), None)
    assert _find(drawn, "auroc")["method"] == "bootstrap-percentile-clustered"


def test_a_policy_that_ignores_repeated_patients_gets_no_verdict(tmp_path: Any) -> None:
    """Refused before the set is opened, with the count of repeats."""
    clinic = Clinic.open(tmp_path)
    roles = SPEC.replace("site: site\n", "score: score\ntime: day\n")
    frame = draw(6, people=400).assign(patient=[f"p{i // 2}" for i in range(400)])
    frame.to_csv(tmp_path / "repeats.csv", index=False)
    space = clinic.space
    spec = reader.parse(roles, DatasetSpec, "roles.yaml")
    quality: Any = space.policy("data_quality").value
    frozen = freeze.freeze(
        tmp_path / "repeats.csv", "repeats", spec, roles, quality, [], space.store
    )
    freeze.record(space.trail, frozen, at=AT, actor=ACTOR)
    assert (frozen.cases, frozen.patients) == (400, 200)
    asked = protocol.Protocol(
        lock=lock.find(space.trail, "external/1"),
        frozen=frozen,
        policies=[space.policy("validation")],
        predictions=protocol.Predictions(path=tmp_path / "repeats.csv", score="score"),
    )
    registry = lock.Registry(space.registry_uri)
    with pytest.raises(OutOfOrderError, match="200 cases repeat a patient"):
        protocol.execute(asked, space.trail, space.store, registry, at=AT, actor=ACTOR)
    path = tmp_path / "policies" / "validation.yaml"
    path.write_text(path.read_text() + "clusters: ratio-estimator-wilson\n")
    asked = protocol.Protocol(
        lock=asked.lock,
        frozen=frozen,
        policies=[clinic.space.policy("validation")],
        predictions=asked.predictions,
    )
    run = protocol.execute(asked, space.trail, space.store, registry, at=AT, actor=ACTOR)
    assert run.body["design"] == {
        "patients": 200,
        "cases": 400,
        "repeated": 200,
        "most": 2,
        "clusters": "ratio-estimator-wilson",
    }


def test_attributes_are_cut_and_crossed_and_each_part_is_judged(sample: Sample) -> None:
    """Age in three, sex and age in six; a gap of kappa is measured, not passed over."""
    facts = judgement.judged(sample, _policy(), _fair())
    judged = {(c["id"], c["subgroup"]) for c in facts["criteria"]}
    assert {s for i, s in judged if i == "F1" and "&" not in s} == {
        "age=(-inf, 50)",
        "age=[50, 65)",
        "age=[65, inf)",
    }
    assert len([s for i, s in judged if i == "F1" and "&" in s]) == 6
    (gap,) = [c for c in facts["criteria"] if c["id"] == "F2"]
    assert gap["estimate"]["value"] is not None
    (parity,) = [c for c in facts["criteria"] if c["id"] == "F3"]
    assert parity["verdict"] == "pass"
    assert parity["endpoint"] == "equalized-odds-difference"


def test_a_gap_that_cannot_be_measured_is_not_evaluable(sample: Sample) -> None:
    """One subgroup alone has no gap: that is said, and is no pass."""
    one = Sample(frame=sample.frame.assign(sex="male"), score=sample.score, spec=sample.spec)
    facts = judgement.judged(one, _policy(), _fair())
    (gap,) = [c for c in facts["criteria"] if c["id"] == "F2"]
    assert gap["verdict"] == "not evaluable"
    assert "fewer than two subgroups of sex" in gap["reason"]
    assert facts["verdict"] == "not evaluable"


def test_each_subgroup_has_the_numbers_of_its_own_cases(sample: Sample) -> None:
    """An intersection is measured as if it stood alone."""
    facts = judgement.judged(sample, _policy(), _fair())
    mine = _find(facts, "auroc", "sex=female & age=[50, 65)")
    frame = sample.frame
    rows = ((frame.sex == "female") & (frame.age >= 50) & (frame.age < 65)).to_numpy()
    alone = auroc(sample.label[rows], sample.score[rows], scale="logit")  # a policy's default
    assert [mine[k] for k in ("value", "low", "high", "n")] == pytest.approx(
        [alone.value, alone.low, alone.high, alone.n]
    )


def test_sites_are_pooled_and_each_is_left_out(sample: Sample) -> None:
    """Primary endpoints by site, heterogeneity, leave-one-site-out."""
    found = judgement.judged(sample, _policy(), None)["sites"]
    names = {e["subgroup"] for e in found["estimates"] if e["endpoint"] == "auroc"}
    assert {"site=north", "site=south", "site=west"} <= names
    assert any("without" in name for name in names)
    assert any(e["endpoint"] == "auroc-i-squared" for e in found["estimates"])
    assert {t["endpoint"] for t in found["tests"]} == {
        "auroc-heterogeneity",
        "sensitivity-heterogeneity",
    }


def test_error_slices_are_aggregates_above_the_minimum(sample: Sample) -> None:
    """What is tried is counted; a slice that is worse by construction is found."""
    frame = sample.frame
    score = np.where((frame.site == "west") & (frame[LABEL] == 1), 0.01, sample.score)
    spoiled = Sample(frame=frame, score=score, spec=sample.spec)
    asked = "error_analysis: {endpoint: sensitivity, at: A, by: [site, sex], minimum: 20}\n"
    found = judgement.judged(spoiled, _policy(more=asked), None)["errors"]
    assert found["tried"] + found["small"] == 3 + 2 + 6
    assert "site=west" in {e["subgroup"] for e in found["estimates"]}
    assert all(e["n"] >= 20 for e in found["estimates"])


def _ruled(sample: Sample, procedure: str, goal: float) -> list[dict[str, Any]]:
    text = POLICY.replace("at_least: 0.6", f"at_least: {goal}") + f"multiplicity: {procedure}\n"
    policy = _policy(text)
    found = measurement.measure(sample, policy, None)
    judged, rulings = acceptance.judge(found.estimates, policy, found.sizes)
    assert {r["procedure"] for r in rulings} == {procedure}
    return judged


def test_a_fixed_sequence_stops_at_the_first_that_is_not_met(sample: Sample) -> None:
    """V2 would pass by itself; after V1 failed it is not tested, so not evaluable."""
    first, second = _ruled(sample, "fixed-sequence", 0.99)
    assert (first["verdict"], second["verdict"]) == ("fail", "not evaluable")
    assert "not tested" in second["reason"]
    first, second = _ruled(sample, "fixed-sequence", 0.6)
    assert (first["verdict"], second["verdict"]) == ("pass", "pass")


def test_holm_asks_more_than_each_alone(sample: Sample) -> None:
    """A goal that the bound just reaches is met alone and not under Holm, where it comes first."""
    area = auroc(sample.label, sample.score, scale="logit")  # a policy's default
    assert area.low is not None
    goal = round(area.low - 0.0005, 6)
    alone = judgement.judged(sample, _policy(POLICY.replace("0.6,", f"{goal},")), None)
    assert alone["criteria"][0]["verdict"] == "pass"
    hard = POLICY.replace("at_least: 0.4", "at_least: 0.99").replace("0.6,", f"{goal},")
    policy = _policy(hard + "multiplicity: holm\n")
    found = measurement.measure(sample, policy, None)
    (first, _), _ = acceptance.judge(found.estimates, policy, found.sizes)
    assert first["verdict"] == "fail"
    assert "Holm-adjusted p" in first["reason"]


def test_impossible_designs_are_refused_when_the_policy_is_read() -> None:
    """All faults at once."""
    from evidence.errors import PolicyError

    with pytest.raises(PolicyError) as caught:
        _policy(more="against_previous: [{id: V1, endpoint: sensitivity, at: Z, margin: 0.1}]\n")
    assert "no operating point 'Z'" in str(caught.value)
    assert "criterion 'V1' is given twice" in str(caught.value)
    with pytest.raises(PolicyError) as caught:
        _fair(FAIRNESS.replace("[50, 65]", "[65, 50]").replace("by: [sex]", "by: [race]"))
    assert "must ascend" in str(caught.value)
    assert "'race' is neither an attribute nor an intersection" in str(caught.value)


def test_rejected_inputs_and_indeterminate_cases_are_bounded_at_worst(tmp_path: Any) -> None:
    """Counted by reason, out of the analysis, and wrong about each of them at worst."""
    clinic = Clinic.open(tmp_path)
    frame = draw(7, people=1000)
    frame["quality"] = np.where(frame.index < 40, "blurred", "good")
    frame["truth"] = frame.truth.astype(object)
    frame.loc[990:, "truth"] = "unclear"
    frame.to_csv(tmp_path / "quality.csv", index=False)
    roles = (tmp_path / "spec.yaml").read_text()
    roles += "input_quality: {column: quality, accepted: [good]}\n"
    spec = reader.parse(roles, DatasetSpec, "roles.yaml")
    space = clinic.space
    quality: Any = space.policy("data_quality").value
    frozen = freeze.freeze(tmp_path / "quality.csv", "q", spec, roles, quality, [], space.store)
    freeze.record(space.trail, frozen, at=AT, actor=ACTOR)
    assert (frozen.cases, frozen.indeterminate, frozen.rejected) == (950, 10, 40)
    steps = {s["step"]: s["cases"] for s in frozen.accounting}
    assert steps["input rejected by quality control"] == 40
    asked = protocol.Protocol(
        lock=lock.find(space.trail, "external/1"),
        frozen=frozen,
        policies=[space.policy("validation")],
        predictions=protocol.Predictions(path=tmp_path / "quality.csv", score="score"),
    )
    registry = lock.Registry(space.registry_uri)
    run = protocol.execute(asked, space.trail, space.store, registry, at=AT, actor=ACTOR)
    found = {e["subgroup"]: e for e in run.body["incomplete"] if e["endpoint"] == "accuracy"}
    assert (found["excluded"]["n"], found["worst-case"]["n"]) == (950, 1000)
    assert found["worst-case"]["events"] == found["excluded"]["events"]
    assert found["best-case"]["events"] == found["excluded"]["events"] + 50
