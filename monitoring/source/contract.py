"""What every source of production data can do.

A source is opened once a night. Nothing is computed on rows that were not digested first, and what
is read for some days is only what those days hold, rows without a readable day included: they are
faults, and never dropped.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pandas as pd
    import pyarrow as pa

    from evidence.records import Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days to read, both within.

    Attributes:
        column: Which column holds the day.
        first: First day.
        last: Last day.
    """

    column: str
    first: dt.date
    last: dt.date


class Source(Protocol):
    """Production data, of all days or of those of a period."""

    @property
    def name(self) -> str:
        """How records name it: a file's name, a pattern, an address without its secrets."""

    @property
    def title(self) -> str:
        """How messages name it."""

    @property
    def digest(self) -> str:
        """The digest of the bytes, or rows, that this source reads.

        Of one file, its bytes; of several, the canonical JSON of name to digest; of a query, its
        text and the canonical rows in sorted order.
        """

    def files(self) -> list[str]:
        """The files that are read, in sorted order; none of a query."""

    def paths(self) -> list[Path]:
        """The same files on this machine, for readers of their own; `require_unchanged` afterwards.

        None of a query, nor of folders whose names bring columns.
        """

    def require_unchanged(self) -> None:
        """Refuse what was read by `paths` when the files changed meanwhile.

        Raises:
            DataError: They did, by name.
        """

    def over(self, period: Period) -> Source:
        """The same source, reading only the rows of some days."""

    def frame(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The rows as `validation.table.read` gives them: text, blank cells missing.

        Args:
            columns: What must be there; when None, what all files have.

        Raises:
            DataError: What is not there, half written, not readable or changed meanwhile.
        """

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The same rows in pieces, with the types of the files (text where files have none).

        The digest is compared again after the last piece: do not use what was counted before.
        """

    def warnings(self) -> list[Body]:
        """What was left aside, ``{code, message, columns, count}``; known after reading."""


def rows_by_day(source: Source, column: str) -> dict[dt.date, int]:
    """How many rows each day has; rows without a readable day are left aside.

    Args:
        source: What to count.
        column: Which column holds the day.
    """
    from validation import table

    counts: Counter[dt.date] = Counter()
    for batch in source.batches([column]):
        counts.update(table.days(batch.column(0).to_pandas()).dropna())
    return dict(counts)
