"""Small files of JSON lines beside the trail, replaced whole: a killed process halves none."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from evidence import digest as digests
from evidence.errors import BrokenTrailError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from evidence.kind import Body


def read(path: Path) -> list[Body]:
    """The objects of a file; none when there is no file.

    Raises:
        BrokenTrailError: A line is no JSON object.
    """
    if not path.exists():
        return []
    found: list[Any] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            found.append(json.loads(line))
        except ValueError:
            found.append(None)
        if not isinstance(found[-1], dict):
            raise BrokenTrailError([f"Line {number} of {path} was changed: it is no JSON object."])
    return found


def write(path: Path, values: Sequence[Body], mode: int = 0o644) -> None:
    """Put a file of objects in the place of the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{uuid4().hex}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as stream:
        stream.writelines(digests.canonical(value) + b"\n" for value in values)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)
