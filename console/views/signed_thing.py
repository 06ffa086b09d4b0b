"""Exactly what is signed: everything that the digest covers, laid out to be read. Pure.

Proofs are left out of the rows: they are for the machine, and the digest has them as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.views.view import View
from evidence import digest as digests
from evidence.signing import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from evidence.kind import Body

    Named = Callable[[str], str]

PROOFS = ("authority", "second", "files", "key")
MEASURED = ("value", "low", "high", "reference", "limit", "n", "method")  # said first


class Row(View):
    """One thing that is said of what is signed."""

    label: str
    """What it is."""
    lines: list[str]
    """What is said, a line each."""
    records: list[int]
    """Numbers of the records that it names."""


class SignedThing(View):
    """What a signature is bound to, as it is now."""

    thing: str
    """What it is called."""
    digest: str
    """The digest that a signature is bound to."""
    rows: list[Row]
    """All that it covers."""


def laid_out(body: Body, name: Named = str) -> SignedThing:
    """Lay out what is signed.

    Args:
        body: As `evidence.signing.shown.now` gives it.
        name: A person's id to their name.
    """
    rows = _request(body, name) if "request" in body else _record(body, name)
    kept = [row for row in rows if any(row.lines)]
    return SignedThing(thing=str(body["thing"]), digest=shown.digest(body), rows=kept)


def _row(label: str, *lines: str, records: tuple[int, ...] = ()) -> Row:
    return Row(label=label, lines=[line for line in lines if line], records=list(records))


def _request(body: Body, name: Named) -> list[Row]:
    asked, revision = body["request"], body["revision"]
    rows = [
        _row("Title", asked["title"]),
        _row("Proposes", asked["decision"]),
        _row("Why", *asked["description"].splitlines()),
        _row("Model", asked["model"]),
        _row("Asked by", f"{name(asked['requester'])}, {_when(revision)}"),
        _row("Revision", f"{asked['revision']}, {_ref(revision)}", records=(revision["record"],)),
        _evidence("Evidence", asked["evidence"]),
        *_trigger(body["trigger"]),
    ]
    for number, found in enumerate(body["assessments"], start=1):
        by = f"{name(found['by'])}, {_when(found)}, {_ref(found)}"
        text = [*found["text"].splitlines(), found["outcome"], by]
        rows.append(_row(f"Assessment {number}", *text, records=(found["record"],)))
        rows.append(_evidence(f"Assessment {number} rests on", found["evidence"]))
    return rows


def _trigger(found: Body) -> list[Row]:
    if not found:
        return []
    finding = found["finding"]
    first = {k: finding[k] for k in MEASURED if finding.get(k) not in (None, "")}
    rest = {k: v for k, v in finding.items() if k not in found and v not in (None, "")}
    told = first | rest
    where = f"{found['cause']}, window {found['window']}, model {found['model']}"
    head = f"{found['id']} ({found['severity']}), record {found['record']}"
    return [
        _row("Trigger", head, records=(found["record"],)),
        _row("What happened", found["statement"]),
        _row("Cause", where),
        _row("Measured", "; ".join(f"{k.replace('_', ' ')} {_plain(v)}" for k, v in told.items())),
    ]


def _record(body: Body, name: Named) -> list[Row]:
    hidden = (*PROOFS, *(["trigger"] if body.get("trigger") else []))
    written = f"{name(body['by'])}, {_when(body)}, {_ref(body)}"
    rows = [
        _row("Kind", body["kind"].replace("-", " ")),
        _row("Written", written, records=(body["record"],)),
    ]
    for key, value in body["body"].items():
        if key not in hidden:
            text = name(value) if key == "actor" else _plain(value)
            rows.append(_row(key.replace("_", " ").capitalize(), *text.splitlines()))
    return rows + _trigger(body.get("trigger", {}))


def _evidence(label: str, found: list[Body]) -> Row:
    lines = [f"{_ref(each)}, {each['kind'].replace('-', ' ')}" for each in found]
    return _row(label, *lines, records=tuple(each["record"] for each in found))


def _ref(found: Body) -> str:
    return f"record {found['record']} ({digests.short(found['digest'])})"


def _when(found: Body) -> str:
    return str(found["at"]).replace("T", " ").replace("+00:00", " UTC")


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{k} {_plain(v)}" for k, v in value.items())
    if isinstance(value, list):
        return "; ".join(map(_plain, value))
    if isinstance(value, float):
        return f"{value:.6g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
