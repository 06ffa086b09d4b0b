"""Which records a record names, and which name it. Pure.

What a body says of another record is its number, its digest, or an id that the other one gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.views.view import View
from evidence import history
from evidence.records import KINDS, MonitoringRun, SecurityEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.views.reading import Reading
    from evidence.records import Body, Record

Token = tuple[str, Any]
MANY = (MonitoringRun.schema, *MonitoringRun.earlier, SecurityEvent.schema)  # one a night, or more
MOST = 40  # links shown each way
IDS = {  # kind: what it gives, the field that others name it by
    "model-lock": ("model bytes", "digest"),
    "reference-set-freeze": ("reference bytes", "digest"),
    "look": ("key", "key"),
    "validation-run": ("run", "key"),
    "generative-run": ("run", "key"),
    "monitoring-run": ("window", "key"),
    "trigger": ("trigger", "id"),
    "change-request": ("request", "id"),
    "awareness": ("awareness", "id"),
    "user": ("user", "id"),
}
NAMES = {  # field: what it names
    "model_digest": "model bytes",
    "reference_digest": "reference bytes",
    "run_key": "window",
    "trigger": "trigger",
    "request": "request",
    "change": "request",
    "awareness": "awareness",
    "object": "request",
    "signer": "user",
    "user": "user",
}


class Link(View):
    """Another record."""

    record: int
    """Its number."""
    kind: str
    """Its kind."""
    subject: str
    """What it is about."""
    at: str
    """When, UTC."""


class Links(View):
    """What a record has to do with."""

    names: list[Link]
    """The records that it names."""
    named_by: list[Link]
    """The records that name it, windows aside."""
    more: int
    """How many more name it."""


def links(seen: Reading, record: Record) -> Links:
    """The records around a record."""
    named, mine = set(_named(record)), set(_given(record))
    others = [r for s in KINDS if s not in MANY for r in seen.trail.known(s) if r.seq != record.seq]
    forward = [r for r in others if not named.isdisjoint(_given(r))]
    if ("window", record.body.get("run_key")) in named:
        wanted = record.body["run_key"]
        windows = (r for s in MANY[:-1] for r in seen.trail.known(s))
        forward += [r for r in windows if r.body["key"] == wanted]
    back = [] if record.schema in MANY[-1:] else [r for r in others if _names(r, mine)]
    back.sort(key=lambda r: r.seq)
    return Links(
        names=[_link(r) for r in sorted(forward, key=lambda r: r.seq)][-MOST:],
        named_by=[_link(r) for r in back[-MOST:]],
        more=max(0, len(back) - MOST),
    )


def _names(record: Record, mine: set[Token]) -> bool:
    return not mine.isdisjoint(_named(record))


def _given(record: Record) -> Iterator[Token]:
    """What others may name a record by."""
    body = record.body
    yield "record", record.seq
    if record.kind in IDS:
        word, field = IDS[record.kind]
        yield word, body[field]
    if record.kind == "policy-registration":
        yield "policy", (body["name"], f"{body['version']} {body['digest']}")


def _named(record: Record) -> Iterator[Token]:
    """What a record names."""
    body = record.body
    for field, word in NAMES.items():
        if body.get(field):
            yield word, body[field]
    for pair in (body.get("policies") or {}).items():
        yield "policy", pair
    if record.kind in ("validation-run", "generative-run"):
        yield "key", body["key"]  # a run has its look's key
    if record.kind == "signature" and str(body["object"]).isdecimal():
        yield "record", int(body["object"])
    for key in ("evidence", "authority", "second"):
        yield from _inside(body.get(key))


def _inside(value: Any) -> Iterator[Token]:
    parts: list[Body] = value if isinstance(value, list) else [value] if value else []
    for part in parts:
        if isinstance(part.get("record"), int):
            yield "record", part["record"]
        if part.get("user"):
            yield "user", part["user"]


def _link(record: Record) -> Link:
    return Link(record=record.seq, kind=record.kind, subject=history.about(record), at=record.at)
