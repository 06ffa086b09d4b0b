"""`tplc init`: a workspace to begin with."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import policies
from evidence.errors import AssuranceError
from policies.policy import OPTIONAL, POLICIES

if TYPE_CHECKING:
    from pathlib import Path

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


def make(folder: Path) -> list[Path]:
    """Write the files of a new workspace; those that exist are left as they are.

    Returns:
        The files written.

    Raises:
        AssuranceError: The folder cannot be written.
    """
    texts = {
        "device.yaml": DEVICE.format(name=folder.resolve().name),
        "dataset.yaml": DATASET,
        "risks.yaml": RISKS,
    }
    shipped = files(policies)
    texts |= {
        f"policies/{name}.yaml": (shipped / f"{name}.yaml").read_text("utf-8")
        for name in POLICIES
        if name not in OPTIONAL
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
