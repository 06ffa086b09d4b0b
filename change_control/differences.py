"""Two locks compared, part by part: what differs between a new version and the previous one. Pure.

Training metrics, version numbers and addresses are results or names and are not compared; the
digest of the files is, file by file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evidence.records import Body, ModelLock

PARTS = (
    "model",
    "external",
    "flavour",
    "artefacts",
    "inputs",
    "outputs",
    "environment",
    "parameters",
    "training",
    "thresholds",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not as it was.

    Attributes:
        part: One of `PARTS`.
        name: Of the file, input, package, parameter, fact or operating point; the part itself
            where it has no names.
        old: What it was; None where it was not there.
        new: What it is; None where it is gone.
    """

    part: str
    name: str
    old: Any
    new: Any


def between(
    old: ModelLock,
    new: ModelLock,
    old_points: Mapping[str, float] | None = None,
    new_points: Mapping[str, float] | None = None,
) -> list[Difference]:
    """Every difference between two locks and their operating points.

    Args:
        old: The previous version.
        new: The new one.
        old_points: Operating point to threshold, as the previous version was judged by.
        new_points: The same of the new one; compared where both are known.
    """
    found = []
    for part, before, after in _parts(old, new):
        found += _named(part, before, after)
    if old_points is not None and new_points is not None:
        found += _named("thresholds", old_points, new_points)
    return found


def _parts(
    old: ModelLock, new: ModelLock
) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    for part, attribute in (("model", "name"), ("external", "external"), ("flavour", "flavour")):
        yield part, {part: getattr(old, attribute)}, {part: getattr(new, attribute)}
    yield "artefacts", old.manifest, new.manifest
    yield "inputs", columns(old.signature), columns(new.signature)
    yield "outputs", _beside_inputs(old.signature), _beside_inputs(new.signature)
    yield "environment", packages(old.environment), packages(new.environment)
    yield "parameters", old.parameters, new.parameters
    yield "training", _training(old), _training(new)


def _named(part: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    return [
        Difference(part=part, name=name, old=old.get(name), new=new.get(name))
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]


def columns(signature: Body) -> dict[str, Body]:
    """The inputs of a signature by name; by place where they have none."""
    found = signature.get("inputs") or []
    return {str(column.get("name", place)): column for place, column in enumerate(found)}


def _beside_inputs(signature: Body) -> Body:
    return {key: value for key, value in signature.items() if key != "inputs"}


def packages(environment: list[str]) -> dict[str, str]:
    """Package to its pinned release; the rest of the line where it is not pinned."""
    found = {}
    for line in environment:
        name, pinned, version = line.partition("==")
        found[name.strip()] = version.strip() if pinned else "not pinned"
    return found


def _training(lock: ModelLock) -> Body:
    """Facts of the training data, and the files that mark its patients."""
    return lock.training | {f"file {name}": digest for name, digest in lock.files.items()}
