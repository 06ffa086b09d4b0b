"""`tplc trail`: the audit trail, read and searched: who, what, when, old and new value, reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import answer, settings, trail_chain
from console.answer import AsJson
from evidence.databases import revisions
from evidence.search import Search

if TYPE_CHECKING:
    from evidence.history import Entry

app = typer.Typer(help="The audit trail: its records, its database.", no_args_is_help=True)
app.add_typer(trail_chain.keys, name="key")
app.command()(trail_chain.checkpoint)
app.command()(trail_chain.export)
app.command("import")(trail_chain.import_)
Kind = Annotated[str, typer.Option(help="Only records of one kind, such as signature.")]
Actor = Annotated[str, typer.Option(help="Only what one person or machine did.")]
Since = Annotated[str, typer.Option(help="Only from this day on, YYYY-MM-DD (UTC).")]
Until = Annotated[str, typer.Option(help="Only up to this day, YYYY-MM-DD (UTC).")]
Last = Annotated[int, typer.Option(help="How many of the newest; 0 for all.")]
CELL = 60  # characters of a value in the table; --json has all of it


@app.command("list")
def list_(
    *,
    kind: Kind = "",
    actor: Actor = "",
    since: Since = "",
    until: Until = "",
    last: Last = 50,
    as_json: AsJson = False,
) -> None:
    """List records, oldest first."""
    asked = Search.of(kind=kind, actor=actor, since=since, until=until)
    _give(asked, last, as_json=as_json)


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="What stands anywhere in the record.")],
    *,
    kind: Kind = "",
    actor: Actor = "",
    since: Since = "",
    until: Until = "",
    last: Last = 50,
    as_json: AsJson = False,
) -> None:
    """List the records that hold a text, in whatever case."""
    asked = Search.of(text=text, kind=kind, actor=actor, since=since, until=until)
    _give(asked, last, as_json=as_json)


@app.command()
def create(*, as_json: AsJson = False) -> None:
    """Make the trail at TPLC_DATABASE_URL; one that is there stays as it is."""
    trail = settings.enter().workspace.made_trail()
    answer.say(f"The trail is at {trail.where}.", as_json=as_json)
    answer.give({"trail": trail.where, "revision": trail.revision()}, as_json=as_json)


@app.command()
def migrate(
    revision: Annotated[str, typer.Argument(help="Up or down to this one.")] = revisions.NEWEST,
    *,
    as_json: AsJson = False,
) -> None:
    """Bring the schema of the trail to a revision; every record stays as it is."""
    trail = settings.enter().workspace.trail
    before = trail.revision()
    trail.migrate(revision)
    answer.say(f"The trail's schema went from {before} to {revision}.", as_json=as_json)
    answer.give({"before": before, "revision": revision}, as_json=as_json)


def _give(asked: Search, last: int, *, as_json: bool) -> None:
    from evidence import history

    door = settings.enter()
    found = [e for e in history.entries(door.workspace.trail.records()) if asked.holds(e.record)]
    shown = found[-last:] if last > 0 else found
    if not as_json:
        heads = ("Record", "When (UTC)", "Who", "What", "Old and new value", "Reason")
        answer.table(f"Audit trail: {len(shown)} of {len(found)} records", heads, _rows(shown))
    answer.give({"found": len(found), "records": [_body(e) for e in shown]}, as_json=as_json)


def _rows(shown: list[Entry]) -> list[tuple[str, ...]]:
    return [
        (
            str(e.record.seq),
            e.record.at.removesuffix("+00:00").replace("T", " "),
            e.record.actor,
            f"{e.record.kind} {e.subject}".strip() + (f": {e.deed}" if e.deed else ""),
            "\n".join(f"{c.field}: {_cell(c.old)} → {_cell(c.new)}" for c in e.changes),
            e.reason,
        )
        for e in shown
    ]


def _cell(value: Any) -> str:
    from evidence import digest

    if isinstance(value, list):
        value = ", ".join(map(str, value))
    text = "none" if value in (None, "", [], {}) else str(value)
    text = digest.short(text) if text.startswith("sha256:") else " ".join(text.split())
    return text if len(text) <= CELL else text[: CELL - 1] + "…"


def _body(entry: Entry) -> dict[str, Any]:
    record = entry.record
    return {
        "record": record.seq,
        "kind": record.kind,
        "at": record.at,
        "actor": record.actor,
        "subject": entry.subject,
        "deed": entry.deed,
        "changes": [{"field": c.field, "old": c.old, "new": c.new} for c in entry.changes],
        "reason": entry.reason,
        "digest": record.digest,
    }
