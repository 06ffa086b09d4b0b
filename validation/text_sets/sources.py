"""Files of text as benchmarks ship them: JSON, tables, lines; faults told by place.

Pickled files are refused: reading one can run any code that its author put there.
"""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

from evidence.errors import DataError
from validation import table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from validation.text_sets.draft import Draft

JSON = (".json", ".jsonl", ".json.gz", ".jsonl.gz")
PICKLE, PACKED = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"), b"\x1f\x8b"


def is_json(path: Path) -> bool:
    """Whether the file is read as JSON, by its name."""
    return path.name.lower().endswith(JSON)


def refuse_pickle(path: Path) -> None:
    """Refuse what cannot be read without running it.

    Raises:
        DataError: A pickle, by its name or first bytes; no such file; an empty one.
    """
    if not path.is_file():
        raise DataError(str(path), ["there is no such file"])
    with path.open("rb") as stream:
        start = stream.read(2)
    if not start:
        raise DataError(str(path), ["the file is empty"])
    if path.suffix.lower() in (".pkl", ".pickle") or start in PICKLE:
        fault = (
            "is a pickle: reading one can run any code that is in it, so it is refused. Turn it "
            "into JSON where its origin is trusted"
        )
        raise DataError(str(path), [fault])


def text(path: Path) -> str:
    """The whole text, unpacked, in UTF-8 with or without a byte order mark.

    Raises:
        DataError: A pickle, no such file, an empty one, or other bytes than UTF-8.
    """
    refuse_pickle(path)
    content = path.read_bytes()
    try:
        if content.startswith(PACKED):
            content = gzip.decompress(content)
        return content.decode("utf-8-sig")
    except (OSError, EOFError) as error:
        raise DataError(str(path), [f"cannot be unpacked: {error}"]) from error
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        fault = f"line {line} is no UTF-8: save the file as text in UTF-8"
        raise DataError(str(path), [fault]) from error


def lines(path: Path) -> list[tuple[int, str]]:
    """Lines that are not blank, with their numbers from 1.

    Raises:
        DataError: As `text`.
    """
    found = [(n, line) for n, line in enumerate(text(path).splitlines(), 1) if line.strip()]
    if not found:
        raise DataError(str(path), ["there is no line of text in it"])
    return found


def items(path: Path, draft: Draft) -> list[tuple[int, str, dict[str, Any]]]:
    """Objects of a JSON file: a list, lists by split, or one object a line.

    Args:
        path: The file.
        draft: Gets the faults of items that are no objects.

    Returns:
        Number from 1, split (empty where the file has none), object.

    Raises:
        DataError: As `text`; no JSON, or another shape.
    """
    content = text(path)
    found = _by_line(path, content) if ".jsonl" in path.name.lower() else _whole(path, content)
    if isinstance(found, dict):
        groups = {str(split): group for split, group in found.items() if isinstance(group, list)}
        if len(groups) < len(found):
            raise DataError(str(path), ["is a JSON object of something else than lists by split"])
    elif isinstance(found, list):
        groups = {"": found}
    else:
        raise DataError(str(path), ["is neither a JSON list nor an object of lists"])
    numbered, number = [], 0
    for split, group in groups.items():
        for item in group:
            number += 1
            if isinstance(item, dict):
                numbered.append((number, split, item))
            else:
                draft.fault(number, "the item is no JSON object")
    return numbered


def _whole(path: Path, content: str) -> Any:
    try:
        return json.loads(content)
    except json.JSONDecodeError as error:
        fault = f"line {error.lineno}, column {error.colno}: is no JSON ({error.msg})"
        raise DataError(str(path), [fault]) from error
    except RecursionError as error:
        raise DataError(str(path), ["is nested too deeply"]) from error


def _by_line(path: Path, content: str) -> list[Any]:
    found, faults = [], []
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(json.loads(line))
        except json.JSONDecodeError as error:
            faults.append(f"line {number}, column {error.colno}: is no JSON ({error.msg})")
    if faults:
        raise DataError(str(path), faults)
    return found


def rows(path: Path, needed: Sequence[str]) -> list[tuple[int, str, dict[str, Any]]]:
    """Rows of a table (CSV, CSV.gz, Parquet) as `items` gives objects; blank cells are empty text.

    Args:
        path: The file.
        needed: Columns that must be there.

    Raises:
        DataError: As `validation.table.read`.
    """
    refuse_pickle(path)
    table.read(path, list(needed))
    frame = table.read(path)
    records = frame.fillna("").to_dict("records")
    return [
        (number, "", {str(name): value for name, value in record.items()})
        for number, record in enumerate(records, 1)
    ]


def read(path: Path, needed: Sequence[str], draft: Draft) -> list[tuple[int, str, dict[str, Any]]]:
    """Objects of JSON or rows of a table, each with the keys that are needed.

    Args:
        path: The file.
        needed: Keys or columns; an item of JSON that lacks one is a fault of that item.
        draft: Gets those faults.

    Raises:
        DataError: As `items` and `rows`.
    """
    if not is_json(path):
        return rows(path, needed)
    found = items(path, draft)
    for number, _, item in found:
        for key in needed:
            if key not in item:
                draft.fault(number, f"the item has no '{key}'")
    return found
