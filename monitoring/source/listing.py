"""Which files a plan's words mean, in sorted order; those still being written are left aside.

Names that end in ``.part`` or ``.tmp``, and those that begin with a dot or an underscore (as Spark
and most writers use them), are left aside and counted. Files elsewhere than on this machine are
copied first, so that what was digested is what is read.
"""

from __future__ import annotations

import glob
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

UNFINISHED = (".part", ".tmp", ".crdownload", ".partial")
KNOWN = (".parquet", ".csv", ".csv.gz")
NOTHING = "__HIVE_DEFAULT_PARTITION__"  # how Hive writes a missing value


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One file of production data.

    Attributes:
        name: Its path relative to the folder or pattern's root, with ``/``.
        path: Where it is read from on this machine.
        partition: Values of its ``key=value`` folders; None is missing.
    """

    name: str
    path: Path
    partition: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What was found.

    Attributes:
        files: What is read, in sorted order of name.
        aside: Names of what is not.
        single: Whether the plan names one file.
    """

    files: tuple[SourceFile, ...]
    aside: tuple[str, ...]
    single: bool


def local(given: str, folder: Path) -> Listing:
    """Files on this machine.

    Args:
        given: A file, pattern or folder, relative to the workspace or absolute.
        folder: The workspace.

    Raises:
        DataError: There is none.
    """
    place = folder / given
    if place.is_dir():
        below = (p for p in place.rglob("*") if p.is_file())
        return _listing(given, place, below, every=False)
    if glob.has_magic(given) and not place.is_file():
        root = _root(place)
        found = (p for p in root.glob(str(place.relative_to(root))) if p.is_file())
        return _listing(given, root, found, every=True)
    if not place.is_file():
        raise DataError(str(place), ["there is no such file"])
    return Listing(files=(SourceFile(name=place.name, path=place),), aside=(), single=True)


def remote(url: str, scratch: Path, given: str) -> Listing:
    """Files at an fsspec URL, copied to this machine.

    Args:
        url: With its secrets filled in.
        scratch: An empty folder.
        given: The URL as the plan has it, for messages and records.

    Raises:
        DataError: There is none.
        UsageError: The library of the URL's kind is not installed.
    """
    from fsspec.core import url_to_fs

    try:
        fs, root = url_to_fs(url)
    except (ImportError, ValueError) as error:
        kind = url.partition("://")[0]
        raise UsageError(f"Addresses that begin with {kind}:// cannot be read: {error}") from None
    if glob.has_magic(root):
        names, base, single = fs.glob(root), str(_root(Path(root))), False
    elif fs.isdir(root):
        names, base, single = fs.find(root), root, False
    else:
        names, base, single = [root] if fs.exists(root) else [], str(Path(root).parent), True
    if not names:
        raise DataError(given, ["there is no such file"])
    copies = [_copy(fs, str(name), base, scratch) for name in names]
    if single:
        return Listing(
            files=(SourceFile(name=copies[0].name, path=copies[0]),), aside=(), single=True
        )
    return _listing(given, scratch, copies, every=glob.has_magic(root))


def _copy(fs: Any, name: str, base: str, scratch: Path) -> Path:
    place = scratch / name.removeprefix(base).lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    if not unfinished(place.relative_to(scratch)):
        fs.get_file(name, str(place))
    else:
        place.touch()  # counted, not read
    return place


def _root(pattern: Path) -> Path:
    """The folder above the first part with a wildcard."""
    parts: list[str] = []
    for part in pattern.parts:
        if glob.has_magic(part):
            break
        parts.append(part)
    return Path(*parts)


def _listing(given: str, root: Path, paths: Iterable[Path], *, every: bool) -> Listing:
    """Sort paths into those that are read and those left aside.

    Args:
        given: What the plan says, for the message.
        root: What names are relative to.
        paths: Files.
        every: Whether any kind of file is meant, as by a pattern; a folder may hold others.
    """
    files, aside = [], []
    for path in sorted(paths):
        inner = path.relative_to(root)
        if unfinished(inner) or not (every or path.name.endswith(KNOWN)):
            aside.append(inner.as_posix())
        else:
            parts = _partition(inner)
            files.append(SourceFile(name=inner.as_posix(), path=path, partition=parts))
    if not files:
        rest = f"; left aside: {', '.join(aside[:5])}" if aside else ""
        raise DataError(given, [f"no file matches in {root}{rest}"])
    return Listing(files=tuple(files), aside=tuple(aside), single=False)


def unfinished(inner: Path) -> bool:
    """Whether a file is hidden, or still has the name of one being written."""
    return inner.name.endswith(UNFINISHED) or any(p.startswith((".", "_")) for p in inner.parts)


def _partition(inner: Path) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for part in inner.parts[:-1]:
        key, equals, value = part.partition("=")
        if equals:
            found[key] = None if value == NOTHING else unquote(value)
    return found
