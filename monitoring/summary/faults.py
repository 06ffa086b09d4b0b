"""What does not fit the layout: by column and count, added like the counts themselves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evidence.records import Body

SHOWN = 5  # values that are shown of those that mean nothing


@dataclass(slots=True)
class Faults:
    """Faults found so far.

    Attributes:
        columns: Whole columns that are missing or of a wrong type, as sentences.
        rows: Column and what is wrong with its values, to the number of rows.
        values: Column to the first few values that mean nothing.
    """

    columns: set[str] = field(default_factory=set)
    rows: Counter[tuple[str, str]] = field(default_factory=Counter)
    values: dict[str, set[str]] = field(default_factory=dict)

    def add(self, column: str, what: str, number: int, values: Iterable[str] = ()) -> None:
        """Note rows of a column."""
        if number:
            self.rows[column, what] += number
            self._show(column, values)

    def merge(self, other: Faults) -> None:
        """Take in what was found elsewhere."""
        self.columns |= other.columns
        self.rows.update(other.rows)
        for column, values in other.values.items():
            self._show(column, values)

    def _show(self, column: str, values: Iterable[str]) -> None:
        known = {*self.values.get(column, ()), *values}
        if known:
            self.values[column] = set(sorted(known)[:SHOWN])

    def lines(self) -> list[str]:
        """Each fault as a sentence, in an order that does not depend on the rows' order."""
        found = sorted(self.columns)
        for (column, what), number in sorted(self.rows.items()):
            shown = ", ".join(sorted(self.values.get(column, ())))
            tail = f" (found: {shown})" if shown else ""
            found.append(f"column '{column}': {number:,} rows where the value {what}{tail}")
        return found

    def body(self) -> Body:
        """As JSON."""
        return {
            "columns": sorted(self.columns),
            "rows": [[*key, number] for key, number in sorted(self.rows.items())],
            "values": {column: sorted(values) for column, values in self.values.items()},
        }

    @classmethod
    def read(cls, body: Body) -> Self:
        """The faults of their JSON."""
        rows = Counter({(column, what): number for column, what, number in body["rows"]})
        values = {column: set(found) for column, found in body["values"].items()}
        return cls(set(body["columns"]), rows, values)
