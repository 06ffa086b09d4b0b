"""The desk where changes are written down: who is there, and whether they may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from evidence.errors import NotAllowedError, UsageError
from evidence.records import Kind
from evidence.signing import authority
from policies import quorum

if TYPE_CHECKING:
    from evidence.records import Record
    from evidence.signing.authority import Signatory
    from evidence.signing.register import Person
    from evidence.trail import AuditTrail
    from policies.change_control import ChangeControlPolicy
    from policies.in_force import Access

K = TypeVar("K", bound=Kind)
AS = {  # the meaning that a role must allow, so that its person may do this
    "request": "authorship",
    "assessment": "review",
    "implementation": "authorship",
    "verification": "review",
    "effectiveness": "review",
    "withdrawal": "authorship",
    "decide": "approval",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where changes are written down.

    Attributes:
        trail: The trail.
        policy: Which decisions there are, and how long a reason must be.
        access: People and rules; none in a workspace without users.
        by: Who does it, with the password just given; none without users.
        at: Now, UTC, ISO 8601.
        actor: Who is at the machine.
    """

    trail: AuditTrail
    policy: ChangeControlPolicy
    access: Access | None
    by: Signatory | None
    at: str
    actor: str


def signed(desk: Desk, value: K) -> K:
    """A value under the authority of whoever signed in; as it is in a workspace without users."""
    if desk.access is None or desk.by is None:
        return value
    return authority.under(value, desk.by, at=desk.at, trail=desk.access.known.trail)


def who(desk: Desk, act: str) -> str:
    """Who does an act; their id.

    Raises:
        NotAllowedError: Nobody signed in where there are users, or their role does not allow it.
    """
    if desk.access is None:
        return desk.actor
    if desk.by is None:
        raise NotAllowedError("There are users here: say who you are with --as USER.")
    require_role(desk.access, act, desk.by)
    return desk.by.id


def require_role(access: Access, act: str, by: Signatory | Person) -> None:
    """Refuse an act that a person's roles do not allow, before or after they sign in.

    Raises:
        NotAllowedError: They do not.
    """
    if not quorum.may(access.policy, AS[act], by.roles):
        roles = ", ".join(quorum.signers(access.policy, AS[act]))
        raise NotAllowedError(f"'{by.id}' is {', '.join(by.roles)}; '{act}' is for: {roles}.")


def append(desk: Desk, value: Kind, actor: str) -> Record:
    """Write one record, under the authority of whoever signed in."""
    return desk.trail.append([signed(desk, value)], at=desk.at, actor=actor)[0]


def require_text(desk: Desk, text: str) -> None:
    """Refuse a reason that is none.

    Raises:
        UsageError: It is shorter than the policy asks for.
    """
    if len(text.strip()) < desk.policy.reason_at_least:
        raise UsageError(
            f"The text has {len(text.strip())} characters, {desk.policy.reason_at_least} are "
            "required: say on which evidence."
        )
