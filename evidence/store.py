"""Content-addressed files behind the records: predictions, frozen sets, charts, PDFs.

A file's name is its digest, so that the same bytes are kept once and a swapped file shows.
A file is written whole under another name first and then moved: a killed process leaves nothing
that a record could point to.
"""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evidence import digest as digests
from evidence.errors import BrokenTrailError, NotFoundError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Store:
    """A place for files, local or at any URL that fsspec knows.

    Attributes:
        url: A folder's path or an fsspec URL such as ``s3://bucket/prefix``.
    """

    url: str

    def _open(self) -> tuple[Any, str]:
        from fsspec.core import url_to_fs

        fs, root = url_to_fs(self.url)
        return fs, str(root)

    def location(self, digest: str) -> str:
        """Where a digest's bytes lie, for messages."""
        name = digest.removeprefix("sha256:")
        return f"{self._open()[1]}/{name[:2]}/{name}"

    def put(self, content: bytes) -> str:
        """Keep bytes and return their digest; keeping them again does nothing."""
        digest = digests.of_bytes(content)
        fs, _ = self._open()
        place = self.location(digest)
        if fs.exists(place) and digests.of_bytes(fs.cat_file(place)) == digest:
            return digest
        folder = place.rsplit("/", 1)[0]
        fs.makedirs(folder, exist_ok=True)
        part = f"{folder}/.{uuid.uuid4().hex}.part"
        with fs.open(part, "wb") as stream:
            stream.write(content)
            stream.flush()
            if hasattr(stream, "fileno"):
                os.fsync(stream.fileno())
        fs.mv(part, place)
        return digest

    def put_file(self, path: Path) -> str:
        """Keep a file's bytes and return their digest."""
        return self.put(path.read_bytes())

    def get(self, digest: str, name: str = "file") -> bytes:
        """The bytes of a digest, checked.

        Args:
            digest: What to fetch.
            name: What it is, for the message.

        Raises:
            NotFoundError: The store does not hold it.
            BrokenTrailError: Its bytes have another digest.
        """
        fs, _ = self._open()
        place = self.location(digest)
        if not fs.exists(place):
            raise NotFoundError(f"{name} is missing from the store: {place}")
        content: bytes = fs.cat_file(place)
        if digests.of_bytes(content) != digest:
            raise BrokenTrailError([f"{name} was changed after it was recorded: {place}"])
        return content
