"""A folder for PYTHONPATH whose `sitecustomize` writes down each try to reach another machine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

HOOK = """
import os, sys

def _watch(event, details):
    if event not in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        return
    place = details[0] if event == "socket.getaddrinfo" else details[1]
    host = place[0] if isinstance(place, tuple) else place
    if isinstance(place, tuple) or event == "socket.getaddrinfo":
        if host not in (None, "", "127.0.0.1", "::1", "localhost", b"localhost"):
            with open(os.environ["OFFLINE_LOG"], "a") as stream:
                stream.write(f"{event} {place!r} {sys.argv}\\n")

sys.addaudithook(_watch)
"""


def watched(folder: Path) -> dict[str, str]:
    """Environment variables that make every Python process write its tries into `tries`."""
    (folder / "sitecustomize.py").write_text(HOOK)
    return {"PYTHONPATH": str(folder), "OFFLINE_LOG": str(folder / "tries")}


def tries(folder: Path) -> list[str]:
    """What was written down."""
    log = folder / "tries"
    return log.read_text().splitlines() if log.exists() else []


def cut_off() -> list[str]:
    """The words that run a command in a network namespace of its own, where the system has one."""
    words = ["unshare", "-rn"]
    if shutil.which("unshare") is None:
        return []
    done = subprocess.run([*words, "true"], capture_output=True, check=False)
    return words if done.returncode == 0 else []
