"""A source of production data, opened as the plan says."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from monitoring.source import listing
from monitoring.source.files import FileSource
from monitoring.source.sql import SqlSource
from policies.source import filled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitoring.source.contract import Source
    from monitoring.source.listing import Listing
    from policies.source import SourcePlan


def opened(plan: SourcePlan, folder: Path, environment: Mapping[str, str]) -> Source:
    """Open what a plan names; nothing is read yet.

    Args:
        plan: The plan's `source`.
        folder: The workspace.
        environment: What fills in ``${NAME}``, as the door read it.
    """
    if plan.query:
        return SqlSource(plan=plan, folder=folder, environment=environment)
    copies: list[tempfile.TemporaryDirectory[str]] = []  # live as long as the source
    given = plan.files
    return FileSource(given=given, find=lambda: _found(given, folder, environment, copies))


def at_path(path: Path) -> Source:
    """One file, pattern or folder on this machine."""
    return FileSource(given=str(path), find=lambda: listing.local(str(path), Path()))


def _found(
    given: str,
    folder: Path,
    environment: Mapping[str, str],
    copies: list[tempfile.TemporaryDirectory[str]],
) -> Listing:
    address = filled(given, environment)
    if address.startswith("file://"):
        return listing.local(address.removeprefix("file://"), Path("/"))
    if "://" not in address:
        return listing.local(address, folder)
    copies.append(tempfile.TemporaryDirectory(prefix="tplc-source-"))
    return listing.remote(address, Path(copies[-1].name), given)
