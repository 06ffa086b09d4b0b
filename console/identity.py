"""Who is at the keyboard: passwords asked for on the terminal, or read from standard input.

They are in no argument, no variable of the environment, no log and no record.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated

import typer

from console import settings
from evidence.errors import OutOfOrderError, UsageError

if TYPE_CHECKING:
    from change_control.credentials.gate import Gate, Given
    from change_control.credentials.vault import Vault
    from change_control.desk import Desk
    from console.settings import Door
    from evidence.signing.authority import Signatory
    from policies.in_force import Access

As = Annotated[
    str, typer.Option("--as", help="Your user id; TPLC_ACTOR or the login when left out.")
]
FromStdin = Annotated[
    bool,
    typer.Option(
        "--password-stdin", help="Read what would be asked for from standard input, a line each."
    ),
]


@dataclass
class Asker:
    """Asks for secrets, one after the other.

    Attributes:
        stdin: Whether they come from standard input, a line each.
    """

    stdin: bool
    _lines: list[str] | None = field(default=None, repr=False)

    def ask(self, what: str) -> str:
        """One secret.

        Raises:
            UsageError: There is no terminal, or standard input has no line left.
        """
        import getpass

        if self.stdin:
            return self._line(what)
        if not sys.stdin.isatty():
            raise UsageError(f"{what}: there is no terminal to ask on; give --password-stdin.")
        return getpass.getpass(f"{what}: ")

    def ask_new(self, what: str) -> str:
        """A new password, twice where a person types it.

        Raises:
            UsageError: The two differ.
        """
        first = self.ask(what)
        if not self.stdin and self.ask(f"{what}, again") != first:
            raise UsageError("The two are not the same. Nothing was changed.")
        return first

    def _line(self, what: str) -> str:
        if self._lines is None:
            self._lines = sys.stdin.read().splitlines()
        if not self._lines:
            raise UsageError(f"{what}: standard input has no line for it.")
        return self._lines.pop(0)


def vault(door: Door) -> Vault:
    """The credentials beside the trail."""
    from change_control.credentials.vault import Vault

    return Vault(door.workspace.hidden / "credentials.db")


def access(door: Door) -> Access | None:
    """People and rules; none in a workspace without users."""
    from policies import in_force

    return in_force.access(door.workspace.trail)


def gate(door: Door) -> Gate:
    """Where people sign in.

    Raises:
        OutOfOrderError: There are no users.
    """
    from change_control.credentials.gate import Gate

    found = access(door)
    if found is None:
        raise OutOfOrderError(
            'There are no users yet. Enrol the first one: tplc user add ID --name "..." '
            "--role quality"
        )
    return Gate(
        vault=vault(door),
        trail=door.workspace.trail,
        access=found,
        at=door.at,
        actor=door.actor,
    )


def given(at: Gate, user: str, asker: Asker) -> Given:
    """What a person gives to prove who they are."""
    from change_control.credentials.gate import Given

    password = asker.ask(f"Password of {user}")
    person = at.access.known.person(user)
    code = asker.ask(f"One-time password of {user}") if person and person.totp else ""
    return Given(user=user, password=password, code=code)


def come_in(door: Door, user: str, asker: Asker) -> tuple[Gate, Signatory]:
    """A person who signs in, to sign; the gate has the time at which they had typed all of it."""
    from change_control.credentials.sign_in import sign_in

    asked = given(gate(door), user or door.actor, asker)
    now = gate(replace(door, at=settings.now()))
    return now, sign_in(now, asked)


def desk(door: Door, user: str, asker: Asker) -> Desk:
    """Where changes are written down, with whoever signed in."""
    from change_control.desk import Desk
    from policies.change_control import ChangeControlPolicy

    policy = door.workspace.policy("change_control").value
    if not isinstance(policy, ChangeControlPolicy):
        raise TypeError("change_control.yaml holds another policy")
    found, by, at = access(door), None, door.at
    if found:
        now, by = come_in(door, user, asker)
        found, at = now.access, now.at
    trail = door.workspace.trail
    return Desk(trail=trail, policy=policy, access=found, by=by, at=at, actor=door.actor)
