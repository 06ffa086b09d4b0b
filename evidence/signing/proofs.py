"""Why a record is not the work of the person it names; an empty answer when it is. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence import digest as digests
from evidence.signing import authority, keys
from evidence.signing_records import ENROLLED, NO_TOTP, QUALITY, RESET, REVOKED

if TYPE_CHECKING:
    from evidence.kind import Body
    from evidence.records import CredentialChange, Record, Signature, User
    from evidence.signing.register import Register

NO_PROOF = "the proof does not hold for this record"


def active(known: Register, record: Record, given: Body, role: str = "") -> str:
    """Whether an active person, of a role if it is given, wrote a record."""
    person = known.person(str(given.get("user", "")))
    if person is None:
        return "no user of that id is enrolled" if given else "it carries no authority"
    if person.disabled:
        return f"'{person.id}' was disabled on {person.disabled}"
    if role and role not in person.roles:
        return f"'{person.id}' did not have the role {role}"
    return "" if authority.holds(record, given, person.public_key, known.trail) else NO_PROOF


def user(known: Register, record: Record, value: User) -> str:
    """Whether somebody with authority enrolled or changed a person."""
    if value.event == ENROLLED and value.id in known.people:
        return "the id was given before, and ids are never given again"
    if value.event != ENROLLED and value.id not in known.people:
        return "no user of that id is enrolled"
    if known.people:
        return active(known, record, value.authority, QUALITY)
    if QUALITY not in value.roles or value.authority.get("user") != value.id:
        return "the first user enrols themselves, with the role quality"
    held = authority.holds(record, value.authority, value.public_key, known.trail)
    return "" if held else NO_PROOF


def credential(known: Register, record: Record, value: CredentialChange) -> str:
    """Whether the owner, or quality people in their place, changed a credential."""
    owner = known.person(value.user)
    if owner is None:
        return "no user of that id is enrolled"
    own = value.authority.get("user") == value.user
    if own and value.event != RESET:
        kept = value.public_key == owner.public_key
        return active(known, record, value.authority) if kept else "the key is another"
    if value.event not in (RESET, NO_TOTP, REVOKED):
        return "only the owner may do that"
    reason = active(known, record, value.authority, QUALITY)
    if not reason and value.event == RESET and two_needed(known, value.user):
        reason = active(known, record, value.second, QUALITY)
        same = value.second.get("user") in (value.user, value.authority.get("user"))
        reason = reason or ("the second person is not another one" if same else "")
    return reason


def two_needed(known: Register, owner: str) -> bool:
    """Whether a reset needs two people: wherever two others have the role quality.

    Who resets a password could sign in the owner's place until it is changed; 21 CFR 11.200(a)(3)
    asks that this needs the collaboration of two or more.
    """
    return len([p for p in known.active(QUALITY) if p.id != owner]) > 1


def signature(known: Register, record: Record, value: Signature) -> str:
    """Whether the person who is named signed this."""
    person = known.person(value.signer)
    if person is None:
        return "no user of that id is enrolled"
    if person.disabled:
        return f"'{person.id}' was disabled on {person.disabled}"
    if (value.name, tuple(value.roles)) != (person.name, person.roles):
        return "the name or the roles are not those of the signer"
    if value.trail != known.trail:
        return "it was made for another trail"
    if value.public_key != person.public_key or record.actor != value.signer:
        return NO_PROOF
    covered = digests.canonical(signed(value, record.at))
    return "" if keys.holds(person.public_key, covered, value.proof) else NO_PROOF


def signed(value: Signature, at: str) -> Body:
    """What the proof of a signature covers: all of it, and its time."""
    body = value.body()
    return {
        "schema": value.schema,
        "at": at,
        "body": {k: v for k, v in body.items() if k != "proof"},
    }
