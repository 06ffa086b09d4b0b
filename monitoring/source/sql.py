"""Production data from a database, by a query that the plan names.

The query is run once a source, in a transaction that is rolled back, and its rows are sorted, so
that the order in which a database happens to answer changes neither digest nor numbers.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evidence import digest as digests
from evidence.errors import DataError, UsageError
from monitoring.source import reading
from policies.source import filled, masked
from validation import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd
    import pyarrow as pa
    from sqlalchemy import Engine, TextClause

    from evidence.records import Body
    from monitoring.source.contract import Period
    from policies.source import SourcePlan

DAY = dt.timedelta(days=1)
KNOWN = ("start", "end", "until")
PIECE = 50_000  # rows fetched at once, and of a batch


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlSource:
    """A query as a source of production data; see `contract.Source`.

    Attributes:
        plan: Query and URL, as the plan has them.
        folder: The workspace: relative SQLite files lie in it.
        environment: Fills in the URL's ``${NAME}``.
        period: The days that are read; all when None.
        read: The rows, once they were read.
    """

    plan: SourcePlan
    folder: Path
    environment: Mapping[str, str]
    period: Period | None = None
    read: list[pd.DataFrame] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The URL as the plan has it, and the digest of the query's text."""
        return (
            f"query {digests.short(digests.of_bytes(self.plan.query.encode()))} on {self.plan.url}"
        )

    @property
    def title(self) -> str:
        """As records name it."""
        return self.name

    def files(self) -> list[str]:
        """None."""
        return []

    def paths(self) -> list[Path]:
        """None."""
        return []

    def require_unchanged(self) -> None:
        """What a query gave was digested as it was read."""

    def over(self, period: Period) -> SqlSource:
        """The same query for some days."""
        return dataclasses.replace(self, period=period, read=[])

    @property
    def digest(self) -> str:
        """Of the query's text and its canonical rows."""
        rows = self._rows()
        cells = zip(rows.to_numpy().tolist(), rows.notna().to_numpy().tolist(), strict=True)
        lines = [
            json.dumps([v if there else None for v, there in zip(*row, strict=True)])
            for row in cells
        ]
        content = "\n".join([json.dumps(list(rows.columns)), *lines])
        return digests.of_value([self.plan.query, digests.of_bytes(content.encode())])

    def frame(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The rows as text; see `contract.Source.frame`."""
        rows = self._rows()
        there = list(rows.columns)
        missing = [name for name in columns or () if name not in there]
        if missing:
            known = ", ".join(there)
            faults = [f"column '{name}' is missing (there are: {known})" for name in missing]
            raise DataError(self.title, faults)
        return rows[list(columns)] if columns is not None else rows

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The rows as text, in pieces."""
        import pyarrow as pa

        kind = pa.schema([(name, pa.string()) for name in columns])
        rows = self.frame(columns)
        yield from pa.Table.from_pandas(rows, schema=kind, preserve_index=False).to_batches(PIECE)

    def warnings(self) -> list[Body]:
        """None: a query says which columns it wants."""
        return []

    def _rows(self) -> pd.DataFrame:
        if not self.read:
            found = self._fetch()
            if self.period is not None and self.period.column in found:
                found = found[reading.within(found[self.period.column], self.period)]
            order = list(found.columns)
            found = found.sort_values(order, na_position="first", kind="stable") if order else found
            self.read.append(found.reset_index(drop=True))
        return self.read[0]

    def _fetch(self) -> pd.DataFrame:
        import pandas as pd
        from sqlalchemy import text
        from sqlalchemy.exc import SQLAlchemyError

        statement = text(self.plan.query)
        statement = statement.bindparams(**self._values(statement))
        try:
            with self._engine().connect() as connection:
                answer = connection.execution_options(stream_results=True).execute(statement)
                names, parts = list(answer.keys()), []
                while rows := answer.fetchmany(PIECE):
                    parts.append(_frame(rows, names))
                connection.rollback()
        except SQLAlchemyError as error:
            said = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise DataError(self.title, [f"the database says: {self._masked(said)}"]) from None
        return pd.concat(parts, ignore_index=True) if parts else _frame([], names)

    def _values(self, statement: TextClause) -> dict[str, dt.date]:
        asked = set(statement.compile().params)
        if strange := sorted(asked - set(KNOWN)):
            raise UsageError(
                f"policies/monitoring.yaml: the query has :{', :'.join(strange)}; there are "
                ":start, :end and :until"
            )
        if not asked:
            return {}
        first, last = dt.date.min, dt.date.max - DAY
        if self.period is not None:
            first, last = self.period.first, self.period.last
        return {k: v for k, v in zip(KNOWN, (first, last, last + DAY), strict=True) if k in asked}

    def _engine(self) -> Engine:
        from sqlalchemy import create_engine
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError
        from sqlalchemy.pool import NullPool

        try:
            url = make_url(filled(self.plan.url, self.environment))
            if url.get_backend_name() == "sqlite":
                return _sqlite(self.folder / str(url.database), self.title)
            return create_engine(url, poolclass=NullPool)
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
            raise UsageError(
                f"{self.title}: the URL of the database cannot be used: {self._masked(str(error))} "
                "(a driver such as psycopg is installed beside the suite)"
            ) from None

    def _masked(self, message: str) -> str:
        return masked(message, self.plan.url, self.environment)


def _sqlite(path: Path, title: str) -> Engine:
    """Open an SQLite file for reading; a missing one would be made by being opened."""
    import sqlite3

    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    if not path.is_file():
        raise DataError(title, [f"there is no such file: {path}"])
    return create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=60),
        poolclass=NullPool,
    )


def _frame(rows: Sequence[Any], names: list[str]) -> pd.DataFrame:
    """Rows as text, as of a file: blank cells are missing."""
    import pandas as pd

    found = table.as_text(pd.DataFrame([tuple(r) for r in rows], columns=names, dtype=object))
    return found.where(found != "")
