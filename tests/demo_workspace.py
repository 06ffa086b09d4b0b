"""The demo, told once for a whole test session and copied to whoever asks for it.

It takes a minute, and several test files want it: the first process that asks tells it, under a
lock, and the others wait. A copy is whole: where MLflow wrote the place of a model's files, the
copy names its own, so that a test which spoils a file spoils nobody else's.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests import offline
from tests.killing import RUN, environment

if TYPE_CHECKING:
    import pytest

ANSWER = "answer.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The demo as it was told.

    Attributes:
        folder: Its workspace; read it, and write into a copy.
        answer: What the command said at its end.
        hook: Where tries to reach another machine were written down.
    """

    folder: Path
    answer: dict[str, Any]
    hook: Path

    def copy(self, to: Path) -> Path:
        """A workspace of one's own, at a folder that is not there yet."""
        shutil.copytree(self.folder, to)
        _name_its_own(to / ".tplc" / "mlflow.db", str(self.folder), str(to))
        return to


def told(factory: pytest.TempPathFactory) -> Told:
    """The demo of this session; told by the first process that asks."""
    at = factory.getbasetemp()
    place = (at.parent if "PYTEST_XDIST_WORKER" in os.environ else at) / "demo-told-once"
    place.mkdir(exist_ok=True)
    folder, hook, answer = place / "covid", place / "hook", place / ANSWER
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not answer.exists():
            _tell(folder, hook, answer)
    return Told(folder=folder, answer=json.loads(answer.read_text()), hook=hook)


def _tell(folder: Path, hook: Path, answer: Path) -> None:
    """With no network at all, and watched for tries to reach one."""
    for left in (folder, hook):  # of a try that was broken off
        shutil.rmtree(left, ignore_errors=True)
    hook.mkdir()
    done = subprocess.run(
        [*offline.cut_off(), *RUN, "demo", str(folder), "--json"],
        env=environment(folder) | offline.watched(hook),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer.write_text(done.stdout)


def _name_its_own(database: Path, old: str, new: str) -> None:
    """Exchange a folder in every text of MLflow's database."""
    link = sqlite3.connect(database)
    with link:
        tables = link.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for _, column, kind, *_ in link.execute(f'PRAGMA table_info("{table}")').fetchall():
                if kind.upper().startswith(("VARCHAR", "TEXT")):
                    link.execute(
                        f'UPDATE "{table}" SET "{column}" = replace("{column}", ?, ?) '  # noqa: S608 - names that the database gave
                        f'WHERE instr("{column}", ?)',
                        (old, new, old),
                    )
    link.close()
