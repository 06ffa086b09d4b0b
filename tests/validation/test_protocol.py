"""The validation run: order, digests, looks, once and whole."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest

from evidence.errors import BrokenTrailError, DataError, OutOfOrderError
from evidence.records import Look, PolicyRegistration, ValidationRun
from policies import reader
from policies.criteria import ValidationPolicy
from policies.dataset import DataQualityPolicy, DatasetSpec
from policies.policy import PolicyFile
from tests.clinic import ACTOR, AT, Clinic
from tests.killing import killed_at, tplc
from validation import acceptance, freeze, lock
from validation.endpoints import auroc
from validation.protocol import Predictions, Protocol, execute
from validation.sizes import Sizes

ROOT = Path(__file__).parents[2]
COVID = ROOT / "demo" / "data" / "covid_il_symptoms" / "tests_snapshot_2020-05-04.csv.gz"
POLICY = """\
policy: validation
version: 1
title: Published model
endpoints: [auroc, sensitivity, specificity]
operating_points: [{name: A, threshold: 0.145}]
criteria: [{id: V1, endpoint: auroc, at_least: 0.85}]
intervals: {auroc_scale: plain}  # DeLong's own, as published
"""


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    """A fresh clinic."""
    return Clinic.open(tmp_path)


def test_the_published_outputs_as_an_external_model(clinic: Clinic) -> None:
    """Zoabi et al.: 47,401 / 3,624; AUROC 0.89876 (0.89205 to 0.90548); 3164/3624, 31515/43777."""
    spec_path = ROOT / "demo" / "workspace_covid" / "dataset.yaml"
    spec, space = reader.read(spec_path, DatasetSpec), clinic.space
    quality = DataQualityPolicy(policy="data_quality", version=1, title="t")
    frozen = freeze.freeze(COVID, "covid", spec, spec_path.read_text(), quality, [], space.store)
    freeze.record(space.trail, frozen, at=AT, actor=ACTOR)
    value = reader.parse(POLICY, ValidationPolicy, "validation.yaml")
    protocol = Protocol(
        lock=lock.find(space.trail, "external/1"),
        frozen=frozen,
        policies=[PolicyFile(path=Path("validation.yaml"), text=POLICY, value=value)],
        predictions=Predictions(path=COVID, score="p_all"),
    )
    registry = lock.Registry(space.registry_uri)
    run = execute(protocol, space.trail, space.store, registry, at=AT, actor=ACTOR).body
    area, sensitivity, specificity = run["estimates"]
    assert (frozen.cases, frozen.positives) == (47401, 3624)
    assert area["value"] == pytest.approx(0.8987634456, abs=1e-9)
    assert [area["low"], area["high"]] == pytest.approx([0.8920503863, 0.9054765049], abs=1e-9)
    assert (sensitivity["events"], sensitivity["n"]) == (3164, 3624)
    assert (specificity["events"], specificity["n"]) == (31515, 43777)
    assert run["verdict"] == "pass"


def test_policies_are_registered_before_the_look_and_the_look_before_the_run(
    clinic: Clinic,
) -> None:
    """The order of the records is the proof."""
    clinic.validate()
    order = [r.schema for r in clinic.space.trail.records()]
    first = order.index(Look.schema)
    assert order.index(PolicyRegistration.schema) < first < order.index(ValidationRun.schema)


def test_law_3_the_same_inputs_are_one_run_and_one_look(clinic: Clinic) -> None:
    """Running again returns the record that is there."""
    one, two = clinic.validate(), clinic.validate()
    assert one.seq == two.seq
    assert len(clinic.space.trail.all(Look)) == 1


def test_law_4_the_same_inputs_give_the_same_body(clinic: Clinic, tmp_path: Path) -> None:
    """Two clinics of one seed write the same run."""
    other = Clinic.open(tmp_path / "other")
    assert clinic.validate().body == other.validate().body


def test_a_policy_edited_after_registration_is_refused_until_it_is_a_new_version(
    clinic: Clinic,
) -> None:
    """The message says what to do."""
    clinic.validate()
    path = clinic.folder / "policies" / "validation.yaml"
    text = path.read_text()
    path.write_text(text.replace("at_least: 0.80", "at_least: 0.10"))
    with pytest.raises(OutOfOrderError, match="edited after version 1 was registered"):
        clinic.validate()
    path.write_text(path.read_text().replace("version: 1", "version: 2"))
    with pytest.raises(OutOfOrderError, match="tplc policy register"):
        clinic.validate()
    from policies import policy, registration

    registration.register(clinic.space.trail, policy.load(path), at=AT, actor=ACTOR)
    assert clinic.validate().body["look"] == 2


def test_law_1_a_flipped_byte_in_the_frozen_set_stops_the_run(clinic: Clinic) -> None:
    """Before anything is computed."""
    frozen = freeze.find(clinic.space.trail, "ref")
    place = Path(clinic.space.store.location(frozen.digest))
    content = bytearray(place.read_bytes())
    content[100] ^= 1
    place.write_bytes(content)
    with pytest.raises(BrokenTrailError, match="reference set ref was changed"):
        clinic.validate()
    assert clinic.space.trail.all(Look) == []


def test_law_3_a_killed_validation_leaves_nothing_and_runs_again_to_one_whole_run(
    clinic: Clinic,
) -> None:
    """`kill -9` at each step of the progress, then the same command."""
    words: tuple[str, ...] = (
        "validate",
        "--model",
        "external/1",
        "--reference",
        "ref",
        "--score",
        "score",
    )
    words += ("--predictions", str(clinic.folder / "reference.csv"), "--json")
    for moment in ("checking policies", "look 1", "measuring"):
        killed_at(clinic.folder, moment, *words)
        clinic.space.trail.verify()
    assert clinic.space.trail.all(ValidationRun) == []
    done = tplc(clinic.folder, *words)
    assert done.returncode in (0, 1, 3), done.stderr
    assert json.loads(done.stdout)["look"] == 1
    trail = clinic.space.trail
    trail.verify()
    assert (len(trail.all(ValidationRun)), len(trail.all(Look))) == (1, 1)


def test_three_answers_and_the_bound_decides() -> None:
    """The estimate is above the goal, its lower bound is not: fail; too few: not evaluable."""
    label, score = [1] * 30 + [0] * 70, [0.9] * 24 + [0.1] * 6 + [0.1] * 60 + [0.9] * 10
    estimate = auroc(label, score)
    assert (estimate.value or 0) > 0.8 > (estimate.low or 0)
    text = POLICY.replace("0.85", "0.80").replace(
        "criteria", "minimum: {cases: 10, positives: 10, negatives: 10}\ncriteria"
    )
    policy = reader.parse(text, ValidationPolicy, "p")
    sizes = {"overall": Sizes(cases=100, positives=30)}
    (answer,), _ = acceptance.judge([estimate], policy, sizes)
    assert answer["verdict"] == "fail"
    strict = reader.parse(text.replace("positives: 10", "positives: 50"), ValidationPolicy, "p")
    (answer,), _ = acceptance.judge([estimate], strict, sizes)
    assert (answer["verdict"], answer["reason"]) == ("not evaluable", "30 positives, 50 required")


def _frozen_with(clinic: Clinic, change: pd.DataFrame) -> None:
    change.to_csv(clinic.folder / "reference.csv", index=False)
    clinic.freeze("other")


def test_law_7_bad_rows_are_reported_by_column_and_count_all_at_once(clinic: Clinic) -> None:
    """Impossible labels, dates that are none, numbers that are none."""
    frame = pd.read_csv(clinic.folder / "reference.csv", dtype=str)
    frame.loc[:2, "truth"], frame.loc[:4, "day"], frame.loc[:1, "age"] = "7", "soon", "old"
    with pytest.raises(DataError) as caught:
        _frozen_with(clinic, frame)
    text = str(caught.value)
    assert "'truth': 3 rows" in text
    assert "'day': 5 rows" in text
    assert "'age': 2 rows" in text


def test_a_freeze_that_breaks_its_expectations_is_refused(clinic: Clinic) -> None:
    """Duplicate cases, scores outside 0 to 1, one class only."""
    frame = pd.read_csv(clinic.folder / "reference.csv", dtype=str)
    frame.loc[1, "case"], frame.loc[5, "score"] = frame.loc[0, "case"], "1.7"
    with pytest.raises(DataError) as caught:
        _frozen_with(clinic, frame)
    assert "each case stands once" in str(caught.value)
    assert "is a probability" in str(caught.value)
    frame = pd.read_csv(clinic.folder / "reference.csv", dtype=str).drop_duplicates("case")
    with pytest.raises(DataError, match="every reference standard is negative"):
        _frozen_with(clinic, frame.assign(truth="0", score="0.5"))


def test_what_was_excluded_is_counted_by_reason(clinic: Clinic) -> None:
    """Law 7: never silently dropped."""
    frame = pd.read_csv(clinic.folder / "reference.csv", dtype=str)
    frame.loc[:9, "truth"] = "unclear"
    frame.loc[10:14, "truth"] = None
    _frozen_with(clinic, frame)
    steps = {s["step"]: s["cases"] for s in freeze.find(clinic.space.trail, "other").accounting}
    assert steps == {
        "rows read": 4000,
        "reference standard indeterminate": 10,
        "reference standard missing": 5,
        "analysed": 3985,
    }


def test_a_model_trained_in_the_reference_period_is_refused(clinic: Clinic) -> None:
    """Training and reference data share no day."""
    space = clinic.space
    manifest = clinic.folder / "vendor.txt"
    seen = lock.external("seen", "1", manifest, {"start": "2025-01-10", "end": "2025-02-01"})
    lock.record(space.trail, seen, at=AT, actor=ACTOR)
    from dataclasses import replace

    registry = lock.Registry(space.registry_uri)
    asked = replace(clinic.protocol(), lock=seen)
    with pytest.raises(OutOfOrderError, match="Days in common"):
        execute(asked, space.trail, space.store, registry, at=AT, actor=ACTOR)


def test_the_period_of_a_frozen_set_is_a_date_range(clinic: Clinic) -> None:
    """Both ends are days of the data."""
    period = freeze.find(clinic.space.trail, "ref").period
    assert dt.date.fromisoformat(period["start"]) < dt.date.fromisoformat(period["end"])
