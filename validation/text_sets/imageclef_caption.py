"""ImageCLEFmedical Caption: captions and UMLS concepts of radiology figures.

Format: Rueckert J et al., CLEF 2022, 2023 and 2024 working notes: a table ``ID,Caption`` for
caption prediction, and a table ``ID,CUIs`` whose concepts are parted by semicolons for concept
detection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence.errors import DataError
from validation.estimate import Warned
from validation.text_sets import sources
from validation.text_sets.draft import Draft, clean
from validation.text_sets.text_set import LISTED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from validation.text_sets.text_set import Options

CAPTION, CONCEPTS = "caption", "cuis"


def read(paths: Sequence[Path], how: Options) -> Draft:
    """Read the captions, and the concepts beside them, told apart by their columns.

    Raises:
        DataError: A file cannot be read, no captions among them, or two files of one kind.
    """
    del how
    tables = {kind: (path, rows) for kind, path, rows in map(_table, paths)}
    if len(tables) < len(paths) or CAPTION not in tables:
        raise DataError(
            str(paths[0]), ["give one table ID,Caption and, if there is one, one ID,CUIs"]
        )
    path, captions = tables[CAPTION]
    draft = Draft(name=str(path))
    concepts = {name: text for _, name, text in tables[CONCEPTS][1]} if CONCEPTS in tables else {}
    for number, name, caption in captions:
        listed = [part.strip() for part in concepts.get(name, "").split(LISTED)]
        row = {"case": name, "image": name, "reference_report": caption}
        draft.add(number, {**row, "concepts": LISTED.join(filter(None, listed))})
    idle = set(concepts) - {name for _, name, _ in captions}
    if idle:
        message = f"{len(idle):,} ids of concepts have no caption and were left aside"
        draft.warnings.append(Warned(code="unmatched-ids", message=message, count=len(idle)))
    return draft


def _table(path: Path) -> tuple[str, Path, list[tuple[int, str, str]]]:
    """Which kind of table, and its rows: number, id, text."""
    found = sources.rows(path, [])
    names = {name.strip().lower(): name for _, _, row in found[:1] for name in row}
    kind = CAPTION if CAPTION in names else CONCEPTS
    if "id" not in names or kind not in names:
        raise DataError(str(path), ["its columns are neither ID,Caption nor ID,CUIs"])
    rows = [(n, clean(row[names["id"]]), clean(row[names[kind]])) for n, _, row in found]
    return kind, path, rows
