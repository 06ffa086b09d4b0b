"""`tplc verify`: the chain, every file behind it, each locked model, each issued document."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import answer, settings
from console.answer import AsJson
from evidence import checkpoint as checkpoints
from evidence.databases import revisions
from evidence.errors import AssuranceError, BrokenTrailError, OutOfOrderError
from evidence.records import ModelLock, ReportIssue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from policies.workspace import Workspace


Given = Annotated[
    list[Path] | None,
    typer.Option("--checkpoint", help="Also hold the chain against a checkpoint kept elsewhere."),
]
Since = Annotated[
    bool,
    typer.Option("--since-checkpoint", help="Read the chain from the newest checkpoint on only."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found.

    Attributes:
        records: How many records stand; 0 when the chain is broken.
        files: How many files were looked at.
        faults: What is wrong, and where.
    """

    records: int
    files: int
    faults: tuple[str, ...]


def verify(*, checkpoint: Given = None, since: Since = False, as_json: AsJson = False) -> None:
    """Check everything that was recorded; say what is wrong, and where."""
    space = settings.enter().workspace
    given = [point for path in checkpoint or [] for point in checkpoints.read(path)]
    with answer.progress("verify") as step:
        found = everything(space, step, given=given, since=_newest(space) if since else None)
    if found.faults:
        raise BrokenTrailError(list(found.faults))
    answer.say(
        f"{found.records} records, {found.files} files and every locked model stand as they were "
        "written.",
        as_json=as_json,
    )
    revision, notes = space.trail.revision(), []
    if revision != revisions.NEWEST:
        notes.append(
            f"The trail's schema is of revision {revision}; the next record that is written brings "
            f"it to {revisions.NEWEST}. No record is changed by that."
        )
        answer.say(notes[0], as_json=as_json)
    body = {"records": found.records, "files": found.files, "faults": [], "notes": notes}
    answer.give(body | {"revision": revision}, as_json=as_json)


def everything(
    space: Workspace,
    step: Callable[[str, int, int], None] = lambda *_: None,
    *,
    given: Sequence[checkpoints.Checkpoint] = (),
    since: checkpoints.Checkpoint | None = None,
) -> Checked:
    """The chain, stored files, locked models, documents, and proofs of people.

    Args:
        space: The workspace.
        step: Called with the step's words, how much of it is done, and of how much.
        given: Checkpoints kept elsewhere that the chain is held against as well.
        since: The chain is read from this one on only.
    """
    faults: list[str] = []
    records = files = 0
    step("the chain of records", 0, 0)
    try:
        records = space.trail.verify(
            lambda done, of: step("the chain of records", done, of), since=since, given=given
        )
    except BrokenTrailError as error:
        faults += error.faults
    try:
        step("stored files", 0, 0)
        files, broken = _stored(space)
        step("locked models", 0, 0)
        faults += broken + _models(space) + _documents(space) + _people(space)
    except BrokenTrailError as error:
        faults += error.faults
    return Checked(records=records, files=files, faults=tuple(dict.fromkeys(faults)))


def _newest(space: Workspace) -> checkpoints.Checkpoint:
    signed = checkpoints.of(space.trail.database.folder)
    if not signed:
        raise OutOfOrderError("There is no checkpoint yet. Sign one: tplc trail checkpoint")
    return signed[-1]


def _stored(space: Workspace) -> tuple[int, list[str]]:
    digests: dict[str, str] = {}
    for record in space.trail.records():
        for name, digest in record.body.get("files", {}).items():
            digests.setdefault(digest, f"The file '{name}' of {record.kind} {record.ref}")
    faults = []
    for digest, name in digests.items():
        try:
            space.store.get(digest, name)
        except BrokenTrailError as error:
            faults += list(error.faults)
        except AssuranceError as error:
            faults.append(str(error))
    return len(digests), faults


def _models(space: Workspace) -> list[str]:
    from validation import lock

    faults = []
    for _, value in space.trail.all(ModelLock):
        if value.external:
            continue
        try:
            lock.folder(lock.Registry(space.registry_uri), value)
        except AssuranceError as error:
            faults.append(str(error))
    return faults


def _people(space: Workspace) -> list[str]:
    """Records that say they are somebody's: users, credentials, signatures, changes."""
    from evidence.signing.register import Register

    return list(Register.of(space.trail).faults)


def _documents(space: Workspace) -> list[str]:
    """The documents laid out for people are the newest that were issued."""
    from evidence import digest

    newest = {value.path: value for _, value in space.trail.all(ReportIssue)}
    return [
        f"The document {space.documents / path} is not what was issued."
        for path, value in newest.items()
        if (space.documents / path).exists()
        and digest.of_file(space.documents / path) != value.files["pdf"]
    ]
