"""What is remembered between requests: the trail as far as it was read, people, policies."""

from __future__ import annotations

import gc
import sys
import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from change_control.credentials.vault import Vault
from console import settings
from console.views.reading import Reading
from evidence.errors import AssuranceError
from evidence.records import (
    ChangeDecision,
    ChangeRequest,
    ChangeStep,
    CredentialChange,
    PolicyRegistration,
    Signature,
    User,
)
from evidence.remembered import RememberedTrail
from policies import in_force
from policies.change_control import ChangeControlPolicy
from policies.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from policies.in_force import Access

PATIENCE = 5  # seconds that a page waits for the first reading of the trail
OF_PEOPLE = (
    *(User, CredentialChange, Signature),
    *(ChangeRequest, ChangeStep, ChangeDecision, PolicyRegistration),
)


@dataclass
class Site:
    """A workspace that is served.

    Attributes:
        space: The workspace.
        secure: Whether it is reached over HTTPS: cookies are then sent over nothing else.
        local: Whether only this machine can reach it.
        begun: Set once the trail was read for the first time, where that is done beforehand.
    """

    space: Workspace
    secure: bool = False
    local: bool = True
    begun: threading.Event = field(default_factory=threading.Event, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _reads: bool = False
    _access: tuple[int, Access | None] = (-1, None)
    _fresh: tuple[tuple[tuple[str, int, int], ...], Workspace | None] = ((), None)

    @cached_property
    def trail(self) -> RememberedTrail:
        """The trail, each record read once."""
        known = self.space.trail
        return RememberedTrail(known.url, create=known.create, beside=known.beside)

    @cached_property
    def vault(self) -> Vault:
        """Credentials and sessions."""
        return Vault(self.space.hidden / "credentials.db")

    def begin(self) -> None:
        """Read the trail for the first time beside the server: years of nights take a while."""
        self._reads = True
        threading.Thread(target=self._begin, name="first reading", daemon=True).start()

    def _begin(self) -> None:
        from console.views import overview

        try:
            overview.overview(self._reading())  # what it derives is kept beside the trail
            gc.freeze()  # what is remembered stays: nobody need walk over it again and again
        except AssuranceError as error:
            sys.stderr.write(f"serve: {error}\n")  # each page tells it, too
        finally:
            self.begun.set()

    @property
    def ready(self) -> bool:
        """Whether the first reading of the trail is over, where one was begun."""
        return not self._reads or self.begun.is_set()

    def reading(self) -> Reading:
        """What a request sees, now.

        Raises:
            AssuranceError: The trail is still being read for the first time.
        """
        if self._reads and not self.begun.wait(PATIENCE):
            raise AssuranceError(
                f"The trail is being read for the first time since tplc serve began: "
                f"{self.trail.memory.seq:,} records so far. Load this page again in a moment."
            )
        return self._reading()

    def _reading(self) -> Reading:
        with self._lock:
            through = self.trail.refresh()
            access = self._people()
            space = self._workspace()
        policy = space.policy("change_control").value
        if not isinstance(policy, ChangeControlPolicy):
            raise TypeError("change_control.yaml holds another policy")
        return Reading(
            space=space,
            trail=self.trail,
            access=access,
            policy=policy,
            at=settings.now(),
            through=through,
        )

    def _people(self) -> Access | None:
        """People and rules, walked again only when a record of theirs came."""
        seen = sum(len(self.trail.all(kind)) for kind in OF_PEOPLE)
        if self._access[0] != seen:
            self._access = (seen, in_force.access(self.trail))
        return self._access[1]

    def _workspace(self) -> Workspace:
        """The workspace with its files as they are now; read again when one was changed."""
        known = self.space
        stamps = tuple(_stamp(path) for path in _files(known.folder))
        held = self._fresh[1]
        if held is None or self._fresh[0] != stamps:
            held = Workspace(
                folder=known.folder,
                database_url=known.database_url,
                store_url=known.store_url,
                tracking_uri=known.tracking_uri,
            )
            self._fresh = (stamps, held)
        return held


def _files(folder: Path) -> list[Path]:
    kept = [folder / "device.yaml", folder / "risks.yaml"]
    policies = sorted((folder / "policies").glob("*.yaml"))
    return [
        p for p in (*kept, *policies, *sorted((folder / "narratives").glob("*.md"))) if p.exists()
    ]


def _stamp(path: Path) -> tuple[str, int, int]:
    found = path.stat()
    return str(path), found.st_mtime_ns, found.st_size


def _site(request: Request) -> Site:
    found: Site = request.app.state.site
    return found


def _reading(request: Request) -> Reading:
    return _site(request).reading()


Served = Annotated[Site, Depends(_site)]
Seen = Annotated[Reading, Depends(_reading)]
