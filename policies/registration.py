"""Policies registered in the trail before they judge.

The first version of a policy is registered when it is first used, always before the frozen set is
opened. After that, a text that differs from what was registered under its version is refused until
its version is raised and it is registered again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence import digest as digests
from evidence.errors import OutOfOrderError
from evidence.records import PolicyRegistration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import Record
    from evidence.trail import AuditTrail
    from policies.policy import PolicyFile


def registered(trail: AuditTrail, name: str) -> list[tuple[Record, PolicyRegistration]]:
    """The registrations of a policy, oldest first."""
    return [pair for pair in trail.all(PolicyRegistration) if pair[1].name == name]


def require(
    trail: AuditTrail, files: Sequence[PolicyFile], *, at: str, actor: str
) -> dict[str, str]:
    """Make sure that each policy's text is what is registered; register first versions.

    Returns:
        Policy name to ``VERSION DIGEST``, as a run writes it down.

    Raises:
        OutOfOrderError: A text was edited after its registration, or a new version is not
            registered yet; the message says what to do.
    """
    first: list[PolicyRegistration] = []
    for file in files:
        known = registered(trail, file.name)
        if not known:
            first.append(_value(file))
            continue
        newest = known[-1][1]
        if newest.digest != file.digest:
            raise OutOfOrderError(_refusal(file, newest))
    for value in first:  # two first runs at once register each text once
        trail.append([value], at=at, actor=actor, once=value.digest, by="digest")
    return {file.name: f"{file.value.version} {file.digest}" for file in files}


def register(trail: AuditTrail, file: PolicyFile, *, at: str, actor: str) -> Record:
    """Register a new version of a policy.

    Raises:
        OutOfOrderError: This version is registered already with another text, or is not newer.
    """
    known = registered(trail, file.name)
    for record, value in known:
        if value.digest == file.digest and value.version == file.value.version:
            return record
    if known and file.value.version <= known[-1][1].version:
        raise OutOfOrderError(
            f"{file.path}: version {file.value.version} is not above the registered version "
            f"{known[-1][1].version}. Raise 'version' in the file, then register it again."
        )
    return trail.append([_value(file)], at=at, actor=actor)[0]


def _value(file: PolicyFile) -> PolicyRegistration:
    return PolicyRegistration(
        name=file.name,
        version=file.value.version,
        digest=file.digest,
        text=file.text,
        source=file.path.name,
    )


def _refusal(file: PolicyFile, newest: PolicyRegistration) -> str:
    here, there = digests.short(file.digest), digests.short(newest.digest)
    if file.value.version > newest.version:
        return (
            f"{file.path}: version {file.value.version} is not registered (newest registered: "
            f"{newest.version}). Register it with: tplc policy register {file.path}"
        )
    return (
        f"{file.path} was edited after version {newest.version} was registered (registered "
        f"{there}, found {here}). Undo the edit, or raise 'version' and register it with: "
        f"tplc policy register {file.path}"
    )
