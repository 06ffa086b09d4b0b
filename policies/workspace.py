"""The workspace: the folder that a user keeps in version control, and what stands behind it.

`device.yaml`, `risks.yaml`, `narratives/` and `policies/` are the user's; the trail, the store and
the MLflow registry lie in `.tplc/` unless their addresses say otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from evidence.errors import AssuranceError, NotFoundError
from evidence.store import Store
from evidence.trail import AuditTrail
from policies import policy, reader
from policies.device import Device, RiskFile

if TYPE_CHECKING:
    from pathlib import Path

HIDDEN = ".tplc"


@dataclass(frozen=True)
class Workspace:
    """A workspace folder and the addresses behind it.

    Attributes:
        folder: Where `device.yaml` lies.
        database_url: The trail's; SQLite in `.tplc/` when empty.
        store_url: The store's; a folder in `.tplc/` when empty.
        tracking_uri: MLflow's; SQLite in `.tplc/` when empty.
    """

    folder: Path
    database_url: str = ""
    store_url: str = ""
    tracking_uri: str = ""

    @property
    def hidden(self) -> Path:
        """The folder of the embedded defaults."""
        return self.folder / HIDDEN

    @property
    def registry_uri(self) -> str:
        """MLflow's tracking URI."""
        return self.tracking_uri or f"sqlite:///{self.hidden.resolve() / 'mlflow.db'}"

    @property
    def documents(self) -> Path:
        """Where issued documents are laid for people."""
        return self.folder / "documents"

    @cached_property
    def trail(self) -> AuditTrail:
        """The audit trail; one at an address that was given must be there."""
        return self._trail(create=not self.database_url)

    def made_trail(self, *, brought: bool = False) -> AuditTrail:
        """The audit trail, made at its address when it is not there.

        Args:
            brought: Whether its records are brought from elsewhere.
        """
        made = self._trail(create=True, brought=brought)
        made.database.prepare(create=True, brought=brought)
        return made

    def _trail(self, *, create: bool, brought: bool = False) -> AuditTrail:
        url = self.database_url or f"sqlite:///{self.hidden.resolve() / 'trail.db'}"
        return AuditTrail(url, create=create, beside=self.hidden.resolve(), brought=brought)

    @cached_property
    def store(self) -> Store:
        """The files behind the records."""
        return Store(self.store_url or str((self.hidden / "store").resolve()))

    @cached_property
    def policies(self) -> dict[str, policy.PolicyFile]:
        """Every policy by name; all faults of all files at once."""
        return policy.load_all(self.folder / "policies")

    def policy(self, name: str) -> policy.PolicyFile:
        """One policy.

        Raises:
            NotFoundError: The workspace has no such file.
        """
        if name not in self.policies:
            raise NotFoundError(f"{self.folder / 'policies' / name}.yaml is missing.")
        return self.policies[name]

    @cached_property
    def device(self) -> Device:
        """The device's description."""
        return reader.read(self.folder / "device.yaml", Device)

    @cached_property
    def risks(self) -> RiskFile:
        """The risk file; empty when there is none."""
        path = self.folder / "risks.yaml"
        return reader.read(path, RiskFile) if path.exists() else RiskFile()

    @cached_property
    def narratives(self) -> dict[str, str]:
        """What people wrote: file stem to Markdown."""
        folder = self.folder / "narratives"
        return {p.stem: p.read_text(encoding="utf-8") for p in sorted(folder.glob("*.md"))}


def locate(start: Path) -> Path:
    """The workspace folder at or above a folder.

    Raises:
        AssuranceError: There is none.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / "device.yaml").is_file():
            return folder
    raise AssuranceError(
        f"{start.resolve()} is no workspace (there is no device.yaml here or above). "
        "Make one with: tplc init DIR"
    )
