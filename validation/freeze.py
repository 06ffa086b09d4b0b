"""Reference sets: read, checked against expectations, frozen as canonical Parquet, digested.

A set that breaks an expectation is refused, with every fault. The frozen bytes hold the analysed
cases, in an order that does not depend on the order of the source's rows.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from evidence import digest as digests
from evidence.errors import DataError, NotFoundError, OutOfOrderError
from evidence.records import ReferenceFreeze
from validation import (
    characteristics,
    compact,
    expectations,
    independence,
    reference_agreement,
    summary,
    table,
)
from validation.synthetic import declared
from validation.table import COUNT, IS_REJECTED, LABEL

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from evidence.records import Body, ModelLock, Record
    from evidence.store import Store
    from evidence.trail import AuditTrail
    from policies.dataset import DataQualityPolicy, DatasetSpec
    from validation.table import Cohort

INCOMPLETE = "incomplete cases"  # the word of the file behind a record


def freeze(
    path: Path,
    name: str,
    spec: DatasetSpec,
    spec_text: str,
    quality: DataQualityPolicy,
    locks: list[ModelLock],
    store: Store,
) -> ReferenceFreeze:
    """Check a data set and freeze its cohort.

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
    raw = table.read(path, spec.columns())
    cohort = table.cohort(table.typed(raw, spec, str(path)), spec)
    expected = expectations.from_roles(spec)
    expected += expectations.from_policy(quality, list(cohort.frame.columns))
    results = expectations.check(cohort.frame, expected)
    patients = _patients(cohort, spec, store)
    period = independence.period(cohort.frame, spec)
    sample = independence.Sample(
        name=name,
        period=period,
        patients=patients.get(independence.PATIENTS, ""),
        sites=tuple(sorted(set(cohort.frame[spec.site].dropna()))) if spec.site else (),
    )
    apart = {lock.model: independence.compare(sample, lock, store) for lock in locks}
    _refuse(path, cohort, results, quality, list(apart.values()))
    content = canonical_parquet(cohort.frame)
    aside = cohort.incomplete
    incomplete = {INCOMPLETE: store.put(canonical_parquet(aside))} if len(aside) else {}
    return ReferenceFreeze(
        name=name,
        digest=digests.of_bytes(content),
        source=path.name,
        source_digest=source_digest,
        spec=spec.model_dump(mode="json"),
        spec_text=spec_text,
        rows=len(cohort.frame),
        cases=cohort.cases,
        positives=cohort.positives,
        period=period,
        accounting=cohort.accounting,
        subgroups={column: _counts(cohort.frame, column) for column in _groupings(spec)},
        expectations=results,
        warnings=expectations.suspicious(cohort.frame, spec, quality.suspicious_codes),
        independence=apart,
        summaries=summaries(cohort.frame, spec),
        files={
            "frozen set": store.put(content),
            "expectations": store.put(json.dumps(results, indent=1, sort_keys=True).encode()),
            compact.WORD: store.put(_compact(cohort.frame, spec)),
            **patients,
            **incomplete,
        },
        patients=len(set(cohort.frame[spec.patient])) if spec.patient else 0,
        indeterminate=int(aside.loc[aside[LABEL].isna(), COUNT].sum()),
        rejected=int(aside.loc[aside[IS_REJECTED], COUNT].sum()),
        characteristics=characteristics.describe(cohort.frame, spec),
        reader_agreement=reference_agreement.agreement(cohort.frame, spec),
        synthetic=declared.declared_cases(cohort.frame, spec.synthetic),
    )


def _compact(frame: pd.DataFrame, spec: DatasetSpec) -> bytes:
    """What the model reads and the subgroups, of a few thousand people; no name of anyone."""
    columns = [*(feature.name for feature in spec.features), *_groupings(spec)]
    target = io.BytesIO()
    compact.sample(frame, columns).to_parquet(target, index=False, compression="zstd")
    return target.getvalue()


def _patients(cohort: Cohort, spec: DatasetSpec, store: Store) -> dict[str, str]:
    if not spec.patient:
        return {}
    return {independence.PATIENTS: store.put(independence.hashed(cohort.frame[spec.patient]))}


def sample(frozen: ReferenceFreeze) -> independence.Sample:
    """What the independence of a model from a frozen set is judged on."""
    marks = frozen.files.get(independence.PATIENTS, "")
    places = tuple(row["value"] for row in frozen.subgroups.get(frozen.spec.get("site") or "", []))
    return independence.Sample(name=frozen.name, period=frozen.period, patients=marks, sites=places)


def _refuse(
    path: Path,
    cohort: Cohort,
    results: list[Body],
    quality: DataQualityPolicy,
    overlaps: list[Body],
) -> None:
    broken = [f"{r['statement']}: broken by {r['observed']}" for r in results if not r["ok"]]
    faults = broken if cohort.cases else []
    if cohort.cases < quality.minimum_cases:
        faults.append(
            f"{cohort.cases:,} cases are left for analysis, {quality.minimum_cases:,} are required"
        )
    if cohort.cases and cohort.positives in (0, cohort.cases):
        which = "positive" if cohort.positives else "negative"
        faults.append(f"every reference standard is {which}: nothing can be discriminated")
    faults += [o["statement"] for o in overlaps if o["verdict"] == "overlap"]
    if faults:
        raise DataError(f"{path} cannot be frozen", faults)


def canonical_parquet(frame: pd.DataFrame) -> bytes:
    """Parquet bytes that do not depend on the order of the rows."""
    keys = frame.astype(str).agg("\x1f".join, axis=1)
    ordered = frame.loc[keys.sort_values(kind="stable").index].reset_index(drop=True)
    target = io.BytesIO()
    ordered.to_parquet(target, index=False, compression="zstd")
    return target.getvalue()


def open_frozen(store: Store, frozen: ReferenceFreeze) -> list[pd.DataFrame]:
    """The frozen cases, their bytes digested again first.

    Returns:
        The analysed cases and, where there are any, those that were set aside because their
        reference standard is indeterminate or their input was rejected.

    Raises:
        BrokenTrailError: The bytes are not those that were frozen.
    """
    import pandas as pd

    aside = [frozen.files[INCOMPLETE]] if INCOMPLETE in frozen.files else []
    wanted = [frozen.digest, *aside]
    contents = [store.get(digest, f"reference set {frozen.name}") for digest in wanted]
    return [pd.read_parquet(io.BytesIO(content)) for content in contents]


def find(trail: AuditTrail, name: str) -> ReferenceFreeze:
    """The newest freeze of a name.

    Raises:
        NotFoundError: Nothing of this name is frozen.
    """
    known = {frozen.name: frozen for _, frozen in trail.all(ReferenceFreeze)}
    if name not in known:
        there = ", ".join(sorted(known)) or "none"
        raise NotFoundError(
            f"Reference set '{name}' is not frozen (frozen: {there}). Freeze it with: "
            f"tplc freeze DATA --name {name} --spec dataset.yaml"
        )
    return known[name]


def summaries(frame: pd.DataFrame, spec: DatasetSpec, fixed: Body | None = None) -> Body:
    """Summaries of the features and the attributes of subgroups.

    Args:
        frame: Typed cases.
        spec: The roles.
        fixed: The frozen summaries, whose edges are used again; None to make the edges.
    """
    columns = {f.name: f.type for f in spec.features}
    columns |= {name: "category" for name in _groupings(spec) if name not in columns}
    cuts = {
        name: fixed[name] if fixed else summary.edges(frame[name], frame[COUNT])
        for name, kind in columns.items()
        if kind == "number"
    }
    return summary.summarise(frame, columns, cuts)


def _groupings(spec: DatasetSpec) -> list[str]:
    return list(dict.fromkeys([*spec.subgroups, *([spec.site] if spec.site else [])]))


def _counts(frame: pd.DataFrame, column: str) -> list[Body]:
    groups = frame.assign(**{column: table.groups(frame[column])})
    totals = groups.groupby(column)[COUNT].sum()
    hits = groups[groups[LABEL] == 1].groupby(column)[COUNT].sum()
    return [
        {"value": str(value), "cases": int(number), "positives": int(hits.get(value, 0))}
        for value, number in totals.items()
    ]


def record(trail: AuditTrail, frozen: ReferenceFreeze, *, at: str, actor: str) -> Record:
    """Write a freeze into the trail; the same bytes under the same name are written once.

    Raises:
        OutOfOrderError: The name is taken by other bytes.
    """
    for known, value in trail.all(ReferenceFreeze):
        if value.name != frozen.name:
            continue
        if value.digest != frozen.digest:
            raise OutOfOrderError(
                f"A reference set '{frozen.name}' is frozen already, with other bytes (record "
                f"{known.seq}). Frozen sets do not change: give this one another name."
            )
        return known
    return trail.append([frozen], at=at, actor=actor)[0]
