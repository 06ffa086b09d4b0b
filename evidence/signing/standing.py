"""Which signatures stand: derived from the trail each time it is asked, never stored. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.errors import NotFoundError
from evidence.signing import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import Record, Signature
    from evidence.signing.register import Register
    from evidence.trail import AuditTrail

CHANGED = "what was signed was changed afterwards"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A signature, and whether it stands.

    Attributes:
        record: Its record.
        signature: What it says.
        reason: Why it is void; empty when it stands.
    """

    record: Record
    signature: Signature
    reason: str

    @property
    def valid(self) -> bool:
        """Whether it stands."""
        return not self.reason


def valid(signature: Signature, digest_now: str) -> bool:
    """Whether a signature is on a thing as it is now, whoever made it."""
    return signature.object_digest == digest_now == signature.files.get("shown")


def of(trail: AuditTrail, known: Register, thing: str) -> list[Standing]:
    """Every signature on a thing, oldest first, with whether it stands.

    Args:
        trail: The trail.
        known: Its people.
        thing: Id of a change request, or a record's number.
    """
    mine = [found for found in known.signed if found[1].object == thing]
    return _judged(mine, _digest(trail, known, thing)) if mine else []


def _digest(trail: AuditTrail, known: Register, thing: str) -> str:
    try:
        return shown.digest(shown.now(trail, known, thing))
    except NotFoundError:
        return ""


def _judged(found: Sequence[tuple[Record, Signature, str]], digest_now: str) -> list[Standing]:
    return [
        Standing(
            record=record,
            signature=value,
            reason=reason or ("" if valid(value, digest_now) else CHANGED),
        )
        for record, value, reason in found
    ]
