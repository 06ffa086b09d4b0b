"""`tplc monitor --watch`: a night job at the times that the plan's cron expression says.

Each night is a process of its own, so that neither its memory nor its end is the watch's. The watch
itself holds nothing: what was missed while it was down, or while the machine slept, is what the
next night finds due.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evidence.errors import UsageError
from policies import cron

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from policies.plan import Schedule

NIGHT = (sys.executable, "-c", "from console.cli import main; main()", "monitor", "--json")
HEARTBEAT = 60  # seconds: how soon a clock that was set, or a machine that slept, is noticed


def say(words: str) -> None:
    """A line of the log, on stderr, with the time in UTC."""
    at = dt.datetime.now(dt.UTC)
    sys.stderr.write(f"{at:%Y-%m-%dT%H:%M:%SZ} {words}\n")
    sys.stderr.flush()


@dataclass(slots=True)
class Watch:
    """Nights, one after the other, until SIGTERM or SIGINT.

    Attributes:
        folder: The workspace.
        plan: The plan's schedule.
        give: Told each night's result, as `tplc monitor --json` prints it.
        command: What a night is.
    """

    folder: Path
    plan: Schedule
    give: Callable[[dict[str, Any]], None] = lambda _: None
    command: tuple[str, ...] = NIGHT
    stopping: threading.Event = field(default_factory=threading.Event)
    child: subprocess.Popen[str] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        """Run a night now, for what was missed, and then by the expression.

        Raises:
            UsageError: The plan has no expression.
        """
        if not self.plan.cron:
            raise UsageError(
                "policies/monitoring.yaml does not say when to watch: add to its schedule, for "
                'three in the morning, cron: "0 3 * * *" and, for example, timezone: Europe/Berlin.'
            )
        self._schedule(cron.trigger(self.plan.cron, self.plan.timezone))
        with self.lock:  # the night at hand ends first
            say("the watch ends")

    def _schedule(self, trigger: Any) -> None:
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.schedulers.blocking import BlockingScheduler

        # One worker: nights never run side by side. A night that was missed is run late, and once.
        clock = BlockingScheduler(
            timezone=self.plan.timezone,
            executors={"default": ThreadPoolExecutor(1), "beat": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        clock.add_job(self.night, trigger, id="night")
        clock.add_job(self.night, id="first")
        clock.add_job(int, "interval", seconds=HEARTBEAT, id="beat", executor="beat")

        def end(number: int, _frame: Any) -> None:
            self._end(number)
            if clock.running:
                clock.shutdown(wait=False)

        before = {n: signal.signal(n, end) for n in (signal.SIGTERM, signal.SIGINT)}
        try:
            say(f"watching {self.folder} by '{self.plan.cron}' ({self.plan.timezone})")
            clock.start()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _end(self, number: int) -> None:
        """Ask once, gently; the second time at once."""
        name, child = signal.Signals(number).name, self.child
        if child is None:
            say(f"{name}")
        elif self.stopping.is_set():
            say(f"{name} again: the night is killed; its windows that are written stand")
            child.kill()
        else:
            say(f"{name}: the window at hand is finished first (again: at once)")
            child.send_signal(signal.SIGTERM)
        self.stopping.set()

    def night(self) -> None:
        """One night in a process of its own; says how it ended, and when the next one is."""
        with self.lock:
            if self.stopping.is_set():
                return
            say("night begins")
            code, result = self._child()
            for line in _told(code, result):
                say(line)
            if result is not None:
                self.give(result | {"exit": code})
            if not self.stopping.is_set():
                say(_next(self.plan))

    def _child(self) -> tuple[int, dict[str, Any] | None]:
        # A session of its own: Ctrl-C reaches the watch alone, which asks gently.
        with tempfile.TemporaryFile("w+", encoding="utf-8") as answer:
            self.child = subprocess.Popen(  # noqa: S603 - our own command
                self.command,
                env=os.environ | {"TPLC_WORKSPACE": str(self.folder.resolve())},
                stdout=answer,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
            try:
                for line in self.child.stderr or ():
                    say(line.rstrip())
                code = self.child.wait()
            finally:
                self.child = None
            answer.seek(0)
            try:
                found = json.load(answer)
            except ValueError:
                return code, None
        return code, found if isinstance(found, dict) else None


def _told(code: int, result: dict[str, Any] | None) -> list[str]:
    """How a night ended, line by line."""
    if code < 0:
        name = signal.Signals(-code).name
        return [f"night ended by {name}: windows that are written stand, the next night goes on"]
    if result is None or "windows" not in result:
        return [f"night failed (exit {code}): what is due stays due for the next night"]
    lines = [
        f"window {w['window']['label']}: {w['cases']:,} cases, {_many(w['findings'], 'finding')}"
        for w in result["windows"]
    ]
    lines += [f"trigger {t['id']} {t['severity']}: {t['statement']}" for t in result["triggers"]]
    counted = f"{_many(result['windows'], 'window')}, {_many(result['triggers'], 'trigger')}"
    return [*lines, f"night done (exit {code}): {counted}"]


def _many(found: list[Any], noun: str) -> str:
    return f"{len(found)} {noun}{'' if len(found) == 1 else 's'}"


def _next(plan: Schedule) -> str:
    coming = cron.next_run(plan.cron or "", plan.timezone, dt.datetime.now(dt.UTC))
    if coming is None:
        return "no further run: the expression names no day to come"
    return f"next run {coming:%Y-%m-%d %H:%M %Z} ({coming.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ})"
