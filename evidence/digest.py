"""Canonical bytes and their names.

A digest is written ``sha256:<hex>``. Values are digested over their canonical JSON (RFC 8785),
files over their bytes, folders over the canonical JSON of their `Manifest`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.errors import DigestMismatchError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

CHUNK = 1 << 20
_IGNORED_FOLDERS = frozenset({"__pycache__"})  # Python writes it while a model runs


def canonical(value: Any) -> bytes:
    """The canonical JSON bytes of a value (RFC 8785).

    Raises:
        ValueError: The value has no JSON form (NaN, a set, a key that is no string).
    """
    import rfc8785

    return bytes(rfc8785.dumps(value))


def of_bytes(content: bytes) -> str:
    """The digest of bytes."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def of_value(value: Any) -> str:
    """The digest of a JSON value (recipe ``sha256:canonical-json/1``)."""
    return of_bytes(canonical(value))


def of_file(path: Path) -> str:
    """The digest of a file's bytes, read in pieces."""
    state = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            state.update(chunk)
    return "sha256:" + state.hexdigest()


def short(digest: str) -> str:
    """The first eight hex digits, for people to compare."""
    return digest.removeprefix("sha256:")[:8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The files of a folder and their digests.

    Attributes:
        files: POSIX path relative to the folder, to its digest, in sorted order.
    """

    files: Mapping[str, str]

    @classmethod
    def of_folder(cls, folder: Path) -> Manifest:
        """Digest every file below a folder; links are refused since they point outside it."""
        found: dict[str, str] = {}
        for path in sorted(folder.rglob("*")):
            if _IGNORED_FOLDERS.intersection(path.relative_to(folder).parts):
                continue
            if path.is_symlink():
                raise DigestMismatchError(str(folder), extra=[f"{path.name} (a link)"])
            if path.is_file():
                found[path.relative_to(folder).as_posix()] = of_file(path)
        return cls(files=found)

    @property
    def digest(self) -> str:
        """The folder's root digest."""
        return of_value(dict(self.files))

    def require(self, found: Manifest, name: str) -> None:
        """Stop unless another manifest is the same.

        Raises:
            DigestMismatchError: With the missing, extra and changed paths.
        """
        mine, theirs = self.files, found.files
        missing = sorted(set(mine) - set(theirs))
        extra = sorted(set(theirs) - set(mine))
        changed = sorted(p for p in mine if p in theirs and mine[p] != theirs[p])
        if missing or extra or changed:
            raise DigestMismatchError(name, missing=missing, extra=extra, changed=changed)
