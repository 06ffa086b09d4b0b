"""`tplc user token`: tokens with which programs read the JSON interface in a person's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import answer, identity, settings
from console.answer import AsJson
from console.identity import As, Asker, FromStdin

if TYPE_CHECKING:
    from change_control.credentials.tokens import Token

app = typer.Typer(help="API tokens: they read and never sign.", no_args_is_help=True)


@app.command()
def add(
    user: Annotated[str, typer.Argument(metavar="ID", help="Its owner, whose password is asked.")],
    *,
    name: Annotated[str, typer.Option(help="What it is for.")],
    days: Annotated[int, typer.Option(help="How long it is good, 366 at most.")] = 90,
    password_stdin: FromStdin = False,
    as_json: AsJson = False,
) -> None:
    """Issue a token, under the password of its owner; it is printed once and kept nowhere."""
    from change_control.credentials import tokens

    gate, by = identity.come_in(settings.enter(), user, Asker(password_stdin))
    made = tokens.issue(gate, by, name, days)
    said = f"It is not shown again. {made.record.ref} says that it was issued."
    answer.say(f"{made.secret}\n{said}", as_json=as_json)
    body = _body(made.token) | {"secret": made.secret, "record": made.record.seq}
    answer.give(body, as_json=as_json)


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """List the tokens that are good now; what they are is kept nowhere."""
    from change_control.credentials import tokens

    door = settings.enter()
    access = identity.access(door)
    held = tokens.going_on(identity.vault(door), access, door.at) if access else []
    if not as_json:
        rows = [(t.id, t.user, t.name, t.issued[:10], t.until[:10]) for t in held]
        answer.table("API tokens", ("Token", "User", "What for", "Issued", "Until"), rows)
    answer.give({"tokens": [_body(t) for t in held]}, as_json=as_json)


@app.command()
def revoke(
    token: Annotated[str, typer.Argument(metavar="TOKEN", help="Its id, as `list` shows it.")],
    *,
    reason: Annotated[str, typer.Option(help="Why; it stays in the trail.")],
    as_: As = "",
    password_stdin: FromStdin = False,
    as_json: AsJson = False,
) -> None:
    """Revoke a token: your own, or with the role quality anybody's."""
    from change_control.credentials import tokens

    gate, by = identity.come_in(settings.enter(), as_, Asker(password_stdin))
    record = tokens.revoke(gate, by, token, reason)
    answer.say(f"Token {token} is revoked, as {record.ref}.", as_json=as_json)
    answer.give({"record": record.seq, "token": token}, as_json=as_json)


def _body(token: Token) -> dict[str, Any]:
    return {
        "token": token.id,
        "user": token.user,
        "name": token.name,
        "issued": token.issued,
        "until": token.until,
    }
