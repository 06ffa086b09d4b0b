"""Files by path, pattern, folder or URL, and what kind they are."""

from __future__ import annotations

import glob
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

PARQUET = b"PAR1"
ENDS = (".parquet", ".pq", ".csv", ".csv.gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What is scanned.

    Attributes:
        paths: Each file, in order.
        parquet: Whether they are Parquet, or else CSV.
        system: The fsspec file system of URLs; None on this machine.
        parted: Whether folders named ``column=value`` bring columns.
    """

    paths: tuple[str, ...]
    parquet: bool
    system: Any
    parted: bool


def find(places: Sequence[str | Path]) -> Files:
    """The files of paths, patterns (``*``, ``**``), folders and fsspec URLs.

    Raises:
        DataError: Nothing is there, or Parquet and CSV are mixed; every such place.
    """
    found: list[str] = []
    faults: list[str] = []
    systems: dict[str, Any] = {}
    for place in map(str, places):
        here = _remote(place, systems) if "://" in place else _local(place)
        found += here
        faults += [] if here else [f"{place}: there is no such file"]
    paths = tuple(dict.fromkeys(found))
    system = next(iter(systems.values()), None)
    kinds = {path: _is_parquet(path, system) for path in paths}
    if len({*kinds.values()}) > 1:
        faults.append("Parquet and CSV files are mixed: name them in two runs")
    if len(systems) > 1 or (systems and any("://" not in path for path in paths)):
        faults.append("files of several places are mixed: name them in two runs")
    if faults:
        raise DataError("the source", faults)
    parted = any("=" in part for path in paths for part in path.split("/")[:-1])
    return Files(paths=paths, parquet=all(kinds.values()), system=system, parted=parted)


def _local(place: str) -> list[str]:
    path = Path(place)
    if path.is_dir():
        inside = sorted(p for p in path.rglob("*") if p.is_file() and p.name.endswith(ENDS))
        return [str(p) for p in inside if not p.name.startswith((".", "_"))]
    if path.is_file():
        return [place]
    return sorted(p for p in glob.glob(place, recursive=True) if Path(p).is_file())  # noqa: PTH207 - as a shell does


def _remote(place: str, systems: dict[str, Any]) -> list[str]:
    import fsspec

    protocol = place.partition("://")[0]
    system = systems.setdefault(protocol, fsspec.filesystem(protocol))
    if system.isdir(place):
        inside = [str(path) for path in sorted(system.find(place)) if str(path).endswith(ENDS)]
    else:
        inside = [str(path) for path in sorted(system.glob(place))]
    return [str(system.unstrip_protocol(path)) for path in inside]


def _is_parquet(path: str, system: Any) -> bool:
    """By its first bytes, whatever it is called."""
    if system is None:
        with Path(path).open("rb") as stream:
            head = stream.read(len(PARQUET))
    else:
        with system.open(path, "rb") as stream:
            head = stream.read(len(PARQUET))
    return head == PARQUET or path.endswith((".parquet", ".pq"))
