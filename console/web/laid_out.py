"""A JSON value laid out to be read: labels, nested rows, tables. Filters of the record's page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from console.web import printed

FEW = 4  # entries that need no fold
LONG = 300  # characters of a text that needs none
EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A value as it is printed: exactly one of text, rows, table.

    Attributes:
        text: A line, or the lines of a text.
        rows: Labels with what stands under them.
        heads: Of a table.
        cells: Its rows.
        folded: What a fold says; empty where it needs none.
    """

    text: str = ""
    rows: tuple[tuple[str, Laid], ...] = ()
    heads: tuple[str, ...] = ()
    cells: tuple[tuple[str, ...], ...] = field(default=())
    folded: str = ""

    @property
    def digest(self) -> bool:
        """Whether it is a digest, which is read letter by letter."""
        return self.text.startswith("sha256:")

    @property
    def lines(self) -> bool:
        """Whether it is a text of several lines."""
        return "\n" in self.text


def laid(value: Any) -> Laid:
    """A JSON value to be read."""
    if isinstance(value, dict) and value:
        return _rows([(printed.label(str(key)), each) for key, each in value.items()])
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        return _table(value)
    if isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
        return _rows([(str(place), each) for place, each in enumerate(value, start=1)])
    if value in EMPTY:
        return Laid(text="none")
    if isinstance(value, bool):
        return Laid(text="yes" if value else "no")
    text = value if isinstance(value, str) else printed.plain(value)  # digests in full
    count = len(value) if isinstance(value, list) else len(text.split("\n"))
    word = "entries" if isinstance(value, list) else "lines"
    return Laid(text=text, folded=f"{count:,} {word}" if len(text) > LONG else "")


def _rows(pairs: list[tuple[str, Any]]) -> Laid:
    rows = tuple((label, laid(each)) for label, each in pairs)
    return Laid(rows=rows, folded=f"{len(rows):,} entries" if len(rows) > FEW else "")


def _table(found: list[dict[str, Any]]) -> Laid:
    """Dictionaries as rows; a column that says nothing anywhere is left out."""
    keys = dict.fromkeys(key for each in found for key in each)
    said = [key for key in keys if any(each.get(key) not in EMPTY for each in found)]
    return Laid(
        heads=tuple(map(printed.label, said)),
        cells=tuple(tuple(_cell(each.get(key)) for key in said) for each in found),
        folded=f"{len(found):,} entries" if len(found) > 1 else "",
    )


def _cell(value: Any) -> str:
    """A value in a table's cell; of a dictionary what it says, without what is empty."""
    if value in EMPTY:
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(
            f"{printed.label(k)} {_cell(v)}" for k, v in value.items() if v not in EMPTY
        )
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    return printed.plain(value)
