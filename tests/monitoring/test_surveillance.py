"""Surveillance on a small clinic: what changes is found, what does not change is left alone."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest

from change_control import board
from evidence.errors import OutOfOrderError, UsageError
from evidence.records import ChangeDecision, MonitoringRun, Trigger
from monitoring import drift, schedule
from policies.change_control import ChangeControlPolicy
from policies.drift import DriftPlan
from policies.plan import Schedule
from tests.clinic import ACTOR, AT, Clinic, draw
from tests.killing import killed_at, tplc
from validation import summary
from validation.table import COUNT

TODAY = dt.date(2025, 12, 31)


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    """A validated clinic."""
    found = Clinic.open(tmp_path)
    found.validate()
    return found


def _kinds(run: MonitoringRun) -> set[str]:
    return {finding["cause"] for finding in run.findings}


def test_a_window_without_change_raises_nothing(clinic: Clinic) -> None:
    """Months drawn like the reference set have no finding of any kind."""
    clinic.produce(draw(2), draw(3), draw(4))
    runs = clinic.watch("2025-05-02")
    assert [run.window["label"] for run in runs] == ["2025-02", "2025-03", "2025-04"]
    assert [run.findings for run in runs] == [[], [], []]
    assert clinic.space.trail.all(Trigger) == []


def test_each_kind_of_change_is_found_by_its_rule(clinic: Clinic) -> None:
    """An input lost from a day on, an input moved, fewer positives, a model gone blind, a gap."""
    lost = draw(2).assign(sex=lambda d: d.sex.where(d.day < "2025-02-10"))
    moved = draw(3).assign(age=lambda d: d.age + 25)
    rare = draw(4).assign(truth=lambda d: d.truth.where(d.case.str[-1].isin(list("01")), 0))
    blind = draw(5).assign(truth=lambda d: d.truth.sample(frac=1, random_state=1).to_numpy())
    men = draw(6)
    swap = (men.sex == "male") & (men.case.str[-1] < "5")
    men.loc[swap, "score"] = 1 - men.loc[swap, "score"]
    clinic.produce(lost, moved, rare, blind, men)
    found = {run.window["label"]: run for run in clinic.watch("2025-07-02")}
    first = next(f for f in found["2025-02"].findings if f["kind"] == "missingness")
    assert (first["subject"], first["onset"]) == ("sex", "2025-02-10")
    assert "drift:age" in _kinds(found["2025-03"])
    assert {"prevalence:prevalence", "calibration:observed-expected"} <= _kinds(found["2025-04"])
    assert "performance:auroc" in _kinds(found["2025-05"])
    assert "subgroup-gap:sex:female>male" in _kinds(found["2025-06"])


def test_law_3_each_window_is_run_once_and_missed_ones_are_healed(clinic: Clinic) -> None:
    """A second run does nothing; a later one catches up with all that was missed."""
    clinic.produce(*(draw(month, 600) for month in range(2, 7)))
    assert len(clinic.watch("2025-03-02")) == 1
    assert clinic.watch("2025-03-02") == []
    assert len(clinic.watch("2025-07-02")) == 4
    clinic.space.trail.verify()


def test_law_3_a_killed_night_leaves_whole_windows_and_the_next_one_goes_on(
    clinic: Clinic,
) -> None:
    """`kill -9` while reading, predicting and in a window; then each window stands once."""
    clinic.produce(draw(2), draw(3), draw(4).assign(age=lambda d: d.age + 25))
    words = ("monitor", "--as-of", "2025-05-02", "--json")
    for moment, whole in (
        ("reading production data", 0),
        ("predicting", 0),
        ("window 2025-02", 0),
        ("window 2025-03", 1),
    ):
        killed_at(clinic.folder, moment, *words)
        trail = clinic.space.trail
        trail.verify()
        assert len(trail.all(MonitoringRun)) == whole, moment
    done = tplc(clinic.folder, *words)
    assert done.returncode == 1, done.stderr
    assert [w["window"]["label"] for w in json.loads(done.stdout)["windows"]] == [
        "2025-03",
        "2025-04",
    ]
    trail = clinic.space.trail
    trail.verify()
    labels = [run.window["label"] for _, run in trail.all(MonitoringRun)]
    assert labels == ["2025-02", "2025-03", "2025-04"]
    assert len(trail.all(Trigger)) == 1


def test_an_empty_window_is_a_finding_and_not_a_crash(clinic: Clinic) -> None:
    """Nothing arrived: the board hears of it."""
    clinic.produce(draw(3, 600))
    run = clinic.watch("2025-03-02")[0]
    assert (run.cases, [f["cause"] for f in run.findings]) == (0, ["data-quality:cases"])


def test_one_episode_is_one_trigger_and_a_decision_closes_it(clinic: Clinic) -> None:
    """The cause goes on: no second trigger, open or closed; away and back: a new one."""
    old = [draw(m).assign(age=lambda d: d.age + 25) for m in (2, 3, 4)]
    clinic.produce(*old, draw(5), draw(6).assign(age=lambda d: d.age + 25))
    clinic.watch("2025-04-02")
    space = clinic.space
    policy = space.policy("change_control").value
    assert isinstance(policy, ChangeControlPolicy)
    (case,) = [c for c in board.cases(space.trail, policy, None) if c.trigger.cause == "drift:age"]
    with pytest.raises(UsageError, match="20 are required"):
        board.decide(space.trail, policy, case.trigger.id, "no-action", "short", at=AT, actor=ACTOR)
    reason = "Older patients were referred; the score holds for them."
    board.decide(space.trail, policy, case.trigger.id, "no-action", reason, at=AT, actor=ACTOR)
    with pytest.raises(OutOfOrderError, match="was closed by"):
        board.decide(space.trail, policy, case.trigger.id, "no-action", reason, at=AT, actor=ACTOR)
    assert len(space.trail.all(ChangeDecision)) == 1
    clinic.watch("2025-07-02")
    windows = [t.window for _, t in space.trail.all(Trigger) if t.cause == "drift:age"]
    assert windows == ["2025-02", "2025-06"]


def test_windows_are_calendar_months_and_weeks_cut_at_the_plans_ends() -> None:
    """The demo's eight months; weeks of seven days."""
    plan = Schedule(every="month", start=dt.date(2020, 4, 8), end=dt.date(2020, 11, 12))
    found = list(schedule.windows(plan, dt.date(2026, 1, 1)))
    assert len(found) == 8
    assert (found[0].start, found[0].end) == (dt.date(2020, 4, 8), dt.date(2020, 4, 30))
    assert found[-1].end == dt.date(2020, 11, 12)
    weeks = Schedule(every="week", start=dt.date(2020, 4, 8), label_maturity_days=10)
    due = schedule.due(weeks, {"2020-04-08": 10}, dt.date(2020, 5, 3))
    assert [(turn.window.label, turn.age) for turn in due] == [("2020-04-15", 10)]


def test_drift_values_agree_with_their_definition_and_with_evidently() -> None:
    """PSI of shares .8/.2 against .6/.4 is (−.2) ln(.6/.8) + .2 ln(.4/.2) = 0.19616."""
    body = {"type": "category", "edges": [], "missing": 0, "total": 1000}
    one = body | {"counts": {"0": 800, "1": 200}}
    other = body | {"counts": {"0": 600, "1": 400}}
    found = drift.measure({"x": one}, {"x": other}, DriftPlan(threshold=0.15)).columns[0]
    assert found["exact"] == pytest.approx(0.196166, abs=1e-6)
    assert found["value"] == pytest.approx(0.196166, rel=0.02)
    assert found["status"] == "drift"


def test_law_5_summaries_of_parts_add_up_to_the_summary_of_the_whole() -> None:
    """Merging two halves equals pooling them, exactly."""
    frame = draw(1).assign(**{COUNT: 1})
    kinds = {"age": "number", "sex": "category"}
    cuts = {"age": summary.edges(frame["age"], frame[COUNT])}
    halves = [summary.summarise(part, kinds, cuts) for part in (frame[:1500], frame[1500:])]
    assert summary.merge(*halves) == summary.summarise(frame, kinds, cuts)
    with pytest.raises(ValueError, match="edges"):
        summary.merge(halves[0], summary.summarise(frame, kinds, {"age": [1.0]}))
    assert isinstance(frame, pd.DataFrame)
