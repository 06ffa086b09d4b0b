"""The command line: exit codes, JSON alone on stdout, messages without a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.clinic import Clinic, draw

RUN = [sys.executable, "-c", "from console.cli import main; main()"]


def _tplc(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"TPLC_ACTOR": "tester"}
    environment.pop("TPLC_WORKSPACE", None)
    return subprocess.run(
        [*RUN, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    """A clinic in an empty folder."""
    return Clinic.open(tmp_path)


VALIDATE = ("validate", "--model", "external/1", "--reference", "ref")


def test_law_8_a_new_user_goes_from_init_to_a_verdict(clinic: Clinic) -> None:
    """Validate, monitor, change, verify: each with its exit code and one JSON object."""
    folder = clinic.folder
    done = _tplc(folder, *VALIDATE, "--predictions", "reference.csv", "--score", "score", "--json")
    assert (done.returncode, json.loads(done.stdout)["verdict"]) == (0, "pass")
    clinic.produce(draw(2), draw(3).assign(age=lambda d: d.age + 25))
    done = _tplc(folder, "monitor", "--as-of", "2025-03-02", "--json")
    assert (done.returncode, json.loads(done.stdout)["triggers"]) == (0, [])
    done = _tplc(folder, "monitor", "--as-of", "2025-04-02", "--json")
    (trigger,) = json.loads(done.stdout)["triggers"]
    assert (done.returncode, trigger["cause"]) == (1, "drift:age")
    assert "drift:age" in _tplc(folder, "change", "list", "--json").stdout
    reason = "Referral changed; the endpoint holds in this window."
    done = _tplc(
        folder, "change", "decide", trigger["id"], "--decision", "no-action", "--reason", reason
    )
    assert done.returncode == 0, done.stderr
    assert "no-action" in _tplc(folder, "change", "show", trigger["id"]).stdout
    assert json.loads(_tplc(folder, "monitor", "status", "--json").stdout)["open"] == []
    assert _tplc(folder, "policy", "list", "--json").returncode == 0
    assert json.loads(_tplc(folder, "verify", "--json").stdout)["faults"] == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("freeze", "none.csv", "--name", "x", "--spec", "spec.yaml"), 4, "there is no such file"),
        (("freeze", "reference.csv", "--name", "x", "--spec", "none.yaml"), 4, "no such file"),
        ((*VALIDATE[:3], "--reference", "nothing"), 4, "is not frozen (frozen: ref)"),
        (
            ("validate", "--model", "x/1", "--reference", "ref"),
            4,
            "is not locked (locked: external/1)",
        ),
        (VALIDATE, 2, "--predictions FILE"),
        (("lock", "models:/nothing/3"), 4, "no model version nothing/3"),
        (("lock", "nothing"), 2, "models:/NAME/VERSION"),
        (("change", "show", "T-9"), 4, "There is no trigger 'T-9'"),
        (("report", "build", "poem"), 2, "There is no document 'poem'"),
        (("monitor", "--as-of", "soon"), 4, "was not validated"),
        (("validate",), 2, "--model"),
        (("nonsense",), 2, "nonsense"),
    ],
)
def test_wrong_input_gets_a_clear_message_on_one_screen(
    clinic: Clinic, words: tuple[str, ...], code: int, said: str
) -> None:
    """No traceback reaches a user, and nothing is lost."""
    before = len(list(clinic.space.trail.records()))
    done = _tplc(clinic.folder, *words)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 24
    assert len(list(clinic.space.trail.records())) == before


def test_missing_columns_and_impossible_scores_are_named(clinic: Clinic) -> None:
    """By column and count."""
    frame = pd.read_csv(clinic.folder / "reference.csv")
    frame.drop(columns=["age", "sex"]).to_csv(clinic.folder / "thin.csv", index=False)
    done = _tplc(clinic.folder, "freeze", "thin.csv", "--name", "x", "--spec", "spec.yaml")
    assert done.returncode == 4
    assert "column 'age' is missing" in done.stderr
    assert "column 'sex' is missing" in done.stderr
    frame.assign(score=frame.score * 8 - 4).to_csv(clinic.folder / "logits.csv", index=False)
    done = _tplc(clinic.folder, *VALIDATE, "--predictions", "logits.csv", "--score", "score")
    assert done.returncode == 4
    assert "give probabilities, not logits" in done.stderr


def test_a_policy_with_faults_is_refused_with_all_of_them(clinic: Clinic) -> None:
    """File, line and key."""
    path = clinic.folder / "policies" / "validation.yaml"
    path.write_text(path.read_text() + "colour: blue\nnumber: 3\n")
    done = _tplc(clinic.folder, *VALIDATE, "--predictions", "reference.csv", "--score", "score")
    assert done.returncode == 4
    assert "colour: unknown key" in done.stderr
    assert "number: unknown key" in done.stderr


def test_outside_a_workspace_the_way_in_is_shown(tmp_path: Path) -> None:
    """An empty folder is no workspace; `tplc init` makes one."""
    done = _tplc(tmp_path, "verify")
    assert (done.returncode, "tplc init DIR" in done.stderr) == (4, True)
    assert _tplc(tmp_path, "init", "here", "--json").returncode == 0
    assert (tmp_path / "here" / "policies" / "validation.yaml").exists()


def test_help_answers_without_the_heavy_libraries() -> None:
    """`tplc --help` loads none of them."""
    heavy = (
        "mlflow",
        "evidently",
        "great_expectations",
        "fairlearn",
        "pandas",
        "matplotlib",
        "weasyprint",
    )
    code = f"import sys, console.cli; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
