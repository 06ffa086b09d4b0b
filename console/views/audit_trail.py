"""The audit trail as a page shows it: searched, filtered, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.views.view import View
from evidence import history
from evidence.records import KINDS

if TYPE_CHECKING:
    from console.views.reading import Reading
    from evidence.history import Entry

PAGE = 100  # records shown at once


class Asked(View):
    """What the trail is searched for."""

    text: str = ""
    """What stands anywhere in the record, in whatever case."""
    kind: str = ""
    """Only records of one kind."""
    actor: str = ""
    """Only what one person or machine did."""


class Changed(View):
    """A field before and after."""

    field: str
    """Its name."""
    old: Any
    """The value before."""
    new: Any
    """The value after."""


class Line(View):
    """A record in the list."""

    record: int
    """Its number."""
    at: str
    """When, UTC."""
    actor: str
    """Who."""
    kind: str
    """What kind of record."""
    subject: str
    """What it is about."""
    deed: str
    """What was done."""
    changes: list[Changed]
    """Old and new values, where it takes the place of an earlier record."""
    reason: str
    """Why."""


class Trail(View):
    """A page of the trail."""

    asked: Asked
    """What was searched for."""
    kinds: list[str]
    """The kinds that there are."""
    found: int
    """How many records hold it."""
    entries: list[Line]
    """The newest of them."""


def trail(seen: Reading, asked: Asked) -> Trail:
    """Search the trail."""
    found = [e for e in history.entries(seen.trail.records()) if _holds(e, asked)]
    return Trail(
        asked=asked,
        kinds=sorted({schema.partition("/")[0] for schema in KINDS}),
        found=len(found),
        entries=[_line(entry) for entry in reversed(found[-PAGE:])],
    )


def _holds(entry: Entry, asked: Asked) -> bool:
    return (
        asked.kind in ("", entry.record.kind)
        and asked.actor in ("", entry.record.actor)
        and (not asked.text or entry.holds(asked.text))
    )


def _line(entry: Entry) -> Line:
    record = entry.record
    return Line(
        record=record.seq,
        at=record.at,
        actor=record.actor,
        kind=record.kind,
        subject=entry.subject,
        deed=entry.deed,
        changes=[Changed(field=c.field, old=c.old, new=c.new) for c in entry.changes],
        reason=entry.reason,
    )
