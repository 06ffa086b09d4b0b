"""Independence of the reference set from training: patients and period, by whichever came first."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from evidence.records import ModelLock, ReferenceFreeze
from tests.clinic import SPEC, Clinic, draw
from tests.killing import tplc

ROLES = SPEC.replace("case: case\n", "case: case\npatient: patient\n").replace("score: score\n", "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A clinic whose data name patients: two cases each; training in January, reference in March."""
    clinic = Clinic.open(tmp_path)
    (clinic.folder / "roles.yaml").write_text(ROLES)
    for month, name in ((1, "training"), (3, "reference")):
        frame = draw(month, people=800)
        frame["patient"] = [f"{name}-{i // 2}" for i in range(800)]
        frame.to_csv(clinic.folder / f"{name}.csv", index=False)
    return clinic.folder


def _lock(folder: Path) -> dict[str, object]:
    words: tuple[str, ...] = (
        "lock",
        "--external",
        "m",
        "--version",
        "1",
        "--manifest",
        str(folder / "vendor.txt"),
    )
    words += ("--training", str(folder / "training.csv"), "--spec", str(folder / "roles.yaml"))
    done = tplc(folder, *words, "--json")
    assert done.returncode == 0, done.stderr
    value: dict[str, object] = json.loads(done.stdout)
    return value


def _freeze(folder: Path, name: str = "march") -> tuple[int, str]:
    words = ("--name", name, "--spec", str(folder / "roles.yaml"))
    done = tplc(folder, "freeze", str(folder / "reference.csv"), *words)
    return done.returncode, done.stderr


def test_a_lock_remembers_patients_and_period_and_no_id(folder: Path) -> None:
    """Hashed ids stand in the store, their number in the record."""
    _lock(folder)
    space = Clinic(folder).space
    (lock,) = [v for _, v in space.trail.all(ModelLock) if v.name == "m"]
    assert (lock.training["patients"], lock.training["cases"]) == (400, 800)
    assert lock.training["start"].startswith("2025-01")
    assert b"training-" not in space.store.get(lock.files["patients"])


def test_a_set_without_a_common_patient_or_day_is_frozen_and_says_so(folder: Path) -> None:
    """Both were compared."""
    _lock(folder)
    assert _freeze(folder)[0] == 0
    frozen = [v for _, v in Clinic(folder).space.trail.all(ReferenceFreeze)][-1]
    assert frozen.independence["m/1"]["verdict"] == "none"
    assert "No day in common" in frozen.independence["m/1"]["statement"]
    assert "No patient in common" in frozen.independence["m/1"]["statement"]


def test_training_patients_in_the_set_are_refused_with_their_number(folder: Path) -> None:
    """Three patients came back in March."""
    _lock(folder)
    frame = pd.read_csv(folder / "reference.csv")
    frame.loc[:5, "patient"] = ["training-0"] * 2 + ["training-1"] * 2 + ["training-2"] * 2
    frame.to_csv(folder / "reference.csv", index=False)
    code, said = _freeze(folder)
    assert code == 4
    assert "3 patients in common" in said


def test_a_model_locked_after_the_freeze_is_refused_at_its_validation(folder: Path) -> None:
    """Whichever was written down first."""
    frame = pd.read_csv(folder / "reference.csv")
    frame["patient"] = [f"training-{i}" for i in range(800)]
    frame.to_csv(folder / "reference.csv", index=False)
    assert _freeze(folder)[0] == 0
    _lock(folder)
    words: tuple[str, ...] = ("validate", "--model", "m/1", "--reference", "march")
    words += ("--predictions", str(folder / "reference.csv"), "--score", "score")
    done = tplc(folder, *words)
    assert done.returncode == 4
    assert "400 patients in common" in done.stderr


def test_tuning_data_and_sites_are_compared_too(folder: Path) -> None:
    """Patients that settings were chosen on are refused; shared sites are said."""
    roles = ROLES.replace("patient: patient\n", "patient: patient\nsite: site\n")
    (folder / "roles.yaml").write_text(roles)
    for name, site in (("training", "north"), ("reference", "south"), ("tuning", "north")):
        frame = draw(2 if name == "tuning" else 1 if name == "training" else 3, people=800)
        frame["patient"] = [f"{name}-{i // 2}" for i in range(800)]
        frame["site"] = [site if i % 2 else "shared" for i in range(800)]
        if name == "tuning":
            frame.loc[:1, "patient"] = "reference-0"
        frame.to_csv(folder / f"{name}.csv", index=False)
    words: tuple[str, ...] = (
        "lock",
        "--external",
        "m",
        "--version",
        "1",
        "--manifest",
        str(folder / "vendor.txt"),
    )
    words += ("--training", str(folder / "training.csv"), "--tuning", str(folder / "tuning.csv"))
    assert tplc(folder, *words, "--spec", str(folder / "roles.yaml")).returncode == 0
    code, said = _freeze(folder)
    assert code == 4
    assert "1 patients in common: 400 tuning patients" in said
    frame = pd.read_csv(folder / "reference.csv")
    frame.loc[frame.patient == "reference-0", "patient"] = "reference-x"
    frame.to_csv(folder / "reference.csv", index=False)
    assert _freeze(folder)[0] == 0
    frozen = [v for _, v in Clinic(folder).space.trail.all(ReferenceFreeze)][-1]
    assert "Sites in common with training: shared." in frozen.independence["m/1"]["statement"]
    assert frozen.characteristics[0]["total"] == 800


def test_the_readers_of_the_reference_standard_are_held_against_each_other(tmp_path: Path) -> None:
    """Percent agreement, Fleiss' kappa and Gwet's AC1 stand in the record of the freeze."""
    clinic = Clinic.open(tmp_path)
    frame = draw(4, people=300)
    frame["reader_a"], frame["reader_b"] = frame.truth, frame.truth
    frame.loc[:29, "reader_b"] = 1 - frame.loc[:29, "truth"]
    frame.to_csv(tmp_path / "reference.csv", index=False)
    roles = SPEC.replace(
        "  description: drawn", "  description: d\n  readers: [reader_a, reader_b]"
    )
    (tmp_path / "roles.yaml").write_text(roles)
    code, said = _freeze(tmp_path, "read")
    assert code == 0, said
    frozen = [v for _, v in clinic.space.trail.all(ReferenceFreeze)][-1]
    found = {e["endpoint"]: e["value"] for e in frozen.reader_agreement}
    assert found["percent-agreement"] == pytest.approx(0.9)
    assert set(found) == {"percent-agreement", "fleiss-kappa", "gwet-ac1"}
