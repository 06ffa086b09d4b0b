"""One record of the trail, laid out to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.views.disclosed import disclosed
from console.views.linked import Links, links
from console.views.view import View
from evidence import history
from evidence.records import ChangeDecision, ChangeRequest
from evidence.signing import shown, standing
from evidence.signing.register import Register
from policies import minimum_cell

if TYPE_CHECKING:
    from console.views.reading import Reading
    from evidence.records import Body, Record
    from evidence.signing.standing import Standing

PROOFS = ("authority", "second")  # printed apart, as proofs


class Proof(View):
    """A proof that a person wrote the record."""

    user: str
    """Their id."""
    name: str
    """As they are printed."""
    valid: bool
    """Whether it holds."""
    reason: str
    """Why not."""


class Signed(View):
    """A signature on what the record is about."""

    record: int
    """Its own record."""
    name: str
    """Of the signer, as it was when they signed."""
    meaning: str
    """Review, approval, responsibility or authorship."""
    at: str
    """When, UTC."""
    valid: bool
    """Whether it stands."""
    reason: str
    """Why not."""


class OneRecord(View):
    """A record."""

    record: int
    """Its number."""
    kind: str
    """What kind of record."""
    schema_name: str
    """The kind with its version."""
    subject: str
    """What it is about."""
    deed: str
    """What was done."""
    reason: str
    """Why."""
    at: str
    """When, UTC."""
    actor: str
    """Who: id of a person, or name of a machine's login."""
    name: str
    """Who, as it is printed."""
    digest: str
    """Of all that the record says."""
    previous: str
    """Digest of the record before it."""
    earlier: int | None
    """Number of the record before it."""
    later: int | None
    """Number of the record after it."""
    proofs: list[Proof]
    """Proofs of authority that it carries."""
    of_people: bool
    """Whether records of its kind carry a proof where there are users."""
    body: dict[str, Any]
    """What it says, without small cells."""
    minimum: int
    """Counts of fewer people are not shown."""
    signatures: list[Signed]
    """Signatures on it."""
    links: Links
    """The records around it."""


def one_record(seen: Reading, number: int) -> OneRecord:
    """A record.

    Raises:
        NotFoundError: There is none of this number.
    """
    record = seen.record(number)
    known = seen.access.known if seen.access else Register.of(seen.trail)
    entry = history.entry(record, {})
    minimum = minimum_cell.of_trail(seen.trail)
    body = {key: value for key, value in record.body.items() if key not in PROOFS}
    return OneRecord(
        record=record.seq,
        kind=record.kind,
        schema_name=record.schema,
        subject=entry.subject,
        deed=entry.deed,
        reason=entry.reason,
        at=record.at,
        actor=record.actor,
        name=seen.name(record.actor),
        digest=record.digest,
        previous=record.previous,
        earlier=number - 1 if number > 1 else None,
        later=number + 1 if number < seen.through else None,
        proofs=_proofs(seen, known, record),
        of_people="authority" in record.body or record.kind == "signature",
        body=disclosed(body, minimum),
        minimum=minimum,
        signatures=[_signed(each) for each in _standing(seen, known, record)],
        links=links(seen, record),
    )


def _proofs(seen: Reading, known: Register, record: Record) -> list[Proof]:
    """What the register found when it walked the trail: by then people had the roles they had."""
    if record.kind == "signature":
        given: list[Body] = [{"user": record.body["signer"]}]
    else:
        given = [record.body[key] for key in PROOFS if record.body.get(key)]
    faults = [fault for fault in known.faults if f" {record.ref}" in fault]
    return [
        Proof(
            user=str(each.get("user", "")),
            name=seen.name(str(each.get("user", ""))),
            valid=not faults,
            reason=" ".join(faults),
        )
        for each in given
    ]


def _standing(seen: Reading, known: Register, record: Record) -> list[Standing]:
    """Signatures on a record: on a request or its decision, those on the request."""
    value, thing = record.value(), str(record.seq)
    if isinstance(value, ChangeRequest):
        thing = value.id
    elif isinstance(value, ChangeDecision):
        thing = shown.thing_of(record, value)
    return standing.of(seen.trail, known, thing)


def _signed(found: Standing) -> Signed:
    return Signed(
        record=found.record.seq,
        name=found.signature.name,
        meaning=found.signature.meaning,
        at=found.record.at,
        valid=found.valid,
        reason=found.reason,
    )
