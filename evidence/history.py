"""The trail as people read it: who, what, when, old and new value, reason. Pure.

Old and new values stand beside each other where a record takes the place of an earlier one: a
policy's version, a user's roles, a revision of a change request.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from evidence.kind import Body
    from evidence.records import Record

NAMED_BY = {  # kind: the field that says what it is about
    "policy-registration": "name",
    "model-lock": "name",
    "reference-set-freeze": "name",
    "look": "reference",
    "validation-run": "model",
    "generative-run": "model",
    "monitoring-run": "model",
    "trigger": "id",
    "report-issue": "document",
    "user": "id",
    "credential-change": "user",
    "security-event": "user",
    "signature": "object",
    "change-request": "id",
    "change-step": "request",
    "change-decision": "trigger",
    "pathway-assessment": "change",
    "awareness": "id",
    "authority-report": "awareness",
    "surveillance-design": "model",
    "trigger-note": "trigger",
}
REPLACING = (  # kinds whose record takes the place of the one before on the same thing
    "policy-registration",
    "model-lock",
    "reference-set-freeze",
    "report-issue",
    "user",
    "credential-change",
    "change-request",
)
SILENT = {"files", "authority", "second", "key", "before", "reason", "event"}
DEEDS = ("event", "meaning", "step", "outcome", "decision", "verdict", "severity")  # what was done
WHY = ("reason", "text")  # fields that say why, of a kind that has one
LINES = 20  # of a text that changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A field of a thing, before and after.

    Attributes:
        field: Its name.
        old: The value before; none when it was not there.
        new: The value after.
    """

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A record as it is read.

    Attributes:
        record: The record.
        subject: What it is about.
        deed: What was done to it, in a word of the record's own.
        changes: Old and new values.
        reason: Why, where its kind says so.
    """

    record: Record
    subject: str
    deed: str
    changes: tuple[Change, ...]
    reason: str


def entries(records: Iterable[Record]) -> Iterator[Entry]:
    """Each record with what it changed, in the order of the trail; give them all, from the first.

    Args:
        records: Every record of the trail.
    """
    before: dict[tuple[str, str], Body] = {}
    for record in records:
        held: Body = {}
        if record.kind in REPLACING:
            key = (record.kind, about(record))
            held = before.get(key, {})
            before[key] = record.body
        yield entry(record, held)


def entry(record: Record, held: Body) -> Entry:
    """One record with what it changed.

    Args:
        record: The record.
        held: The body of the one whose place it takes; empty where there is none.
    """
    return Entry(
        record=record,
        subject=about(record),
        deed=" ".join(_deed(record.body[d]) for d in DEEDS if record.body.get(d)),
        changes=tuple(_changes(held, record.body)) if held else (),
        reason=next((str(record.body[w]) for w in WHY if _says(record, w)), ""),
    )


def _deed(value: Any) -> str:
    """What was done in a word; of an outcome with its text, its title."""
    return str(value.get("title", "")) if isinstance(value, dict) else str(value)


def before(record: Record, same_kind: Iterable[Record]) -> Body:
    """The body of the record whose place a record takes; empty where there is none.

    Args:
        record: The record.
        same_kind: Records of its kind, in the order of the trail; later ones are left aside.
    """
    held: Body = {}
    if record.kind in REPLACING:
        subject = about(record)
        for each in same_kind:
            if each.seq < record.seq and each.kind == record.kind and about(each) == subject:
                held = each.body
    return held


def about(record: Record) -> str:
    """What a record is about."""
    body = record.body
    if record.kind == "change-decision":
        return str(body.get("request") or body["trigger"])
    return str(body.get(NAMED_BY.get(record.kind, ""), ""))


def _says(record: Record, field: str) -> bool:
    return field in record.body and record.kind != "policy-registration"


def _changes(old: Body, new: Body) -> Iterator[Change]:
    for field, value in new.items():
        if field in SILENT or old.get(field) == value:
            continue
        if field == "text":
            yield _lines(str(old.get(field, "")), str(value))
        else:
            yield Change(field=field, old=old.get(field), new=value)


def _lines(old: str, new: str) -> Change:
    """The lines of a text that went and came."""
    found = list(difflib.ndiff(old.splitlines(), new.splitlines()))
    gone = [line[2:] for line in found if line.startswith("- ")][:LINES]
    came = [line[2:] for line in found if line.startswith("+ ")][:LINES]
    return Change(field="text", old="\n".join(gone), new="\n".join(came))
