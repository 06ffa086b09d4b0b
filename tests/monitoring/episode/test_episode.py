"""Triggers and notes over episodes: what the default always did, cool-down, and notes."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Collection, Sequence
from typing import Any

import pytest

from evidence.records import ChangeDecision, MonitoringRun, Record, Trigger, TriggerNote
from monitoring import incident
from monitoring.episode import history as past
from monitoring.episode import judgement
from monitoring.episode.history import History
from monitoring.episode.note import size
from monitoring.episode.rule import rule_for
from monitoring.findings import Finding
from policies.plan import MonitoringPlan

AWARE = dt.date(2026, 1, 2)
CAUSES = ("drift:age", "drift:sex", "missingness:age")


def _plan(*rules: dict[str, Any], **keys: Any) -> MonitoringPlan:
    body = {
        "policy": "monitoring",
        "version": 1,
        "title": "Plan",
        "model": "m/1",
        "reference": "ref",
        "source": "x.csv",
        "schedule": {"every": "month", "start": "2020-01-01"},
        "triggers": list(rules),
    }
    return MonitoringPlan.model_validate(body | keys)


def _rule(**keys: Any) -> dict[str, Any]:
    return {"id": "moved", "finding": "drift", "severity": "minor"} | keys


def _finding(cause: str, window: str, value: float = 0.3) -> Finding:
    kind, _, subject = cause.partition(":")
    return Finding(
        kind=kind,
        cause=cause,
        subject=subject,
        window=window,
        statement=f"{subject} moved.",
        value=value,
        limit=0.2,
        n=500,
    )


class Night:
    """A trail in memory: windows are judged one by one, with all that was before them."""

    def __init__(self, plan: MonitoringPlan, closing: set[str] | None = None) -> None:
        self.plan, self.closing, self.seq = plan, closing, 0
        self.records: list[tuple[Record, Any]] = []

    def _append(self, value: Any) -> None:
        self.seq += 1
        record = Record(
            seq=self.seq, schema=value.schema, at="", actor="a", body={}, previous="", digest=""
        )
        self.records.append((record, value))

    def all(self, kind: type) -> list[Any]:
        """Pairs of one kind."""
        return [pair for pair in self.records if isinstance(pair[1], kind)]

    def window(
        self, month: int, *causes: str, cases: int = 500, positives: int = 250, value: float = 0.3
    ) -> judgement.Judged:
        """Judge a month and write it down."""
        start = dt.date(2020 + (month - 1) // 12, (month - 1) % 12 + 1, 1)
        label = f"{start:%Y-%m}"
        found = [_finding(cause, label, value) for cause in causes]
        run = MonitoringRun(
            key=f"{label}-{self.seq}",
            model="m/1",
            model_digest="",
            reference="ref",
            reference_digest="",
            policies={},
            window={"label": label, "start": str(start), "end": str(start.replace(day=28))},
            source="",
            source_digest="",
            rows=cases,
            cases=cases,
            positives=positives,
            accounting=[],
            expectations=[],
            drift=[],
            estimates=[],
            gaps=[],
            findings=[finding.body() for finding in found],
            summaries={},
            software={},
        )
        history = past.of_records(
            self.all(MonitoringRun),
            self.all(Trigger),
            self.all(TriggerNote),
            self.all(ChangeDecision),
            self.plan,
            before=str(start),
            closing=self.closing,
        )
        self.history = history
        judged = judgement.judge(
            found, past.seen(run, self.plan), history, self.plan, run_key=run.key, aware=AWARE
        )
        for value_ in (run, *judged.triggers, *judged.notes):
            self._append(value_)
        return judged

    def decide(self, trigger_id: str, decision: str = "no-action") -> None:
        """The board decides."""
        self._append(
            ChangeDecision(trigger=trigger_id, decision=decision, reason="because", actor="a")
        )

    def kinds(self) -> list[tuple[str, str]]:
        """Each note: window and kind."""
        return [(note.window, note.note) for _, note in self.all(TriggerNote)]


def _plainly(
    found: Sequence[Finding],
    before: Sequence[Collection[str]],
    known: Collection[str],
    still_open: Collection[str],
    plan: MonitoringPlan,
    *,
    window: str,
    run_key: str,
) -> list[Trigger]:
    """The rule without its newer keys, written down another way."""
    raised: list[Trigger] = []
    for finding in found:
        rule = rule_for(finding, before, plan)
        if rule is None or finding.cause in still_open:
            continue
        goes_on = bool(before) and finding.cause in before[-1]
        if goes_on and finding.cause in known:
            continue
        raised.append(
            Trigger(
                id=f"T-{window}-{len(raised) + 1:02d}",
                model=plan.model,
                window=window,
                cause=finding.cause,
                severity=rule.severity,
                rule=rule.id,
                statement=finding.statement,
                finding=finding.body(),
                run_key=run_key,
            )
        )
    return raised


@pytest.mark.parametrize("seed", range(40))
def test_without_new_keys_one_episode_is_one_trigger(seed: int) -> None:
    """Random months, random decisions: the same triggers, in the same order, with the same ids."""
    rng = random.Random(seed)  # noqa: S311 - months, no keys
    plan = _plan(
        _rule(windows_in_a_row=rng.choice([1, 2])), _rule(id="lost", finding="missingness")
    )
    night = Night(plan)
    for month in range(1, 20):
        causes = [cause for cause in CAUSES if rng.random() < 0.5]
        before = [w.causes for w in night.history.windows] if month > 1 else []
        if month > 1:
            last = night.all(MonitoringRun)[-1][1]
            before.append(frozenset(f["cause"] for f in last.findings))
        raised = [t for _, t in night.all(Trigger)]
        closed = {d.trigger for _, d in night.all(ChangeDecision)}
        label = f"{2020 + (month - 1) // 12}-{(month - 1) % 12 + 1:02d}"
        wanted = _plainly(
            [_finding(cause, label) for cause in causes],
            before,
            {t.cause for t in raised},
            {t.cause for t in raised if t.id not in closed},
            plan,
            window=label,
            run_key="k",
        )
        got = night.window(month, *causes).triggers
        assert [(t.id, t.cause, t.severity) for t in got] == [
            (t.id, t.cause, t.severity) for t in wanted
        ]
        waiting = [t.id for _, t in night.all(Trigger) if t.id not in closed]
        if waiting and rng.random() < 0.4:
            night.decide(rng.choice(waiting))


def test_a_cool_down_keeps_a_decided_cause_quiet_for_its_windows() -> None:
    """Two windows after the decision nothing is raised, whether it went on or came back; then it is."""
    night = Night(_plan(_rule(cool_down_windows=2)))
    (first,) = night.window(1, "drift:age").triggers
    assert night.window(2, "drift:age").triggers == []  # open already
    night.decide(first.id)
    assert night.window(3).triggers == []
    assert night.window(4, "drift:age").triggers == []
    (second,) = night.window(5, "drift:age").triggers
    assert (second.cause, second.window) == ("drift:age", "2020-05")


def test_a_graver_rule_breaks_the_cool_down() -> None:
    """Minor was decided; three windows in a row make it critical, and the board hears of it."""
    night = Night(
        _plan(
            _rule(id="lasts", severity="critical", windows_in_a_row=3, cool_down_windows=9),
            _rule(cool_down_windows=9),
        )
    )
    (first,) = night.window(1, "drift:age").triggers
    night.decide(first.id)
    assert night.window(2, "drift:age").triggers == []
    (graver,) = night.window(3, "drift:age").triggers
    assert (first.severity, graver.severity, graver.rule) == ("minor", "critical", "lasts")
    night.decide(graver.id)
    assert night.window(4, "drift:age").triggers == []


def test_a_decision_that_does_not_close_leaves_the_trigger_open() -> None:
    """*investigate* closes nothing: the cause raises no second trigger, away or back."""
    night = Night(_plan(_rule()), closing={"no-action"})
    (first,) = night.window(1, "drift:age").triggers
    night.decide(first.id, "investigate")
    assert night.window(2).triggers == []
    assert night.window(3, "drift:age").triggers == []


def test_an_open_trigger_whose_cause_is_gone_is_noted_once_and_stays_open() -> None:
    """After two windows without it; back again is noted too; nothing closes itself."""
    night = Night(_plan(_rule(resolved_after_windows=2)))
    night.window(1, "drift:age")
    for month in (2, 3, 4):
        night.window(month)
    night.window(5, "drift:age")
    night.window(6)
    night.window(7)
    assert night.kinds() == [("2020-03", "absent"), ("2020-05", "returned"), ("2020-07", "absent")]
    _, absent = night.all(TriggerNote)[0]
    assert absent.statement == (
        "drift:age was not found in the last 2 windows that could be judged (2020-02 to 2020-03). "
        "The trigger stays open until the board decides."
    )
    assert (absent.windows, absent.severity) == (2, "minor")
    assert night.history.open("drift:age") is not None
    assert len(night.all(Trigger)) == 1


def test_a_window_that_could_not_judge_says_nothing_of_absence() -> None:
    """Too few cases, or too few positives for performance: not found is not gone."""
    plan = _plan(
        _rule(resolved_after_windows=2),
        _rule(id="fell", finding="performance", resolved_after_windows=2),
        performance=[{"endpoint": "auroc", "fall_of": 0.05}],
    )
    night = Night(plan)
    night.window(1, "drift:age", "performance:auroc")
    night.window(2, cases=20)
    night.window(3, positives=10)
    assert night.kinds() == []
    night.window(4, positives=10)
    assert [(n.cause, n.windows) for _, n in night.all(TriggerNote)] == [("drift:age", 2)]
    night.window(5)
    night.window(6)
    assert [n.cause for _, n in night.all(TriggerNote)] == ["drift:age", "performance:auroc"]


def test_length_makes_an_open_trigger_graver_step_by_step() -> None:
    """Every three windows in a row one step, up to critical, each noted once."""
    night = Night(_plan(_rule(escalate_after_windows=3)))
    for month in range(1, 12):
        night.window(month, "drift:age")
    found = [(n.window, n.note, n.severity) for _, n in night.all(TriggerNote)]
    assert found == [("2020-03", "escalated", "major"), ("2020-06", "escalated", "critical")]


def test_size_makes_an_open_trigger_graver() -> None:
    """PSI 0.5 is two and a half times the 0.2 that the plan allows."""
    night = Night(_plan(_rule(escalate_at_times=2.0)))
    night.window(1, "drift:age")
    night.window(2, "drift:age", value=0.39)
    night.window(3, "drift:age", value=0.5)
    ((_, only),) = night.all(TriggerNote)
    assert (only.window, only.severity) == ("2020-03", "major")
    assert "it is 2.5 times what the plan allows" in only.statement


def test_the_size_of_a_fall_is_its_distance_over_the_allowed_one() -> None:
    """AUROC 0.70 from 0.90 with a limit of 0.85 is four times the allowed fall."""
    fall = Finding(
        kind="performance",
        cause="performance:auroc",
        subject="auroc",
        window="w",
        statement="",
        value=0.7,
        reference=0.9,
        limit=0.85,
    )
    assert size(fall) == pytest.approx(4.0)


def test_a_window_judged_again_gives_its_trigger_a_name_of_its_own() -> None:
    """Labels came late: the window is recorded a second time with a new cause."""
    night = Night(_plan(_rule()))
    night.window(1, "drift:age")
    again = night.window(1, "drift:age", "drift:sex").triggers
    assert [(t.id, t.cause) for t in again] == [("T-2020-01-02", "drift:sex")]


def test_the_reporting_clocks_of_a_rule_stand_in_its_triggers() -> None:
    """In the finding that the board reads; a rule without the key has none."""
    reportable = {"authority": "eu-mdr", "because": "A missed positive delays treatment."}
    plan = _plan(_rule(reportable=reportable), _rule(id="lost", finding="missingness"))
    moved, lost = Night(plan).window(1, "drift:age", "missingness:age").triggers
    assert "2026-01-17" in moved.finding[incident.KEY]["statement"]
    assert incident.KEY not in lost.finding


def test_history_knows_only_the_plans_model_and_earlier_windows() -> None:
    """Nothing before the first window."""
    night = Night(_plan(_rule()))
    night.window(5, "drift:age")
    night.window(2, "drift:sex")
    assert [w.label for w in night.history.windows] == []
    assert isinstance(night.history, History)
    night.window(6)
    assert [w.label for w in night.history.windows] == ["2020-02", "2020-05"]
