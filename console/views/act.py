"""What a person may do now, and of all else why not, in one line. Pure.

The rules are those of `change_control`: they are asked, and nothing is decided here. Whoever sends
a form all the same is refused by the same rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from change_control import desk, lifecycle, signature
from console.views.view import View
from evidence.errors import AssuranceError, OutOfOrderError
from evidence.signing import shown, standing
from policies.access import MEANINGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from change_control.lifecycle import Change
    from console.views.reading import Reading
    from evidence.kind import Body
    from evidence.signing.register import Person
    from policies.in_force import Access

VOTES_FIRST = sorted(MEANINGS, key=lambda meaning: meaning not in signature.VOTES)


class Act(View):
    """Something that can be done, now or later."""

    name: str
    """What it is called in the records."""
    allowed: bool
    """Whether this person may do it now."""
    reason: str
    """Why not; empty when they may."""


class Meaning(View):
    """A meaning that something can be signed with."""

    meaning: str
    """What it is called in the records."""
    statement: str
    """The sentence that the person would sign."""
    allowed: bool
    """Whether this person may sign it now."""
    reason: str
    """Why not; empty when they may."""


def person_of(seen: Reading, user: str) -> Person | None:
    """Who is asking; none for a guest."""
    return seen.access.known.person(user) if seen.access and user else None


def of(name: str, by: Person | None, *rules: Callable[[], None]) -> Act:
    """An act, with the first rule that refuses it.

    Args:
        name: What it is called.
        by: Who asks; a guest may do nothing.
        rules: Each raises an `AssuranceError` where it refuses.
    """
    if by is None:
        return Act(name=name, allowed=False, reason="There are no users here: enrol them first.")
    for rule in rules:
        try:
            rule()
        except AssuranceError as error:
            return Act(name=name, allowed=False, reason=_named(str(error), by))
    return Act(name=name, allowed=True, reason="")


def with_role(access: Access | None, act: str, by: Person | None) -> Callable[[], None]:
    """The rule that a person's roles allow an act."""

    def rule() -> None:
        if access and by:
            desk.require_role(access, act, by)

    return rule


def in_state(change: Change, move: str) -> Callable[[], None]:
    """The rule that the state of a request allows a move."""

    def rule() -> None:
        try:
            lifecycle.require(change, move)
        except OutOfOrderError:
            when = " or ".join(lifecycle.MOVES[move])
            raise OutOfOrderError(f"Comes when the request is {when}.") from None

    return rule


def meanings(seen: Reading, by: Person | None, thing: str, body: Body) -> list[Meaning]:
    """The meanings that a thing can be signed with, the votes first.

    Args:
        seen: What the request sees.
        by: Who would sign; none for a guest, who signs nothing.
        thing: Id of a change request, or a record's number.
        body: What is signed, as `evidence.signing.shown.now` gives it.
    """
    access = seen.access
    if access is None or by is None:
        return []
    given = {
        each.signature.meaning
        for each in standing.of(seen.trail, access.known, thing)
        if each.signature.signer == by.id
        and each.signature.object_digest == shown.digest(body)
        and each.valid
    }
    found = []
    for meaning in VOTES_FIRST:
        rule = of(
            meaning,
            by,
            lambda meaning=meaning: _once(by, meaning, given),  # type: ignore[misc]
            lambda meaning=meaning: signature.require_signer(  # type: ignore[misc]
                seen.trail, access, by, thing, meaning
            ),
        )
        words = signature.statement(by.name, meaning, body)
        found.append(
            Meaning(meaning=meaning, statement=words, allowed=rule.allowed, reason=rule.reason)
        )
    return found


def _once(by: Person, meaning: str, given: set[str]) -> None:
    if meaning in given:
        raise OutOfOrderError(f"'{by.id}' has signed this with meaning {meaning} already.")


def _named(text: str, by: Person) -> str:
    """A refusal with the person's name in place of their id."""
    return text.replace(f"'{by.id}'", by.name)
