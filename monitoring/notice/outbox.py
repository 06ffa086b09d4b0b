"""Notices that wait to be delivered: one file each, written whole before the first try.

A notice's file is removed when its channel took it. It is named after the trigger's record and the
channel, so that writing it twice leaves it once. The *mark* is the number of the last record whose
trigger was put here: a process that was killed between the trail and the outbox loses nothing,
since the next one goes on from the mark. Two processes never deliver the same file at once.
"""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.records import Trigger
from monitoring.notice import message, paper

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from evidence.trail import AuditTrail
    from monitoring.notice.message import Message
    from monitoring.notice.paper import Waiting
    from policies.notice import Channel

MARK = "mark"
LOCK = ".lock"
ENDING = ".json"


@dataclass(frozen=True, slots=True)
class Outbox:
    """The outbox of a workspace.

    Attributes:
        folder: ``.tplc/outbox``; made when the first notice comes.
    """

    folder: Path

    def begin(self, trail: AuditTrail) -> None:
        """Set the mark before the first run with notices: what was raised before is not told."""
        with self._locked():
            if self._mark() is None:
                self._set_mark(_last(trail))

    def fill(self, trail: AuditTrail, channels: Sequence[Channel], minimum: int) -> int:
        """Put a notice for every trigger recorded after the mark, a file a channel.

        Args:
            trail: Where triggers are.
            channels: Where they are told.
            minimum: Counts of people below it are not told.

        Returns:
            How many files were written.
        """
        written = 0
        with self._locked():
            mark = self._mark()
            if mark is None:
                self._set_mark(_last(trail))
                return 0
            for record in trail.records(Trigger.schema, after=mark):
                told = message.compose(record, Trigger.read(record.body), minimum)
                for channel in channels:
                    if channel.wants(told.severity):
                        self._put(told, channel, channels)
                        written += 1
                mark = record.seq
            self._set_mark(mark)
        return written

    def waiting(self) -> list[Waiting]:
        """Every notice that waits, oldest first."""
        paths = sorted(self.folder.glob(f"*{ENDING}"))
        return [found for path in paths if (found := paper.read(path)) is not None]

    @contextmanager
    def claim(self, which: Waiting) -> Iterator[bool]:
        """Hold a notice while it is delivered; False when another process holds or took it."""
        try:
            place = os.open(which.path, os.O_RDONLY)
        except FileNotFoundError:
            yield False
            return
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield which.path.exists() and os.path.samestat(os.fstat(place), which.path.stat())
        except BlockingIOError:
            yield False
        finally:
            os.close(place)

    def readdress(self, channels: Sequence[Channel]) -> list[Waiting]:
        """Hand notices of channels that the plan no longer has to those that are new since.

        An address that was mended in the plan is a new channel: what waits for the old one goes
        there.

        Returns:
            What was dropped, since no channel is new.
        """
        known, dropped = {channel.id for channel in channels}, []
        with self._locked():
            for which in self.waiting():
                if which.channel in known:
                    continue
                fresh = [c for c in channels if c.id not in which.known]
                for channel in fresh:
                    if channel.wants(which.message.severity):
                        self._put(which.message, channel, channels)
                if not fresh:
                    dropped.append(which)
                self.remove(which)
        return dropped

    def remove(self, which: Waiting) -> None:
        """It was delivered."""
        which.path.unlink(missing_ok=True)
        paper.settle(self.folder)

    def failed(self, which: Waiting, why: str) -> None:
        """Keep it for the next run, and why."""
        body = json.loads(which.path.read_text()) | {"why": why, "tried": which.tried + 1}
        paper.write(which.path, json.dumps(body))

    def _put(self, told: Message, channel: Channel, channels: Sequence[Channel]) -> None:
        body = {
            "channel": channel.id,
            "label": channel.label,
            "known": [each.id for each in channels],
            "message": told.body(),
        }
        path = self.folder / f"{told.record:08d}-{channel.id}{ENDING}"
        if not path.exists():
            paper.write(path, json.dumps(body))

    def _mark(self) -> int | None:
        path = self.folder / MARK
        text = path.read_text().strip() if path.exists() else ""
        return int(text) if text.isdigit() else None

    def _set_mark(self, seq: int) -> None:
        paper.write(self.folder / MARK, f"{seq}\n")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / LOCK).open("w") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield


def _last(trail: AuditTrail) -> int:
    """The number of the last trigger's record."""
    return max((record.seq for record in trail.records(Trigger.schema)), default=0)
