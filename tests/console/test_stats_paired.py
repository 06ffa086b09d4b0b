"""`tplc stats paired` and `tplc stats power`: columns by name, exit codes, JSON alone."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from console.cli import main

ASAH = Path(__file__).parents[1] / "data" / "asah_roc" / "asah.csv"


class Spoken:
    """What a command said, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def body(self) -> dict[str, Any]:
        """Its JSON."""
        found: dict[str, Any] = json.loads(self.out)
        return found


@pytest.fixture
def stats(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs `tplc stats` with words."""

    def run(*words: object) -> Spoken:
        monkeypatch.setattr(sys, "argv", ["tplc", "stats", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return Spoken(int(left.value.code or 0), out, err)

    return run


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """The aSAH study with two tests, case ids, patients of two cases."""
    frame = pd.read_csv(ASAH)
    frame["hit"] = (frame.s100b >= 0.205).astype(int)
    frame["grade"] = (frame.wfns >= 3).astype(int)
    frame["case"] = range(len(frame))
    frame["patient"] = [f"p{i // 2}" for i in range(len(frame))]
    path = tmp_path / "asah.csv"
    frame.to_csv(path, index=False)
    return path


POOR = ("--label", "outcome", "--positive", "Poor")
SCORES = ("--score-a", "s100b", "--score-b", "wfns")
TESTS = ("--test-a", "hit", "--test-b", "grade")


def test_scores_give_the_published_paired_delong(stats: Any, table: Path) -> None:
    """PROC: difference -0.0923, Z = -2.209, p = 0.02718; references on request."""
    said = stats("paired", table, *POOR, *SCORES, "--json", "--cite", "--case", "case")
    assert said.code == 0
    (test,) = said.body["tests"]
    assert (test["test"], test["endpoint"]) == ("delong-paired", "auroc-difference")
    assert test["p"] == pytest.approx(0.02717578, abs=1e-8)
    assert "DeLong" in said.body["references"]["delong-paired"]
    assert [e["subgroup"] for e in said.body["estimates"][:2]] == ["test=s100b", "test=wfns"]


def test_two_tests_give_every_endpoint_and_every_test_has_a_reference(
    stats: Any, table: Path
) -> None:
    """Differences, ratios, kappa; McNemar thrice and corrected; scores for predictive values."""
    body = stats("paired", table, *POOR, *TESTS, "--margin", "0.1", "--json", "--cite").body
    endpoints = {e["endpoint"] for e in body["estimates"]}
    for name in ("sensitivity", "specificity", "accuracy", "ppv", "npv"):
        assert {f"{name}-difference", f"{name}-ratio", name} <= endpoints
    assert "cohen-kappa" in endpoints
    names = {t["test"] for t in body["tests"]}
    assert {
        "mcnemar-exact", "mcnemar-midp", "mcnemar-asymptotic", "mcnemar-asymptotic-continuity",
        "generalised-score", "weighted-generalised-score", "tango-score",
    } <= names  # fmt: skip
    assert "no reference is recorded" not in body["references"].values()
    verdicts = {
        t["endpoint"]: t["details"]["verdict"]
        for t in body["tests"]
        if t["alternative"] == "non-inferiority"
    }
    assert verdicts["specificity-difference"] == "met"
    assert verdicts["sensitivity-difference"] == "not met"


def test_patients_change_the_methods_and_none_assumes_independence(stats: Any, table: Path) -> None:
    """With --cluster every test counts patients; the bootstrap is added by name."""
    words = ("--cluster", "patient", "--bootstrap", "200", "--json", "--cite")
    body = stats("paired", table, *POOR, *TESTS, *words).body
    assert {t["test"] for t in body["tests"]} == {
        "mcnemar-obuchowski", "mcnemar-durkalski", "generalised-score-clustered",
    }  # fmt: skip
    assert "bootstrap-percentile-patient" in body["references"]
    assert "no reference is recorded" not in body["references"].values()
    scores = stats("paired", table, *POOR, *SCORES, *words).body
    assert scores["tests"][0]["test"] == "delong-paired-clustered"


def test_a_table_for_people_ends_with_the_verdict_in_words(stats: Any, table: Path) -> None:
    """And the JSON alone is JSON alone."""
    said = stats("paired", table, *POOR, *SCORES, "--margin", "0.1")
    assert said.code == 0
    assert "Non-inferiority, auroc-difference above -0.1: not met" in said.out


def test_a_case_that_stands_twice_is_refused(stats: Any, table: Path) -> None:
    """Law: bad rows are told by count and column."""
    frame = pd.read_csv(table)
    frame.loc[3, "case"] = 4
    frame.to_csv(table, index=False)
    said = stats("paired", table, *POOR, *SCORES, "--case", "case")
    assert said.code == 4
    assert "1 rows repeat a case id (such as '4')" in said.err
    assert "Traceback" not in said.err


def test_blanks_are_counted_and_codes_are_warned_of(stats: Any, table: Path) -> None:
    """Never dropped in silence: missing-values and coded-missing."""
    frame = pd.read_csv(table)
    frame.loc[5, "s100b"] = None
    frame.loc[7, "s100b"] = -9
    frame.to_csv(table, index=False)
    body = stats("paired", table, *POOR, *SCORES, "--json").body
    assert {(w["code"], w["count"]) for w in body["warnings"]} == {
        ("missing-values", 1),
        ("coded-missing", 1),
    }
    assert body["tests"][0]["n"] == 112


def test_counts_stand_for_rows(stats: Any, tmp_path: Path) -> None:
    """Paired1 of DTComPair, eight rows with a count; fractions of people are refused."""
    path = tmp_path / "counts.csv"
    rows = "y,a,b,n\n1,1,1,319\n1,0,1,22\n1,1,0,78\n1,0,0,32\n0,1,1,31\n0,0,1,22\n0,1,0,53\n0,0,0,155\n"
    path.write_text(rows)
    words = ("--label", "y", "--test-a", "a", "--test-b", "b", "--count", "n", "--json")
    body = stats("paired", path, *words).body
    score = next(t for t in body["tests"] if t["test"] == "weighted-generalised-score")
    assert score["p"] == pytest.approx(0.01939120, abs=1e-8)
    path.write_text(rows.replace("319", "31.9"))
    assert "no whole numbers" in stats("paired", path, *words).err


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--label", "outcome", *SCORES), 4, "113 values are neither 0 nor 1"),
        ((*POOR, "--test-a", "s100b", "--test-b", "grade"), 4, "neither 0 nor 1"),
        ((*POOR, "--test-a", "hit"), 2, "--test-a and --test-b"),
        ((*POOR, "--test-a", "hit", "--score-b", "wfns"), 2, "--score-a and --score-b"),
        (("--label", "outcome", "--positive", "Dead", *SCORES), 4, "no value is 'Dead'"),
        ((*POOR, "--score-a", "s100", "--score-b", "wfns"), 4, "column 's100' is missing"),
    ],
)
def test_wrong_input_leaves_with_its_code_and_one_message(
    stats: Any, table: Path, words: tuple[str, ...], code: int, message: str
) -> None:
    """Two for words that do not fit together, four for data; never a traceback."""
    said = stats("paired", table, *words)
    assert said.code == code
    assert message in said.err
    assert "Traceback" not in said.err


def test_power_gives_the_number_and_the_paragraph(stats: Any) -> None:
    """In words for people, whole for machines."""
    said = stats("power", "proportion", "--expected", 0.9, "--goal", 0.8, "--prevalence", 0.1)
    assert said.code == 0
    assert "113 evaluable" in " ".join(said.out.split())
    body = stats("power", "auroc", "--expected", 0.85, "--goal", 0.75, "--json", "--cite").body
    assert body["estimates"][0]["endpoint"] == "sample-size"
    assert body["plan"]["positives"] == body["plan"]["negatives"] == 97
    assert list(body["references"]) == ["power-auroc-obuchowski"]


def test_every_power_command_answers(stats: Any, table: Path) -> None:
    """The pilot's number is pROC's: 64.78 positives, so 65."""
    pilot = stats(
        "power", "paired-auroc", table, *POOR[:2], "--score-a", "ndka", "--score-b", "wfns"
    )
    assert pilot.code == 4
    frame = pd.read_csv(table)
    frame["poor"] = (frame.outcome == "Poor").astype(int)
    frame.to_csv(table, index=False)
    named = ("--label", "poor", "--score-a", "ndka", "--score-b", "wfns", "--power", 0.9, "--json")
    assert stats("power", "paired-auroc", table, *named).body["plan"]["positives"] == 65
    two = ("--auc-a", 0.9, "--auc-b", 0.85)
    both = ("--correlation-positives", 0.5, "--correlation-negatives", 0.5)
    assert stats("power", "paired-auroc", *two, *both, "--json").body["plan"]["positives"] == 309
    plans: list[tuple[object, ...]] = [
        ("paired-auroc", *two, "--auc-correlation", 0.5),
        ("paired-proportion", "--a", 0.9, "--b", 0.8),
        ("gap", "--a", 0.9, "--b", 0.8),
        ("gap", "--a", 0.9, "--b", 0.8, "--endpoint", "auroc"),
        ("proportion", "--expected", 0.9, "--half-width", 0.05),
    ]
    for words in plans:
        assert stats("power", *words, "--json").body["plan"]["n"] > 0


def test_readers_from_a_pilots_components(stats: Any) -> None:
    """RJafroc: Van Dyke, six readers, 251 cases."""
    words = ("--var-tr", 0.0002004025236, "--var-error", 0.0008022882656, "--cov1", 0.0003466137094)
    more = ("--cov2", 0.0003440748289, "--cov3", 0.0002390283709, "--pilot-cases", 114)
    body = stats(
        "power", "mrmc", "--difference", 0.043800322, "--readers", 6, *words, *more, "--json"
    ).body
    assert body["plan"]["n"] == 251


@pytest.mark.parametrize(
    "words",
    [
        ("proportion", "--expected", "1.2", "--goal", "0.8"),
        ("proportion", "--expected", "0.9"),
        ("proportion", "--expected", "0.9", "--goal", "0.8", "--method", "guess"),
        ("auroc", "--expected", "0.8", "--variance", "delong"),
        ("paired-auroc", "--auc-a", "0.8"),
        ("paired-auroc", "--auc-a", "0.8", "--auc-b", "0.7"),
    ],
)
def test_plans_that_make_no_sense_are_faults_of_usage(stats: Any, words: tuple[str, ...]) -> None:
    """Exit code 2, one message."""
    said = stats("power", *words)
    assert said.code == 2
    assert said.err.startswith("Refused")


def test_separate_groups_give_both_tests_of_the_difference(stats: Any, table: Path) -> None:
    """PROC: men less women D = 0.5018808, df = 106.46; the group subtracted is named."""
    words = ("--label", "outcome", "--positive", "Poor", "--score", "s100b", "--group", "gender")
    body = stats("unpaired", table, *words, "--reference", "Female", "--json", "--cite").body
    welch = next(t for t in body["tests"] if t["test"] == "delong-unpaired-welch")
    assert (welch["statistic"], welch["df"]) == pytest.approx((0.5018808, 106.46255), abs=1e-5)
    assert "no reference is recorded" not in body["references"].values()
    at = stats("unpaired", table, *words, "--threshold", 0.205, "--json", "--cite").body
    assert {t["test"] for t in at["tests"]} == {
        "chi-squared", "chi-squared-continuity", "fisher-exact",
    }  # fmt: skip
    assert "no reference is recorded" not in at["references"].values()
    assert stats("unpaired", table, *words, "--reference", "Men").code == 2
    assert "not two" in stats("unpaired", table, *words[:-1], "wfns").err


def test_sites_are_pooled_with_their_heterogeneity(stats: Any, table: Path) -> None:
    """Each site, both means, a new site, tau2, I2 twice, each left out, and Q."""
    frame = pd.read_csv(table)
    frame["site"] = [f"s{i % 4}" for i in range(len(frame))]
    frame.to_csv(table, index=False)
    words = (*POOR, "--score", "s100b", "--site", "site", "--json", "--cite")
    body = stats("sites", table, *words).body
    seen = [(e["endpoint"], e["subgroup"]) for e in body["estimates"]]
    assert seen.count(("auroc", "all sites")) == 2
    assert seen.count(("auroc-i-squared", "all sites")) == 2
    assert ("auroc", "without s2") in seen
    assert body["tests"][0]["test"] == "cochran-q"
    assert "no reference is recorded" not in body["references"].values()
    at = stats("sites", table, *words, "--threshold", 0.205, "--spread", "paule-mandel").body
    assert len(at["tests"]) == 5
    assert stats("sites", table, *words, "--scale", "log").code == 2
