"""The locked models: each version with its lock, its newest verdict, and whether it is watched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.views import surveyed, validated
from console.views.view import View

if TYPE_CHECKING:
    from console.views.reading import Reading
    from evidence.records import ModelLock, Record


class Row(View):
    """A locked version."""

    model: str
    """``NAME/VERSION``."""
    record: int
    """The record that locked its bytes."""
    at: str
    """When it was locked, UTC."""
    name: str
    """Who locked it."""
    external: bool
    """Whether it runs elsewhere."""
    digest: str
    """Of its files."""
    verdict: str
    """Of its newest protocol run; empty while there is none."""
    reference: str
    """On which reference set that was."""
    validated_at: str
    """When that was, UTC; empty while there is none."""
    runs: int
    """How many protocol runs it has."""
    watched: bool
    """Whether the plan registered last watches it."""
    triggers: int
    """How many of its triggers wait for the board."""


class Models(View):
    """The locked models."""

    models: list[Row]
    """Each version, locked last first."""


def models(seen: Reading) -> Models:
    """Every locked version."""
    plan = surveyed.watched(seen)[1]
    waiting = [c.trigger.model for c in surveyed.open_cases(seen) if not c.closed]
    rows = [
        _row(seen, first, lock, waiting.count(lock.model), plan.model if plan else "")
        for first, _, lock in validated.locks(seen).values()
    ]
    return Models(models=sorted(rows, key=lambda row: -row.record))


def _row(seen: Reading, first: Record, lock: ModelLock, triggers: int, watched: str) -> Row:
    runs = validated.runs(seen, lock.digest)
    record, value = runs[-1] if runs else (None, None)
    return Row(
        model=lock.model,
        record=first.seq,
        at=first.at,
        name=seen.name(first.actor),
        external=lock.external,
        digest=lock.digest,
        verdict=value.verdict if value else "",
        reference=value.reference if value else "",
        validated_at=record.at if record else "",
        runs=len(runs),
        watched=lock.model == watched,
        triggers=triggers,
    )
