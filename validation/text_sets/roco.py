"""ROCO: captions of radiology figures, with keywords and UMLS concepts.

Format: Pelka O et al., LABELS 2018 (doi 10.1007/978-3-030-01364-6_20), files ``captions.txt``,
``keywords.txt`` and ``cuis.txt`` of a split: a line ``ROCO_00001<tab>...``, keywords and concept
ids parted by tabs. A caption may go on in the next line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from validation.estimate import Warned
from validation.text_sets import sources
from validation.text_sets.draft import Draft
from validation.text_sets.text_set import LISTED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from validation.text_sets.text_set import Options

START = re.compile(r"(ROCO_\d+)(?:\t+|\s+|$)(.*)", re.DOTALL)
CUI = re.compile(r"C\d{7}")


def read(paths: Sequence[Path], how: Options) -> Draft:
    """Read the captions, and the files of keywords or concepts beside them, in any order.

    A further file holds concepts when every entry is a concept id (``C`` and seven digits), else
    keywords. The image is the id with ``.jpg``.

    Raises:
        DataError: A file cannot be read.
    """
    del how
    draft = Draft(name=str(paths[0]))
    beside = [_lists(path) for path in paths[1:]]
    known = _captions(paths[0], draft)
    for number, name, caption in known:
        row = {"case": name, "image": f"{name}.jpg", "reference_report": caption}
        for column, lists in beside:
            row[column] = LISTED.join(lists.get(name, []))
        draft.add(number, row)
    idle = {name for _, lists in beside for name in lists} - {name for _, name, _ in known}
    if idle:
        message = f"{len(idle):,} ids of keywords or concepts have no caption and were left aside"
        draft.warnings.append(Warned(code="unmatched-ids", message=message, count=len(idle)))
    return draft


def _captions(path: Path, draft: Draft) -> list[tuple[int, str, str]]:
    """Line number, id and caption; lines that go on are joined by a space."""
    found: list[tuple[int, str, list[str]]] = []
    for number, line in sources.lines(path):
        start = START.fullmatch(line)
        if start:
            found.append((number, start[1], [start[2].strip()]))
        elif found:
            found[-1][2].append(line.strip())
        else:
            draft.fault(number, "the line does not begin with an id such as ROCO_00001")
    return [(number, name, " ".join(filter(None, parts))) for number, name, parts in found]


def _lists(path: Path) -> tuple[str, dict[str, list[str]]]:
    """Which column the file fills, and its entries by id.

    Raises:
        DataError: The file cannot be read, or has lines without an id.
    """
    draft = Draft(name=str(path))
    found: dict[str, list[str]] = {}
    for number, line in sources.lines(path):
        name, *entries = (part.strip() for part in line.split("\t"))
        if not START.fullmatch(name):
            draft.fault(number, "the line does not begin with an id such as ROCO_00001")
            continue
        found.setdefault(name, []).extend(filter(None, entries))
    draft.refuse()
    entries = [entry for each in found.values() for entry in each]
    concepts = bool(entries) and all(CUI.fullmatch(entry) for entry in entries)
    return ("concepts" if concepts else "findings"), found
