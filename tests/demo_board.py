"""The demo's workspace with people in it, enrolled by the commands that a site types."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from typer.testing import CliRunner

from console import cli
from tests.board_room import PEOPLE, TEXT, secret

if TYPE_CHECKING:
    from pathlib import Path


def typed(folder: Path, *words: str, said: tuple[str, ...] = ()) -> dict[str, Any]:
    """Run a command in a workspace, with lines on standard input.

    Returns:
        What it said as JSON.

    Raises:
        Exception: What the command was refused for.
    """
    extra = ["--password-stdin"] if said else []
    environment: dict[str, str | None] = {
        "TPLC_WORKSPACE": str(folder),
        "TPLC_ACTOR": "os-login",
        "MLFLOW_TRACKING_URI": None,  # MLflow writes the last one it was given into the environment
    }
    done = CliRunner().invoke(
        cli.app,
        [*words, *extra, "--json"],
        input="".join(f"{line}\n" for line in said),
        env=environment,
    )
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def enrol(folder: Path) -> Path:
    """The people of `board_room` with passwords of their own, at the least cost that is allowed."""
    (folder / "policies" / "access.yaml").write_text(TEXT.format(version=1, quorum=2))
    for user, (name, roles) in PEOPLE.items():
        words = ["user", "add", user, "--name", name, *(f"--role={role}" for role in roles)]
        if user == "quinn":
            typed(folder, *words, said=(secret(user),))
            continue
        typed(folder, *words, "--as", "quinn", said=(secret("quinn"), secret(user, 0)))
        typed(folder, "user", "password", user, said=(secret(user, 0), secret(user)))
    return folder
