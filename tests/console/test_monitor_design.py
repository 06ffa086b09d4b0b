"""`tplc monitor design`: from the workspace's plan and records to a table, JSON and a figure."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from console import cli
from evidence.records import PolicyRegistration
from tests.clinic import PLAN, Clinic

CHARTS = """
charts:
  - {id: misses, kind: bernoulli-cusum, watch: sensitivity, at: standard, loss_of: 0.05,
     by: [sex], false_alarms_a_year: 0.5}
  - {id: outcome, kind: risk-adjusted-cusum, watch: event, odds_ratio: 1.5, in_control_arl: 9000}
  - {id: age-lost, kind: ewma, watch: missing, column: age, false_alarms_a_year: 0.1}
"""


class Asked:
    """The command in this process."""

    def __init__(
        self, folder: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]
    ) -> None:
        self.folder, self.patch, self.capture = folder, patch, capture
        patch.setenv("TPLC_WORKSPACE", str(folder))

    def __call__(self, *words: object) -> tuple[int, str, str]:
        """Exit code, stdout, stderr."""
        self.patch.setattr(sys, "argv", ["tplc", "monitor", "design", *map(str, words)])
        code = 0
        try:
            cli.main()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 1
        out, error = self.capture.readouterr()
        return code, out, error

    def plan(self, text: str) -> None:
        """Another plan, not registered."""
        (self.folder / "policies" / "monitoring.yaml").write_text(text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A validated clinic."""
    clinic = Clinic.open(tmp_path_factory.mktemp("clinic"))
    clinic.validate()
    return clinic.folder


@pytest.fixture
def ask(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Asked:
    """The command, at the clinic with its plan."""
    asked = Asked(folder, monkeypatch, capsys)
    asked.plan(PLAN + CHARTS)
    return asked


def test_the_plan_is_designed_and_nothing_is_recorded(ask: Asked, tmp_path: Path) -> None:
    """Rates, shares and groups are those of the frozen set; the figure is an SVG."""
    before = len(Clinic(ask.folder).space.trail.all(PolicyRegistration))
    figure = tmp_path / "delay.svg"
    code, out, error = ask("--json", "--cases-a-year", 20_000, "--figure", figure)
    assert code == 0, error
    body = json.loads(out)
    rows = {(row["chart"], row["stream"]): row for row in body["charts"]}
    whole = rows["misses", "overall"]
    assert whole["rate"] == pytest.approx(561 / 1094)
    assert whole["counted_a_year"] == pytest.approx(20_000 * 1094 / 4000)
    assert rows["misses", "sex=female"]["counted_a_year"] == pytest.approx(20_000 * 536 / 4000)
    assert {"overall", "sex=female", "sex=male"} == {s for c, s in rows if c == "misses"}
    share = sum(row["false_alarms_a_year"] for (c, _), row in rows.items() if c == "misses")
    assert 0.45 < share <= 0.5
    assert rows["outcome", "overall"]["in_control_arl"] == pytest.approx(9000, rel=2e-3)
    assert rows["outcome", "overall"]["rate"] == pytest.approx(1094 / 4000, rel=0.02)
    assert "no event, the upper bound" in rows["age-lost", "overall"]["origin"]
    rules = {row["rule"]: row for row in body["rules"]}
    assert "auroc gap by sex above 0" in rules
    assert "observed over expected outside 0.8 to 1.25" in rules
    assert body["not_computed"] == []
    assert body["false_alarms_a_year"] == pytest.approx(body["of_charts"] + body["of_rules"])
    assert figure.read_text().startswith("<svg")
    assert len(Clinic(ask.folder).space.trail.all(PolicyRegistration)) == before


def test_a_smaller_volume_is_slower_and_a_prevalence_counts(ask: Asked) -> None:
    """Nine times fewer positives, a longer delay; the terminal shows a row a chart and group."""
    ask.plan(PLAN + CHARTS.replace("\n     by: [sex],", ""))

    def days(*words: object) -> Any:
        row = json.loads(ask("--json", *words)[1])["charts"][0]
        return row["counted_a_year"], row["delay"]["days_mean"]

    many, soon = days("--cases-a-year", 20_000)
    few, late = days("--cases-a-year", 20_000, "--prevalence", 0.03)
    assert few == pytest.approx(600)
    assert many > 5000
    assert late > 2 * soon
    code, out, _ = ask("--cases-a-year", 20_000, "--loss", 0.1)
    assert code == 0
    assert "loss of 0.1" in " ".join(out.replace("│", " ").split())
    assert "false alarms a year" in out
    assert "Markov chains" in out


@pytest.mark.parametrize(
    ("charts", "said"),
    [
        (CHARTS.replace("column: age", "column: shoe"), "no column 'shoe'"),
        (CHARTS.replace("[sex]", "[ward]"), "'ward' is no subgroup"),
    ],
)
def test_columns_that_are_not_frozen_are_refused(ask: Asked, charts: str, said: str) -> None:
    """With where, and what there is."""
    ask.plan(PLAN + charts)
    code, _, error = ask()
    assert code == 2
    assert said in error


def test_a_plan_whose_model_was_not_validated_has_no_rates(ask: Asked) -> None:
    """Refused in the words of the night job, with what to do."""
    ask.plan(PLAN.replace("model: external/1", "model: external/9"))
    code, _, error = ask()
    assert code == 4
    assert "external/9 was not validated on reference set ref" in " ".join(error.split())
    assert "tplc validate --model external/9 --reference ref" in " ".join(error.split())


def test_a_plan_without_charts_has_rules_only(ask: Asked, tmp_path: Path) -> None:
    """No figure can be drawn of it, which is said."""
    ask.plan(PLAN)
    code, out, _ = ask("--json")
    assert code == 0
    assert json.loads(out)["charts"] == []
    code, _, error = ask("--figure", tmp_path / "none.svg")
    assert code == 2
    assert "no chart of the plan watches an endpoint" in error
