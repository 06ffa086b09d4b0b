"""`kill -9` at a known moment: when a command's progress says a word."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

RUN = (sys.executable, "-c", "from console.cli import main; main()")


def environment(folder: Path) -> dict[str, str]:
    """The environment of a command in a workspace."""
    return os.environ | {"TPLC_WORKSPACE": str(folder), "TPLC_ACTOR": "tester"}


def tplc(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*RUN, *words], env=environment(folder), capture_output=True, text=True, check=False
    )


def killed_at(folder: Path, moment: str, *words: str) -> None:
    """Start a command and kill it as soon as its progress names the moment.

    Raises:
        AssertionError: The command never came to it.
    """
    with subprocess.Popen(
        [*RUN, *words],
        env=environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as job:
        assert job.stderr is not None
        for line in job.stderr:
            if moment in line:
                job.kill()
                return
    raise AssertionError(f"the command never said '{moment}'")
