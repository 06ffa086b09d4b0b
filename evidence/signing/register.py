"""People and what they did, folded from the trail in one walk; every proof is checked on the way.

A record of a person that no one with authority wrote is left aside and named as a fault: appending
it by hand gives nobody a role. The root is the first user, whose enrolment proves itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from evidence.records import (
    ChangeDecision,
    ChangeRequest,
    ChangeStep,
    CredentialChange,
    Signature,
    User,
)
from evidence.signing import authority, proofs
from evidence.signing_records import (
    CHANGED,
    DISABLED,
    ENROLLED,
    NO_TOTP,
    RESET,
    REVOKED,
    TOTP,
)

if TYPE_CHECKING:
    from evidence.kind import Body
    from evidence.records import Record
    from evidence.trail import AuditTrail

ACTS = (ChangeRequest, ChangeStep, ChangeDecision)  # what a person does under their authority


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user as the trail knows them.

    Attributes:
        id: User id; never given again.
        name: As it is printed beside a signature.
        roles: What they may do.
        public_key: What their proofs are checked with.
        enrolled: When.
        record: The record that enrolled them.
        disabled: When; empty while they are active.
        totp: Whether a one-time password is asked for.
        password_at: When the present password was chosen.
        initial: Whether somebody else chose it, so that it must be changed first.
    """

    id: str
    name: str
    roles: tuple[str, ...]
    public_key: str
    enrolled: str
    record: int
    disabled: str = ""
    totp: bool = False
    password_at: str = ""
    initial: bool = False


@dataclass(slots=True)
class Register:
    """The people of a trail, and which of their records are theirs.

    Attributes:
        trail: The trail's name.
        people: By id.
        signed: Every signature in order, with why it is not its signer's; empty when it is.
        acts: Number of a request, step or decision to who did it; empty when nobody proved it.
        faults: Records that say they are somebody's and are not.
        since: Number of the first user's record; 0 while there is none.
        revoked: Ids of the API tokens that were revoked.
    """

    trail: str = ""
    people: dict[str, Person] = field(default_factory=dict)
    signed: list[tuple[Record, Signature, str]] = field(default_factory=list)
    acts: dict[int, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    since: int = 0
    revoked: set[str] = field(default_factory=set)
    _seen: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, trail: AuditTrail) -> Register:
        """Walk the trail."""
        kinds = (User, CredentialChange, Signature, *ACTS)
        schemas = [s for kind in kinds for s in (kind.schema, *kind.earlier)]
        register = cls()
        for record in trail.records(*schemas):
            if not register.trail:
                register.trail = authority.trail_name(trail)
            register._take(record)
        return register

    def person(self, user: str) -> Person | None:
        """One person by id."""
        return self.people.get(user)

    def active(self, role: str = "") -> list[Person]:
        """People who are not disabled, of one role if it is given."""
        return [p for p in self.people.values() if not p.disabled and (not role or role in p.roles)]

    def _take(self, record: Record) -> None:
        value = record.value()
        if isinstance(value, Signature):
            reason = self._copied(value.proof, record) or proofs.signature(self, record, value)
            self.signed.append((record, value, reason))
            if reason:
                self.faults.append(f"Signature {record.ref} of '{value.signer}': {reason}.")
        elif isinstance(value, User):
            self._user(record, value)
        elif isinstance(value, CredentialChange):
            self._credential(record, value)
        else:
            self._act(record)

    def _copied(self, proof: str, record: Record) -> str:
        first = self._seen.setdefault(proof, record.seq)
        return "" if first == record.seq else f"it is a copy of record {first}"

    def _user(self, record: Record, value: User) -> None:
        reason = self._copied(value.authority.get("proof", ""), record)
        reason = reason or proofs.user(self, record, value)
        if reason:
            self.faults.append(f"User '{value.id}' ({value.event}), {record.ref}: {reason}.")
        elif value.event == ENROLLED:
            self.since = self.since or record.seq
            self.people[value.id] = Person(
                id=value.id,
                name=value.name,
                roles=tuple(value.roles),
                public_key=value.public_key,
                enrolled=record.at,
                record=record.seq,
                password_at=record.at,
                initial=value.authority["user"] != value.id,
            )
        else:
            held = self.people[value.id]
            gone = record.at if value.event == DISABLED else held.disabled
            self.people[value.id] = replace(held, roles=tuple(value.roles), disabled=gone)

    def _credential(self, record: Record, value: CredentialChange) -> None:
        reason = self._copied(value.authority.get("proof", ""), record)
        reason = reason or proofs.credential(self, record, value)
        if reason:
            self.faults.append(f"Credential of '{value.user}', {record.ref}: {reason}.")
            return
        held = self.people[value.user]
        held = replace(held, public_key=value.public_key)
        if value.event in (CHANGED, RESET):
            reset = value.event == RESET
            held = replace(held, password_at=record.at, initial=reset, totp=held.totp and not reset)
        elif value.event in (TOTP, NO_TOTP):
            held = replace(held, totp=value.event == TOTP)
        elif value.event == REVOKED:
            self.revoked.add(str(value.before.get("token", "")))
        self.people[value.user] = held

    def _act(self, record: Record) -> None:
        given: Body = record.body.get("authority", {})
        if not given:
            self.acts[record.seq] = ""
            return
        reason = self._copied(given.get("proof", ""), record) or proofs.active(self, record, given)
        self.acts[record.seq] = "" if reason else given["user"]
        if reason:
            self.faults.append(f"{record.kind} {record.ref} by '{given.get('user')}': {reason}.")
