"""Surveillance of a model that writes: real answers; what changes is found, and no text leaves.

The days are invented (`tests.examination`); the answers are those of GPT-4o in WorldMedQA-V.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from evidence import digest as digests
from evidence import windows
from evidence.errors import DataError, OutOfOrderError, PolicyError, UsageError
from evidence.records import GenerativeRun, MonitoringRun, Trigger
from monitoring import (
    findings,
    schedule,
    surveillance,
    text_columns,
    text_log,
    text_performance,
)
from monitoring.performance import Performance
from monitoring.source import opening
from policies import reader
from policies.plan import MonitoringPlan
from policies.text_set import TextSetSpec
from reports import dossier, figures, render
from tests import clinic
from tests.clinic import ACTOR, AT
from tests.examination import PLAN, Examination, halves, month
from tests.killing import killed_at, tplc
from validation import freeze, summary
from validation.estimate import Estimate, absent
from validation.generative import kept
from validation.generative.outputs import RESPONSE

if TYPE_CHECKING:
    from pathlib import Path

    from evidence.records import Body

REFUSAL = "I'm sorry, I cannot interpret medical images."


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Examination:
    """A validated model, and six months of it: one as before, five that changed."""
    made = Examination.open(tmp_path_factory.mktemp("examination"))
    refused = month(3)
    refused.loc[refused.index % 3 == 0, "response"] = REFUSAL
    collapsed = month(4).assign(response="The correct answer is **B**.")
    japan = month(5, halves()[1].query("country == 'japan'"))
    shifted = month(6).assign(e_0=lambda frame: frame.e_0 + 1.5)
    wrong = month(7)
    wrong["response"] = wrong["response"].sample(frac=1, random_state=1).to_numpy()
    made.produce(month(2), refused, collapsed, japan, shifted, wrong)
    assert len(_run(made, dt.date(2025, 8, 2))) == 6
    return made


def _run(made: Examination, today: dt.date) -> list[MonitoringRun]:
    return clinic.watched(made.space, today)


def _window(made: Examination, label: str) -> MonitoringRun:
    runs = [run for _, run in made.space.trail.all(MonitoringRun)]
    return next(run for run in runs if run.window["label"] == label)


def _causes(made: Examination, label: str) -> set[str]:
    return {finding["cause"] for finding in _window(made, label).findings}


def _drift(run: MonitoringRun, column: str) -> Body:
    return next(body for body in run.drift if body["column"] == column)


def test_a_window_without_change_raises_nothing(watched: Examination) -> None:
    """Other questions of the same examinations, answered by the same model."""
    run = _window(watched, "2025-02")
    assert (run.cases, run.findings) == (300, [])
    assert {body["status"] for body in run.drift} == {"stable"}


def test_answers_that_became_refusals_raise_unparsable(watched: Examination) -> None:
    """A third of the answers, and the finding says what they are."""
    finding = next(f for f in _window(watched, "2025-03").findings if f["kind"] == "unparsable")
    assert finding["value"] == pytest.approx(101 / 300, abs=1e-9)
    assert "most often: refusal (100)" in finding["statement"]
    assert "collapse:outputs" not in _causes(watched, "2025-03")
    assert [t.severity for _, t in watched.space.trail.all(Trigger) if t.window == "2025-03"].count(
        "critical"
    ) == 2  # unreadable, and the accuracy that fell with it


def test_a_collapsed_generator_is_found(watched: Examination) -> None:
    """One readable text for every question; nothing of it is unparsable."""
    causes = _causes(watched, "2025-04")
    assert {"collapse:outputs", "drift:answer read", "performance:accuracy"} <= causes
    assert "unparsable:unparsable-rate" not in causes


def test_questions_of_another_country_raise_drift_of_text(watched: Examination) -> None:
    """Japan alone, though half of it is in Japanese, which has no spaces."""
    assert {"drift:questions", "drift:country"} <= _causes(watched, "2025-05")
    assert _drift(_window(watched, "2025-05"), "questions")["low"] > 0.75
    # 83 questions of Japan were asked again and again: their answers repeat, which is no collapse
    assert "collapse:outputs" not in _causes(watched, "2025-05")


def test_an_embedding_that_moved_is_found_and_nothing_else(watched: Examination) -> None:
    """One of its four numbers is larger by 1.5 standard deviations."""
    assert _causes(watched, "2025-06") == {"drift:question embedding"}


def test_right_answers_to_other_questions_lower_the_accuracy_alone(watched: Examination) -> None:
    """No label-free measure can see it; the keys do."""
    (finding,) = _window(watched, "2025-07").findings
    assert finding["cause"] == "performance:accuracy"
    assert finding["high"] < 0.4
    assert finding["reference"] == pytest.approx(0.692, abs=0.001)


def test_run_again_it_writes_nothing_and_the_trail_verifies(watched: Examination) -> None:
    """Each window once."""
    before = len(list(watched.space.trail.records()))
    assert _run(watched, dt.date(2025, 8, 2)) == []
    assert len(list(watched.space.trail.records())) == before
    watched.space.trail.verify()


def test_law_6_no_text_of_a_case_enters_a_record_or_a_page(watched: Examination) -> None:
    """Nor do words of them: neither in records nor in Evidently's page."""
    given = pd.read_csv(watched.folder / "production.csv", dtype=str)
    words = {w for text in given.question for w in text.split() if len(w) > 12 and w.isalpha()}
    assert len(words) > 200
    space = watched.space
    for _, run in space.trail.all(MonitoringRun):
        page = space.store.get(run.files["evidently"]).decode()
        kept = json.dumps(run.body(), ensure_ascii=False)
        assert "answer read" in page
        for text in (*given.response[::7], *given.question[::7]):
            assert text[:40] not in page
            assert text[:40] not in kept
        assert not [word for word in words if f'"{word}' in kept]
        assert set(run.files) == {"evidently", "expectations", "summaries"}


def test_law_5_summaries_of_two_windows_add_up_to_that_of_both(watched: Examination) -> None:
    """Counts of words and answers over edges that the validated outputs fixed."""
    one, other = (
        windows.summaries(_window(watched, label), watched.space.store)
        for label in ("2025-02", "2025-03")
    )
    both = summary.merge(one, other)
    assert both["response words"]["total"] == 600
    assert sum(both["answer read"]["counts"].values()) == 600 - 3 - 101


def test_keys_that_have_not_matured_are_counted_out(watched: Examination) -> None:
    """Blank keys: performance of those that are there; none at all is said, not invented."""
    space = watched.space
    watch = surveillance.prepare(space.trail, space.policies, at=AT, actor=ACTOR)
    spec = TextSetSpec.model_validate(watch.frozen.spec)
    assert isinstance(watch.baseline, GenerativeRun)
    for keys in (120, 0):
        frame = month(2).rename(columns={"response": RESPONSE})
        frame["correct_option"] = frame["correct_option"].where(frame.index < keys)
        of = text_columns.watched(frame, spec)
        (accuracy,) = text_performance.measure(of, watch.baseline, watch.plan).estimates
        assert (accuracy.endpoint, accuracy.n) == ("accuracy", keys)
    assert accuracy.reason == "no case of the window has a key yet"


def test_law_3_a_killed_night_leaves_whole_windows_and_exit_code_1_is_a_trigger(
    tmp_path: Path,
) -> None:
    """`kill -9` in the second window; the next night writes it once, with its trigger."""
    made = Examination.open(tmp_path)
    made.produce(month(2, cases=120), month(3, cases=120).assign(response=REFUSAL))
    words = ("monitor", "--as-of", "2025-04-02", "--json")
    killed_at(tmp_path, "window 2025-03", *words)
    assert [run.window["label"] for _, run in made.space.trail.all(MonitoringRun)] == ["2025-02"]
    done = tplc(tmp_path, *words)
    assert done.returncode == 1, done.stderr
    assert [w["window"]["label"] for w in json.loads(done.stdout)["windows"]] == ["2025-03"]
    causes = {t["cause"] for t in json.loads(done.stdout)["triggers"]}
    assert {"unparsable:unparsable-rate", "collapse:outputs"} <= causes
    made.space.trail.verify()


def test_what_is_missing_in_production_is_named_unless_the_plan_does_without_it(
    watched: Examination, tmp_path: Path
) -> None:
    """All missing columns at once; named under `without`, they are not watched."""
    space = watched.space
    frozen = surveillance.prepare(space.trail, space.policies, at=AT, actor=ACTOR).frozen
    lacking = month(2).drop(columns=["country", "language", "e_1"])
    lacking.to_csv(tmp_path / "log.csv", index=False)

    def read(extra: str) -> text_log.TextLog:
        plan = reader.parse(
            PLAN.replace("  time: day", f"  time: day\n{extra}"), MonitoringPlan, ""
        )
        assert plan.texts is not None
        columns = {"question": ["e_0", "e_1"]} if not extra else {}
        waiting = [schedule.Window(label="", start=dt.date(2025, 2, 1), end=dt.date(2025, 2, 28))]
        source = opening.at_path(tmp_path / "log.csv")
        return text_log.read(source, frozen, waiting, plan, plan.texts, columns)

    with pytest.raises(DataError) as caught:
        read("")
    for name in ("country", "language", "e_1"):
        assert f"column '{name}' is missing" in str(caught.value)
    log = read("  without: [country, language]")
    kinds = text_columns.columns(TextSetSpec.model_validate(frozen.spec), ["country", "language"])
    assert list(kinds) == ["question words", "response words", "answer read"]
    assert log.there >= {"question", "correct_option"}


def test_a_plan_of_texts_and_a_set_of_scores_do_not_fit_together(watched: Examination) -> None:
    """Nor the reverse; nor rules that are of scores; nor a run that names no column."""
    space = watched.space
    bare = watched.folder / "policies" / "monitoring.yaml"
    try:
        bare.write_text(PLAN[: PLAN.index("texts:")] + PLAN[PLAN.index("triggers:") :])
        with pytest.raises(UsageError, match=r"texts: \{response: COLUMN\}"):
            surveillance.prepare(space.trail, watched.space.policies, at=AT, actor=ACTOR)
    finally:
        bare.write_text(PLAN)
    with pytest.raises(PolicyError) as caught:
        reader.parse(
            PLAN.replace("fall_of: 0.05}", "fall_of: 0.05}\n  - {endpoint: auroc, fall_of: 0.1}")
            + "gaps: [{by: [country]}]\n",
            MonitoringPlan,
            "monitoring.yaml",
        )
    assert "gaps: goes with a score" in str(caught.value)
    assert "'auroc' is not watched" in str(caught.value)
    with pytest.raises(PolicyError, match="either fall_of or rise_of"):
        reader.parse(
            PLAN.replace("fall_of: 0.05", "rise_of: 0.1, fall_of: 0.05"), MonitoringPlan, ""
        )


def test_the_monitoring_report_has_columns_of_texts_and_none_of_scores(
    watched: Examination,
) -> None:
    """Accuracy and unparsable answers by window, content drift; no AUROC, no positives."""
    facts = dossier.collect(watched.space, "monitoring-report", "A4") | {"edition": 1}
    page = render.html(facts, figures.draw(facts))
    for there in ("Accuracy (interval)", "Unparsable answers (interval)", "words, ROC AUC"):
        assert there in page
    for absent_one in ("AUROC", "Positives", "DeLong", "Subgroup gaps"):
        assert absent_one not in page


def test_a_rate_that_should_not_rise_is_watched_by_rise_of(watched: Examination) -> None:
    """The same interval, the other side."""
    rule = "  - {endpoint: unparsable-rate, rise_of: 0.2}\n"
    at = PLAN.index("triggers:")
    plan = reader.parse(PLAN[:at] + rule + PLAN[at:], MonitoringPlan, "")
    run = _window(watched, "2025-03")
    then = absent("unparsable-rate", "", n=568, positives=0, method="wilson", confidence=0.95)
    then = dataclasses.replace(then, value=0.028)
    now = Performance(estimates=[Estimate.from_dict(e) for e in run.estimates], gaps=[])
    (finding,) = findings.moved(now, [then], plan, "2025-03")
    assert finding.cause == "performance:unparsable-rate"
    assert "has risen to 0.337" in finding.statement


def test_a_run_that_does_not_name_its_columns_has_to_be_made_again(watched: Examination) -> None:
    """Records of an earlier writer have no such field."""
    space = watched.space
    ((_, run),) = space.trail.all(GenerativeRun)
    old = GenerativeRun.read({k: v for k, v in run.body().items() if k != "columns"})
    frozen = freeze.find(space.trail, "ref")
    with pytest.raises(OutOfOrderError, match="validate again"):
        kept.read(space.store, old, frozen, {})
    with pytest.raises(DataError, match="no column 'f_\\*' of the embedding 'image'"):
        kept.read(space.store, run, frozen, {"image": ["f_*"]})
    found = kept.read(space.store, run, frozen, {"question": ["e_*"]})
    assert found.embeddings == {"question": ["e_0", "e_1", "e_2", "e_3"]}
    assert run.files["outputs"] == digests.of_file(watched.folder / "outputs.csv.gz")
