"""What is shown to whoever signs: everything that the digest covers, laid out to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console import answer

if TYPE_CHECKING:
    from evidence.kind import Body

Row = tuple[str, str]


def show(body: Body) -> None:
    """Lay out what is signed.

    Args:
        body: As `evidence.signing.shown.now` gives it.
    """
    from evidence.signing import shown

    rows = _request(body) if "request" in body else _record(body)
    rows.append(("Digest", shown.digest(body).removeprefix("sha256:")))
    title = str(body["thing"])
    answer.table(title[:1].upper() + title[1:], ("", ""), [row for row in rows if row[1]])


def _request(body: Body) -> list[Row]:
    asked, revision = body["request"], body["revision"]
    rows = [
        ("Title", asked["title"]),
        ("Proposes", asked["decision"]),
        ("Why", asked["description"]),
        ("Model", asked["model"]),
        ("Asked by", f"{asked['requester']}, {_when(revision)}"),
        ("Revision", f"{asked['revision']}, {_ref(revision)}"),
        ("Evidence", _evidence(asked["evidence"])),
        *_trigger(body["trigger"]),
    ]
    for number, found in enumerate(body["assessments"], start=1):
        outcome = f" ({found['outcome']})" if found["outcome"] else ""
        by = f"{found['by']}, {_when(found)}, {_ref(found)}"
        rows.append((f"Assessment {number}", f"{found['text']}{outcome}\n{by}"))
        rows.append(("  rests on", _evidence(found["evidence"])))
    return rows


def _trigger(found: Body) -> list[Row]:
    if not found:
        return []
    finding = found["finding"]
    told = {k: v for k, v in finding.items() if k not in found and v not in (None, "")}
    measured = "; ".join(f"{k} {v}" for k, v in told.items())
    return [
        ("Trigger", f"{found['id']} ({found['severity']}), record {found['record']}"),
        ("What happened", found["statement"]),
        ("Cause", f"{found['cause']}, window {found['window']}, model {found['model']}"),
        ("Measured", measured),
    ]


def _record(body: Body) -> list[Row]:
    inside = body["body"]
    # Proofs are for the machine; the digest has them as well.
    hidden = ("authority", "second", "files", "key", *(["trigger"] if body.get("trigger") else []))
    rows = [("Kind", body["kind"]), ("Written", f"{body['by']}, {_when(body)}, {_ref(body)}")]
    rows += [
        (k.replace("_", " ").capitalize(), _plain(v)) for k, v in inside.items() if k not in hidden
    ]
    return rows + _trigger(body.get("trigger", {}))


def _evidence(found: list[Body]) -> str:
    return "\n".join(f"{_ref(e)}, {e['kind']}" for e in found)


def _ref(found: Body) -> str:
    from evidence import digest

    return f"record {found['record']} ({digest.short(found['digest'])})"


def _when(found: Body) -> str:
    return str(found["at"]).replace("T", " ").replace("+00:00", " UTC")


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{k} {_plain(v)}" for k, v in value.items())
    if isinstance(value, list):
        return "; ".join(map(_plain, value))
    return str(value)
