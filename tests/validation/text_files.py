"""Small files of text for tests, and what a format makes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evidence.errors import DataError
from validation.text_sets.formats import read

if TYPE_CHECKING:
    from validation.text_sets.text_set import Options, TextSet


def write(folder: Path, name: str, content: Any) -> Path:
    """A file of text as it stands, or of an object as JSON."""
    path = folder / name
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    path.write_bytes(text.encode())
    return path


def rows(found: TextSet) -> list[dict[str, Any]]:
    """Cells that are filled."""
    records = found.frame.to_dict("records")
    return [{str(k): v for k, v in record.items() if v is not None} for record in records]


def faults(name: str, paths: list[Path], how: Options | None = None) -> str:
    """What is said of files that are refused."""
    with pytest.raises(DataError) as caught:
        read(name, paths, how)
    return str(caught.value)
