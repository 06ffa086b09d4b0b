"""`tplc change request | step | sign`: a change on its way, and the signatures on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import answer, identity, settings, shown_thing
from console.answer import AsJson
from console.identity import As, Asker, FromStdin
from evidence.errors import UsageError

if TYPE_CHECKING:
    from change_control.lifecycle import Change
    from evidence.records import Record
    from evidence.signing.standing import Standing
    from policies.in_force import Access

Thing = Annotated[
    str, typer.Argument(metavar="ID", help="A change request, a trigger, or a record's number.")
]
Request = Annotated[str, typer.Argument(metavar="ID", help="The change request's id.")]
Evidence = Annotated[
    list[int] | None, typer.Option("--record", help="Number of a record that it rests on.")
]


def request(
    *,
    title: Annotated[str, typer.Option(help="What is proposed, in a few words.")],
    description: Annotated[str, typer.Option(help="What is to change, and why.")],
    decision: Annotated[str, typer.Option(help="The decision that the board is asked to take.")],
    trigger: Annotated[str, typer.Option(help="The trigger behind it.")] = "",
    model: Annotated[str, typer.Option(help="NAME/VERSION; the trigger's when left out.")] = "",
    record: Evidence = None,
    amend: Annotated[
        str, typer.Option(help="Id of the request that this takes the place of.")
    ] = "",
    as_: As = "",
    password_stdin: FromStdin = False,
    as_json: AsJson = False,
) -> None:
    """Raise a change request, or amend one; signatures on what was amended are void."""
    from change_control import requests
    from change_control.requests import Proposal

    door = settings.enter()
    proposal = Proposal(
        title=title,
        description=description,
        decision=decision,
        trigger=trigger,
        model=model,
        evidence=tuple(record or ()),
    )
    desk = identity.desk(door, as_, Asker(password_stdin))
    if amend:
        written = requests.amend(desk, amend, proposal)
    else:
        written = requests.raise_request(desk, proposal)
    say_where(door, str(written.body["id"]), written, as_json=as_json)


def step(
    request_id: Request,
    *,
    kind: Annotated[
        str,
        typer.Option(
            "--step",
            help="assessment, implementation, verification, effectiveness or withdrawal.",
        ),
    ],
    text: Annotated[str, typer.Option(help="What was done and found.")],
    record: Evidence = None,
    outcome: Annotated[
        str, typer.Option(help="Of an effectiveness check: effective, or 'not effective'.")
    ] = "",
    as_: As = "",
    password_stdin: FromStdin = False,
    as_json: AsJson = False,
) -> None:
    """Take a change request one step on, with the records that show it."""
    from change_control import requests

    door = settings.enter()
    desk = identity.desk(door, as_, Asker(password_stdin))
    written = requests.step(desk, request_id, kind, text, record or (), outcome)
    say_where(door, request_id, written, as_json=as_json)


def sign(
    thing: Thing,
    *,
    meaning: Annotated[
        str, typer.Option(help="approval, rejection, review, responsibility or authorship.")
    ],
    reason: Annotated[str, typer.Option(help="What you add in your own words.")] = "",
    as_: As = "",
    password_stdin: FromStdin = False,
    as_json: AsJson = False,
) -> None:
    """Sign what is shown: it asks for your password each time, and binds to the digest shown.

    ID of a trigger means the newest decision on it.
    """
    from change_control import board, signature
    from evidence.signing import shown
    from policies import voting
    from policies.access import MEANINGS

    if meaning not in MEANINGS:
        raise UsageError(f"There is no meaning '{meaning}' (there are: {', '.join(MEANINGS)}).")
    door, asker = settings.enter(), Asker(password_stdin)
    space = door.workspace
    gate = identity.gate(door)
    named = board.thing(space.trail, _policy(door), gate.access, thing)
    body = shown.now(space.trail, gate.access.known, named)
    person = gate.access.known.person(as_ or door.actor)
    if person:  # refused before they type; and once more after
        signature.require_may(gate, person, named, meaning)
    if not as_json:
        shown_thing.show(body)
        if person:
            answer.say(f"\n{signature.statement(person.name, meaning, body)}\n", as_json=False)
    gate, by = identity.come_in(door, as_, asker)
    seen = shown.digest(body)
    record = signature.sign(gate, space.store, by, named, meaning, seen, reason)
    votes = voting.tally(space.trail, identity.gate(door).access, named)
    board_says = f" The board: {votes.words}." if meaning in signature.VOTES else ""
    answer.say(
        f"Signed: {by.name}, {record.at}, {meaning}, as {record.ref}.{board_says}", as_json=as_json
    )
    answer.give(
        {"record": record.seq, "thing": named, "digest": seen, "meaning": meaning}
        | {"signer": by.id, "name": by.name, "at": record.at}
        | {"votes": votes.words, "reached": votes.reached},
        as_json=as_json,
    )


def show_request(door: settings.Door, named: str, *, as_json: bool) -> None:
    """A change request: what it says, where it stands, who signed."""
    from change_control import lifecycle
    from evidence.signing import shown, standing
    from evidence.signing.register import Register

    trail, access = door.workspace.trail, identity.access(door)
    change = lifecycle.find(trail, named, access)
    known = access.known if access else Register.of(trail)
    signed = standing.of(trail, known, named)
    if not as_json:
        shown_thing.show(shown.now(trail, known, named))
        rows = [(r.at, f"{s.step} {s.outcome}".strip(), r.actor, s.text) for r, s in change.steps]
        answer.table("Steps", ("When", "Step", "By", "What was found"), rows)
        say_signatures(signed)
        answer.say(f"{named} is {change.state} and waits for {change.waits_for}.", as_json=False)
    answer.give(
        summary(change) | {"request": change.record.body, "signatures": [told(s) for s in signed]},
        as_json=as_json,
    )


def summary(change: Change) -> dict[str, Any]:
    """A change request in a list."""
    return {
        "id": change.request.id,
        "revision": change.request.revision,
        "trigger": change.request.trigger,
        "title": change.request.title,
        "decision": change.request.decision,
        "state": change.state,
        "waits_for": change.waits_for,
    }


def told(found: Standing) -> dict[str, Any]:
    """A signature, and whether it stands."""
    value = found.signature
    return {
        "record": found.record.seq,
        "name": value.name,
        "signer": value.signer,
        "roles": value.roles,
        "meaning": value.meaning,
        "at": found.record.at,
        "digest": value.object_digest,
        "valid": found.valid,
        "why_void": found.reason,
        "reason": value.reason,
    }


def say_signatures(found: list[Standing]) -> None:
    """The signatures on a thing, void ones too."""
    from evidence import digest

    rows = [
        (
            s.signature.name,
            ", ".join(s.signature.roles),
            s.signature.meaning,
            s.record.at,
            digest.short(s.signature.object_digest),
            "valid" if s.valid else f"void: {s.reason}",
        )
        for s in found
    ]
    if rows:
        heads = ("Name", "Roles", "Meaning", "When (UTC)", "Digest", "Stands")
        answer.table("Signatures", heads, rows)
    else:
        answer.say("Signatures: none.", as_json=False)


def _policy(door: settings.Door) -> Any:
    return door.workspace.policy("change_control").value


def say_where(door: settings.Door, named: str, written: Record, *, as_json: bool) -> None:
    """Where a change request stands after what was just written."""
    from change_control import lifecycle

    access: Access | None = identity.access(door)
    change = lifecycle.find(door.workspace.trail, named, access)
    unsigned = "" if access else " (unsigned: there are no users)"
    answer.say(
        f"{named}, {written.ref}{unsigned}: {change.state}, waits for {change.waits_for}.",
        as_json=as_json,
    )
    answer.give(summary(change) | {"record": written.seq}, as_json=as_json)
