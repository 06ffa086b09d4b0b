"""Nights in processes of their own, started fast, killed at known or random moments.

A fork server imports the suite once (`tests.warm`); each night is forked from it: a real process, which a real
`kill -9` ends.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import signal
import time
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.records import MonitoringRun
from policies.workspace import Workspace
from tests.clinic import AT, watched

if TYPE_CHECKING:
    from evidence.trail import AuditTrail

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.nightly", "tests.warm"])


def night(folder: Path, today: dt.date, die_at: str = "", at: str = AT) -> list[MonitoringRun]:
    """One night, as `tplc monitor` does it; killed when its progress says a word."""

    def told(words: str, _done: int, _of: int) -> None:
        if die_at and words.startswith(die_at):
            os.kill(os.getpid(), signal.SIGKILL)

    return watched(Workspace(folder=folder), today, at=at, progress=told)


def start(folder: Path, today: dt.date, die_at: str = "") -> BaseProcess:
    """Start a night in a process of its own."""
    job = CONTEXT.Process(target=night, args=(folder, today, die_at))
    job.start()
    return job


def code(job: BaseProcess) -> int:
    """How a process ended: 0, 1 when it raised, or minus the signal's number."""
    job.join(120)
    assert job.exitcode is not None, "the night hangs"
    return job.exitcode


def killed_after(folder: Path, today: dt.date, seconds: float) -> int:
    """Start a night and kill it after a time; how it ended."""
    job = start(folder, today)
    time.sleep(seconds)
    job.kill()
    return code(job)


def whole(trail: AuditTrail) -> list[str]:
    """The windows that stand, each once, in a trail that holds."""
    trail.verify()
    labels = [run.window["label"] for _, run in trail.all(MonitoringRun)]
    assert len(labels) == len(set(labels)), "a window stands twice"
    assert labels == sorted(labels), "a window was left out"
    return labels
