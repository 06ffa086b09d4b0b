"""The access policy that is in force: the trail's, never the file's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.signing import standing
from evidence.signing.register import Register
from evidence.signing_records import QUALITY
from policies import reader, registration
from policies.access import AccessPolicy

if TYPE_CHECKING:
    from evidence.records import Record
    from evidence.trail import AuditTrail


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who the people are and by which rules they sign.

    Attributes:
        known: The people, and what they signed.
        versions: Each policy that came into force, with the number of the record that brought it.
        waiting: A newer registration that no person of quality has signed yet.
    """

    known: Register
    versions: tuple[tuple[int, AccessPolicy], ...]
    waiting: Record | None = None

    @property
    def policy(self) -> AccessPolicy:
        """The one in force now."""
        return self.versions[-1][1]

    def at(self, number: int) -> AccessPolicy:
        """The one that was in force at a record: a later quorum reopens nothing."""
        return self.since(number)[1]

    def since(self, number: int) -> tuple[int, AccessPolicy]:
        """The same, after the record that brought it into force; 0 for the shipped one."""
        return next((v for v in reversed(self.versions) if v[0] <= number), self.versions[0])


def access(trail: AuditTrail) -> Access | None:
    """People and policy in force; none while no user was ever enrolled."""
    known = Register.of(trail)
    if not known.since:
        return None
    versions, waiting = [(0, _shipped())], None
    for record, value in registration.registered(trail, "access"):
        number = record.seq if record.seq < known.since else _agreed(trail, known, record)
        if number:
            name = f"access.yaml as registered in {record.ref}"
            versions.append((number, reader.parse(value.text, AccessPolicy, name)))
            waiting = None
        else:
            waiting = record
    return Access(known=known, versions=tuple(versions), waiting=waiting)


def _agreed(trail: AuditTrail, known: Register, record: Record) -> int:
    """The record by which a person of quality stands behind a registration; 0 without one."""
    return next(
        (
            each.record.seq
            for each in standing.of(trail, known, str(record.seq))
            if each.valid
            and each.signature.meaning == "approval"
            and QUALITY in each.signature.roles
        ),
        0,
    )


def _shipped() -> AccessPolicy:
    """The default, where users were enrolled without a policy."""
    return AccessPolicy(policy="access", version=1, title="Access and signatures")
