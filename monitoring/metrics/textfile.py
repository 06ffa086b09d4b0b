"""A file for node_exporter's textfile collector, which must never see half of it."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Put the whole file in its place at once; readable by the collector's user.

    Raises:
        OSError: The folder is not there, or cannot be written.
    """
    # The collector reads *.prom: what is not whole yet has another ending.
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        with part.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.chmod(0o644)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
