"""`tplc trail checkpoint`, `key`, `export`, `import`: the chain signed, taken along, and moved."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import answer, settings
from console.answer import AsJson
from console.identity import Asker, FromStdin

if TYPE_CHECKING:
    from console.settings import Door
    from evidence.signing.keyring import Event, Keyring

keys = typer.Typer(help="The key that checkpoints are signed with.", no_args_is_help=True)
Lost = Annotated[
    bool, typer.Option("--lost", help="Its passphrase is not known any more; the keyring says so.")
]


def checkpoint(
    *,
    out: Annotated[
        Path | None, typer.Option(help="Also write it here, to be kept where nobody reaches it.")
    ] = None,
    stdin: FromStdin = False,
    as_json: AsJson = False,
) -> None:
    """Verify the chain from the newest checkpoint on, and sign its head."""
    from evidence import checkpoint as checkpoints
    from evidence import lines

    door = settings.enter()
    passphrase = Asker(stdin).ask("Passphrase of the trail's key")
    made = checkpoints.sign(door.workspace.trail, passphrase, at=door.at)
    if out:
        lines.write(out, [asdict(made)])
    answer.say(f"Signed: {made}.", as_json=as_json)
    answer.give(asdict(made), as_json=as_json)


def export(
    file: Annotated[Path, typer.Argument(help="JSON lines, one a record.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Write the whole trail to a file, each record with its digest."""
    from evidence import transfer

    number = transfer.export(settings.enter().workspace.trail, file)
    answer.say(f"{number} records are in {file}.", as_json=as_json)
    answer.give({"records": number, "file": str(file)}, as_json=as_json)


def import_(
    file: Annotated[Path, typer.Argument(help="What `tplc trail export` wrote.", exists=True)],
    *,
    as_json: AsJson = False,
) -> None:
    """Put an exported trail into the database of TPLC_DATABASE_URL; the chain stays as it was."""
    from evidence import transfer

    trail = settings.enter().workspace.made_trail(brought=True)
    new = transfer.bring(trail, file)
    records = trail.verify()
    said = f"{new} records came to {trail.where}; its {records} records stand as they were written."
    answer.say(said, as_json=as_json)
    answer.give({"new": new, "records": records, "trail": trail.where}, as_json=as_json)


@keys.command("create")
def create_key(*, stdin: FromStdin = False, as_json: AsJson = False) -> None:
    """Make the key; its passphrase is asked for, and kept nowhere."""
    door, ring = _ring()
    passphrase = Asker(stdin).ask_new("Passphrase of the trail's new key")
    _told(ring.create(passphrase, at=door.at, seq=_last(door)), as_json=as_json)


@keys.command("rotate")
def rotate_key(*, stdin: FromStdin = False, as_json: AsJson = False) -> None:
    """Put a new key in the place of the present one, which vouches for it."""
    door, ring = _ring()
    asker = Asker(stdin)
    old = asker.ask("Passphrase of the trail's key")
    new = asker.ask_new("Passphrase of the trail's new key")
    _told(ring.rotate(old, new, at=door.at, seq=_last(door)), as_json=as_json)


@keys.command("revoke")
def revoke_key(*, lost: Lost = False, stdin: FromStdin = False, as_json: AsJson = False) -> None:
    """End the key: what it signed up to now stands, and it signs nothing more."""
    door, ring = _ring()
    passphrase = "" if lost else Asker(stdin).ask("Passphrase of the trail's key")
    _told(ring.revoke(passphrase, at=door.at, seq=_last(door), lost=lost), as_json=as_json)


def _ring() -> tuple[Door, Keyring]:
    from evidence.signing.keyring import Keyring

    door = settings.enter()
    return door, Keyring(door.workspace.trail.database.folder)


def _last(door: Door) -> int:
    last = door.workspace.trail.last()
    return last.seq if last else 0


def _told(event: Event, *, as_json: bool) -> None:
    from evidence.signing.keyring import key_id

    named = key_id(event.public)
    said = f"The trail's key {named} was {event.event} at record {event.seq}."
    answer.say(f"{said} Write its id down where nobody reaches it.", as_json=as_json)
    body = {"key": named, "public": event.public, "event": event.event, "record": event.seq}
    answer.give(body, as_json=as_json)
