"""Sets of questions and reports, read and frozen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from evidence.errors import DataError
from evidence.store import Store
from policies import reader
from policies.dataset import DataQualityPolicy
from policies.text_set import TextSetSpec
from validation import freeze, lock
from validation.generative import text_set

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import ModelLock, ReferenceFreeze

ROOT = Path(__file__).parents[2]
SPEC = """\
task: answers
dataset: q
title: Questions
origin: here
licence: none
standard: an examination's key
case: case
item: item
patient: patient
time: day
language: language
answers: {question: question, key: key, scoring: option-letter, options: {A: a, B: b}}
subgroups: [organ]
include:
  - {column: organ, reason: organ not recorded}
"""
QUALITY = DataQualityPolicy(policy="data_quality", version=1, title="q", minimum_cases=4)
ROWS = [
    ("c1", "i1", "p1", "2025-01-01", "en", "Is it there?", "A", "yes", "no", "chest"),
    ("c2", "i1", "p1", "2025-01-01", "es", "¿Está ahí?", "A", "sí", "no", "chest"),
    ("c3", "i2", "p2", "2025-02-01", "en", "Which side?", "B", "left", "right", "head"),
    ("c4", "i2", "p2", "2025-02-01", "es", "¿Qué lado?", "B", "izquierdo", "derecho", "head"),
    ("c5", "i3", "p3", "2025-03-01", "en", "What is it?", "A", "mass", "fluid", ""),
]
NAMES = ["case", "item", "patient", "day", "language", "question", "key", "a", "b", "organ"]


def frozen(
    folder: Path,
    rows: Sequence[tuple[str, ...]],
    locks: list[ModelLock] | None = None,
    **words: Any,
) -> ReferenceFreeze:
    """Freeze rows as the specification says."""
    path = folder / "questions.csv"
    pd.DataFrame(rows, columns=NAMES).to_csv(path, index=False)
    spec = reader.parse(words.get("spec", SPEC), TextSetSpec, "dataset.yaml")
    store = words.get("store") or Store(str(folder / "store"))
    return text_set.freeze_texts(path, "q", spec, SPEC, QUALITY, locks or [], store)


def test_a_set_of_questions_is_frozen_with_its_counts(tmp_path: Path) -> None:
    """Cases, items, patients, what was excluded, languages."""
    found = frozen(tmp_path, ROWS)
    assert (found.task, found.cases, found.items, found.patients) == ("answers", 4, 2, 2)
    assert found.accounting[1] == {
        "step": "organ not recorded",
        "kind": "excluded",
        "rows": 1,
        "cases": 1,
    }
    assert found.subgroups["language"] == [
        {"value": "en", "cases": 2, "positives": 0},
        {"value": "es", "cases": 2, "positives": 0},
    ]
    assert found.period == {"start": "2025-01-01", "end": "2025-02-01"}


def test_the_frozen_bytes_do_not_depend_on_the_order_of_rows(tmp_path: Path) -> None:
    """Nor on spaces at the ends of cells."""
    one = frozen(tmp_path, ROWS)
    spaced = [tuple(f" {cell} " if cell else cell for cell in row) for row in reversed(ROWS)]
    assert frozen(tmp_path, spaced).digest == one.digest


def test_keys_that_are_no_option_are_refused_with_their_values(tmp_path: Path) -> None:
    """Before anything is frozen, beside every other fault of the file."""
    rows = [*ROWS, ("c6", "i4", "p4", "no day", "en", "How?", "E", "x", "y", "head")]
    with pytest.raises(DataError) as caught:
        frozen(tmp_path, rows)
    assert "1 rows where the value is none of A, B (found: E)" in str(caught.value)
    assert "is no date" in str(caught.value)


def test_cases_twice_and_questions_missing_are_refused(tmp_path: Path) -> None:
    """By column and count."""
    rows = [*ROWS, ("c1", "i4", "p4", "2025-01-01", "en", "", "A", "x", "y", "head")]
    with pytest.raises(DataError) as caught:
        frozen(tmp_path, rows)
    assert "case each case stands once: broken by 2 of 5" in str(caught.value)
    assert "question is never missing: broken by 1 of 5" in str(caught.value)


def test_patients_that_the_model_was_trained_on_are_refused(tmp_path: Path) -> None:
    """The overlap is found by hashed ids, as for labelled cases."""
    store = Store(str(tmp_path / "store"))
    spec = reader.parse(SPEC, TextSetSpec, "dataset.yaml")
    raw = pd.DataFrame(ROWS, columns=NAMES)
    frame, _ = text_set.cohort(text_set.typed(raw, spec, "training"), spec)
    facts, marks = text_set.training(frame, spec, store)
    assert facts["patients"] == 2
    manifest = tmp_path / "m.json"
    manifest.write_text("{}")
    value = lock.external("m", "1", manifest)
    value = replace(value, training=facts, files=value.files | marks)
    with pytest.raises(DataError, match="2 patients in common"):
        frozen(tmp_path, ROWS, [value], store=store)


def test_texts_are_summarised_by_their_length_for_drift(tmp_path: Path) -> None:
    """Words of the question, over edges that are frozen."""
    found = frozen(tmp_path, ROWS).summaries
    assert found["question words"]["type"] == "number"
    assert found["language"]["counts"] == {"en": 2, "es": 2}


def test_the_declared_share_of_synthetic_cases_is_recorded(tmp_path: Path) -> None:
    """Of the cases that are analysed."""
    spec = SPEC + "synthetic: {column: organ, one_of: [head]}\n"
    found = frozen(tmp_path, ROWS, spec=spec)
    assert found.synthetic == {"cases": 2, "of": 4, "share": 0.5}
    assert frozen(tmp_path, ROWS).synthetic == {}


def test_reports_need_a_first_reference_for_each_case(tmp_path: Path) -> None:
    """A second one may be missing."""
    spec = """\
task: reports
dataset: r
title: Reports
origin: here
licence: none
standard: two radiologists
case: case
reports: {references: [question, b]}
"""
    rows = [(*row[:8], "" if row[0] == "c1" else row[8], row[9]) for row in ROWS]
    assert frozen(tmp_path, rows, spec=spec).cases == 5
    bad = [(*row[:5], "", *row[6:]) if row[0] == "c2" else row for row in ROWS]
    with pytest.raises(DataError, match="question is never missing: broken by 1 of 5"):
        frozen(tmp_path, bad, spec=spec)


def test_images_are_frozen_with_the_set_and_become_columns(tmp_path: Path) -> None:
    """Real images: their bytes are digested, scanner and format can be subgroups, no identifier."""
    import shutil

    folder = tmp_path / "images"
    shutil.copytree(ROOT / "tests" / "data" / "medical_images", folder)
    spec = SPEC.replace("subgroups: [organ]", "subgroups: [image-format, image-modality]").replace(
        "include:\n  - {column: organ, reason: organ not recorded}\n",
        "image: {column: organ, folder: images}\n",
    )
    names = ["CT_small.dcm", "CT_small.dcm", "MR_small.dcm", "MR_small.dcm", "retina.jpg"]
    rows = [(*row[:9], name) for row, name in zip(ROWS, names, strict=True)]
    store = Store(str(tmp_path / "store"))
    found = frozen(tmp_path, rows, spec=spec, store=store)
    assert [level["value"] for level in found.subgroups["image-modality"]] == [
        "CT",
        "MR",
        "missing",
    ]
    assert found.summaries["image-mean"]["type"] == "number"
    codes = {w["code"] for w in found.warnings}
    assert "identifiers-present" in codes
    (cases,) = freeze.open_frozen(store, found)
    assert cases["image-digest"].str.startswith("sha256:").all()
    assert not cases.astype(str).map(lambda cell: "CompressedSamples" in cell).any(axis=None)
    with (folder / "retina.jpg").open("ab") as stream:
        stream.write(b"x")
    assert frozen(tmp_path, rows, spec=spec, store=store).digest != found.digest
    bad = [*rows[:-1], (*rows[-1][:9], "none.png")]
    with pytest.raises(DataError, match="1 cases name no image that is there"):
        frozen(tmp_path, bad, spec=spec)
