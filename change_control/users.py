"""People: enrolled, given other roles, disabled. Ids are never given again (21 CFR 11.100(a)).

Only somebody with the role quality does this, under their own authority; the first user enrols
themselves, and with that the access policy is in force.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from change_control.credentials import passwords, sealing
from evidence.errors import NotAllowedError, NotFoundError, OutOfOrderError, UsageError
from evidence.records import User
from evidence.signing import authority, keys
from evidence.signing.authority import Signatory
from evidence.signing_records import DISABLED, ENROLLED, QUALITY, ROLES
from policies import access

if TYPE_CHECKING:
    from collections.abc import Sequence

    from change_control.credentials.gate import Gate
    from change_control.credentials.vault import Vault
    from evidence.records import Record
    from evidence.signing.register import Person
    from evidence.trail import AuditTrail
    from policies.access import AccessPolicy

ID = re.compile(r"[a-z][a-z0-9._-]{1,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Somebody to enrol, whose identity was verified (11.100(b): yours to do).

    Attributes:
        id: User id.
        name: As it is printed beside their signatures.
        roles: What they may do.
        password: Their first one.
        reason: Why they are enrolled.
    """

    id: str
    name: str
    roles: tuple[str, ...]
    password: str = field(repr=False)
    reason: str = ""


def enrol_first(
    trail: AuditTrail, vault: Vault, policy: AccessPolicy, newcomer: Newcomer, *, at: str
) -> Record:
    """Enrol the first user; from here on decisions need signatures.

    Raises:
        UsageError: Id, name, roles or password cannot be; the role quality is missing.
        OutOfOrderError: There are users already.
    """
    _require(newcomer, policy)
    if QUALITY not in newcomer.roles:
        raise UsageError("The first user needs the role quality: they enrol the others.")
    private, public = keys.pair()
    themselves = Signatory(
        id=newcomer.id,
        name=newcomer.name,
        roles=newcomer.roles,
        public_key=public,
        private_key=private,
    )
    value = _enrolled(newcomer, public)
    value = authority.under(value, themselves, at=at, trail=authority.trail_name(trail))
    return _write(trail, vault, policy, newcomer, value, private, at=at, actor=newcomer.id)


def enrol(gate: Gate, by: Signatory, newcomer: Newcomer) -> Record:
    """Enrol somebody; they must choose a password of their own before they sign.

    Raises:
        NotAllowedError: Whoever does it has not the role quality.
        UsageError: Id, name, roles or password cannot be.
        OutOfOrderError: The id was given before.
    """
    require_quality(by)
    _require(newcomer, gate.access.policy)
    if gate.access.known.person(newcomer.id):
        raise OutOfOrderError(_given_before(newcomer.id))
    private, public = keys.pair()
    trail, policy = gate.trail, gate.access.policy
    value = authority.under(
        _enrolled(newcomer, public), by, at=gate.at, trail=gate.access.known.trail
    )
    return _write(trail, gate.vault, policy, newcomer, value, private, at=gate.at, actor=by.id)


def change_roles(gate: Gate, by: Signatory, user: str, roles: Sequence[str], reason: str) -> Record:
    """Give somebody other roles; the old ones stay in the record.

    Raises:
        NotAllowedError: Whoever does it has not the role quality, or nobody would have it left.
        UsageError: There is no such role, or no reason.
        NotFoundError: There is no such user.
    """
    person = _other(gate, by, user, reason)
    _require_roles(roles)
    if QUALITY not in roles:
        _require_quality_left(gate, person)
    return _changed(gate, by, person, ROLES, tuple(roles), reason)


def disable(gate: Gate, by: Signatory, user: str, reason: str) -> Record:
    """Disable somebody for good; what they signed stays signed, and their id stays theirs.

    Raises:
        NotAllowedError: Whoever does it has not the role quality, or nobody would have it left.
        UsageError: There is no reason.
        NotFoundError: There is no such user.
    """
    person = _other(gate, by, user, reason)
    _require_quality_left(gate, person)
    return _changed(gate, by, person, DISABLED, person.roles, reason)


def find(gate: Gate, user: str) -> Person:
    """An active user.

    Raises:
        NotFoundError: There is none of that id, or they were disabled.
    """
    person = gate.access.known.person(user)
    if person is None:
        raise NotFoundError(f"There is no user '{user}'.")
    if person.disabled:
        raise NotFoundError(f"The user '{user}' was disabled on {person.disabled}.")
    return person


def require_quality(by: Signatory) -> None:
    """Refuse whoever does not look after people.

    Raises:
        NotAllowedError: They have not the role quality.
    """
    if QUALITY not in by.roles:
        held = ", ".join(by.roles)
        raise NotAllowedError(f"'{by.id}' is {held}; only the role quality looks after users.")


def _other(gate: Gate, by: Signatory, user: str, reason: str) -> Person:
    require_quality(by)
    if not reason.strip():
        raise UsageError("Say why with --reason: it stays in the trail.")
    return find(gate, user)


def _require_quality_left(gate: Gate, person: Person) -> None:
    if [p.id for p in gate.access.known.active(QUALITY)] == [person.id]:
        raise NotAllowedError(f"'{person.id}' is the last one with the role quality.")


def _changed(
    gate: Gate, by: Signatory, person: Person, event: str, roles: tuple[str, ...], reason: str
) -> Record:
    before = {"roles": list(person.roles)} if event == ROLES else {"active": True}
    value = User(
        key="",
        id=person.id,
        event=event,
        name=person.name,
        roles=list(roles),
        public_key=person.public_key,
        reason=reason.strip(),
        before=before,
    )
    value = authority.under(value, by, at=gate.at, trail=gate.access.known.trail)
    return gate.trail.append([value], at=gate.at, actor=by.id)[0]


def _enrolled(newcomer: Newcomer, public: str) -> User:
    return User(
        key=newcomer.id,
        id=newcomer.id,
        event=ENROLLED,
        name=newcomer.name.strip(),
        roles=list(newcomer.roles),
        public_key=public,
        reason=newcomer.reason.strip(),
    )


def _write(
    trail: AuditTrail,
    vault: Vault,
    policy: AccessPolicy,
    newcomer: Newcomer,
    value: User,
    private: bytes,
    *,
    at: str,
    actor: str,
) -> Record:
    """Into the trail first: a credential without its user opens nothing."""
    made = sealing.made(
        newcomer.id, newcomer.password, sealing.Secrets(private_key=private), policy.hashing
    )
    written = trail.append([value], at=at, actor=actor, once=newcomer.id)
    if not written:
        raise OutOfOrderError(_given_before(newcomer.id))
    vault.keep(newcomer.id, made)
    return written[0]


def _given_before(user: str) -> str:
    return f"The id '{user}' was given before, and ids are never given again. Take another one."


def _require(newcomer: Newcomer, policy: AccessPolicy) -> None:
    if not ID.fullmatch(newcomer.id):
        raise UsageError(
            f"'{newcomer.id}' cannot be a user id: 2 to 32 of a-z, 0-9, '.', '_' and '-', "
            "a letter first."
        )
    if len(newcomer.name.split()) < 2:  # noqa: PLR2004 - given and family name
        raise UsageError("Give the whole name, as it is printed beside a signature (11.50).")
    _require_roles(newcomer.roles)
    names = (newcomer.id, newcomer.name)
    passwords.require(newcomer.password, policy.passwords, (), names)


def _require_roles(roles: Sequence[str]) -> None:
    unknown = sorted(set(roles) - set(access.ROLES))
    if unknown or not roles:
        said = f"There is no role '{', '.join(unknown)}'" if unknown else "Give a role"
        raise UsageError(f"{said} (there are: {', '.join(access.ROLES)}).")
    if "read-only" in roles and len(roles) > 1:
        raise UsageError("The role read-only goes with no other.")
