"""Electronic signatures: a person, a meaning, and exactly what was shown (21 CFR 11.50, 11.70).

What was shown is kept in the store under the very digest that the signature is bound to.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from change_control import lifecycle
from evidence import digest as digests
from evidence.errors import NotAllowedError, OutOfOrderError, UsageError
from evidence.records import Signature
from evidence.signing import proofs, shown
from policies import quorum, voting
from policies.access import MEANINGS

if TYPE_CHECKING:
    from change_control.credentials.gate import Gate
    from evidence.kind import Body
    from evidence.records import Record
    from evidence.signing.authority import Signatory
    from evidence.signing.register import Person
    from evidence.store import Store
    from evidence.trail import AuditTrail
    from policies.in_force import Access

SAYS = {
    "authorship": "am the author of",
    "review": "have reviewed",
    "responsibility": "take responsibility for",
    "approval": "approve",
    "rejection": "reject",
}
VOTES = (quorum.APPROVAL, quorum.REJECTION)


def statement(name: str, meaning: str, body: Body) -> str:
    """The sentence that a person signs."""
    return (
        f"I, {name}, {SAYS[meaning]} {body['thing']} as shown to me, digest "
        f"{digests.short(shown.digest(body))}. My electronic signature is the legally binding "
        "equivalent of my handwritten one."
    )


def sign(
    gate: Gate,
    store: Store,
    by: Signatory,
    thing: str,
    meaning: str,
    seen: str,
    reason: str = "",
) -> Record:
    """Sign what was shown.

    Args:
        gate: Where the person just gave their password.
        store: Keeps what was shown.
        by: The person.
        thing: Id of a change request, or a record's number.
        meaning: One of `MEANINGS`.
        seen: The digest of what was shown to them.
        reason: What they add in their own words.

    Raises:
        NotAllowedError: Their roles do not allow it, or the change is their own.
        OutOfOrderError: The thing changed since it was shown, cannot be voted on yet, or was
            signed by them with this meaning before.
        NotFoundError: There is no such thing.
        UsageError: There is no such meaning.
    """
    body = shown.now(gate.trail, gate.access.known, thing)
    if shown.digest(body) != seen:
        raise OutOfOrderError(
            f"{_capital(body['thing'])} was changed since it was shown to you. Nothing was "
            "signed: read it again."
        )
    require_may(gate, by, thing, meaning)
    value = _value(gate, by, thing, meaning, body, reason)
    store.put(digests.canonical(body))
    written = gate.trail.append([value], at=gate.at, actor=by.id, once=value.key)
    if not written:
        raise OutOfOrderError(
            f"'{by.id}' has signed {body['thing']} with meaning {meaning} already."
        )
    return written[0]


def require_may(gate: Gate, by: Signatory | Person, thing: str, meaning: str) -> None:
    """Refuse a signature that its person may not give now, before or after they sign in.

    Raises:
        NotAllowedError: Their roles do not allow it, or the change is their own.
        OutOfOrderError: The thing cannot be voted on yet.
        UsageError: There is no such meaning.
    """
    require_signer(gate.trail, gate.access, by, thing, meaning)


def require_signer(
    trail: AuditTrail, access: Access, by: Signatory | Person, thing: str, meaning: str
) -> None:
    """As `require_may`, for whoever only wants to know: it needs no gate.

    Raises:
        NotAllowedError: Their roles do not allow it, or the change is their own.
        OutOfOrderError: The thing cannot be voted on yet.
        UsageError: There is no such meaning.
    """
    policy = access.policy
    if meaning not in MEANINGS:
        raise UsageError(f"There is no meaning '{meaning}' (there are: {', '.join(MEANINGS)}).")
    if not quorum.may(policy, meaning, by.roles):
        allowed = ", ".join(quorum.signers(policy, meaning)) or "nobody"
        raise NotAllowedError(
            f"'{by.id}' is {', '.join(by.roles)}; {meaning} is signed by: {allowed}."
        )
    own = by.id in voting.authors(trail, access, thing)
    if meaning in VOTES and own and policy.board.not_own:
        raise NotAllowedError(
            f"'{by.id}' is an author of this change and may not vote on it: somebody else does."
        )
    if meaning == "authorship" and not own:
        raise NotAllowedError(f"'{by.id}' is not an author of this.")
    if meaning in VOTES and not thing.isdecimal():
        lifecycle.require(lifecycle.find(trail, thing, access), "vote")


def _value(
    gate: Gate, by: Signatory, thing: str, meaning: str, body: Body, reason: str
) -> Signature:
    bound = shown.digest(body)
    value = Signature(
        key=digests.of_value([bound, thing, by.id, meaning]),
        object=thing,
        object_digest=bound,
        meaning=meaning,
        signer=by.id,
        name=by.name,
        roles=list(by.roles),
        statement=statement(by.name, meaning, body),
        reason=reason.strip(),
        trail=gate.access.known.trail,
        public_key=by.public_key,
        proof="",
        files={"shown": bound},
    )
    return replace(value, proof=by.prove(proofs.signed(value, gate.at)))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
