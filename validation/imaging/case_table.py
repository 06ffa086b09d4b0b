"""Images found in folders, and joined to the rows of a case table."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.errors import DataError
from validation.estimate import Warned
from validation.imaging.description import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from validation.imaging.description import Described


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which images a table names.

    Attributes:
        paths: Distinct, in order of first appearance.
        rows: For each row of the table the index into `paths`; -1 where no file was found.
        warnings: Rows without an image, images without a row.
    """

    paths: tuple[Path, ...]
    rows: tuple[int, ...]
    warnings: tuple[Warned, ...]


def files(places: Sequence[Path]) -> list[Path]:
    """Every file of the folders, and the files named, each once, sorted within a folder.

    Hidden files and folders (a name that begins with a dot) are left aside.

    Raises:
        DataError: A place that is not there, or no file at all.
    """
    missing = [str(place) for place in places if not place.exists()]
    if missing:
        raise DataError(
            "images", [f"{place}: there is no such file or folder" for place in missing]
        )
    found: dict[Path, None] = {}
    for place in places:
        for path in sorted(_walk(place)) if place.is_dir() else [place]:
            found[path] = None
    if not found:
        raise DataError("images", ["there are no files in " + ", ".join(map(str, places))])
    return list(found)


def _walk(folder: Path) -> list[Path]:
    found = []
    for at, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(at) / name for name in names if not name.startswith(".")]
    return found


def plan(table: pd.DataFrame, column: str, places: Sequence[Path], name: str) -> Plan:
    """Find the image that each row names.

    A value is a path: as it stands inside one of the folders, as it was given, or from the root.
    Nothing is guessed from parts of a name.

    Args:
        table: The cases.
        column: The column of the image.
        places: Folders and files.
        name: Of the table, for messages.

    Raises:
        DataError: The table already has columns of images, a value is in several folders, or no
            row's image is there.
    """
    taken = [c for c in table.columns if c in {*COLUMNS, "image-file"} and c != column]
    if taken:
        raise DataError(
            name, [f"column '{c}' is there already: it would be overwritten" for c in taken]
        )
    known = files(places)
    by_name = _names(known, places)
    named = [by_name.get(_plain(v), []) if isinstance(v, str) else [] for v in table[column]]
    if doubtful := sum(len(paths) > 1 for paths in named):
        fault = f"column '{column}': {doubtful:,} values are files of several of the folders"
        raise DataError(name, [fault])
    chosen: dict[Path, int] = {}
    rows = [chosen.setdefault(p[0], len(chosen)) if p else -1 for p in named]
    if not chosen:
        raise DataError(
            name, [f"column '{column}': no value is a file of {', '.join(map(str, places))}"]
        )
    warnings = _unmatched(rows, len(known) - len(chosen), column)
    return Plan(paths=tuple(chosen), rows=tuple(rows), warnings=tuple(warnings))


def _plain(value: str) -> str:
    """A path as it is compared: forward slashes, no leading dot."""
    return value.strip().replace("\\", "/").removeprefix("./")


def _names(known: Sequence[Path], places: Sequence[Path]) -> dict[str, list[Path]]:
    """What each file may be called: its path inside a folder, its path as given, its full path."""
    folders = [place for place in places if place.is_dir()]
    named: dict[str, dict[Path, None]] = defaultdict(dict)
    for path in known:
        words = {_plain(path.as_posix()), path.absolute().as_posix()}
        words |= {path.relative_to(f).as_posix() for f in folders if path.is_relative_to(f)}
        if path in places:
            words.add(path.name)
        for word in words:
            named[word][path] = None
    return {word: list(paths) for word, paths in named.items()}


def _unmatched(rows: Sequence[int], idle: int, column: str) -> list[Warned]:
    found = []
    if without := sum(row < 0 for row in rows):
        message = f"{without:,} rows name no image that is there; their image columns are blank"
        found.append(
            Warned(code="image-missing", message=message, columns=(column,), count=without)
        )
    if idle:
        message = f"{idle:,} files are named by no row and were not read"
        found.append(
            Warned(code="image-without-row", message=message, columns=(column,), count=idle)
        )
    return found


def join(table: pd.DataFrame, rows: Sequence[int], records: Sequence[Described]) -> pd.DataFrame:
    """The table with a column for each of `COLUMNS`; rows without an image are ``missing``.

    Args:
        table: The cases.
        rows: As `Plan.rows`.
        records: As described, in the order of `Plan.paths`.
    """
    import pandas as pd

    blank = dict.fromkeys(COLUMNS) | {"image-status": "missing"}
    values = [records[row].columns if row >= 0 else blank for row in rows]
    right = pd.DataFrame(values, columns=list(COLUMNS), index=table.index, dtype=object)
    right = right.convert_dtypes()  # whole numbers stay whole beside blanks
    return pd.concat([table, right], axis=1)
