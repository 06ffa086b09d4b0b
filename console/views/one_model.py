"""One locked version: its lock, validations, surveillance, changes and documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from change_control import lifecycle
from console.views import compared, surveyed, validated
from console.views.compared import Compared
from console.views.surveyed import Surveyed
from console.views.validated import Validated
from console.views.view import View
from evidence.errors import NotFoundError
from evidence.records import PathwayAssessment, ReportIssue
from policies import minimum_cell
from reports import premarket, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from change_control.board import Case
    from change_control.lifecycle import Change
    from console.views.reading import Reading
    from evidence.records import ModelLock, Record

MEMO = "pathway-memo"


class Locked(View):
    """What was locked."""

    record: int
    """The record that locked these bytes."""
    at: str
    """When, UTC."""
    name: str
    """Who locked it."""
    again: int | None
    """The record that locked the same version anew; none where it was locked once."""
    external: bool
    """Whether it runs elsewhere."""
    digest: str
    """Of all its files."""
    flavour: str
    """Which library it is of."""
    address: str
    """Where the registry has it."""
    files: dict[str, str]
    """Each file and its digest."""
    inputs: list[str]
    """Its inputs with their types."""
    environment: list[str]
    """The packages it runs with."""
    parameters: dict[str, str]
    """How it was trained."""
    training: dict[str, str]
    """What is known of the training data."""
    metrics: dict[str, str]
    """What training measured; no criterion is judged on it."""


class Deed(View):
    """A change request or a decision about the version."""

    record: int
    """Its record."""
    at: str
    """When, UTC."""
    thing: str
    """Id of the request or the trigger."""
    request: bool
    """Whether it is a change request."""
    title: str
    """What is proposed, or what was decided."""
    state: str
    """Where it stands."""
    reason: str
    """Why."""
    name: str
    """Who."""


class Paper(View):
    """A document that covers the version."""

    record: int
    """Its record."""
    title: str
    """Its title."""
    edition: int
    """Which edition."""
    paper: str
    """A4 or Letter."""
    at: str
    """When it was issued, UTC."""
    open_items: int
    """How many facts it misses."""


class OneModel(View):
    """A locked version."""

    model: str
    """``NAME/VERSION``."""
    locked: Locked
    """What was locked."""
    validations: list[Validated]
    """Its protocol runs, newest first."""
    surveillance: Surveyed
    """Its windows and triggers."""
    deeds: list[Deed]
    """Change requests and decisions about it, newest first."""
    papers: list[Paper]
    """The newest edition of each document that covers it."""
    others: list[str]
    """Other versions that it can be held against."""
    compared: Compared | None
    """The comparison that was asked for."""


def one_model(seen: Reading, model: str, against: str = "") -> OneModel:
    """A locked version.

    Args:
        seen: The workspace.
        model: ``NAME/VERSION``.
        against: Another version to stand beside it; none when empty.

    Raises:
        NotFoundError: One of them is not locked.
    """
    known = validated.locks(seen)
    if model not in known:
        raise NotFoundError(
            f"Model '{model}' is not locked (locked: {', '.join(known) or 'none'})."
        )
    first, last, lock = known[model]
    minimum = minimum_cell.of_trail(seen.trail)
    cases = surveyed.open_cases(seen)
    runs = validated.runs(seen, lock.digest)
    return OneModel(
        model=model,
        locked=_locked(seen, first, last, lock),
        validations=[validated.validated(seen, run, minimum) for run in reversed(runs)],
        surveillance=surveyed.surveyed(seen, model, minimum, cases),
        deeds=sorted(_deeds(seen, model, cases), key=lambda deed: -deed.record),
        papers=_papers(seen, model, first.seq),
        others=[other for other in known if other != model],
        compared=compared.compared(seen, model, against, minimum) if against else None,
    )


def _locked(seen: Reading, first: Record, last: Record, lock: ModelLock) -> Locked:
    shown = premarket.lock(last, lock)
    return Locked(
        record=first.seq,
        at=first.at,
        name=seen.name(first.actor),
        again=last.seq if last.seq != first.seq else None,
        external=lock.external,
        digest=lock.digest,
        flavour=lock.flavour,
        address=lock.uri,
        files=lock.manifest,
        inputs=shown["inputs"],
        environment=lock.environment,
        parameters=shown["parameters"],
        training={k: _said(v) for k, v in shown["training"].items()},
        metrics=shown["metrics"],
    )


def _said(value: object) -> str:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return words.whole(value) if whole and isinstance(value, int) else str(value)


def _deeds(seen: Reading, model: str, cases: Sequence[Case]) -> Iterator[Deed]:
    for change in lifecycle.changes(seen.trail, seen.access):
        if change.request.model == model or _follows(change, model):
            yield Deed(
                record=change.record.seq,
                at=change.record.at,
                thing=change.request.id,
                request=True,
                title=f"{change.request.title} ({words.column(change.request.decision)})",
                state=change.state,
                reason=change.request.description,
                name=seen.name(change.request.requester),
            )
    for case in cases:
        for record, value in case.decisions:
            if model in (case.trigger.model, value.follow_up) and not value.request:
                yield Deed(
                    record=record.seq,
                    at=record.at,
                    thing=case.trigger.id,
                    request=False,
                    title=value.decision.replace("-", " "),
                    state=case.status,
                    reason=value.reason,
                    name=seen.name(value.actor),
                )


def _follows(change: Change, model: str) -> bool:
    """Whether the version is what came of a change."""
    return change.decision is not None and change.decision[1].follow_up == model


def _papers(seen: Reading, model: str, since: int) -> list[Paper]:
    """The newest edition of each document made after the lock; memos about the version only."""
    memos = {r.seq for r, v in seen.trail.all(PathwayAssessment) if v.model == model}
    newest = {
        value.path: (record, value)
        for record, value in seen.trail.all(ReportIssue)
        if (value.through in memos if value.document == MEMO else value.through >= since)
    }
    return [
        Paper(
            record=record.seq,
            title=value.title,
            edition=value.edition,
            paper=value.paper,
            at=record.at,
            open_items=len(value.open_items),
        )
        for record, value in sorted(newest.values(), key=lambda pair: -pair[0].seq)
    ]
