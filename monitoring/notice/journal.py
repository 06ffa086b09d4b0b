"""A notice as a line of JSON at the end of a file, whole or not at all."""

from __future__ import annotations

import fcntl
import json
import os
from typing import TYPE_CHECKING

from monitoring.notice.undelivered import UndeliveredError

if TYPE_CHECKING:
    from pathlib import Path

    from monitoring.notice.message import Message


def write(path: Path, message: Message) -> None:
    """Append a notice and make it safe on the disk.

    A line that a killed process or a full disk left unfinished is ended first, so that this one
    stands by itself.

    Raises:
        UndeliveredError: The file cannot be written.
    """
    line = json.dumps(message.body(), ensure_ascii=False, sort_keys=True).encode() + b"\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        place = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
        try:
            fcntl.flock(place, fcntl.LOCK_EX)
            size = os.fstat(place).st_size
            torn = size > 0 and os.pread(place, 1, size - 1) != b"\n"
            whole = (b"\n" if torn else b"") + line
            if os.write(place, whole) != len(whole):
                os.ftruncate(place, size)
                raise UndeliveredError("the disk is full", again=True)
            os.fsync(place)
        finally:
            os.close(place)
    except OSError as error:
        words = f"cannot be written ({os.strerror(error.errno or 0)})"
        raise UndeliveredError(words, again=False) from error
