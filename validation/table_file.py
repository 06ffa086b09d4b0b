"""A table written whole or not at all, as CSV, CSV.gz or Parquet by its suffix."""

from __future__ import annotations

import gzip
import uuid
from typing import TYPE_CHECKING

from evidence.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

SUFFIXES = (".csv", ".csv.gz", ".parquet")


def check(path: Path, sources: Sequence[Path] = ()) -> None:
    """Refuse a place that cannot be written, before any work is done.

    Args:
        path: Where a table is to be written.
        sources: Files that it is made from, which it must not replace.

    Raises:
        UsageError: Another suffix, a folder that is not there, or one of the sources.
    """
    if path.resolve() in {source.resolve() for source in sources}:
        raise UsageError(f"{path}: is what the table is made from; give another name")
    if not path.name.endswith(SUFFIXES):
        raise UsageError(
            f"{path}: the table is written as {', '.join(SUFFIXES)}; give it such a name"
        )
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}")


def write(frame: pd.DataFrame, path: Path) -> None:
    """Write a table under another name first, then move it: a killed process leaves none.

    Args:
        frame: Blank cells are None or NaN.
        path: Ends in one of `SUFFIXES`. The same table gives the same bytes.

    Raises:
        UsageError: As `check`.
    """
    check(path)
    part = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        if path.name.endswith(".parquet"):
            frame.to_parquet(part, index=False, compression="zstd")
        elif path.name.endswith(".gz"):
            # no name and no time in its header, so that equal tables are equal bytes
            with part.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
                packed.write(_csv(frame))
        else:
            part.write_bytes(_csv(frame))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _csv(frame: pd.DataFrame) -> bytes:
    return str(frame.to_csv(index=False, lineterminator="\n")).encode()
