"""`tplc change pccp`, `pathway` and `clock`: exit codes, JSON, and that nothing is guessed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from console import cli
from evidence.errors import UsageError
from evidence.records import Awareness, PathwayAssessment
from policies import reporting_clocks
from policies.workspace import Workspace
from tests.change_control import world
from tests.change_control.world import LOCKS, RUNS, SECOND

ANSWERS = [
    f"--answer={name}=no:Because the test says so, at length."
    for name in ("P1", "2", "3a", "3b", "4", "VI")
]
FDA = ("change", "pathway", "--table", "fda", "--model", SECOND, "--baseline", "covid-symptoms/1")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with the demo's versions."""
    (tmp_path / "device.yaml").write_text("name: Score\n")
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "change_control.yaml").write_text(world.PLAN)
    (tmp_path / ".tplc").mkdir()
    world.trail(LOCKS["2"], RUNS["2"], LOCKS["3"], RUNS["3"], LOCKS["4"], at=tmp_path / ".tplc")
    monkeypatch.setenv("TPLC_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("TPLC_ACTOR", "tester")
    for name in ("TPLC_DATABASE_URL", "TPLC_STORE_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def _tplc(*words: str, said: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(cli.app, list(words), input=said, standalone_mode=False)
    code = done.return_value if isinstance(done.return_value, int) else done.exit_code
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return code, done.stdout


def _json(*words: str) -> tuple[int, dict[str, Any]]:
    code, text = _tplc(*words, "--json")
    return code, json.loads(text)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("words", "code", "answer"),
    [
        ((SECOND,), 0, "inside"),
        (("covid-symptoms/3", "--against", "covid-symptoms/1"), 1, "outside"),
        (("covid-symptoms/4", "--against", "covid-symptoms/1"), 1, "outside"),
        ((SECOND, "--modification", "M3"), 1, "outside"),
    ],
)
def test_pccp_leaves_by_its_answer(words: tuple[str, ...], code: int, answer: str) -> None:
    """Judged point 2, by the command; the table says the same as the JSON."""
    found, value = _json("change", "pccp", *words)
    assert (found, value["answer"]) == (code, answer)
    assert _tplc("change", "pccp", *words)[0] == code


def test_pccp_of_a_version_that_was_not_validated_cannot_tell(folder: Path) -> None:
    """Exit 3; what is missing is said."""
    lock = world.second()
    where = Workspace(folder=folder).trail
    fresh = type(lock).read(lock.body() | {"version": "5", "digest": "sha256:5"})
    where.append([fresh], at=world.AT, actor=world.ACTOR)
    code, text = _tplc("change", "pccp", "covid-symptoms/5", "--against", "covid-symptoms/1")
    assert code == 3
    assert "tplc validate --model covid-symptoms/5" in text


def test_pathway_prints_the_next_question_and_writes_nothing(folder: Path) -> None:
    """Elsewhere than on a terminal nothing is asked: exit 3, until every answer is given."""
    given: list[str] = []
    for name, more in zip(("P1", "2", "3a", "3b", "4", "VI"), ANSWERS, strict=True):
        code, value = _json(*FDA, *given)
        assert (code, value["asked"]["question"], value["outcome"]) == (3, name, None)
        given.append(more)
    assert "Asked next: question P1" in _tplc(*FDA)[1]
    assert Workspace(folder=folder).trail.all(PathwayAssessment) == []
    code, value = _json(*FDA, *given, "--dry-run")
    assert (code, value["outcome"]["id"], "record" in value) == (0, "document", False)
    code, value = _json(*FDA, *given, "--rationale", "As planned.")
    ((record, kept),) = Workspace(folder=folder).trail.all(PathwayAssessment)
    assert (code, value["record"], kept.rationale) == (0, record.seq, "As planned.")
    assert {a["by"] for a in kept.answers} == {"evidence", "tester"}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--answer", "P1"), "is no answer"),
        (("--answer", "P1=maybe:because"), "is no answer"),
        (("--answer", "P1=no:short"), "needs a reason of 20 characters"),
        (("--answer", "P1=no:x", "--answer", "P1=yes:y"), "answered twice"),
        (("--answer", "0=yes:It is consistent with the plan, I think."), "contradicts the records"),
    ],
)
def test_answers_that_are_none_are_refused(words: tuple[str, ...], said: str) -> None:
    """Usage, not a guess."""
    with pytest.raises(UsageError, match=said):
        _tplc(*FDA, *words)


def test_pathway_asks_on_a_terminal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each question with its reason; a short reason is asked for again."""
    monkeypatch.setattr("console.pathways.on_a_terminal", lambda: True)
    why = "Because the test says so, at length.\n"
    code, text = _tplc(*FDA, said="n\nshort\n" + why + f"n\n{why}" * 4 + f"y\n{why}")
    assert code == 0
    assert "Question 3a" in text
    ((_, value),) = Workspace(folder=folder).trail.all(PathwayAssessment)
    assert value.outcome["id"] == "new-510k"
    assert [a["answer"] for a in value.answers if a["question"] == "VI"] == ["yes"]


@pytest.mark.usefixtures("folder")
def test_a_change_must_be_said() -> None:
    """In words, as a trigger, or as a version."""
    with pytest.raises(UsageError, match="Say what the change is"):
        _tplc("change", "pathway", "--table", "fda", "--baseline", "covid-symptoms/1")


def test_the_help_of_a_clock_names_every_clock_that_can_be_started() -> None:
    """As the catalog has them."""
    startable = [c.id for c in reporting_clocks.load().value.clocks if c.devices and c.days]
    shown = _tplc("change", "clock", "start", "--help")[1].replace("│", "")
    text = "".join(shown.split())  # a name may be broken at the end of a line
    assert [name for name in startable if name not in text] == []


def test_clocks_run_and_stop(folder: Path) -> None:
    """Overdue leaves by exit 1, a report by 0."""
    start = ("change", "clock", "start", "mdr-2", "--zone", "Europe/Berlin", "--state", "DE")
    code, value = _json(*start, "--aware-at", "2026-03-06T09:30", "--what", "A case was missed")
    assert (code, value["id"], value["due"]) == (0, "A-001", "2026-03-10T22:59:59+00:00")
    assert value["status"] == "overdue"  # it was recorded much later
    code, listed = _json("change", "clock", "list")
    assert (code, len(listed["clocks"])) == (1, 1)
    stop = ("change", "clock", "stop", "A-001", "--zone", "Europe/Berlin", "--reference", "MIR-1")
    assert _json(*stop, "--sent-at", "2026-03-09T10:00")[0] == 0
    code, listed = _json("change", "clock", "list")
    assert (code, listed["clocks"][0]["status"]) == (0, "reported in time")
    assert "reported in time" in _tplc("change", "clock", "list")[1]
    assert len(Workspace(folder=folder).trail.all(Awareness)) == 1


@pytest.mark.usefixtures("folder")
def test_a_memo_is_built_of_an_assessment() -> None:
    """And only with its record."""
    _, value = _json(*FDA, *ANSWERS)
    code, built = _json("report", "build", "pathway-memo", "--assessment", str(value["record"]))
    assert (code, built["documents"][0]["document"]) == (0, "pathway-memo")
    for words in (("pathway-memo",), ("fda-tplc", "--assessment", "3")):
        with pytest.raises(UsageError, match="takes --assessment RECORD"):
            _tplc("report", "build", *words)
