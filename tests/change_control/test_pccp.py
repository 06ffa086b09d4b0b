"""Judged point 2: inside, outside with the bound named, cannot tell; and never a silent yes."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from change_control import differences
from change_control.check import Fit
from evidence.errors import NotFoundError, UsageError
from evidence.records import ModelLock, PolicyRegistration, ValidationRun
from policies import reader
from policies.change_control import ChangeControlPolicy
from tests.change_control import world
from tests.change_control.world import FIRST, LOCKS, RUNS, SECOND, judged, run_of, second, trail


def test_the_demos_second_version_is_inside_the_planned_modification() -> None:
    """Without the answer on age: one input optional, one parameter, and every criterion passed."""
    result = judged(trail(LOCKS["2"], RUNS["2"]), SECOND)
    assert (result.answer, result.modification) == (Fit.INSIDE, "M1")
    assert set(result.differences) == {
        "artefacts.MLmodel",
        "artefacts.model.pkl",
        "inputs.age_60_and_above",
        "parameters.features_left_out",
    }
    (planned,) = [each for each in result.modifications if each.id == "M1"]
    assert {check.verdict for check in planned.checks} == {Fit.INSIDE}
    assert {"criterion V1", "criterion F2", "criterion V5", "predetermined"} <= {
        check.bound for check in planned.checks
    }
    assert planned.confirm == ("data management", "re-training", "update", "roll-back")
    assert all(check.records for check in planned.checks)


def test_a_variant_with_deeper_trees_is_outside_and_the_bound_is_named() -> None:
    """The demo's third version passed every criterion, too; its depth was not planned."""
    result = judged(trail(LOCKS["3"], RUNS["3"]), "covid-symptoms/3")
    assert result.answer is Fit.OUTSIDE
    assert "parameters.max_depth" in result.reason
    nearest = next(m for m in result.modifications if m.id == "M1")
    (check,) = nearest.of(Fit.OUTSIDE)
    assert (check.bound, check.old, check.new) == ("parameters.max_depth", "4", "6")
    assert check.allowed == "must not differ"


def test_the_second_version_before_its_validation_cannot_be_told() -> None:
    """What is missing is named with the command that makes it."""
    result = judged(trail(LOCKS["2"]), SECOND)
    assert result.answer is Fit.CANNOT_TELL
    assert "tplc validate --model covid-symptoms/2 --reference covid-april" in result.reason
    assert "--against covid-symptoms/1" in result.reason


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"flavour": "lightgbm"}, "flavour"),
        ({"name": "other"}, "model"),
        ({"environment": [*LOCKS["2"].environment[:-1], "scikit-learn==1.2.0"]}, "scikit-learn"),
        ({"parameters": LOCKS["2"].parameters | {"max_iter": "500"}}, "parameters.max_iter"),
        ({"parameters": LOCKS["2"].parameters | {"subsample": "0.5"}}, "parameters.subsample"),
        ({"training": LOCKS["2"].training | {"positives": 1}}, "training.positives"),
        ({"training": LOCKS["2"].training | {"cases": 40_000}}, "training.cases"),
        ({"training": LOCKS["2"].training | {"start": "2019-12-01"}}, "training.start"),
        ({"training": LOCKS["2"].training | {"end": "2020-04-13"}}, "training.end"),
        ({"files": {"tuning patients": "sha256:0"}}, ""),
        ({"manifest": LOCKS["2"].manifest | {"extra.bin": "sha256:1"}}, "artefacts.extra.bin"),
        (
            {"signature": LOCKS["2"].signature | {"outputs": [{"name": "class"}]}},
            "outputs",
        ),
        (
            {
                "signature": {
                    **LOCKS["2"].signature,
                    "inputs": [row | {"required": False} for row in LOCKS["2"].signature["inputs"]],
                }
            },
            "inputs.cough",
        ),
    ],
)
def test_an_unplanned_difference_is_outside(changes: dict[str, Any], said: str) -> None:
    """Each part of a lock, one at a time; marks of training patients go with the training data."""
    lock = second(**changes)
    where = trail(lock, run_of(lock))
    result = judged(where, lock.model, only="M1")
    assert result.answer is (Fit.OUTSIDE if said else Fit.INSIDE), result.reason
    assert said in result.reason


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"parameters": {}}, "architecture"),
        ({"signature": {}}, "inputs"),
        ({"environment": []}, "environment"),
        ({"training": {}}, "training data"),
    ],
)
def test_what_the_lock_does_not_say_is_never_inside(changes: dict[str, Any], said: str) -> None:
    """Bytes that differ and facts that are not there: unplanned, or cannot be told."""
    lock = second(**changes)
    result = judged(trail(lock, run_of(lock)), SECOND, only="M1")
    assert result.answer is not Fit.INSIDE
    (planned,) = result.modifications
    assert said in {check.bound for check in planned.of(Fit.CANNOT_TELL)}


def test_a_fact_that_the_plan_bounds_and_the_lock_lacks_cannot_be_told() -> None:
    """The plan names sites; no lock of the demo says them."""
    lock = second(
        parameters=LOCKS["1"].parameters | {"max_iter": "100"},
        signature=LOCKS["1"].signature,
        training=LOCKS["1"].training | {"end": "2020-09-30", "cases": 400_000, "positives": 30_000},
    )
    where = trail(lock, run_of(lock))
    result = judged(where, SECOND)
    assert (result.answer, result.modification) == (Fit.CANNOT_TELL, "M2")
    assert "training.sites" in result.reason
    told = replace(lock, training=lock.training | {"sites": ["ministry-laboratories"]})
    where.append([told], at=world.AT, actor=world.ACTOR)
    assert judged(where, SECOND).answer is Fit.INSIDE
    abroad = replace(lock, training=lock.training | {"sites": ["ministry-laboratories", "abroad"]})
    where.append([abroad], at=world.AT, actor=world.ACTOR)
    assert "sites is abroad" in judged(where, SECOND, only="M2").reason


@pytest.mark.parametrize(
    ("name", "verdict", "answer"),
    [
        ("V1", "fail", Fit.OUTSIDE),
        ("F1", "fail", Fit.OUTSIDE),
        ("V5", "fail", Fit.OUTSIDE),
        ("V2", "not evaluable", Fit.CANNOT_TELL),
        ("V6", "not evaluable", Fit.CANNOT_TELL),
        ("F3", "fail", Fit.INSIDE),  # M1 does not ask for it
    ],
)
def test_a_criterion_that_failed_or_cannot_be_judged_is_never_inside(
    name: str, verdict: str, answer: Fit
) -> None:
    """The modification's own criteria, no others."""
    run = replace(RUNS["2"], **world.with_verdict(name, verdict))
    result = judged(trail(LOCKS["2"], run), SECOND, only="M1")
    assert result.answer is answer
    assert (f"criterion {name}" in result.reason) == (answer is not Fit.INSIDE)


def test_a_pass_after_a_failure_cannot_be_told() -> None:
    """Trying until it passes is not a plan (guidance, VII.B.(3))."""
    failed = replace(RUNS["2"], key="first", **world.with_verdict("V2", "fail"))
    result = judged(trail(LOCKS["2"], failed, RUNS["2"]), SECOND, only="M1")
    assert result.answer is Fit.CANNOT_TELL
    assert "root cause" in result.reason


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("at_least: 0.85", "at_least: 0.60", "limit of V1: the criterion was changed"),
        ("confidence: 0.95", "confidence: 0.80", "validation.confidence"),
        ("cases: 1000", "cases: 10", "validation.minimum"),
        ("threshold: 0.03", "threshold: 0.3", "thresholds.screening"),
        ("margin: 0.01", "margin: 0.5", "limit of V5"),
    ],
)
def test_criteria_that_were_loosened_are_outside(old: str, new: str, said: str) -> None:
    """The new version is judged as the old one was, or it is another plan."""
    text = world.KEPT["policies"][0]["text"]
    assert text.count(old) >= 1
    loose = text.replace(old, new, 1).replace("version: 1", "version: 2", 1)
    registered = world.registration(loose, "validation", 2)
    used = RUNS["2"].policies | {"validation": f"2 {registered.digest}"}
    where = trail(registered, LOCKS["2"], replace(RUNS["2"], policies=used))
    result = judged(where, SECOND, only="M1")
    assert result.answer is Fit.OUTSIDE
    assert said in result.reason


def test_another_frozen_set_by_the_same_name_is_outside() -> None:
    """The cases are named by their digest."""
    run = replace(RUNS["2"], reference_digest="sha256:" + "0" * 64)
    result = judged(trail(LOCKS["2"], run), SECOND, only="M1")
    assert result.answer is Fit.OUTSIDE
    assert "other cases" in result.reason


def test_a_run_without_the_comparison_does_not_count() -> None:
    """The plan asks for it against the previous version."""
    run = replace(RUNS["2"], against="", comparisons=[])
    result = judged(trail(LOCKS["2"], run), SECOND, only="M1")
    assert result.answer is Fit.CANNOT_TELL


@pytest.mark.parametrize("before", [True, False])
def test_the_plan_must_be_registered_before_the_version_is_locked(*, before: bool) -> None:
    """Not at all: cannot be told; afterwards: outside."""
    where = trail(LOCKS["2"], RUNS["2"], before=before)
    if before:
        assert judged(where, SECOND).answer is Fit.INSIDE
        return
    assert judged(where, SECOND).answer is Fit.CANNOT_TELL
    assert "tplc policy register" in judged(where, SECOND).reason
    where.append([world.registration(world.PLAN)], at=world.AT, actor=world.ACTOR)
    assert judged(where, SECOND).answer is Fit.OUTSIDE
    assert "after the version was locked" in judged(where, SECOND).reason


def test_a_modification_that_was_widened_afterwards_is_outside() -> None:
    """Version 2 of the plan lets the depth differ, once the third version is there."""
    where = trail(LOCKS["3"], RUNS["3"])
    wide = world.AUTHORISED.replace(
        "features_left_out: {values: [none, age_60_and_above, test_indication]}",
        "features_left_out: {values: [none, age_60_and_above, test_indication]}\n"
        "        max_depth: {at_least: 2, at_most: 8}",
    )
    assert wide != world.AUTHORISED
    where.append([world.registration(wide, version=2)], at=world.AT, actor=world.ACTOR)
    result = judged(where, "covid-symptoms/3", text=wide, only="M1")
    assert result.answer is Fit.OUTSIDE
    assert result.reason.count("predetermined") == 1


def test_a_plan_that_was_replaced_judges_nothing() -> None:
    """Version 2 is registered; the file of version 1 lies in the workspace again."""
    where = trail(LOCKS["2"], RUNS["2"], world.registration(world.AUTHORISED, version=2))
    result = judged(where, SECOND)
    assert result.answer is Fit.CANNOT_TELL
    assert "not the newest one registered" in result.reason


def test_a_plan_that_only_gained_its_authorisation_still_counts_from_the_start() -> None:
    """The modification stands as it stood; the submission is named."""
    later = world.registration(world.AUTHORISED, version=2)
    where = trail(LOCKS["2"], RUNS["2"], later)
    assert judged(where, SECOND, text=world.AUTHORISED).answer is Fit.INSIDE
    plan = world.plan_of(where, world.AUTHORISED)
    assert plan.authorised("fda", "M1") == "K123456"
    assert plan.authorised("eu", "M1") == ""
    assert world.plan_of(where).authorised("fda", "M1") == ""


def test_a_plan_that_was_registered_with_a_board_in_it_still_counts_from_the_start() -> None:
    """Who must sign moved to access.yaml: version 2 is the same plan without it."""
    where = trail(LOCKS["2"], RUNS["2"], plan=world.PLAN + "board: {quorum: 1, roles: []}\n")
    where.append([world.registration(world.AUTHORISED, version=2)], at=world.AT, actor=world.ACTOR)
    assert judged(where, SECOND, text=world.AUTHORISED).answer is Fit.INSIDE
    assert world.plan_of(where, world.AUTHORISED).authorised("fda", "M1") == "K123456"


def test_an_authorisation_does_not_cover_a_modification_that_was_changed_since() -> None:
    """Its text must be that of the version that was authorised."""
    changed = world.AUTHORISED.replace("cases: {at_least: 50000}", "cases: {at_least: 5}", 1)
    where = trail(world.registration(changed, version=2))
    plan = world.plan_of(where, changed)
    assert (plan.authorised("fda", "M1"), plan.authorised("fda", "M3")) == ("", "K123456")


def test_a_plan_without_modifications_leaves_everything_outside() -> None:
    """The default of a new workspace."""
    empty = world.PLAN[: world.PLAN.index("modifications:")]
    where = trail(LOCKS["2"], RUNS["2"], plan=empty)
    result = judged(where, SECOND, text=empty)
    assert (result.answer, result.modification) == (Fit.OUTSIDE, "")


def test_a_threshold_alone_is_judged_by_two_runs_of_the_same_version() -> None:
    """M3: the bytes stay, the operating point moves within its range, or beyond it."""
    text = world.KEPT["policies"][0]["text"]
    for value, answer in (("0.04", Fit.INSIDE), ("0.06", Fit.OUTSIDE)):
        moved = text.replace("threshold: 0.03", f"threshold: {value}").replace(
            "version: 1", "version: 2", 1
        )
        registered = world.registration(moved, "validation", 2)
        used = RUNS["1"].policies | {"validation": f"2 {registered.digest}"}
        run = replace(RUNS["1"], key="moved", policies=used)
        result = judged(trail(registered, run), FIRST, only="M3")
        assert result.differences == ("thresholds.screening",)
        assert result.answer is answer, result.reason


def test_a_notebook_reads_like_a_trail(tmp_path: Path) -> None:
    """The same records on disk give the same answer, and the chain stands."""
    where = trail(LOCKS["2"], RUNS["2"], at=tmp_path)
    assert judged(where, SECOND).body() == judged(trail(LOCKS["2"], RUNS["2"]), SECOND).body()
    assert where.verify() == 7


def test_a_version_is_not_held_against_itself() -> None:
    """Nothing differs, so there is nothing to ask."""
    with pytest.raises(UsageError, match="nothing differs"):
        judged(trail(), FIRST)


def test_a_modification_that_is_not_planned_is_named() -> None:
    """With those that are."""
    with pytest.raises(NotFoundError, match="M1, M2, M3"):
        judged(trail(LOCKS["2"], RUNS["2"]), SECOND, only="M9")


def test_no_part_of_a_lock_is_left_out_of_the_comparison() -> None:
    """Every field of a lock is compared, or is a name, an address or a result."""
    names = {"name": "model", "manifest": "artefacts", "signature": "inputs", "files": "training"}
    left_out = {"version", "digest", "uri", "metrics"}
    fields = {field.name for field in dataclasses.fields(ModelLock)} - left_out
    assert {names.get(field, field) for field in fields} <= set(differences.PARTS)


def test_the_bodies_are_plain_json() -> None:
    """As the record of an assessment keeps them; no characteristics of cases among them."""
    from evidence import digest as digests

    result = judged(trail(LOCKS["2"], RUNS["2"]), SECOND)
    text = digests.canonical(result.body()).decode()
    assert "levels" not in text
    assert "missing" not in text


def test_the_kept_records_are_read_by_todays_kinds() -> None:
    """Four locks, three runs, two policies."""
    assert (len(LOCKS), len(RUNS)) == (4, 3)
    assert all(isinstance(run, ValidationRun) for run in RUNS.values())
    assert [PolicyRegistration.read(p).name for p in world.KEPT["policies"]] == [
        "validation",
        "fairness",
    ]
    assert reader.parse(world.PLAN, ChangeControlPolicy, "plan").modifications
