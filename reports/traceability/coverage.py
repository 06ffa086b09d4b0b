"""Clause by clause: answered, open with what would close it, not applicable, or unverified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policies.scope import stated
from reports.traceability import applicability, evidence

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from policies.catalog import Catalog
    from policies.clause import Clause
    from reports.traceability.facts import Facts

ANSWERED, OPEN, NOT_APPLICABLE, UNVERIFIED = "answered", "open", "not applicable", "unverified"
STATUSES = (ANSWERED, OPEN, NOT_APPLICABLE, UNVERIFIED)
UNNAMED = "evidence: the catalog does not say yet what would answer it (answered_by)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A clause against the evidence.

    Attributes:
        catalog: Id of its catalog.
        id: Its own.
        ref: Where it stands.
        title: What it asks, short.
        text: The same in full.
        part: The part of the law it stands in.
        severity: must, should, may.
        status: One of `STATUSES`; unverified where its wording was never read in a source.
        by: Where the evidence is, in words.
        records: Numbers of the records that show it.
        missing: What would close it.
        narratives: What people wrote of it.
        reason: Why it is not applicable.
        undecided: Keys of device.yaml that would decide whether it applies.
        applies_from: The day from which it applies, ISO 8601.
        recheck: Whether its wording or date must be looked up again before use.
        submission_section: Its place in a submission.
    """

    catalog: str
    id: str
    ref: str
    title: str
    text: str
    part: str
    severity: str
    status: str
    by: tuple[str, ...] = ()
    records: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()
    narratives: tuple[str, ...] = ()
    reason: str = ""
    undecided: tuple[str, ...] = ()
    applies_from: str = ""
    recheck: bool = False
    submission_section: str = ""

    @property
    def lacking(self) -> bool:
        """Whether it applies and evidence is missing, verified or not."""
        return bool(self.missing)


def coverage(catalogs: Iterable[Catalog], facts: Facts, as_of: dt.date | None = None) -> list[Row]:
    """One row a clause, in the catalogs' order.

    Args:
        catalogs: The laws and guidances.
        facts: The device, its risks, narratives and records.
        as_of: A day; clauses that apply only later are not applicable. Of no day: all are asked.
    """
    return [_row(law, clause, facts, as_of) for law in catalogs for clause in law.requirements]


def open_musts(rows: Iterable[Row]) -> list[Row]:
    """Binding clauses that apply and lack evidence."""
    return [row for row in rows if row.severity == "must" and row.lacking]


def _row(law: Catalog, clause: Clause, facts: Facts, as_of: dt.date | None) -> Row:
    why = applicability.reason(law, clause, facts, as_of)
    found = [] if why else [evidence.find(need, facts, clause.id) for need in clause.answered_by]
    missing = [f.missing for f in found if f.missing]
    if not why and not found:
        missing.append(UNNAMED)
    there = [f for f in found if not f.missing]
    return Row(
        catalog=law.id,
        id=clause.id,
        ref=clause.ref,
        title=clause.title,
        text=clause.text,
        part=clause.heading,
        severity=clause.severity,
        status=_status(clause, why, missing),
        by=tuple(dict.fromkeys(where for f in there for where in f.by)),
        records=tuple(sorted({number for f in there for number in f.records})),
        missing=tuple(dict.fromkeys(missing)),
        narratives=tuple(n.name for n in facts.narratives if clause.id in n.clauses and n.text),
        reason=why,
        undecided=() if why else applicability.undecided(law, clause, facts),
        applies_from=applicability.applies_from(law, clause, stated(facts.device)),
        recheck=clause.verify,
        submission_section=clause.submission_section,
    )


def _status(clause: Clause, why: str, missing: list[str]) -> str:
    if why:
        return NOT_APPLICABLE
    if not clause.verified:
        return UNVERIFIED
    return OPEN if missing else ANSWERED


def by_part(rows: Iterable[Row]) -> list[dict[str, str | int]]:
    """How many clauses of each part have which status, in the rows' order."""
    found: dict[tuple[str, str], dict[str, str | int]] = {}
    for row in rows:
        empty: dict[str, str | int] = {"catalog": row.catalog, "part": row.part, "clauses": 0}
        empty |= dict.fromkeys(STATUSES, 0) | {"open_musts": 0}
        line = found.setdefault((row.catalog, row.part), empty)
        for key in ("clauses", row.status, *(["open_musts"] if open_musts([row]) else [])):
            line[key] = int(line[key]) + 1
    return list(found.values())
