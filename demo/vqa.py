"""The second story: eleven vision-language models, with the image and without it.

Published answers to the questions of WorldMedQA-V: each model is locked as an external one, the
questions are frozen once, each model is judged by the same registered criteria, and the documents
are issued. Nothing in here tells the rules what to find.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
import time
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

import demo
from demo.stage import issued, lay
from evidence.records import GenerativeRun
from policies import text_set as roles
from policies.dataset import DataQualityPolicy
from reports import issue
from validation import freeze, lock
from validation.generative import run, text_set
from validation.generative.outputs import OutputsFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from demo.stage import Stage
    from evidence.records import Record

REFERENCE = "worldmedqa-v"
DATA = "worldmedqa_v"
VERSION = "1"
MODELS = {  # as the data call it, and as the documents do; the last one is the device's
    "paligemma-3b-mix-448": "paligemma-3b",
    "Yi_VL_6B": "yi-vl-6b",
    "Yi_VL_34B": "yi-vl-34b",
    "llava_next_mistral_7b": "llava-next-mistral-7b",
    "llava_next_vicuna_7b": "llava-next-vicuna-7b",
    "llava_next_llama3": "llava-next-llama3",
    "llava_next_yi_34b": "llava-next-yi-34b",
    "GeminiFlash1-5": "gemini-1.5-flash",
    "GeminiPro1-5": "gemini-1.5-pro",
    "GPT4o_MINI": "gpt-4o-mini",
    "GPT4o": "gpt-4o",
}
STEPS = len(MODELS) + 3
DOCUMENTS = tuple(kind for kind in issue.DOCUMENTS if kind != "monitoring-report")


def prepare(folder: Path) -> None:
    """Lay the workspace: descriptions, policies, the questions, each model's answers.

    Raises:
        AssuranceError: The folder holds something else.
    """
    lay(folder, "workspace_vqa")
    with as_file(files(demo) / "data" / DATA) as data:
        shutil.copyfile(data / "README.md", folder / "DATA.md")
        _write(folder / "questions.csv", _cases(data / "items.csv.gz"))
        _answers(data / "responses.csv.gz", folder)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _named(row: dict[str, str]) -> dict[str, str]:
    question = f"{row['country']}-{row['item']}"
    return {"case": f"{question}-{row['language']}", "question_id": question}


def _cases(path: Path) -> list[dict[str, str]]:
    return [_named(row) | row for row in _rows(path)]


def _answers(path: Path, folder: Path) -> None:
    """A file of answers and a manifest for each model."""
    answers: dict[str, list[dict[str, str]]] = {name: [] for name in MODELS}
    for row in _rows(path):
        kept = {name: row[name] for name in ("condition", "extracted", "response")}
        answers[row["model"]].append({"case": _named(row)["case"]} | kept)
    (folder / "models").mkdir(exist_ok=True)
    for name, rows in answers.items():
        _write(folder / "models" / f"{MODELS[name]}.csv", rows)
        known = {
            "model": name,
            "known": "Its published answers in WorldMedQA/V at commit ec9c474, and no more.",
        }
        manifest = folder / "models" / f"{MODELS[name]}.json"
        manifest.write_text(json.dumps(known, indent=1), encoding="utf-8")


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(target.getvalue(), encoding="utf-8", newline="")


def tell(stage: Stage, models: Sequence[str] = tuple(MODELS.values())) -> dict[str, Any]:
    """Tell the whole story; told again, it adds nothing that is there already.

    Args:
        stage: Who, when and where.
        models: Some of `MODELS`, when it need not be all.

    Returns:
        What ``tplc demo --story vqa --json`` prints.
    """
    begun = time.monotonic()
    _lock(stage, models)
    _freeze(stage)
    for number, model in enumerate(models, start=2):
        stage.progress(f"validating {model}", number, STEPS)
        _validate(stage, model)
    documents = issued(stage, DOCUMENTS, STEPS)
    stage.progress("done", STEPS, STEPS)
    return _told(stage, documents, time.monotonic() - begun)


def _lock(stage: Stage, models: Sequence[str]) -> None:
    stage.progress("locking the models", 0, STEPS)
    space = stage.workspace
    known = {found.name for _, found in lock.locks(space.trail)}
    for model in models:
        if model not in known:
            manifest = space.folder / "models" / f"{model}.json"
            value = lock.external(model, VERSION, manifest)
            space.store.put_file(manifest)
            lock.record(space.trail, value, at=stage.at, actor=stage.actor)


def _freeze(stage: Stage) -> None:
    stage.progress("freezing the questions", 1, STEPS)
    space, path = stage.workspace, stage.workspace.folder / "dataset.yaml"
    quality, spec = space.policy("data_quality").value, roles.load(path)
    if not isinstance(quality, DataQualityPolicy) or not isinstance(spec, roles.TextSetSpec):
        raise TypeError("data_quality.yaml or dataset.yaml holds something else")
    frozen = text_set.freeze_texts(
        space.folder / "questions.csv",
        REFERENCE,
        spec,
        path.read_text(encoding="utf-8"),
        quality,
        [found for _, found in lock.locks(space.trail)],
        space.store,
    )
    freeze.record(space.trail, frozen, at=stage.at, actor=stage.actor)


def _validate(stage: Stage, model: str) -> None:
    space = stage.workspace
    asked = run.GenerativeProtocol(
        lock=lock.find(space.trail, f"{model}/{VERSION}"),
        frozen=freeze.find(space.trail, REFERENCE),
        policies=[space.policy("generative")],
        outputs=OutputsFile(
            path=space.folder / "models" / f"{model}.csv",
            response="extracted",
            condition="condition",
        ),
    )
    run.execute(asked, space.trail, space.store, at=stage.at, actor=stage.actor)


def _told(stage: Stage, documents: list[Record], seconds: float) -> dict[str, Any]:
    trail = stage.workspace.trail
    return {
        "workspace": str(stage.workspace.folder),
        "documents": [str(stage.workspace.documents / r.body["path"]) for r in documents],
        "validations": [
            {"model": found.model, "reference": found.reference, "verdict": found.verdict}
            for _, found in trail.all(GenerativeRun)
        ],
        "windows": [],
        "triggers": [],
        "seconds": round(seconds, 1),
    }
