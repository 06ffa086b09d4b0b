"""Production data in files: one, those of a pattern, or a folder of them, here or elsewhere."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evidence import digest as digests
from evidence.errors import DataError
from monitoring.source import reading
from monitoring.source.whole import Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pandas as pd
    import pyarrow as pa

    from evidence.records import Body
    from monitoring.source.contract import Period
    from monitoring.source.listing import Listing, SourceFile

SHOWN = 5  # names in a message


@dataclass(slots=True)
class Night:
    """What was found out about the files since the source was opened; looked up once."""

    listing: Listing | None = None
    seen: dict[str, Seen] = field(default_factory=dict)
    schemas: dict[str, pa.Schema] = field(default_factory=dict)
    notes: dict[str, Body] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSource:
    """Files as a source of production data; see `contract.Source`.

    Attributes:
        given: What the plan says.
        find: Finds the files.
        period: The days that are read; all when None.
        night: What is known already.
    """

    given: str
    find: Callable[[], Listing]
    period: Period | None = None
    night: Night = field(default_factory=Night)

    @property
    def _listing(self) -> Listing:
        if self.night.listing is None:
            self.night.listing = self.find()
        return self.night.listing

    @property
    def name(self) -> str:
        """The file's name, or the pattern or folder as the plan has it."""
        found = self._listing
        return found.files[0].name if found.single else self.given

    @property
    def title(self) -> str:
        """The file's path, or the pattern or folder."""
        found = self._listing
        return str(found.files[0].path) if found.single else self.given

    def files(self) -> list[str]:
        """The files that can hold the period, in sorted order."""
        return [file.name for file in self._chosen()]

    def paths(self) -> list[Path]:
        """The same on this machine; none where folders' names bring columns."""
        chosen = self._chosen()
        for file in chosen:
            self._schema(file)  # a half-written one is refused
        return [] if any(file.partition for file in chosen) else [file.path for file in chosen]

    def require_unchanged(self) -> None:
        """Refuse files that changed since they were digested."""
        self._require_unchanged(self._chosen())

    def over(self, period: Period) -> FileSource:
        """The same files, only for the rows of some days."""
        return dataclasses.replace(self, period=period)

    @property
    def digest(self) -> str:
        """Of one file, its bytes; of several, of their names and digests."""
        chosen = self._chosen()
        for file in chosen:
            if file.name not in self.night.seen:
                self.night.seen[file.name] = Seen.of(file.path)
        known = {file.name: self.night.seen[file.name].digest for file in chosen}
        if self._listing.single:
            return known[chosen[0].name]
        return digests.Manifest(files=known).digest

    def frame(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The rows as text; see `contract.Source.frame`."""
        import pandas as pd

        chosen = self._ready(columns)
        wanted = list(columns) if columns is not None else self._shared(chosen)
        parts = [reading.frame(file, wanted, self.period) for file in chosen]
        self._require_unchanged(chosen)
        return (
            pd.concat(parts, ignore_index=True)
            if len(parts) > 1
            else parts[0].reset_index(drop=True)
        )

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The rows in pieces of one schema; see `contract.Source.batches`."""
        chosen = self._ready(columns)
        kind = self._common(chosen, columns)
        for file in chosen:
            for piece in reading.batches(file, columns, self.period):
                yield piece.cast(kind) if piece.schema != kind else piece
        self._require_unchanged(chosen)

    def warnings(self) -> list[Body]:
        """What was left aside or kept out."""
        found = list(self.night.notes.values())
        if aside := self._listing.aside:
            said = f"{len(aside)} files left aside (hidden, being written, or of another kind): "
            said += _some(aside)
            found.insert(0, _note("files-left-aside", said, [], len(aside)))
        return found

    def _chosen(self) -> list[SourceFile]:
        files, period = list(self._listing.files), self.period
        if period is None or self._listing.single:
            return files
        for file in files:
            self._schema(file)  # a half-written one is refused before its statistics are asked
        # None holds the period: the last one tells the columns, and that there are no rows.
        return [file for file in files if reading.may_hold(file, period)] or files[-1:]

    def _schema(self, file: SourceFile) -> pa.Schema:
        if file.name not in self.night.schemas:
            self.night.schemas[file.name] = reading.schema(file)
        return self.night.schemas[file.name]

    def _ready(self, columns: Sequence[str] | None) -> list[SourceFile]:
        """The files to read: whole, digested, and with every column.

        Raises:
            DataError: All faults of all files at once.
        """
        faults: list[str] = []
        for file in self._listing.files:
            try:
                self._schema(file)
            except DataError as error:
                faults += [self._of(file, fault) for fault in error.faults]
        if faults:
            raise DataError(self.title, faults)
        self.digest  # noqa: B018 - nothing is computed on bytes that were not digested
        chosen = self._chosen()
        for file in chosen:
            there = self._schema(file).names
            known = ", ".join(there)
            faults += [
                self._of(file, f"column '{name}' is missing (there are: {known})")
                for name in columns or ()
                if name not in there
            ]
        if faults:
            raise DataError(self.title, faults)
        self._note_columns(chosen, columns)
        return chosen

    def _of(self, file: SourceFile, fault: str) -> str:
        return fault if self._listing.single else f"{file.name}: {fault}"

    def _shared(self, chosen: Sequence[SourceFile]) -> list[str]:
        names = [self._schema(file).names for file in chosen]
        return [name for name in names[0] if all(name in other for other in names)]

    def _common(self, chosen: Sequence[SourceFile], columns: Sequence[str]) -> pa.Schema:
        """One type a column: the wider one where files differ, text where nothing else fits."""
        import pyarrow as pa

        kinds = []
        for name in columns:
            fields = [
                pa.schema([self._schema(file).field(name).remove_metadata()]) for file in chosen
            ]
            try:
                kinds.append(pa.unify_schemas(fields, promote_options="permissive").field(0))
            except pa.ArrowTypeError:
                kinds.append(pa.field(name, pa.string()))
        return pa.schema(kinds)

    def _note_columns(self, chosen: Sequence[SourceFile], columns: Sequence[str] | None) -> None:
        wanted = set(columns if columns is not None else self._shared(chosen))
        extra: dict[str, list[str]] = {}
        for file in chosen:
            for name in self._schema(file).names:
                if name not in wanted:
                    extra.setdefault(name, []).append(file.name)
        if extra:
            partly = [
                f"{n} (in {_some(where)})" for n, where in extra.items() if len(where) < len(chosen)
            ]
            said = (
                f"{len(extra)} columns kept out, which nothing was asked of: {_some(list(extra))}"
            )
            said += f"; not in every file: {_some(partly)}" if partly else ""
            self.night.notes["columns-kept-out"] = _note(
                "columns-kept-out", said, list(extra), len(extra)
            )

    def _require_unchanged(self, chosen: Sequence[SourceFile]) -> None:
        changed = [file for file in chosen if self.night.seen[file.name].changed()]
        if changed:
            said = "changed while it was read: nothing of it was used; run again when it is still"
            raise DataError(self.title, [self._of(file, said) for file in changed])


def _note(code: str, message: str, columns: list[str], count: int) -> Body:
    return {"code": code, "message": message, "columns": columns, "count": count}


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
