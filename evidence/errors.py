"""The one family of errors, by whose fault it is, with the facts on board.

Every message is for the person at the keyboard: what was wrong, where, what to do. A misuse by our
own code is a plain `TypeError` or `RuntimeError` and is never caught.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class AssuranceError(Exception):
    """The suite refused, or could not do, what was asked."""


class UsageError(AssuranceError):
    """The command's words do not fit together."""


class NotFoundError(AssuranceError):
    """A thing was named that the workspace does not hold."""


class DigestMismatchError(AssuranceError):
    """Bytes are not the bytes that were digested.

    Attributes:
        name: What was checked, for example ``model covid/1``.
        missing: Paths that the manifest names and the folder lacks.
        extra: Paths that the folder holds and the manifest does not name.
        changed: Paths whose bytes differ.
    """

    def __init__(
        self,
        name: str,
        *,
        missing: Sequence[str] = (),
        extra: Sequence[str] = (),
        changed: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.missing, self.extra, self.changed = tuple(missing), tuple(extra), tuple(changed)
        parts = [
            f"{word}: {', '.join(paths)}"
            for word, paths in (("missing", missing), ("extra", extra), ("changed", changed))
            if paths
        ]
        super().__init__(f"{name} is not what was digested ({'; '.join(parts)}). Nothing was run.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong in a text that a person wrote.

    Attributes:
        file: The file's path as the person gave it.
        line: Line number, counted from 1; 0 when the whole file is meant.
        key: Dotted path of the key, empty when the whole file is meant.
        message: What is wrong and what is allowed.
    """

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"


class PolicyError(AssuranceError):
    """A policy, plan or specification cannot be used; all its faults at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in faults))


class DataError(AssuranceError):
    """Data do not fit their specification; all faults at once, by column and count."""

    def __init__(self, name: str, faults: Sequence[str]) -> None:
        self.name, self.faults = name, tuple(faults)
        super().__init__("\n".join([f"{name}:", *(f"  - {fault}" for fault in faults)]))


class OutOfOrderError(AssuranceError):
    """A step was asked for before the step that must come first."""


class NotAllowedError(AssuranceError):
    """A person may not do this, or could not prove who they are."""


class BrokenTrailError(AssuranceError):
    """The trail or a file behind it is not what was written.

    Attributes:
        faults: Each broken place, in order.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))
