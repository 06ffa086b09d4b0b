"""The record kinds of people, their signatures, and the course of a change.

`authority` names who did it: user id, public key, and a proof (Ed25519) over the rest of the body,
the record's time and the trail it stands in. It is empty in a workspace without users.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from evidence.kind import Body, Kind

ENROLLED, ROLES, DISABLED = "enrolled", "roles", "disabled"  # events of a person
CHANGED, RESET = "password changed", "password reset"  # events of a credential
TOTP, NO_TOTP = "one-time password enrolled", "one-time password removed"
ISSUED, REVOKED = "API token issued", "API token revoked"
QUALITY = "quality"  # the role that looks after people and policies


@dataclass(frozen=True, kw_only=True)
class User(Kind):
    """A person is enrolled, gets other roles, or is disabled; `before` holds the old values."""

    schema: ClassVar[str] = "user/1"
    key: str
    id: str
    event: str
    name: str
    roles: list[str]
    public_key: str
    reason: str
    before: Body = field(default_factory=dict)
    authority: Body = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CredentialChange(Kind):
    """A password, one-time password or API token was made, changed or removed; never a secret."""

    schema: ClassVar[str] = "credential-change/1"
    user: str
    event: str
    public_key: str
    reason: str
    before: Body = field(default_factory=dict)
    authority: Body = field(default_factory=dict)
    second: Body = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SecurityEvent(Kind):
    """Failed tries to sign in, counted together; ids that nobody has are not kept."""

    schema: ClassVar[str] = "security-event/1"
    event: str
    user: str
    count: int
    first: str
    last: str
    locked_until: str = ""


@dataclass(frozen=True, kw_only=True)
class Signature(Kind):
    """A person's electronic signature on exactly what was shown to them."""

    schema: ClassVar[str] = "signature/1"
    key: str
    object: str
    object_digest: str
    meaning: str
    signer: str
    name: str
    roles: list[str]
    statement: str
    reason: str
    trail: str
    public_key: str
    proof: str


@dataclass(frozen=True, kw_only=True)
class ChangeRequest(Kind):
    """A proposal to change the model or its use; a later revision takes the place of this one."""

    schema: ClassVar[str] = "change-request/1"
    key: str
    id: str
    revision: int
    trigger: str
    model: str
    title: str
    description: str
    decision: str
    requester: str
    evidence: list[Body]
    authority: Body = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ChangeStep(Kind):
    """One step of a change: assessment, implementation, verification, effectiveness, withdrawal."""

    schema: ClassVar[str] = "change-step/1"
    request: str
    step: str
    text: str
    outcome: str
    evidence: list[Body]
    authority: Body = field(default_factory=dict)
