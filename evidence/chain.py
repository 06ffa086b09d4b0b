"""The hash chain: how a record is sealed, how a row is read back and checked. Pure.

A record's digest is over the canonical JSON of all its other fields, the digest of the record
before among them; reading checks it over the very text that stands in the database.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from evidence import digest as digests
from evidence.errors import BrokenTrailError
from evidence.records import Record

if TYPE_CHECKING:
    from evidence.records import Kind

GENESIS = digests.of_bytes(b"")  # what the first record follows


def chained(record: Record) -> str:
    """The digest that a record must carry, from all its other fields."""
    fields = ("seq", "schema", "at", "actor", "body", "previous")
    return digests.of_value({name: getattr(record, name) for name in fields})


def seal(value: Kind, seq: int, at: str, actor: str, previous: str) -> Record:
    """The next record of the chain, with its digest."""
    open_record = Record(
        seq=seq,
        schema=value.schema,
        at=at,
        actor=actor,
        body=json.loads(digests.canonical(value.body())),
        previous=previous,
        digest="",
    )
    return replace(open_record, digest=chained(open_record))


def row(record: Record) -> tuple[Any, ...]:
    """A record as the database holds it; its body as canonical JSON."""
    body = digests.canonical(record.body).decode()
    return (
        record.seq,
        record.schema,
        record.at,
        record.actor,
        body,
        record.previous,
        record.digest,
    )


def record(row: Any) -> Record:
    """A row as a record, its digest checked over the text that stands in the database.

    Raises:
        BrokenTrailError: The row is not what was written.
    """
    seq, schema, at, actor, text, previous, digest = row
    try:
        body, fields = json.loads(text), (seq, schema, at, actor, previous)
        same = digests.of_bytes(_recipe(*fields, text)) == digest
    except (ValueError, TypeError, AttributeError):
        same = False
    if not same:
        raise BrokenTrailError([f"Record {seq} ({schema}) was changed after it was written."])
    return Record(
        seq=seq, schema=schema, at=at, actor=actor, body=body, previous=previous, digest=digest
    )


def _recipe(seq: int, schema: str, at: str, actor: str, previous: str, text: str) -> bytes:
    """The bytes that a record's digest is of: `chained`, from the body's text as it stands."""
    before = digests.canonical({"actor": actor, "at": at})[:-1]
    after = digests.canonical({"previous": previous, "schema": schema, "seq": seq})[1:]
    return before + b',"body":' + text.encode() + b"," + after


def row_faults(row: Any, expected: int, previous: str) -> list[str]:
    """What is wrong with a row that should be number `expected` and follow `previous`."""
    faults = []
    if row[0] != expected:
        faults.append(f"Record {expected} is missing (the next one found is {row[0]}).")
    try:
        record(row)
    except BrokenTrailError as error:
        faults += error.faults
    if row[0] == expected and row[5] != previous:
        faults.append(f"Record {row[0]} does not follow record {expected - 1}: the chain is cut.")
    return faults
