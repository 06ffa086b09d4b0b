"""`tplc report coverage`: what it says, what it writes, and with which code it leaves."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from console import answer, cli
from tests.reports import world

if TYPE_CHECKING:
    from pathlib import Path

ANSWERED = """\
id: house
title: Rules of the house
authority: We
citation: none
status: in force
date: "2026-01-01"
as_of: "2026-01-02"
requirements:
- id: house.1
  ref: Rule 1(a)
  title: A locked model
  text: Lock it.
  automatable: full
  severity: must
  answered_by: [{record: model-lock}]
- id: house.2
  ref: Rule 2
  title: A study of [bold]robustness[/bold]
  text: Show it.
  automatable: full
  severity: should
  answered_by: [{unrecorded: a robustness study}]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world of the documents."""
    return world.build(tmp_path_factory.mktemp("world")).folder


def _coverage(folder: Path, *words: str) -> Any:
    return CliRunner().invoke(
        cli.app,
        ["report", "coverage", *words],
        env={"TPLC_WORKSPACE": str(folder), "TPLC_ACTOR": "tester"},
    )


@pytest.mark.parametrize(("target", "clauses"), [("fda", 545), ("eu", 352), ("reporting", 252)])
def test_every_clause_of_a_target_is_in_the_json(folder: Path, target: str, clauses: int) -> None:
    """With its status; 3 while a must is open, 0 where all that is open is a recommendation."""
    done = _coverage(folder, "--target", target, "--json")
    told = json.loads(done.stdout)
    assert len(told["clauses"]) == sum(told["counts"].values()) == clauses
    musts = [c["id"] for c in told["clauses"] if c["severity"] == "must" and c["missing"]]
    assert told["open_musts"] == musts
    assert done.exit_code == (answer.NOT_EVALUABLE if musts else answer.OK)
    assert bool(musts) == (target != "reporting")


def test_the_terminal_shows_the_parts_and_then_the_open_musts(folder: Path) -> None:
    """And no more than a screen or two of them."""
    done = _coverage(folder, "--target", "eu")
    assert done.exit_code == answer.NOT_EVALUABLE
    assert "Annex IV" in done.stdout
    assert "Open musts (" in done.stdout
    assert "more: --json or --csv FILE." in done.stdout
    assert len(done.stdout.splitlines()) < 250


def test_a_catalog_of_ones_own(folder: Path, tmp_path: Path) -> None:
    """By its file: answered musts leave with 0, one more clause with 3, a fault is named."""
    path = tmp_path / "house.yaml"
    path.write_text(ANSWERED)
    done = _coverage(folder, "--target", str(path))
    assert done.exit_code == answer.OK
    assert "No binding clause is open." in done.stdout
    path.write_text(ANSWERED.replace("severity: should", "severity: must"))
    done = _coverage(folder, "--target", str(path))
    assert done.exit_code == answer.NOT_EVALUABLE
    assert "a robustness study" in done.stdout
    assert "[bold]robustness[/bold]" in done.stdout
    path.write_text(ANSWERED.replace("severity: should", "severity: shall"))
    done = _coverage(folder, "--target", str(path), "--json")
    assert done.exit_code == answer.REFUSED or done.exception
    assert "requirements.1.severity" in str(done.exception)


def test_the_csv_holds_every_row(folder: Path, tmp_path: Path) -> None:
    """One line a clause, with the record numbers that answer it."""
    path = tmp_path / "rows.csv"
    _coverage(folder, "--target", "fda_ai_dsf", "--csv", str(path))
    with path.open(newline="", encoding="utf-8") as stream:
        rows = {row["id"]: row for row in csv.DictReader(stream)}
    assert len(rows) == 190
    row = rows["fda.ai-dsf.x.a.protocol.accountability"]
    assert row["status"] == "answered"
    assert row["records"] == "6; 8; 24"
    assert all(row["missing"] for row in rows.values() if row["status"] == "open")


def test_a_day_asks_only_for_what_applies_on_it(folder: Path) -> None:
    """The AI Act's Chapter III does not bind on 1 January 2027; the MDR does."""
    told = json.loads(_coverage(folder, "--target", "eu", "--as-of", "2027-01-01", "--json").stdout)
    rows = {row["id"]: row for row in told["clauses"]}
    assert "applies from 2027-12-02" in rows["eu-aia.art-9.1"]["reason"]
    assert rows["eu-mdr.annex-i.3.a"]["status"] == "open"
    assert told["as_of"] == "2027-01-01"


def test_risks_are_followed_and_a_broken_chain_leaves_with_3(folder: Path, tmp_path: Path) -> None:
    """The world's risk is watched by nothing."""
    path = tmp_path / "risks.csv"
    done = _coverage(folder, "--risks", "--json", "--csv", str(path))
    assert done.exit_code == answer.NOT_EVALUABLE
    (row,) = json.loads(done.stdout)["risks"]
    assert row["missing"] == [
        "the residual risk",
        "an endpoint or finding that watches it (watched_by)",
    ]
    assert "The score is low" in path.read_text()
    assert "A case is missed" not in _coverage(folder, "--risks").stdout  # harm is in the JSON


@pytest.mark.parametrize("words", [(), ("--risks", "--target", "fda")])
def test_one_question_at_a_time(folder: Path, words: tuple[str, ...]) -> None:
    """Clauses of a target, or risks."""
    assert "--target" in str(_coverage(folder, *words).exception)
