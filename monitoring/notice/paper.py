"""A notice's file: read as what waits, written whole."""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitoring.notice.message import Message

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A notice that waits.

    Attributes:
        path: Its file.
        channel: The id of its channel.
        label: How messages name the channel.
        known: The ids of all channels that the plan had then.
        message: What is told.
        why: Why the last try failed; empty before the first.
        tried: In how many runs it was tried.
    """

    path: Path
    channel: str
    label: str
    message: Message
    known: tuple[str, ...] = ()
    why: str = ""
    tried: int = 0


def read(path: Path) -> Waiting | None:
    """What a file says; None when it is gone by now, or is no notice."""
    try:
        body = json.loads(path.read_text())
        return Waiting(
            path=path,
            channel=body["channel"],
            label=body["label"],
            message=Message.read(body["message"]),
            known=tuple(body.get("known", ())),
            why=body.get("why", ""),
            tried=body.get("tried", 0),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None  # taken by another process meanwhile, or no notice of ours


def write(path: Path, text: str) -> None:
    """Put a whole file in its place, safe on the disk; a killed process leaves the old one."""
    part = path.with_name(f".{uuid.uuid4().hex}.part")
    with part.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)
    settle(path.parent)


def settle(folder: Path) -> None:
    """Make names in a folder as safe as the files' bytes."""
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
