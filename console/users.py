"""`tplc user`: the people of a workspace, their roles and their credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import answer, identity, settings, user_tokens
from console.answer import AsJson
from console.identity import As, Asker, FromStdin
from evidence.errors import UsageError

if TYPE_CHECKING:
    from change_control.users import Newcomer
    from evidence.records import Record
    from evidence.signing.register import Person

app = typer.Typer(
    help="Users: enrol, roles, passwords, one-time passwords, tokens.", no_args_is_help=True
)
app.add_typer(user_tokens.app, name="token")
User = Annotated[str, typer.Argument(metavar="ID", help="The user's id.")]
Roles = Annotated[
    list[str], typer.Option("--role", help="author, reviewer, approver, quality or read-only.")
]
Reason = Annotated[str, typer.Option(help="Why; it stays in the trail.")]


@app.command()
def add(
    user: User,
    *,
    name: Annotated[str, typer.Option(help="The whole name, as printed beside a signature.")],
    role: Roles,
    as_: As = "",
    reason: Reason = "",
    password_stdin: FromStdin = False,
    as_json: AsJson = False,
) -> None:
    """Enrol a user whose identity was verified; the first one needs the role quality.

    With the first user `policies/access.yaml` is registered, and decisions need signatures from
    then on. Asked for: your password (and one-time password), then the new user's first password,
    which they must change before they sign.
    """
    from change_control import users

    door, asker = settings.enter(), Asker(password_stdin)
    words: dict[str, Any] = {"id": user, "name": name, "roles": tuple(role), "reason": reason}
    if identity.access(door) is None:
        record = _add_first(door, words, asker, as_json=as_json)
    else:
        gate, by = identity.come_in(door, as_, asker)
        record = users.enrol(gate, by, _newcomer(words, asker, f"First password for {user}"))
        answer.say(
            f"{user} chooses a password of their own with: tplc user password {user}",
            as_json=as_json,
        )
    _done(record, f"{user} ({name}: {', '.join(role)}) is enrolled", as_json=as_json)


def _add_first(
    door: settings.Door, words: dict[str, Any], asker: Asker, *, as_json: bool
) -> Record:
    from change_control import users
    from policies import registration
    from policies.access import AccessPolicy

    space = door.workspace
    file = space.policy("access")
    if not isinstance(file.value, AccessPolicy):
        raise TypeError("access.yaml holds another policy")
    board = file.value.board
    answer.say(
        f"This is the first user. From now on decisions need the signatures of {board.quorum} "
        f"people ({', '.join(board.roles)}), by policies/access.yaml.",
        as_json=as_json,
    )
    newcomer = _newcomer(words, asker, f"Password for {words['id']}")
    registration.require(space.trail, [file], at=door.at, actor=door.actor)
    return users.enrol_first(space.trail, identity.vault(door), file.value, newcomer, at=door.at)


def _newcomer(words: dict[str, Any], asker: Asker, what: str) -> Newcomer:
    from change_control.users import Newcomer

    return Newcomer(password=asker.ask_new(what), **words)


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """List the users, their roles, and the access policy in force."""
    door = settings.enter()
    access = identity.access(door)
    people = list(access.known.people.values()) if access else []
    if not as_json:
        heads = ("User", "Name", "Roles", "Status", "One-time password", "Enrolled", "Key")
        answer.table("Users", heads, [_row(p) for p in people])
        if access is None:
            answer.say("No users: decisions are recorded unsigned.", as_json=False)
    say_waiting(door, as_json=as_json)
    answer.give({"users": [_body(p) for p in people]}, as_json=as_json)


def say_waiting(door: settings.Door, *, as_json: bool) -> None:
    """A newer access policy that nobody of quality has signed yet."""
    access = identity.access(door)
    if access and access.waiting:
        answer.say(
            f"Version {access.policy.version} of the access policy is in force. The newer one "
            f"({access.waiting.ref}) waits for a person of quality: "
            f"tplc change sign {access.waiting.seq} --meaning approval",
            as_json=as_json,
        )


def _row(person: Person) -> tuple[str, ...]:
    day = person.enrolled[:10]
    totp = "yes" if person.totp else "no"
    roles = ", ".join(person.roles)
    key = person.public_key[:16]
    return (person.id, person.name, roles, _status(person), totp, day, key)


def _status(person: Person) -> str:
    if person.disabled:
        return f"disabled {person.disabled[:10]}"
    return "must choose a password" if person.initial else "active"


def _body(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "roles": list(person.roles),
        "status": _status(person),
        "totp": person.totp,
        "enrolled": person.enrolled,
        "disabled": person.disabled,
        "public_key": person.public_key,
        "record": person.record,
    }


@app.command("role")
def role_(
    user: User,
    *,
    role: Roles,
    reason: Reason,
    as_: As = "",
    password_stdin: FromStdin = False,
    as_json: AsJson = False,
) -> None:
    """Give a user these roles in place of those they have."""
    from change_control import users

    door, asker = settings.enter(), Asker(password_stdin)
    gate, by = identity.come_in(door, as_, asker)
    record = users.change_roles(gate, by, user, role, reason)
    _done(record, f"{user} is {', '.join(role)} now", as_json=as_json)


@app.command()
def disable(
    user: User,
    *,
    reason: Reason,
    as_: As = "",
    password_stdin: FromStdin = False,
    as_json: AsJson = False,
) -> None:
    """Disable a user for good: what they signed stays, their id is never given again."""
    from change_control import users

    door, asker = settings.enter(), Asker(password_stdin)
    gate, by = identity.come_in(door, as_, asker)
    record = users.disable(gate, by, user, reason)
    _done(record, f"{user} is disabled", as_json=as_json)


@app.command()
def password(
    user: User,
    *,
    reset: Annotated[bool, typer.Option("--reset", help="In place of its owner.")] = False,
    as_: As = "",
    with_: Annotated[
        str, typer.Option("--with", help="The second person of quality, for a reset.")
    ] = "",
    reason: Reason = "",
    password_stdin: FromStdin = False,
    as_json: AsJson = False,
) -> None:
    """Change your password, or with --reset give somebody a first one again.

    A reset needs a second person of quality where there is one, since whoever knows a password
    could sign in its owner's place until it is changed.
    """
    from change_control import own_credentials

    door, asker = settings.enter(), Asker(password_stdin)
    if not reset:
        if as_ and as_ != user:
            raise UsageError(f"Only {user} changes this password; reset it with --reset.")
        given, new = identity.given(identity.gate(door), user, asker), asker.ask_new("New password")
        record = own_credentials.change_password(identity.gate(settings.enter()), given, new)
        _done(record, f"{user} has another password", as_json=as_json)
        return
    gate, by = identity.come_in(door, as_, asker)
    second = identity.come_in(door, with_, asker)[1] if with_ else None
    new = asker.ask_new(f"First password for {user}")
    record = own_credentials.reset_password(gate, by, user, new, reason, second)
    _done(record, f"{user} must choose a password of their own", as_json=as_json)


@app.command()
def totp(
    user: User,
    *,
    remove: Annotated[bool, typer.Option("--remove", help="The authenticator is lost.")] = False,
    as_: As = "",
    reason: Reason = "",
    password_stdin: FromStdin = False,
    as_json: AsJson = False,
) -> None:
    """Enrol a one-time password (an authenticator on a telephone), or have it removed.

    With --password-stdin: your password, the secret in base 32, the code that it shows now.
    """
    from change_control import own_credentials
    from change_control.credentials import one_time
    from change_control.credentials.sign_in import enter

    door, asker = settings.enter(), Asker(password_stdin)
    if remove:
        gate, by = identity.come_in(door, as_, asker)
        record = own_credentials.remove_totp(gate, by, user, reason)
        _done(record, f"{user} signs without a one-time password", as_json=as_json)
        return
    given = identity.given(identity.gate(door), user, asker)
    entered = enter(identity.gate(settings.enter()), given)
    secret = asker.ask("Secret") if password_stdin else one_time.new_secret()
    if not password_stdin:
        answer.say(f"Secret: {secret}\nAddress: {one_time.address(secret, user)}", as_json=False)
        answer.say("Enter it into the authenticator. It is not shown again.", as_json=False)
    for tries_left in (2, 1, 0) if not password_stdin else (0,):
        code = asker.ask("The code that it shows")
        gate = identity.gate(settings.enter())  # the person took a while
        try:
            record = own_credentials.enrol_totp(gate, entered, given.password, secret, code)
            break
        except UsageError as error:
            if not tries_left:
                raise
            answer.say(str(error), as_json=False)
    _done(record, f"{user} signs with a one-time password from now on", as_json=as_json)


def _done(record: Record, words: str, *, as_json: bool) -> None:
    answer.say(f"{words}, as {record.ref}.", as_json=as_json)
    answer.give(
        {"record": record.seq, "user": record.body.get("id") or record.body.get("user")},
        as_json=as_json,
    )
