"""The protocol runs of a locked version as a page shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.views.measured import Criterion, Measured, criterion, measured
from console.views.view import View
from evidence.records import GenerativeRun, ModelLock, ValidationRun

if TYPE_CHECKING:
    from console.views.reading import Reading
    from evidence.records import Record

Run = tuple["Record", ValidationRun | GenerativeRun]


class Validated(View):
    """A protocol run."""

    record: int
    """Its record."""
    at: str
    """When, UTC."""
    name: str
    """Who ran it."""
    reference: str
    """On which reference set."""
    look: int
    """Which look at that set it was."""
    against: str
    """The version it was compared with; empty without one."""
    verdict: str
    """Pass, fail or not evaluable."""
    reason: str
    """Why."""
    primary: list[Criterion]
    """The primary criteria."""
    others: list[Criterion]
    """Other criteria and comparisons that failed or were not evaluable, subgroups among them."""
    comparisons: list[Criterion]
    """Comparisons with the other version."""
    passed: int
    """How many of the other criteria and comparisons passed."""
    judged: int
    """How many criteria and comparisons there were."""
    overall: list[Measured]
    """What was measured of all people."""


def runs(seen: Reading, digest: str) -> list[Run]:
    """The protocol runs of a version's bytes, oldest first."""
    found: list[Run] = [*seen.trail.all(ValidationRun), *seen.trail.all(GenerativeRun)]
    return sorted((p for p in found if p[1].model_digest == digest), key=lambda p: p[0].seq)


def validated(seen: Reading, run: Run, minimum: int) -> Validated:
    """A run.

    Args:
        seen: The workspace.
        run: Its record and value.
        minimum: Cells below it are not shown.
    """
    record, value = run
    comparisons = [criterion(c, minimum) for c in getattr(value, "comparisons", [])]
    every = [criterion(c, minimum) for c in value.criteria]
    rest = [c for c in (*every, *comparisons) if not c.primary]
    return Validated(
        record=record.seq,
        at=record.at,
        name=seen.name(record.actor),
        reference=value.reference,
        look=value.look,
        against=getattr(value, "against", ""),
        verdict=value.verdict,
        reason=value.reason,
        primary=[c for c in every if c.primary],
        others=[c for c in rest if c.verdict != "pass"],
        comparisons=comparisons,
        passed=sum(c.verdict == "pass" for c in rest),
        judged=len(every) + len(comparisons),
        overall=[measured(e, minimum) for e in value.estimates if e["subgroup"] == "overall"],
    )


def locks(seen: Reading) -> dict[str, tuple[Record, Record, ModelLock]]:
    """``NAME/VERSION`` to the record that locked its bytes first, the last one, and the lock."""
    found: dict[str, tuple[Record, Record, ModelLock]] = {}
    for record, lock in seen.trail.all(ModelLock):
        first = found[lock.model][0] if _again(found.get(lock.model), lock) else record
        found[lock.model] = (first, record, lock)
    return found


def _again(held: tuple[Record, Record, ModelLock] | None, lock: ModelLock) -> bool:
    return held is not None and held[2].digest == lock.digest
