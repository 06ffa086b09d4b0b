"""Looks at a reference set, and what was registered before each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.views.view import View
from evidence.records import GenerativeRun, Look, PolicyRegistration, ValidationRun
from reports import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.views.reading import Reading
    from evidence.records import Record

Run = tuple["Record", ValidationRun | GenerativeRun]


class Registered(View):
    """A policy that a look was judged by."""

    name: str
    """Its name."""
    version: str
    """Its version."""
    record: int
    """Record of its registration; 0 where the trail has none."""
    before: bool
    """Whether that came before the look."""


class Looked(View):
    """One use of the set."""

    record: int
    """Its record."""
    number: int
    """Which look at the set it was."""
    at: str
    """When, UTC."""
    model: str
    """For which locked version."""
    policies: list[Registered]
    """What judged it."""
    run: int | None
    """Record of the protocol run that came of it; none where none did."""
    verdict: str
    """What the run found."""


def looks(seen: Reading, digest: str) -> list[Looked]:
    """Every look at frozen bytes, newest first."""
    found: list[Run] = [*seen.trail.all(ValidationRun), *seen.trail.all(GenerativeRun)]
    runs = {value.key: (record, value) for record, value in found}
    known: dict[tuple[str, str], int] = {}
    for record, value in seen.trail.all(PolicyRegistration):
        known.setdefault((value.name, f"{value.version} {value.digest}"), record.seq)
    mine = [pair for pair in seen.trail.all(Look) if pair[1].reference_digest == digest]
    return [_looked(record, value, runs.get(value.key), known) for record, value in reversed(mine)]


def _looked(
    record: Record,
    value: Look,
    run: Run | None,
    known: Mapping[tuple[str, str], int],
) -> Looked:
    """A look. The order of the records proves what was registered before it."""
    return Looked(
        record=record.seq,
        number=value.number,
        at=record.at,
        model=value.model,
        policies=[
            Registered(
                name=words.POLICIES.get(name, name),
                version=said.partition(" ")[0],
                record=known.get((name, said), 0),
                before=0 < known.get((name, said), 0) < record.seq,
            )
            for name, said in value.policies.items()
        ],
        run=run[0].seq if run else None,
        verdict=run[1].verdict if run else "",
    )
