"""A small world of answers to test in: real questions and answers of WorldMedQA-V, invented days.

Half of the questions are frozen, with the answers of a real model to them; the other half arrive as
production data. The days, and the numbers of the embedding, are made up here from a fixed seed.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

import demo
from console import start
from policies import text_set as roles
from policies.dataset import DataQualityPolicy
from policies.workspace import Workspace
from tests.clinic import ACTOR, AT
from validation import freeze, lock
from validation.generative import run, text_set
from validation.generative.outputs import OutputsFile

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from evidence.records import Record

MODEL = "GPT4o"
LANGUAGES = 4  # in how many places the embedding has its numbers
SPEC = """\
task: answers
dataset: questions
title: Examination questions
origin: WorldMedQA-V
licence: MIT
standard: The official key
case: case
item: item
language: language
answers:
  question: question
  key: correct_option
  scoring: option-letter
  options: {A: A, B: B, C: C, D: D}
subgroups: [country]
"""
CRITERIA = """\
policy: generative
version: 1
title: Criteria
endpoints: [accuracy, unparsable-rate]
clusters: ratio-estimator-wilson
criteria:
  - {id: G1, endpoint: accuracy, at_least: 0.5}
"""
PLAN = """\
policy: monitoring
version: 1
title: Plan
model: writer/1
reference: ref
source: production.csv
schedule: {every: month, start: 2025-02-01}
minimum_cases: 100
texts:
  response: response
  time: day
  embeddings:
    question: {columns: [e_*]}
performance:
  - {endpoint: accuracy, fall_of: 0.05}
triggers:
  - {id: input-lost, finding: missingness, severity: critical}
  - {id: input-moved, finding: drift, severity: minor}
  - {id: broken, finding: data-quality, severity: major}
  - {id: unreadable, finding: unparsable, severity: critical}
  - {id: collapsed, finding: collapse, severity: critical}
  - {id: fell, finding: performance, severity: critical}
"""


def _read(path: Traversable) -> pd.DataFrame:
    with path.open("rb") as stream:
        return pd.read_csv(stream, dtype=str, compression="gzip", keep_default_na=False)


@functools.cache
def _all() -> pd.DataFrame:
    folder = files(demo) / "data" / "worldmedqa_v"
    items, answers = _read(folder / "items.csv.gz"), _read(folder / "responses.csv.gz")
    mine = answers[(answers.model == MODEL) & (answers.condition == "image+text")]
    found: pd.DataFrame = items.merge(mine[["country", "language", "item", "response"]])
    found["item"] = found.country + "-" + found["item"]
    found["case"] = found["item"] + "-" + found.language
    rng = np.random.default_rng(20240101)
    drawn = rng.normal(size=(len(found), LANGUAGES)).round(4)
    for place in range(LANGUAGES):
        found[f"e_{place}"] = drawn[:, place]
    return found


def halves() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Frozen questions with their answers, and the others."""
    found = _all()
    first = found["item"].drop_duplicates().sample(frac=0.5, random_state=1)
    mine = found["item"].isin(first)
    return found[mine].reset_index(drop=True), found[~mine].reset_index(drop=True)


def month(number: int, frame: pd.DataFrame | None = None, cases: int = 300) -> pd.DataFrame:
    """Questions that the reference set does not have, as if asked in a month of 2025."""
    rest = halves()[1] if frame is None else frame
    drawn = rest.sample(cases, replace=len(rest) < cases, random_state=number)
    rng = np.random.default_rng([3, number])
    days = rng.integers(1, 29, len(drawn))
    made = drawn.assign(day=[f"2025-{number:02d}-{day:02d}" for day in days])
    made["case"] = [f"{number}-{place}" for place in range(len(made))]
    return made.reset_index(drop=True)


@dataclass
class Examination:
    """A workspace with an external model that writes, a frozen set, and its validation."""

    folder: Path

    @classmethod
    def open(cls, folder: Path, plan: str = PLAN) -> Examination:
        """Lay the workspace, lock, freeze and validate."""
        start.make(folder, "answers")
        (folder / "spec.yaml").write_text(SPEC)
        (folder / "policies" / "generative.yaml").write_text(CRITERIA)
        (folder / "policies" / "monitoring.yaml").write_text(plan)
        (folder / "vendor.txt").write_text("vendor model 1\n")
        frozen, _ = halves()
        frozen.drop(columns=["response"]).to_csv(folder / "reference.csv", index=False)
        kept = ["case", "response", *(f"e_{place}" for place in range(LANGUAGES))]
        frozen[kept].to_csv(folder / "outputs.csv.gz", index=False)
        made = cls(folder)
        made._record()
        return made

    def _record(self) -> None:
        space, folder = self.space, self.folder
        value = lock.external("writer", "1", folder / "vendor.txt")
        space.store.put_file(folder / "vendor.txt")
        lock.record(space.trail, value, at=AT, actor=ACTOR)
        spec, quality = roles.load(folder / "spec.yaml"), space.policy("data_quality").value
        assert isinstance(spec, roles.TextSetSpec)
        assert isinstance(quality, DataQualityPolicy)
        text = (folder / "spec.yaml").read_text()
        found = text_set.freeze_texts(
            folder / "reference.csv", "ref", spec, text, quality, [value], space.store
        )
        freeze.record(space.trail, found, at=AT, actor=ACTOR)
        self.validate()

    def validate(self) -> Record:
        """Judge the model by what it wrote on the frozen questions."""
        space = self.space
        asked = run.GenerativeProtocol(
            lock=lock.find(space.trail, "writer/1"),
            frozen=freeze.find(space.trail, "ref"),
            policies=[space.policy("generative")],
            outputs=OutputsFile(path=self.folder / "outputs.csv.gz", response="response"),
        )
        return run.execute(asked, space.trail, space.store, at=AT, actor=ACTOR)

    @property
    def space(self) -> Workspace:
        """The workspace, read anew."""
        return Workspace(self.folder)

    def produce(self, *months: pd.DataFrame) -> None:
        """Lay production data."""
        pd.concat(months).to_csv(self.folder / "production.csv", index=False)
