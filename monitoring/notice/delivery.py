"""Delivering what waits: each channel by itself, all within one time limit, never raising.

A channel that hangs, even in the lookup of its name, is left behind when the time is up: it runs in
a thread of its own that does not keep the process alive. What it did not deliver stays in the
outbox. At a channel's first fault the rest of its notices wait: a server that is down is not asked
for each of them.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from evidence.errors import NotFoundError
from monitoring.notice import journal, mail, retry, webhook
from monitoring.notice.mail import PartlyRefusedError
from monitoring.notice.undelivered import UndeliveredError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from monitoring.notice.message import Message
    from monitoring.notice.outbox import Outbox
    from monitoring.notice.paper import Waiting
    from policies.notice import Channel

LIMIT = 60.0  # seconds for all channels together
TIME_UP = "the time for notices was up"
GONE = "dropped: the plan no longer has this channel, and no other in its place"


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What became of a channel's notices.

    Attributes:
        label: The channel, without secrets.
        delivered: How many it took.
        waiting: How many wait for the next run.
        why: Why they wait, or what else should be known.
    """

    label: str
    delivered: int = 0
    waiting: int = 0
    why: str = ""

    @property
    def words(self) -> str:
        """One line for people."""
        told = f"{self.delivered} delivered"
        if self.waiting:
            told += f", {self.waiting} wait for the next run"
        return f"{self.label}: {told}" + (f" ({self.why})" if self.why else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How notices leave.

    Attributes:
        outbox: Where they wait.
        channels: The plan's.
        folder: The workspace: files and certificates are named relative to it.
        environment: Values of the names in the plan.
        clock: Now, Unix time; a signature is of the moment it is sent.
        limit: Seconds for all.
    """

    outbox: Outbox
    channels: Sequence[Channel]
    folder: Path
    environment: Mapping[str, str] = field(repr=False)
    clock: Callable[[], float]
    limit: float = LIMIT

    def flush(self) -> list[Outcome]:
        """Try everything that waits."""
        dropped = [Outcome(label=w.label, why=GONE) for w in self.outbox.readdress(self.channels)]
        waiting = self.outbox.waiting()
        outcomes, jobs, stop = [], [], threading.Event()
        for channel in self.channels:
            mine = [w for w in waiting if w.channel == channel.id]
            if mine:
                outcomes.append(Outcome(label=channel.label, waiting=len(mine), why=TIME_UP))
                arguments = (channel, mine, outcomes[-1], stop)
                jobs.append(threading.Thread(target=self._safely, args=arguments, daemon=True))
        self._run(jobs, stop)
        return [replace(outcome) for outcome in (*dropped, *outcomes)]  # as they stand now

    def _run(self, jobs: Sequence[threading.Thread], stop: threading.Event) -> None:
        until = time.monotonic() + self.limit
        for job in jobs:
            job.start()
        for job in jobs:
            job.join(max(0.0, until - time.monotonic()))
        stop.set()

    def _safely(
        self, channel: Channel, mine: Sequence[Waiting], outcome: Outcome, stop: threading.Event
    ) -> None:
        try:
            self._all(channel, mine, outcome, stop)
        except Exception as error:  # noqa: BLE001 - a full disk, say: told, not raised
            outcome.why = f"the outbox failed ({type(error).__name__})"

    def _all(
        self, channel: Channel, mine: Sequence[Waiting], outcome: Outcome, stop: threading.Event
    ) -> None:
        until, also = time.monotonic() + self.limit, ""
        for which in mine:
            if stop.is_set():
                return
            with self.outbox.claim(which) as held:
                if held:
                    try:
                        also = self._one(channel, which, stop, until) or also
                    except UndeliveredError as error:
                        outcome.why = error.words
                        self.outbox.failed(which, error.words)
                        return
                    self.outbox.remove(which)
                    outcome.delivered += 1
                outcome.waiting -= 1  # delivered, or in the hands of another process
        outcome.why = also

    def _one(self, channel: Channel, which: Waiting, stop: threading.Event, until: float) -> str:
        """Deliver a notice; what should be known although it was delivered."""
        try:
            retry.again(
                lambda: self._send(channel, which.message),
                tries=channel.tries,
                seconds=until - time.monotonic(),
                seed=f"{which.message.key} {channel.id}",
                sleep=lambda seconds: _sleep(seconds, stop),
            )
        except PartlyRefusedError as error:
            return error.words  # a second mail would tell the others twice
        except UndeliveredError:
            raise
        except NotFoundError as error:
            raise UndeliveredError(str(error), again=False) from error
        except Exception as error:
            # A notice never fails a night, whatever a library raises.
            raise UndeliveredError(f"failed ({type(error).__name__})", again=False) from error
        return ""

    def _send(self, channel: Channel, message: Message) -> None:
        certificates = str(self.folder / channel.certificates) if channel.certificates else None
        if channel.file is not None:
            journal.write(self.folder / channel.file, message)
        elif channel.smtp is not None:
            moment = dt.datetime.fromtimestamp(self.clock(), dt.UTC)
            mail.send(channel, message, self.environment, moment=moment, certificates=certificates)
        else:
            seconds = int(self.clock())
            webhook.post(
                channel, message, self.environment, seconds=seconds, certificates=certificates
            )


def _sleep(seconds: float, stop: threading.Event) -> None:
    if stop.wait(seconds):
        raise UndeliveredError(TIME_UP, again=False)
