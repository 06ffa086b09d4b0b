"""Where a fact comes from: the record that a page names beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evidence.records import Body, Record


def of(record: Record) -> Body:
    """The record's name, number, moment and actor."""
    return {"ref": record.ref, "seq": record.seq, "at": record.at, "actor": record.actor}
