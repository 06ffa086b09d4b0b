"""Authority: a proof that a person, with the password at hand, wrote this record into this trail.

The proof covers the record's schema, its time, its body without the authority itself, and the
trail's first digest. So it can be neither moved to another body or trail, nor made without the
person's password. A copy within the trail is told by the proof, which stands twice.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from evidence import digest as digests
from evidence.errors import OutOfOrderError
from evidence.signing import keys

if TYPE_CHECKING:
    from evidence.kind import Body, Kind
    from evidence.records import Record
    from evidence.trail import AuditTrail

A = TypeVar("A", bound="Kind")
ONCE = 8  # bytes
PROOFS = ("authority", "second")  # fields that a proof does not cover: they hold the proofs


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """A person whose password was just given: the only one who can prove.

    Attributes:
        id: User id.
        name: As it is printed.
        roles: As they are now.
        public_key: The key that the trail knows them by.
        private_key: In memory only.
    """

    id: str
    name: str
    roles: tuple[str, ...]
    public_key: str
    private_key: bytes = field(repr=False)

    def prove(self, content: Any) -> str:
        """A proof over a JSON value."""
        return keys.prove(self.private_key, digests.canonical(content))


def trail_name(trail: AuditTrail) -> str:
    """The digest of a trail's first record, which no other trail has.

    Raises:
        OutOfOrderError: The trail is empty.
    """
    for record in trail.records():
        return record.digest
    raise OutOfOrderError(
        "The trail is empty, so that nothing can be signed yet: register the access policy first."
    )


def content(schema: str, body: Body, at: str, trail: str, once: str) -> Body:
    """What a proof of authority covers; `once` tells two acts with the same words apart."""
    rest = {key: value for key, value in body.items() if key not in PROOFS}
    return {"schema": schema, "at": at, "trail": trail, "body": rest, "once": once}


def by(signatory: Signatory, value: Kind, *, at: str, trail: str) -> Body:
    """The authority of one person over a value."""
    once = secrets.token_hex(ONCE)
    return {
        "user": signatory.id,
        "public_key": signatory.public_key,
        "once": once,
        "proof": signatory.prove(content(value.schema, value.body(), at, trail, once)),
    }


def under(
    value: A, signatory: Signatory, second: Signatory | None = None, *, at: str, trail: str
) -> A:
    """The value with its authority, and that of a second person where two are needed."""
    changed: dict[str, Any] = {"authority": by(signatory, value, at=at, trail=trail)}
    if second:
        changed["second"] = by(second, value, at=at, trail=trail)
    return replace(value, **changed)


def holds(record: Record, authority: Body, public_key: str, trail: str) -> bool:
    """Whether an authority over a record was given with the key that the trail knows."""
    said = authority.get("public_key") == public_key
    once = str(authority.get("once", ""))
    covered = digests.canonical(content(record.schema, record.body, record.at, trail, once))
    return said and keys.holds(public_key, covered, str(authority.get("proof", "")))
