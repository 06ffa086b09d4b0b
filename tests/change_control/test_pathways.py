"""Judged point 3: every path of each table, against outcomes written down by hand from the catalogs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from change_control import assessment, evidence_answers, pathways, versions
from change_control.pathways import Evident, Given
from evidence.errors import NotFoundError, OutOfOrderError, PolicyError, UsageError
from evidence.records import PathwayAssessment
from policies import decision_table, reader
from policies.decision_table import TABLES, DecisionTable
from tests.change_control import world
from tests.change_control.world import FIRST, LOCKS, RUNS, SECOND, trail

if TYPE_CHECKING:
    from evidence.trail import AuditTrail

# Written by hand from the catalogs' texts, not from the tables: the answers in order, the outcome.
DOCUMENTED = {
    "fda": {  # 2017 software-change guidance, Figure 1, behind PCCP and intent
        "0=yes": "implement-under-pccp",
        "0=no P1=yes": "new-510k",
        "0=no P1=no 1=yes": "document",
        "0=no P1=no 1=no 2=yes": "document",
        "0=no P1=no 1=no 2=no 3a=yes": "new-510k",
        "0=no P1=no 1=no 2=no 3a=no 3b=yes": "new-510k",
        "0=no P1=no 1=no 2=no 3a=no 3b=no 4=yes": "new-510k",
        "0=no P1=no 1=no 2=no 3a=no 3b=no 4=no VI=yes": "new-510k",
        "0=no P1=no 1=no 2=no 3a=no 3b=no 4=no VI=no": "document",
    },
    "fda-pma": {  # 21 CFR 814.39
        "1=yes": "pccp-periodic-report",
        "1=no 2=no": "periodic-report",
        "1=no 2=yes 3=yes": "thirty-day-notice",
        "1=no 2=yes 3=no 4=yes": "special-supplement",
        "1=no 2=yes 3=no 4=no": "supplement",
    },
    "eu-ai-act": {  # Art 3(23): after market AND not planned AND (purpose OR compliance)
        "1=no": "development",
        "1=yes 2=yes": "document-planned",
        "1=yes 2=no 3=yes": "substantial-modification",
        "1=yes 2=no 3=no 4=yes": "substantial-modification",
        "1=yes 2=no 3=no 4=no": "document",
    },
    "eu-mdr": {  # MDCG 2025-6 question 30, Annex IX Sections 4.10 and 2.4
        "0=yes": "document",
        "0=no 4.10=yes": "approval",
        "0=no 4.10=no 2.4=yes": "inform",
        "0=no 4.10=no 2.4=no": "document",
    },
}
EVERY = [(table, path, end) for table, paths in DOCUMENTED.items() for path, end in paths.items()]
REASON = "Because the test says so, at length."


def _table(name: str) -> DecisionTable:
    return decision_table.load(name).value


def _given(path: str) -> dict[str, Given]:
    pairs = (step.split("=") for step in path.split())
    return {q: Given(answer=said == "yes", reason=REASON, by="tester") for q, said in pairs}


def _said(path: tuple[tuple[str, bool], ...]) -> str:
    return " ".join(f"{question}={'yes' if answer else 'no'}" for question, answer in path)


@pytest.mark.parametrize("name", TABLES)
def test_every_path_of_a_table_is_documented_and_no_other(name: str) -> None:
    """The ways through the data are the ways through the catalog's text, to the same outcomes."""
    assert {_said(path): end for path, end in _table(name).paths()} == DOCUMENTED[name]


@pytest.mark.parametrize(("name", "path", "end"), EVERY)
def test_each_path_walks_to_its_documented_outcome(name: str, path: str, end: str) -> None:
    """Every answer is recorded in order, and an answer short of it is no outcome."""
    table = _table(name)
    given = _given(path)
    walk = pathways.assess(table, given, {})
    assert walk.outcome is not None
    assert walk.outcome.id == end
    assert [(a.question.id, a.answer) for a in walk.answers] == [
        (q, g.answer) for q, g in given.items()
    ]
    *_, last = given
    short = pathways.assess(table, {q: g for q, g in given.items() if q != last}, {})
    assert short.outcome is None
    assert short.asked is not None
    assert short.asked[1].id == last


@pytest.mark.parametrize("name", TABLES)
def test_the_tables_name_clauses_of_their_catalogs(name: str) -> None:
    """Each question that says a clause says one, and every source and date is there."""
    table = _table(name)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", table.as_of)
    assert all(question.ref for question in table.questions)
    assert all(question.requirement for question in table.questions if question.id != "VI")
    prefixes = {
        "fda": "fda.change.",
        "fda-pma": "fda.change.pma.",
        "eu-ai-act": "eu-aia.",
        "eu-mdr": "eu-mdr.",
    }
    assert all(q.requirement.startswith(prefixes[name]) for q in table.questions if q.requirement)


def test_what_must_be_verified_is_marked() -> None:
    """The catalogs' flags were kept."""
    marked = {(n, q.id) for n in TABLES for q in _table(n).questions if q.verify}
    assert marked == {("fda-pma", "3"), ("eu-ai-act", "2"), ("eu-mdr", "0")}


FDA = DOCUMENTED["fda"]
DOWN = "0=no P1=no 1=no 2=no 3a=no 3b=no 4=no VI=no"


@pytest.mark.parametrize(("path", "end"), FDA.items())
def test_the_change_is_judged_with_all_changes_since_the_last_clearance(
    path: str, end: str
) -> None:
    """Alone it may be small; together, question 4 is answered yes: the heavier outcome holds."""
    table, given = _table("fda"), _given(path)
    walk = pathways.assess(table, given, {}, together=True)
    if end in ("new-510k", "implement-under-pccp"):
        assert walk.outcome is not None
        assert walk.outcome.id == end
        assert {answer.scope for answer in walk.answers} == {"alone"}
        return
    assert walk.outcome is None
    assert walk.asked is not None
    assert (walk.asked[0], walk.asked[1].id) == ("cumulative", "P1")
    for last, heavier in (("4=yes", "new-510k"), ("4=no VI=no", "document")):
        together = {
            f"cumulative:{q}": g for q, g in _given(f"P1=no 1=no 2=no 3a=no 3b=no {last}").items()
        }
        found = pathways.assess(table, given | together, {}, together=True)
        assert found.outcome is not None
        assert found.outcome.id == heavier


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("0=no P1=no 1=yes 3a=yes", "3a: the other answers never lead to this question"),
        ("0=yes 4=yes", "4: the other answers"),
        ("0=no P1=yes VI=no", "VI: the other answers"),
        ("9=yes", "'9' is no question of fda"),
        ("cumulative:4=no", "Question 4 is not asked for all changes together"),
        ("cumulative:0=no", "Question 0 is not asked for all changes together"),
        ("later:4=no", "'later:4' is no question"),
    ],
)
def test_answers_that_contradict_each_other_are_refused(path: str, said: str) -> None:
    """Nothing is left lying about."""
    with pytest.raises(UsageError, match=re.escape(said)):
        pathways.assess(_table("fda"), _given(path), {})


def test_all_faults_of_the_answers_come_at_once() -> None:
    """No reason, no such question, and against the records."""
    given = _given("0=yes 7=no") | {"1": Given(answer=True, reason=" ", by="tester")}
    known = {
        "0": Evident(answer=False, never=True, reason="it is outside", records=(3,)),
        "1": Evident(answer=False, never=True, reason="inputs differ", records=(4,)),
    }
    with pytest.raises(UsageError) as caught:
        pathways.assess(_table("fda"), given, known, reason_at_least=5)
    text = str(caught.value)
    assert "'yes' to question 0 contradicts the records: it is outside" in text
    assert "'yes' to question 1 contradicts the records" in text
    assert "'7' is no question" in text
    assert "The answer to 1 needs a reason of 5 characters" in text


def test_an_answer_of_the_records_is_filled_in_and_an_agreeing_person_is_shown() -> None:
    """By whom, from which record."""
    known = {"0": Evident(answer=False, never=True, reason="outside M1", records=(3, 9))}
    walk = pathways.assess(_table("fda"), _given("0=no P1=yes"), known)
    first = walk.answers[0].body()
    assert (first["by"], first["answer"], first["records"]) == ("evidence", "no", [3, 9])
    assert first["shown"] == f"tester agrees: {REASON}"
    assert walk.answers[1].body()["by"] == "tester"


def _prepared(
    where: AuditTrail, table: str = "fda", text: str = world.PLAN, **words: Any
) -> assessment.Prepared:
    facts = {"change": "the change", "model": SECOND, "baseline": FIRST} | words
    plan = world.plan_of(where, text)
    return assessment.prepare(where, decision_table.load(table), plan, **facts)


def test_a_change_inside_an_authorised_plan_is_exempt_and_nothing_else_is_asked() -> None:
    """Question 0 is answered by the records, with the submission."""
    later = world.registration(world.AUTHORISED, version=2)
    where = trail(LOCKS["2"], RUNS["2"], later)
    prepared = _prepared(where, text=world.AUTHORISED, baseline="")
    assert prepared.baseline == FIRST  # as the authorisation says
    walk = pathways.assess(prepared.file.value, {}, prepared.evident)
    assert walk.outcome is not None
    assert walk.outcome.id == "implement-under-pccp"
    assert "K123456" in walk.answers[0].reason


@pytest.mark.parametrize("table", ["fda", "fda-pma", "eu-ai-act", "eu-mdr"])
def test_inside_a_plan_that_nobody_authorised_is_not_exempt(table: str) -> None:
    """However well it fits, and a yes is refused."""
    prepared = _prepared(trail(LOCKS["2"], RUNS["2"]), table)
    (name,) = [q.id for q in prepared.file.value.questions if q.evidence == "pccp"]
    known = prepared.evident[name]
    assert (known.answer, known.never) == (False, True)
    assert "names no authorisation" in known.reason


def test_what_cannot_be_told_is_asked_and_a_yes_is_refused() -> None:
    """Not validated yet: never a silent yes."""
    prepared = _prepared(trail(LOCKS["2"]))
    walk = pathways.assess(prepared.file.value, {}, prepared.evident)
    assert walk.asked is not None
    assert walk.asked[1].id == "0"
    with pytest.raises(UsageError, match="contradicts the records: Cannot be told"):
        pathways.assess(prepared.file.value, _given("0=yes"), prepared.evident)
    no = pathways.assess(prepared.file.value, _given("0=no"), prepared.evident)
    assert no.asked is not None
    assert no.asked[1].id == "P1"
    assert "no run yet" in no.answers[0].shown


def test_without_a_new_version_a_yes_to_the_plan_is_refused() -> None:
    """Nothing was held against it."""
    prepared = _prepared(trail(), model="")
    with pytest.raises(UsageError, match="no new locked version"):
        pathways.assess(prepared.file.value, _given("0=yes"), prepared.evident)


def test_failed_criteria_answer_in_the_careful_direction_only() -> None:
    """A failed one says that performance is affected; passed ones say nothing."""
    failed = replace(RUNS["2"], **world.with_verdict("V2", "fail"))
    for table, question in (("fda", "4"), ("eu-ai-act", "4"), ("eu-mdr", "4.10"), ("fda-pma", "2")):
        known = _prepared(trail(LOCKS["2"], failed), table).evident[question]
        assert (known.answer, known.never) == (True, False)
        assert "V2 on covid-april" in known.reason
        assert question not in _prepared(trail(LOCKS["2"], RUNS["2"]), table).evident


def test_a_planned_change_whose_criteria_failed_says_what_the_guidance_says() -> None:
    """Specified, not per protocol: do not implement (Section V.D)."""
    failed = replace(RUNS["2"], **world.with_verdict("V2", "fail"))
    reason = _prepared(trail(LOCKS["2"], failed)).evident["0"].reason
    assert "it is not implemented, and a new submission is likely required" in reason


def test_a_cybersecurity_change_is_told_from_one_that_touches_the_model() -> None:
    """Inputs and parameters differ: not solely for security. Packages alone: people are asked."""
    known = _prepared(trail(LOCKS["2"], RUNS["2"])).evident["1"]
    assert (known.answer, known.never) == (False, True)
    patched = replace(
        LOCKS["1"],
        version="2",
        digest="sha256:5",
        environment=[*LOCKS["1"].environment[1:], "cloudpickle==3.1.3"],
    )
    assert "1" not in _prepared(trail(patched)).evident
    assert "2" not in _prepared(trail(LOCKS["2"], RUNS["2"])).evident  # intent is never read


def test_windows_in_use_say_that_the_system_is_on_the_market() -> None:
    """None watched: it is asked."""
    table = _table("eu-ai-act")
    known = evidence_answers.evident(table, result=None, plan=None, new=None, in_use=[4, 9])
    assert (known["1"].answer, known["1"].records) == (True, (4, 9))
    none = evidence_answers.evident(table, result=None, plan=None, new=None, in_use=[])
    assert "1" not in none


def test_versions_between_the_baseline_and_the_new_one_are_judged_with_it() -> None:
    """Version 2 was locked before version 3; version 4 came after it."""
    where = trail(LOCKS["2"], LOCKS["3"], LOCKS["4"])
    prepared = _prepared(where, model="covid-symptoms/3")
    assert [each["what"] for each in prepared.since] == ["version covid-symptoms/2 was locked"]
    assert _prepared(where, model=SECOND).since == ()


def test_an_assessment_is_written_once_with_every_answer() -> None:
    """Table, version, digest, baseline, each question, by whom, why, the outcome."""
    where = trail(LOCKS["2"], RUNS["2"])
    prepared = _prepared(where)
    path = "P1=no 2=no 3a=no 3b=no 4=no VI=no"
    walk = pathways.assess(prepared.file.value, _given(path), prepared.evident)
    first = assessment.record(where, prepared, walk, at=world.AT, actor="tester")
    again = assessment.record(where, prepared, walk, at=world.AT, actor="other")
    assert first == again
    ((_, value),) = where.all(PathwayAssessment)
    assert (value.table, value.table_version, value.baseline) == ("fda", 1, FIRST)
    assert value.table_digest == decision_table.load("fda").digest
    assert value.outcome["id"] == "document"
    assert [a["question"] for a in value.answers] == ["0", "P1", "1", "2", "3a", "3b", "4", "VI"]
    assert [a["by"] for a in value.answers if a["question"] in ("0", "1")] == ["evidence"] * 2
    assert value.pccp["answer"] == "inside"


def test_a_change_that_was_assessed_without_a_version_counts_for_the_next() -> None:
    """Cumulatively: documented changes add up."""
    where = trail()
    prepared = _prepared(where, model="", change="A label was clarified")
    walk = pathways.assess(prepared.file.value, _given(DOWN), prepared.evident)
    assessment.record(where, prepared, walk, at=world.AT, actor="tester")
    assert _prepared(where, model="", change="A label was clarified").since == ()
    (since,) = _prepared(where, model="", change="Another").since
    assert since["what"].startswith("assessed: A label was clarified")


def test_an_unfinished_assessment_is_not_written() -> None:
    """It says what is asked next."""
    where = trail()
    prepared = _prepared(where, model="")
    walk = pathways.assess(prepared.file.value, {}, prepared.evident)
    with pytest.raises(OutOfOrderError, match="Asked next: question 0"):
        assessment.record(where, prepared, walk, at=world.AT, actor="tester")


def test_the_device_as_last_cleared_must_be_named() -> None:
    """Neither an option nor the plan says it."""
    with pytest.raises(OutOfOrderError, match="--baseline NAME/VERSION"):
        _prepared(trail(), baseline="", model="")
    with pytest.raises(NotFoundError, match="not locked"):
        _prepared(trail(), baseline="covid-symptoms/9", model="")
    with pytest.raises(NotFoundError, match="no trigger"):
        _prepared(trail(), trigger="T-1")


BROKEN = """\
table: x
version: 1
title: X
authority: X
ref: X
catalog: x
as_of: "2026-01-01"
baseline: x
baseline_authority: fda
questions:
  - {id: a, question: A, if_yes: {next: b}, if_no: {next: c}}
  - {id: b, question: B, if_yes: {next: a}, if_no: {outcome: nowhere}}
  - {id: d, question: D, if_yes: {outcome: end}, if_no: {outcome: end}}
outcomes:
  - {id: end, title: E, text: E, document: notice, weight: 0}
  - {id: never, title: N, text: N, document: notice, weight: 1}
"""


def test_a_table_that_does_not_lead_to_an_end_is_refused_with_every_fault() -> None:
    """Unknown questions, loops, dead ends, what is never asked or reached."""
    with pytest.raises(PolicyError) as caught:
        reader.parse(BROKEN, DecisionTable, "x.yaml")
    text = str(caught.value)
    for said in (
        "question a: if_no: no question 'c'",
        "question b: if_yes: goes back to 'a'",
        "question b: if_no: no outcome 'nowhere'",
        "question d is never asked",
        "outcome never is never reached",
    ):
        assert said in text
    both = BROKEN.replace("{next: b}", "{next: b, outcome: end}")
    with pytest.raises(PolicyError, match="give either next or outcome"):
        reader.parse(both, DecisionTable, "x.yaml")
    with pytest.raises(NotFoundError, match="fda, fda-pma, eu-ai-act, eu-mdr"):
        decision_table.load("mars")


def test_the_version_locked_before_is_found() -> None:
    """What a version is held against when nobody says it."""
    where = trail(LOCKS["2"], LOCKS["3"])
    assert versions.previous(where, "covid-symptoms/3") == SECOND
    with pytest.raises(UsageError, match="--against OLD"):
        versions.previous(where, FIRST)
