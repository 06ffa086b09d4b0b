"""ACI-BENCH test set 1: 440 generated notes with their references (see its README)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from validation.wording import Reports

DATA = Path(__file__).parents[1] / "data" / "aci_bench_notes"


@cache
def outputs() -> pd.DataFrame:
    """System, encounter, generated note, and the encounter's reference note."""
    notes = pd.read_csv(DATA / "test1_reference.csv.gz")[["encounter_id", "note"]]
    made = pd.read_csv(DATA / "test1_system_outputs.csv.gz")
    return made.merge(notes, on="encounter_id", how="left", validate="many_to_one")


@cache
def reports() -> Reports:
    """All of them."""
    frame = outputs()
    return Reports.of(frame["generated_note"].to_list(), frame["note"].to_list())


@cache
def several() -> Reports:
    """60 short ones, a third with a second reference, two empty."""
    frame = outputs().iloc[:60]
    own = [str(text)[:400] for text in frame["generated_note"]]
    notes = [str(text)[:400] for text in frame["note"]]
    references = [
        [note, own[(place * 7 + 1) % 60]] if place % 3 == 0 else [note]
        for place, note in enumerate(notes)
    ]
    own[4] = own[9] = ""
    return Reports.of(own, references)
