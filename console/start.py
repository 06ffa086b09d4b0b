"""`tplc init`: a workspace to begin with."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import policies
from evidence.errors import AssuranceError, UsageError
from policies.policy import POLICIES

if TYPE_CHECKING:
    from pathlib import Path

VOCABULARY = "clinical_findings"
DEVICE = """\
# The device. What is left empty is listed as an open item in the documents, never invented.
name: {name}
version: ""
notice: ""                 # printed on each document's cover
intended_use: ""
intended_users: ""
patient_population: ""
use_environment: ""
inputs: ""
outputs: ""
ai_statement: ""
how_ai_is_used: ""
hardware: ""
forms: ""
us_class: ""
us_pathway: ""
eu_class: ""
eu_route: ""
standards: []
manufacturer: {{name: "", address: "", contact: ""}}
sites: []
"""
DATASET = """\
# The roles of the columns of a data set: tplc freeze DATA --name NAME --spec dataset.yaml
dataset: reference-set
title: Reference set
origin: Where the data come from
licence: Who may use them for what
case: case_id              # or, for aggregated rows, count: the column with the number of people
patient: patient_id
site: site
time: date
reference_standard:
  column: diagnosis
  positive: [1]
  negative: [0]
  indeterminate: []
  description: How the truth was established, and by whom
features:
  - {name: age, type: number}
  - {name: sex, type: category}
subgroups: [sex]
include: []                # - {column: sex, reason: sex not recorded}
missing_codes: {}          # age: [999]
"""
RISKS = """\
# Hazards, harms and controls, each linked to the endpoints that watch it.
risks: []
#  - id: R1
#    hazard: A positive case is called negative
#    harm: Treatment comes too late
#    control: Operating point chosen for sensitivity; clinician decides
#    residual: Acceptable with monitoring
#    watched_by: [sensitivity]
"""


ANSWERS = """\
# The roles of the columns of a set of questions: tplc freeze DATA --name NAME --spec dataset.yaml
task: answers
dataset: questions
title: Questions with their keys
origin: Where the data come from
licence: Who may use them for what
standard: How the correct answers were established, and by whom
case: case_id
# item: question_id        # alike for the same question in other languages, wordings or repeats
# language: language
answers:
  question: question
  key: correct_option
  scoring: option-letter   # or yes-no, exact-match, accepted-answer, token-recall, token-f1
  options: {A: A, B: B, C: C, D: D}
subgroups: []
"""
REPORTS = """\
# The roles of the columns of studies with reports: tplc freeze DATA --name NAME --spec dataset.yaml
task: reports
dataset: studies
title: Studies with their reference reports
origin: Where the data come from
licence: Who may use them for what
standard: Who wrote the reference reports, and how they were reviewed
case: study_id
patient: patient_id
reports:
  references: [report]     # several columns where a study has several reports
subgroups: []
"""
TASKS = {  # what a workspace is for: its dataset.yaml, and the policies that it starts from
    "classification": (DATASET, [n for n in POLICIES if n not in ("generative", VOCABULARY)]),
    "answers": (ANSWERS, ["generative", "monitoring", "data_quality", "change_control", "access"]),
    "reports": (
        REPORTS,
        ["generative", VOCABULARY, "monitoring", "data_quality", "change_control", "access"],
    ),
}
OF_TEXTS = {"monitoring": "monitoring_texts"}  # policies that read otherwise for texts


def make(folder: Path, task: str = "classification") -> list[Path]:
    """Write the files of a new workspace; those that exist are left as they are.

    Args:
        folder: Where.
        task: One of `TASKS`.

    Returns:
        The files written.

    Raises:
        UsageError: There is no such task.
        AssuranceError: The folder cannot be written.
    """
    if task not in TASKS:
        raise UsageError(f"There is no task '{task}' (there are: {', '.join(TASKS)}).")
    dataset, names = TASKS[task]
    texts = {
        "device.yaml": DEVICE.format(name=folder.resolve().name),
        "dataset.yaml": dataset,
        "risks.yaml": RISKS,
    }
    shipped = files(policies)
    other = OF_TEXTS if task != "classification" else {}
    texts |= {
        f"policies/{name}.yaml": (shipped / f"{other.get(name, name)}.yaml").read_text("utf-8")
        for name in names
    }
    written = []
    try:
        for name, text in texts.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.write_text(text, encoding="utf-8")
                written.append(path)
        (folder / "narratives").mkdir(exist_ok=True)
    except OSError as error:
        raise AssuranceError(f"{folder} cannot be written: {error.strerror}.") from error
    return written
