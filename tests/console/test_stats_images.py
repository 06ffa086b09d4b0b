"""`tplc stats images`: columns of scanner and quality joined to a case table; leakage found."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.console.calculator import Calculator
from validation import table

DATA = Path(__file__).parents[1] / "data" / "medical_images"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Calculator:
    """The calculator."""
    return Calculator(monkeypatch, capsys)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Images in two folders, one of them twice, one broken, and one hidden file."""
    place = tmp_path / "images"
    (place / "eye").mkdir(parents=True)
    for name in ("CT_small.dcm", "MR_small.dcm"):
        shutil.copy(DATA / name, place / name)
    shutil.copy(DATA / "microaneurysms.png", place / "eye" / "ä 1.png")
    shutil.copy(DATA / "microaneurysms.png", place / "eye" / "ä 2.png")
    (place / "broken.jpg").write_bytes((DATA / "retina.jpg").read_bytes()[:5000])
    (place / ".hidden.png").write_bytes(b"x")
    return place


def _cases(folder: Path, suffix: str = "cases.csv") -> Path:
    path = folder.parent / suffix
    rows = [
        ("p1", "CT_small.dcm"),
        ("p2", "./eye/ä 1.png"),
        ("p3", str(folder / "eye" / "ä 2.png")),
        ("p4", "broken.jpg"),
        ("p4", "nowhere.png"),
        ("p5", None),
    ]
    frame = pd.DataFrame(rows, columns=["patient", "file"])
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False)
    return path


def test_a_folder_is_summed_up_by_scanner_and_format(run: Calculator, folder: Path) -> None:
    """Counts, ranges, faults with their files; the hidden file is left aside."""
    answer = run("images", folder)
    assert answer.code == 0, answer.error
    assert answer.body["images"] == 5
    assert answer.find("image-read-rate")["events"] == 4
    assert answer.find("image-fault-rate", "image-format=JPEG")["value"] == 1
    groups = {(g["by"], g["name"]): g for g in answer.body["groups"]}
    ct = groups["image-scanner", "GE MEDICAL SYSTEMS RHAPSODE"]
    assert ct["ranges"]["image-slice-thickness"] == {"n": 1, "low": 5, "median": 5, "high": 5}
    assert [(Path(f["file"]).name, f["status"]) for f in answer.body["faults"]] == [
        ("broken.jpg", "fault")
    ]
    assert answer.codes["duplicate-images"] == 1
    assert answer.codes["image-fault"] == 1
    assert answer.codes["identifiers-present"] == 2
    assert "JFK" not in str(answer.body)


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet"])
def test_the_case_table_gets_its_columns_row_for_row(
    run: Calculator, folder: Path, suffix: str
) -> None:
    """Paths inside the folder, with a dot, and from the root; missing ones are blank and told."""
    out = folder.parent / f"with{suffix}"
    cases = _cases(folder, "cases.parquet" if suffix == ".parquet" else "cases.csv")
    answer = run(
        "images", folder, "--table", cases, "--image", "file", "--case", "patient", "--out", out
    )
    assert answer.code == 0, answer.error
    assert answer.codes["image-missing"] == 2
    assert answer.codes["image-without-row"] == 1  # the MR
    assert answer.body["duplicates"] == ["p2, p3"]
    assert answer.body["images"] == 4
    made = table.read(out)
    assert made["patient"].to_list() == ["p1", "p2", "p3", "p4", "p4", "p5"]
    assert made["image-status"].to_list() == ["read", "read", "read", "fault", "missing", "missing"]
    assert made["image-scanner"].dropna().to_list() == ["GE MEDICAL SYSTEMS RHAPSODE"]
    assert made["image-rows"].to_list()[:3] == ["128", "102", "102"]
    assert float(made["image-mean"][1]) == pytest.approx(99.33986928104575)
    assert [p.name for p in out.parent.iterdir() if p.name.endswith(".part")] == []


def test_the_written_table_is_the_same_every_time(run: Calculator, folder: Path) -> None:
    """Byte for byte, packed or not."""
    for suffix in (".csv", ".csv.gz", ".parquet"):
        made = [folder.parent / f"{at}{suffix}" for at in (1, 2)]
        for path in made:
            assert run("images", folder, "--out", path).code == 0
        assert made[0].read_bytes() == made[1].read_bytes(), suffix


def test_columns_of_scanner_are_subgroups_of_the_calculator(run: Calculator, folder: Path) -> None:
    """The table that comes out goes into `stats binary --by`."""
    out = folder.parent / "out.csv"
    assert run("images", folder, "--out", out).code == 0
    frame = pd.read_csv(out).assign(y=[0, 1, 0, 1, 1], s=[0.1, 0.8, 0.3, 0.9, 0.4])
    frame.to_csv(out, index=False)
    again = run(
        "subgroups", out, "--label", "y", "--score", "s", "--threshold", 0.5, "--by", "image-format",
        "--minimum", 1, "--replicates", 100,
    )  # fmt: skip
    assert again.code == 0, again.error
    assert {e["subgroup"] for e in again.body["estimates"]} >= {"image-format=DICOM"}


def test_images_of_the_training_set_are_found_in_the_test_set(
    run: Calculator, folder: Path
) -> None:
    """Byte for byte and nearly."""
    training = folder.parent / "training"
    training.mkdir()
    shutil.copy(DATA / "CT_small.dcm", training / "other name.dcm")
    shutil.copy(DATA / "microaneurysms.png", training / "m.png")
    answer = run("images", folder, "--against", training, "--near", 0)
    assert answer.code == 0, answer.error
    assert answer.find("image-duplicate-rate")["events"] == 3
    assert answer.find("image-duplicate-rate")["n"] == 4  # the broken one is no image
    assert answer.codes["duplicates-against"] == 3
    assert "near-duplicates" not in answer.codes
    assert run("images", folder, "--against", folder.parent / "none").code == 4


def test_the_site_needs_a_key(run: Calculator, folder: Path) -> None:
    """Blank without; with one, twelve hex digits."""
    key, out = folder.parent / "key", folder.parent / "o.csv"
    key.write_bytes(b"secret")
    assert run("images", folder, "--out", out).code == 0
    assert pd.read_csv(out)["image-site"].isna().all()
    assert run("images", folder, "--out", out, "--site-key", key).code == 0
    assert pd.read_csv(out)["image-site"].dropna().str.fullmatch("[0-9a-f]{12}").sum() == 2
    assert run("images", folder, "--site-key", folder.parent / "no").code == 2


def test_what_does_not_fit_is_refused_in_words(run: Calculator, folder: Path) -> None:
    """Options that need each other, places that are not there, columns that would be lost."""
    cases = _cases(folder)
    assert run("images", folder, "--table", cases).code == 2
    assert run("images", folder, "--out", folder.parent / "o.xlsx").code == 2
    assert run("images", folder, "--out", folder.parent / "no" / "o.csv").code == 2
    gone = run("images", folder / "gone", folder / "lost")
    assert gone.code == 4
    assert "gone" in gone.error
    assert "lost" in gone.error
    wrong = run("images", folder, "--table", cases, "--image", "picture")
    assert "column 'picture' is missing" in wrong.error
    none = run("images", folder, "--table", cases, "--image", "patient")
    assert "no value is a file of" in none.error
    out = folder.parent / "o.csv"
    assert run("images", folder, "--table", cases, "--image", "file", "--out", out).code == 0
    twice = run("images", folder, "--table", out, "--image", "file")
    assert "column 'image-status' is there already" in twice.error


def test_the_same_name_in_two_folders_is_not_guessed(run: Calculator, folder: Path) -> None:
    """Which one is meant is not known."""
    other = folder.parent / "other"
    other.mkdir()
    shutil.copy(DATA / "MR_small.dcm", other / "CT_small.dcm")
    answer = run("images", folder, other, "--table", _cases(folder), "--image", "file")
    assert answer.code == 4
    assert "1 values are files of several of the folders" in answer.error
