"""Whether a model was trained on the patients, or in the period, that it is to be judged on.

Patients are compared by the SHA-256 of their ids, kept as a file behind the lock and the freeze, so
that the comparison needs neither data set again and no id leaves its source. Pure but for reading
those files.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation import characteristics
from validation.synthetic import declared

if TYPE_CHECKING:
    import pandas as pd

    from evidence.records import Body, ModelLock
    from evidence.store import Store
    from policies.dataset import DatasetSpec
    from policies.text_set import AnySpec
    from validation.table import Cohort

PATIENTS = "patients"  # the word of the file behind a record
TUNING = "tuning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What independence is judged on.

    Attributes:
        name: The reference set's name, for the sentence.
        period: First and last day; empty when the data have no time.
        patients: Digest of the file of hashed ids; empty when the data name no patient.
        sites: Their names.
    """

    name: str
    period: dict[str, str]
    patients: str
    sites: tuple[str, ...] = ()


def hashed(ids: pd.Series[str]) -> bytes:
    """Each patient once, as the SHA-256 of the id's text, a line each in sorted order."""
    marks = {hashlib.sha256(str(value).encode()).hexdigest() for value in ids.dropna().unique()}
    return "".join(f"{mark}\n" for mark in sorted(marks)).encode()


def period(frame: pd.DataFrame, spec: AnySpec) -> dict[str, str]:
    """First and last day of the cases; empty without a time column."""
    if not spec.time or frame.empty:
        return {}
    return {"start": str(frame[spec.time].min()), "end": str(frame[spec.time].max())}


def made(frame: pd.DataFrame, spec: AnySpec) -> Body:
    """How many synthetic cases are among the training data, where the specification declares it."""
    known = declared.declared_cases(frame, spec.synthetic)
    return {"synthetic_cases": known["cases"]} if known else {}


def training(cohort: Cohort, spec: DatasetSpec, store: Store) -> tuple[Body, dict[str, str]]:
    """What a lock remembers of its training data.

    Returns:
        The facts (cases, positives, period, patients, characteristics), and the files behind them.
    """
    facts: Body = {"cases": cohort.cases, "positives": cohort.positives}
    facts |= period(cohort.frame, spec)
    facts |= made(cohort.frame, spec)
    if spec.site:
        facts["sites"] = sorted(set(cohort.frame[spec.site].dropna()))
    facts["characteristics"] = characteristics.describe(cohort.frame, spec)
    if not spec.patient:
        return facts, {}
    marks = hashed(cohort.frame[spec.patient])
    return facts | {"patients": marks.count(b"\n")}, {PATIENTS: store.put(marks)}


def compare(sample: Sample, lock: ModelLock, store: Store) -> Body:
    """Whether a reference set is independent of a model's development data.

    Training and tuning data are compared, by day and by patient; either in common is an overlap.
    Sites in common are said, and are none: a model may be meant for the sites it was trained at.

    Returns:
        ``verdict``, one of ``none`` (nothing in common, as far as it is known), ``overlap`` and
        ``unknown``, and the ``statement`` that a document prints.
    """
    found: list[tuple[bool | None, str]] = []
    for use, facts, word in (
        ("training", lock.training, PATIENTS),
        ("tuning", lock.training.get(TUNING, {}), f"{TUNING} {PATIENTS}"),
    ):
        found.append(_days(sample, lock, facts, use))
        found.append(_patients(sample, lock, store, lock.files.get(word, ""), use))
    known = [(shared, text) for shared, text in found if shared is not None]
    if not known:
        text = f"Neither the training period nor the training patients of model {lock.model} are"
        return {"verdict": "unknown", "statement": f"{text} recorded."}
    texts = [text for _, text in known] + _sites(sample, lock)
    shared = any(shared for shared, _ in known)
    return {"verdict": "overlap" if shared else "none", "statement": " ".join(texts)}


def _days(sample: Sample, lock: ModelLock, facts: Body, use: str) -> tuple[bool | None, str]:
    start, end = str(facts.get("start", "")), str(facts.get("end", ""))
    here = sample.period
    if not (start and end and here):
        return None, ""
    shared = start <= here["end"] and here["start"] <= end
    word = "Days in common" if shared else "No day in common"
    return shared, (
        f"{word}: {use} data of model {lock.model} {start} to {end}, reference set "
        f"{sample.name} {here['start']} to {here['end']}."
    )


def _patients(
    sample: Sample, lock: ModelLock, store: Store, theirs: str, use: str
) -> tuple[bool | None, str]:
    if not (theirs and sample.patients):
        return None, ""
    seen = set(store.get(theirs, f"{use} patients of model {lock.model}").split())
    judged = set(store.get(sample.patients, f"patients of {sample.name}").split())
    shared = len(seen & judged)
    word = f"{shared:,} patients in common" if shared else "No patient in common"
    return bool(shared), (
        f"{word}: {len(seen):,} {use} patients of model {lock.model}, {len(judged):,} in "
        f"reference set {sample.name}."
    )


def _sites(sample: Sample, lock: ModelLock) -> list[str]:
    theirs, mine = set(lock.training.get("sites", [])), set(sample.sites)
    if not (theirs and mine):
        return []
    shared = sorted(theirs & mine)
    if not shared:
        return ["No site in common with training."]
    return [f"Sites in common with training: {', '.join(shared)}."]
