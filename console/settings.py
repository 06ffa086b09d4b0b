"""The only reader of the environment, and of the clock.

``TPLC_WORKSPACE``, ``TPLC_ACTOR``, ``TPLC_DATABASE_URL``, ``TPLC_STORE_URL`` and
``MLFLOW_TRACKING_URI`` are read here once and handed in; so are the values that the plan's notices
name.
"""

from __future__ import annotations

import datetime as dt
import getpass
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from policies import workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from policies.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Who came, when, and to which workspace.

    Attributes:
        workspace: Where the work is done.
        actor: Who does it.
        at: Now, UTC, ISO 8601.
        today: The day of `at`.
    """

    workspace: Workspace
    actor: str
    at: str
    today: dt.date


def actor() -> str:
    """Who acts: ``TPLC_ACTOR``, else the name of the login."""
    return os.environ.get("TPLC_ACTOR") or getpass.getuser()


def environment() -> Mapping[str, str]:
    """What fills in the ``${NAME}`` of a plan's addresses."""
    return os.environ


def now() -> str:
    """Now, UTC, ISO 8601, to the second."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def day(at: str) -> dt.date:
    """The day of a moment."""
    return dt.datetime.fromisoformat(at).date()


def seconds() -> float:
    """Now, Unix time: for signatures, which are of the moment they are sent."""
    return time.time()


def values(names: Iterable[str]) -> dict[str, str]:
    """The values of the environment that are asked for by name; those not set are left out."""
    return {name: os.environ[name] for name in names if name in os.environ}


def at_folder(folder: Path) -> Workspace:
    """The workspace at a folder, with the addresses of the environment."""
    return workspace.Workspace(
        folder=folder,
        database_url=os.environ.get("TPLC_DATABASE_URL", ""),
        store_url=os.environ.get("TPLC_STORE_URL", ""),
        tracking_uri=os.environ.get("MLFLOW_TRACKING_URI", ""),
    )


def enter() -> Door:
    """Read the environment and the clock, once.

    Raises:
        AssuranceError: There is no workspace here.
    """
    start = Path(os.environ.get("TPLC_WORKSPACE") or Path.cwd())
    at = now()
    return Door(
        workspace=at_folder(workspace.locate(start)),
        actor=actor(),
        at=at,
        today=day(at),
    )
