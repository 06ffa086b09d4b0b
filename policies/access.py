"""What `access.yaml` may say: roles, passwords, locks, sessions, and who must sign.

It is in force from its first registration, as the trail holds it: editing the file changes nothing.
A later version is in force once a person with the role quality has signed its registration.
"""

from __future__ import annotations

from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from policies.reader import Text

Role = Literal["author", "reviewer", "approver", "quality", "read-only"]
Meaning = Literal["authorship", "review", "responsibility", "approval", "rejection"]
ROLES: tuple[Role, ...] = get_args(Role)
MEANINGS: tuple[Meaning, ...] = get_args(Meaning)
MAY_SIGN: dict[Meaning, list[Role]] = {
    "authorship": ["author", "quality"],
    "review": ["reviewer", "quality"],
    "responsibility": ["quality"],
    "approval": ["approver", "quality"],
    "rejection": ["approver", "quality"],
}


class PasswordRules(Text):
    """What a password must be, and how long it may be used."""

    length: int = Field(default=12, ge=8, le=64)
    """Fewest characters."""
    days: int = Field(default=365, ge=1, le=3650)
    """Age at which it must be changed (21 CFR 11.300(b))."""
    history: int = Field(default=5, ge=0, le=24)
    """How many earlier passwords may not be used again."""


class Hashing(Text):
    """Cost of argon2id (RFC 9106); the least allowed is OWASP's minimum."""

    memory_kib: int = Field(default=65_536, ge=19_456, le=4_194_304)
    """Memory of one hash, in KiB."""
    passes: int = Field(default=3, ge=2, le=64)
    """Passes over the memory."""
    lanes: int = Field(default=1, ge=1, le=64)
    """Parallel lanes."""


class LockOut(Text):
    """When failed tries lock a user id, and how many tries a minute there may be in all."""

    failures: int = Field(default=5, ge=3, le=20)
    """Failures that lock."""
    within_minutes: int = Field(default=15, ge=1, le=1440)
    """Time in which they are counted together."""
    minutes: int = Field(default=15, ge=1, le=1440)
    """How long it stays locked."""
    tries_a_minute: int = Field(default=30, ge=5, le=600)
    """Tries to sign in that are answered in a minute, of all users together."""


class OneTime(Text):
    """One-time passwords (TOTP, RFC 6238: six digits, 30 s)."""

    required_for: list[Role] = Field(default_factory=list)
    """Roles that cannot sign without one."""
    steps_of_skew: int = Field(default=1, ge=0, le=3)
    """Steps of 30 s by which a telephone's clock may be off."""


class Sessions(Text):
    """How long somebody who signed in on a page may read there without signing in again."""

    idle_minutes: int = Field(default=30, ge=1, le=1440)
    """Time without a request after which a session ends."""
    hours: int = Field(default=12, ge=1, le=168)
    """Time after which it ends in any case."""


class Board(Text):
    """Who must sign before a decision counts, and what follows a decision."""

    quorum: int = Field(default=2, ge=1, le=20)
    """How many different people must approve."""
    roles: list[Role] = Field(default=["approver", "quality"])
    """Roles that must be among them, each held by another person."""
    not_own: bool = True
    """Whether the author of a change may not approve it."""
    new_version: list[str] = Field(
        default=["modify", "modify-under-pccp", "modify-by-submission", "recalibrate"]
    )
    """Decisions that a new locked version and its protocol run must follow."""
    nothing_to_do: list[str] = Field(default=["no-action", "investigate", "report-to-authority"])
    """Decisions that close a change request at once."""
    windows: int = Field(default=2, ge=0, le=120)
    """Windows of surveillance before a change is called effective."""

    @model_validator(mode="after")
    def _possible(self) -> Self:
        faults = []
        if len(self.roles) > self.quorum:
            faults.append(f"{len(self.roles)} roles cannot be held by {self.quorum} people")
        if "read-only" in self.roles:
            faults.append("read-only approves nothing")
        both = sorted(set(self.new_version) & set(self.nothing_to_do))
        if both:
            faults.append(f"{', '.join(both)}: either a new version or nothing to do")
        if faults:
            raise ValueError("; ".join(faults))
        return self


class AccessPolicy(Text):
    """Who may do what, and with which credentials."""

    policy: Literal["access"]
    """Which policy this is; the name of its file."""
    version: int = Field(ge=1)
    """Raised and registered anew when anything changes."""
    title: str
    """Printed in the documents."""
    passwords: PasswordRules = PasswordRules()
    hashing: Hashing = Hashing()
    lock_out: LockOut = LockOut()
    one_time: OneTime = OneTime()
    sessions: Sessions = Sessions()
    clock_seconds: int = Field(default=120, ge=0, le=3600)
    """How far the machine's clock may be behind the trail's last record."""
    may_sign: dict[Meaning, list[Role]] = Field(default_factory=lambda: dict(MAY_SIGN))
    """Roles by the meaning that they may sign with."""
    board: Board = Board()

    @model_validator(mode="after")
    def _signers(self) -> Self:
        faults = [
            f"may_sign: {meaning}: read-only signs nothing"
            for meaning, roles in self.may_sign.items()
            if "read-only" in roles
        ]
        approving = set(self.may_sign.get("approval", []))
        faults += [
            f"board: {role} is needed but may not sign with approval"
            for role in self.board.roles
            if role not in approving
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self
