"""Reference sets of text: questions with keys, or studies with reference reports, frozen.

As `freeze` does for cases with a score: read, checked against expectations, kept as canonical
Parquet and digested. What a question lacks is a fault by column and count, never a dropped row.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from evidence import digest as digests
from evidence.errors import DataError
from evidence.records import ReferenceFreeze
from policies.text_set import IMAGE
from validation import expectations, freeze, independence, summary, table
from validation.generative import images
from validation.synthetic import declared
from validation.table import COUNT

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from evidence.records import Body, ModelLock
    from evidence.store import Store
    from policies.dataset import DataQualityPolicy
    from policies.text_set import TextSetSpec

YES_NO = ("yes", "no")
SHOWN = 5  # examples in a message
LEVELS = 20  # more values than these are no characteristic but a name
WORDS = "words"  # ends the name of a column that counts a text's words


def freeze_texts(
    path: Path,
    name: str,
    spec: TextSetSpec,
    spec_text: str,
    quality: DataQualityPolicy,
    locks: list[ModelLock],
    store: Store,
) -> ReferenceFreeze:
    """Check a set of texts and freeze its cases.

    Args:
        path: CSV, CSV.gz or Parquet.
        name: What the reference set will be called.
        spec: The roles of its columns.
        spec_text: The specification as it was written.
        quality: Expectations beyond the roles.
        locks: The models locked so far, whose training data it must not share.
        store: Where the frozen bytes are kept.

    Raises:
        DataError: Every expectation that does not hold, with how many cases break it.
    """
    source_digest = digests.of_file(path) if path.is_file() else ""
    whole = typed(table.read(path, spec.columns()), spec, str(path))
    seen, warnings = images.joined(whole, spec, path)
    frame, accounting = cohort(seen, spec)
    expected = expectations.from_text_roles(spec)
    expected += expectations.from_policy(quality, list(frame.columns))
    results = expectations.check(frame, expected)
    period = independence.period(frame, spec)
    marks = _patients(frame, spec, store)
    sample = independence.Sample(
        name=name,
        period=period,
        patients=marks.get(independence.PATIENTS, ""),
        sites=tuple(sorted(set(frame[spec.site].dropna()))) if spec.site else (),
    )
    apart = {lock.model: independence.compare(sample, lock, store) for lock in locks}
    _refuse(path, frame, results, quality, list(apart.values()))
    content = freeze.canonical_parquet(frame)
    return ReferenceFreeze(
        name=name,
        digest=digests.of_bytes(content),
        source=path.name,
        source_digest=source_digest,
        spec=spec.model_dump(mode="json"),
        spec_text=spec_text,
        rows=len(frame),
        cases=len(frame),
        positives=0,
        period=period,
        accounting=accounting,
        subgroups={column: _counts(frame, column) for column in spec.groups},
        expectations=results,
        warnings=warnings,
        independence=apart,
        summaries=summaries(frame, spec),
        files={
            "frozen set": store.put(content),
            "expectations": store.put(json.dumps(results, indent=1, sort_keys=True).encode()),
            **marks,
        },
        patients=len(set(frame[spec.patient])) if spec.patient else 0,
        characteristics=[_levels(frame, column) for column in spec.groups],
        task=spec.task,
        items=int(frame[spec.item].nunique()) if spec.item else 0,
        synthetic=declared.declared_cases(frame, spec.synthetic),
    )


def typed(raw: pd.DataFrame, spec: TextSetSpec, name: str) -> pd.DataFrame:
    """Texts by their roles: spaces at the ends left aside, days read, keys that fit their rule.

    Raises:
        DataError: Every column whose values do not fit, with how many and examples.
    """
    frame = raw.copy()
    for column in frame:
        text = frame[column].str.strip()
        frame[column] = text.where(text != "").astype(object)
    faults: list[str] = []
    if spec.time:
        days = table.days(frame[spec.time])
        faults += _fault(spec.time, days.isna(), frame, "is no date (YYYY-MM-DD)")
        frame[spec.time] = days
    if spec.answers:
        key = frame[spec.answers.key]
        allowed = {
            "option-letter": list(spec.answers.options),
            "yes-no": list(YES_NO),
        }.get(spec.answers.scoring)
        if allowed is not None:
            shown = key.str.lower() if spec.answers.scoring == "yes-no" else key
            wrong = key.notna() & ~shown.isin(allowed)
            faults += _fault(spec.answers.key, wrong, frame, f"is none of {', '.join(allowed)}")
    frame[COUNT] = 1
    if faults:
        raise DataError(name, faults)
    return frame


def _fault(column: str, bad: pd.Series[bool], frame: pd.DataFrame, what: str) -> list[str]:
    number = int(bad.sum())
    if not number:
        return []
    found = ", ".join(sorted({str(value) for value in frame.loc[bad, column]})[:SHOWN])
    return [f"column '{column}': {number:,} rows where the value {what} (found: {found})"]


def cohort(frame: pd.DataFrame, spec: TextSetSpec) -> tuple[pd.DataFrame, list[Body]]:
    """The cases of the cohort, and the others counted by reason."""
    steps = [table.step("rows read", "read", frame)]
    rules: list[tuple[str, Any]] = []
    if period := spec.period:
        days = (period.start, period.end)
        reason = f"outside the period {period.start} to {period.end}"
        rules.append((reason, lambda f: f[spec.time].between(*days)))
    rules += [(rule.reason, table.included(rule.column, rule.one_of)) for rule in spec.include]
    for reason, keep in rules:
        kept = keep(frame)
        if not kept.all():
            steps.append(table.step(reason, "excluded", frame[~kept]))
        frame = frame[kept]
    steps.append(table.step("analysed", "analysed", frame))
    return frame.reset_index(drop=True), steps


def _refuse(
    path: Path,
    frame: pd.DataFrame,
    results: list[Body],
    quality: DataQualityPolicy,
    overlaps: list[Body],
) -> None:
    faults = [f"{r['statement']}: broken by {r['observed']}" for r in results if not r["ok"]]
    if len(frame) < quality.minimum_cases:
        faults.append(
            f"{len(frame):,} cases are left for analysis, {quality.minimum_cases:,} are required"
        )
    faults += [o["statement"] for o in overlaps if o["verdict"] == "overlap"]
    if faults:
        raise DataError(f"{path} cannot be frozen", faults)


def training(frame: pd.DataFrame, spec: TextSetSpec, store: Store) -> tuple[Body, dict[str, str]]:
    """What a lock remembers of its training texts.

    Returns:
        The facts (cases, period, patients, characteristics), and the files behind them.
    """
    facts: Body = {"cases": len(frame)} | independence.period(frame, spec)
    facts |= independence.made(frame, spec)
    if spec.site:
        facts["sites"] = sorted(set(frame[spec.site].dropna()))
    facts["characteristics"] = [_levels(frame, column) for column in spec.groups]
    marks = _patients(frame, spec, store)
    if spec.patient:
        facts["patients"] = int(frame[spec.patient].nunique())
    return facts, marks


def _patients(frame: pd.DataFrame, spec: TextSetSpec, store: Store) -> dict[str, str]:
    if not spec.patient:
        return {}
    return {independence.PATIENTS: store.put(independence.hashed(frame[spec.patient]))}


def _counts(frame: pd.DataFrame, column: str) -> list[Body]:
    totals = table.groups(frame[column]).value_counts()
    return [
        {"value": str(value), "cases": int(totals[value]), "positives": 0}
        for value in sorted(totals.index)
    ]


def _levels(frame: pd.DataFrame, column: str) -> Body:
    levels = [{"value": row["value"], "n": row["cases"]} for row in _counts(frame, column)]
    return {"name": column, "kind": "category", "levels": levels, "total": len(frame)}


def measured_texts(frame: pd.DataFrame, spec: TextSetSpec) -> pd.DataFrame:
    """How many words each text of a case has: a number that drift can be watched in."""
    texts = spec.reports.references[:1] if spec.reports else []
    texts += [spec.answers.question] if spec.answers else []
    return frame.assign(
        **{f"{name} {WORDS}": frame[name].str.split().str.len().astype(float) for name in texts}
    )


def summaries(frame: pd.DataFrame, spec: TextSetSpec) -> Body:
    """Summaries of the groups and of the texts' lengths, with edges of their own."""
    wide = measured_texts(frame, spec)
    columns = dict.fromkeys((name for name in wide.columns if name not in frame.columns), "number")
    columns |= _of_images(frame)
    cuts = {
        name: summary.edges(wide[name], wide[COUNT])
        for name in columns
        if columns[name] == "number"
    }
    return summary.summarise(wide, columns | dict.fromkeys(spec.groups, "category"), cuts)


def _of_images(frame: pd.DataFrame) -> dict[str, str]:
    """The columns of images that drift can be watched in: numbers that vary, and a few names."""
    found: dict[str, str] = {}
    for name in frame.columns:
        if not name.startswith(IMAGE) or name == f"{IMAGE}digest":
            continue
        values = frame[name].dropna()
        levels = len(set(values))
        if str(frame[name].dtype) == "float64":
            found |= {name: "number"} if levels > 1 else {}
        elif 0 < levels <= LEVELS:
            found[name] = "category"
    return found
