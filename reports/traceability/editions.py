"""Which text of a law a document was built against, and what a newer one would add."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence import digest as digests
from evidence.records import ReportIssue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from evidence.records import Body
    from evidence.store import Store
    from evidence.trail import AuditTrail
    from policies.catalog import Catalog


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a catalog asks beside what an earlier text of it asked.

    Attributes:
        catalog: Its id.
        document: The document that was built against the earlier text.
        record: Number of its record.
        before: Date of the earlier text, and the day it was read.
        now: The same of this one.
        added: Ids of clauses that are asked for only now.
        changed: Of those whose words, severity or addressees are others now.
        dropped: Of those that are asked for no more.
    """

    catalog: str
    document: str
    record: int
    before: tuple[str, str]
    now: tuple[str, str]
    added: tuple[str, ...]
    changed: tuple[str, ...]
    dropped: tuple[str, ...]


def laws(catalogs: Iterable[Catalog]) -> list[Body]:
    """The texts as a document keeps them among its facts: dates, and a digest of each clause."""
    return [
        {
            "id": law.id,
            "title": law.title,
            "version": law.version,
            "status": law.status,
            "date": law.date,
            "as_of": law.as_of,
            "verify": law.verify,
            "digest": law.digest,
            "clauses": {clause.id: digests.short(clause.digest) for clause in law.requirements},
        }
        for law in catalogs
    ]


def difference(before: Mapping[str, Body], law: Catalog, document: str, record: int) -> Difference:
    """Compare a catalog with a text kept by `laws`.

    Args:
        before: The earlier text.
        law: The catalog as it stands.
        document: Title of the document that kept it.
        record: Number of its record.
    """
    old: dict[str, str] = dict(before["clauses"])
    new = {clause.id: digests.short(clause.digest) for clause in law.requirements}
    return Difference(
        catalog=law.id,
        document=document,
        record=record,
        before=(str(before["date"]), str(before["as_of"])),
        now=(law.date, law.as_of),
        added=tuple(i for i in new if i not in old),
        changed=tuple(i for i in new if i in old and old[i] != new[i]),
        dropped=tuple(i for i in old if i not in new),
    )


def since(
    trail: AuditTrail, store: Store, catalogs: Iterable[Catalog], until: str = ""
) -> list[Difference]:
    """What the catalogs add to the newest issued document that was built against each.

    Args:
        trail: Where documents are recorded.
        store: Where their facts are kept.
        catalogs: As they stand.
        until: A day, ISO 8601; documents issued after it are left aside.
    """
    kept: dict[str, tuple[Body, str, int]] = {}
    for record, value in trail.all(ReportIssue):
        if until and record.at[:10] > until:
            continue
        facts = json.loads(store.get(value.files["facts"], f"facts of {value.title}"))
        for law in facts.get("laws", ()):
            kept[law["id"]] = (law, value.title, record.seq)
    return [
        difference(kept[law.id][0], law, *kept[law.id][1:]) for law in catalogs if law.id in kept
    ]
