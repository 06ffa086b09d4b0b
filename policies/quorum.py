"""Whether those who had to sign have signed. Pure: from signatures that stand and a board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from evidence.records import Signature
    from evidence.signing.standing import Standing
    from policies.access import AccessPolicy, Board

APPROVAL, REJECTION = "approval", "rejection"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The votes on one thing.

    Attributes:
        approvals: Signatures that count, one a person.
        rejections: The same, against.
        missing: What the board still needs, in words.
    """

    approvals: tuple[Signature, ...]
    rejections: tuple[Signature, ...]
    missing: tuple[str, ...]

    @property
    def reached(self) -> bool:
        """Whether the board has approved."""
        return not self.missing and not self.rejections

    @property
    def words(self) -> str:
        """The tally in one sentence."""
        if self.rejections:
            return f"rejected by {', '.join(s.name for s in self.rejections)}"
        if self.missing:
            return "awaiting " + " and ".join(self.missing)
        return f"approved by {', '.join(s.name for s in self.approvals)}"


def tally(found: Sequence[Standing], policy: AccessPolicy, authors: Collection[str] = ()) -> Tally:
    """Count the signatures on a thing.

    Args:
        found: Every signature on it; void ones do not count.
        policy: Who may sign, and the board.
        authors: Ids of those whose change it is.
    """
    counted = [each.signature for each in found if each.valid and _may(each.signature, policy)]
    if policy.board.not_own:
        counted = [s for s in counted if s.signer not in authors]
    approvals = _one_each([s for s in counted if s.meaning == APPROVAL])
    rejections = _one_each([s for s in counted if s.meaning == REJECTION])
    against = {s.signer for s in rejections}
    return Tally(
        approvals=tuple(s for s in approvals if s.signer not in against),
        rejections=tuple(rejections),
        missing=tuple(missing(policy.board, approvals)),
    )


def missing(board: Board, approvals: Sequence[Signature]) -> list[str]:
    """What a board still needs: roles, each held by another person, and people in all."""
    held = _held(board, approvals)
    lacking = [role for role in board.roles if role not in held]
    more = board.quorum - len(approvals) - len(lacking)
    return [*lacking] + ([f"{more} more {'person' if more == 1 else 'people'}"] if more > 0 else [])


def _held(board: Board, approvals: Sequence[Signature]) -> list[str]:
    """Roles of the board that different people hold: a largest matching (Kuhn 1955)."""
    holder: dict[int, int] = {}  # person to role, both by their place

    def give(role: int, tried: set[int]) -> bool:
        for person, signature in enumerate(approvals):
            if person in tried or board.roles[role] not in signature.roles:
                continue
            tried.add(person)
            if person not in holder or give(holder[person], tried):
                holder[person] = role
                return True
        return False

    return [name for place, name in enumerate(board.roles) if give(place, set())]


def may(policy: AccessPolicy, meaning: str, roles: Collection[str]) -> bool:
    """Whether somebody with these roles may sign with a meaning."""
    return not set(signers(policy, meaning)).isdisjoint(roles)


def signers(policy: AccessPolicy, meaning: str) -> list[str]:
    """The roles that may sign with a meaning."""
    given: dict[str, list[str]] = {str(name): [*roles] for name, roles in policy.may_sign.items()}
    return given.get(meaning, [])


def _may(signature: Signature, policy: AccessPolicy) -> bool:
    return may(policy, signature.meaning, signature.roles)


def _one_each(signatures: Sequence[Signature]) -> list[Signature]:
    return list({s.signer: s for s in signatures}.values())
