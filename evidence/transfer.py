"""A whole trail as JSON lines, and back into a database: the same records, the same digests.

One line is one record in canonical JSON; so a chain is moved from SQLite to PostgreSQL, or kept for
as long as paper, and can be checked by whoever knows SHA-256 and RFC 8785.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from evidence import chain
from evidence import digest as digests
from evidence.errors import AssuranceError, BrokenTrailError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from evidence.records import Record
    from evidence.trail import AuditTrail


def export(trail: AuditTrail, path: Path) -> int:
    """Write every record to a file, which is there whole or not at all.

    Returns:
        How many records.
    """
    part, number = path.with_name(f".{uuid4().hex}.part"), 0
    try:
        with part.open("wb") as stream:
            for record in trail.records():
                stream.write(digests.canonical(asdict(record)) + b"\n")
                number = record.seq
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return number


def bring(trail: AuditTrail, path: Path) -> int:
    """Put the records of a file into a trail, all or none, each with the digest it has.

    Records that the trail holds already must be the same; the file goes on from there.

    Returns:
        How many records were new.

    Raises:
        BrokenTrailError: The file is no whole chain, or not the trail's own.
    """
    database = trail.database
    database.prepare(create=trail.create, brought=True)
    with database.connect(writing=True, create=trail.create) as connection:
        held = {r.seq: r.digest for r in [trail.last()] if r}
        seq, digest = next(iter(held.items()), (0, chain.GENESIS))
        new, last = 0, (0, chain.GENESIS)
        for record in _chain(path):
            last = record.seq, record.digest
            if record.seq == seq and record.digest != digest:
                said = f"{path} is of another trail than {trail.where}: record {seq} differs."
                raise BrokenTrailError([said])
            if record.seq > seq:
                trail.put(connection, record)
                new += 1
        if last[0] < seq:
            raise AssuranceError(f"{path} ends at record {last[0]}; the trail has {seq} already.")
    database.head.write(*last)
    return new


def _chain(path: Path) -> Iterator[Record]:
    """The records of a file, each held against the one before."""
    seq, previous = 0, chain.GENESIS
    with path.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            row = _row(line, path, number)
            if faults := chain.row_faults(row, seq + 1, previous):
                raise BrokenTrailError([f"{path}, line {number}: {fault}" for fault in faults])
            record = chain.record(row)
            yield record
            seq, previous = record.seq, record.digest


def _row(line: str, path: Path, number: int) -> tuple[Any, ...]:
    try:
        value = json.loads(line)
        body = digests.canonical(value["body"]).decode()
        rest = (value[name] for name in ("seq", "schema", "at", "actor"))
        return (*rest, body, value["previous"], value["digest"])
    except (ValueError, TypeError, KeyError):
        raise BrokenTrailError([f"{path}, line {number}: this is no record."]) from None
