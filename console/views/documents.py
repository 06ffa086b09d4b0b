"""Documents as they were issued, and what can be built."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from console.views.view import View
from evidence.errors import NotFoundError
from evidence.records import PathwayAssessment, ReportIssue
from reports import dossier, issue, pathway_memo

if TYPE_CHECKING:
    from console.views.reading import Reading
    from evidence.records import Body

BUILDERS = ("author", "reviewer", "approver", "quality")  # roles that may build
KINDS = dossier.TITLES | {pathway_memo.KIND: "Pathway memo"}


class Issued(View):
    """A document as it was issued."""

    record: int
    """Its record."""
    title: str
    """Its title."""
    edition: int
    """Which edition of its kind."""
    paper: str
    """A4 or Letter."""
    at: str
    """When, UTC."""
    name: str
    """Who issued it."""
    facts_digest: str
    """Of the facts that it was drawn from."""
    digest: str
    """Of the PDF."""
    through: int
    """The newest record that it knows."""
    open_items: list[str]
    """What it says is missing."""
    newest: bool
    """Whether no later edition was issued."""


class Kind(View):
    """A kind of document."""

    kind: str
    """As the command line calls it."""
    title: str
    """Its title."""
    issued: list[Issued]
    """Its editions, newest first."""


class Assessment(View):
    """A pathway assessment that a memo can be about."""

    record: int
    """Its record."""
    about: str
    """Which change of which model, in a line."""


class Documents(View):
    """The documents."""

    kinds: list[Kind]
    """Each kind that was issued, the one issued last first."""
    buildable: dict[str, str]
    """What can be built, with its title."""
    papers: list[str]
    """The papers."""
    assessments: list[Assessment]
    """What a memo can be about, newest first."""
    built: Issued | None
    """The document that was just built, or found unchanged."""


def documents(seen: Reading, built: int = 0) -> Documents:
    """What was issued.

    Args:
        seen: The workspace.
        built: Record of the document that was just asked for; 0 for none.
    """
    found = seen.trail.all(ReportIssue)
    last = {value.path: record.seq for record, value in found}
    kinds: dict[str, list[Issued]] = {}
    for record, value in reversed(found):
        made = Issued(
            record=record.seq,
            title=value.title,
            edition=value.edition,
            paper=value.paper,
            at=record.at,
            name=seen.name(record.actor),
            facts_digest=value.facts_digest,
            digest=value.files["pdf"],
            through=value.through,
            open_items=[_item(each) for each in value.open_items],
            newest=last[value.path] == record.seq,
        )
        kinds.setdefault(value.document, []).append(made)
    every = [each for issued in kinds.values() for each in issued]
    return Documents(
        kinds=[
            Kind(kind=kind, title=KINDS.get(kind, rows[0].title), issued=rows)
            for kind, rows in kinds.items()
        ],
        buildable=KINDS,
        papers=list(issue.PAPERS),
        assessments=[
            Assessment(record=record.seq, about=f"{value.change or value.trigger}: {value.model}")
            for record, value in reversed(seen.trail.all(PathwayAssessment))
        ],
        built=next((each for each in every if each.record == built), None),
    )


def pdf(seen: Reading, number: int) -> tuple[bytes, str]:
    """The bytes of a document by its record, checked against the digest there, and a file's name.

    Raises:
        NotFoundError: The record is no document, or the store does not hold it.
        BrokenTrailError: The bytes are not those that were issued.
    """
    record = seen.record(number)
    value = record.value()
    if not isinstance(value, ReportIssue):
        raise NotFoundError(f"Record {number} is no document.")
    stem = re.sub(r"[^A-Za-z0-9-]+", "-", PurePosixPath(value.path).stem).strip("-") or "document"
    content = seen.space.store.get(value.files["pdf"], f"{value.title}, edition {value.edition},")
    return content, f"{stem}-edition-{value.edition}.pdf"


def _item(body: Body) -> str:
    """An open item in a line."""
    head = ": ".join(str(body[key]) for key in ("ref", "title") if body.get(key))
    return f"{head}; needed: {body['needs']}" if body.get("needs") else head
