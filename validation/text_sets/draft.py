"""Rows as a reader finds them, with every fault by row, until they are the frozen form."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evidence.errors import DataError
from validation.estimate import Warned
from validation.text_sets.text_set import ACCEPTED, AFTER, BEFORE, COLUMNS, LETTERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from validation.text_sets.text_set import Options

NAMED = 5  # rows that a message names
TYPES = ("closed", "open")


def clean(value: Any) -> str:
    """A value as one text: no spaces at its ends, one kind of line break; blank for none and NaN.

    Numbers are written without a needless ``.0``. Lists and objects are no text (TypeError).
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, (str, int, float)):
        raise TypeError(type(value).__name__)
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "")
    return text.strip()


@dataclass(slots=True)
class Draft:
    """What a reader fills.

    Attributes:
        name: Of the file, for messages.
        rows: Number in the file and values by column; a row may have faults.
        faults: Message to the rows that have it.
        warnings: What the reader noticed.
        separated: Whether `ACCEPTED` parts answers in this format by definition.
    """

    name: str
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    faults: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    warnings: list[Warned] = field(default_factory=list)
    separated: bool = False

    def add(self, number: int, values: dict[str, Any]) -> dict[str, str]:
        """Take a row; values that are no text are its faults.

        Args:
            number: Counted from 1: of a table below its header, of items, or of lines.
            values: By column of the frozen form, or any other name.
        """
        made: dict[str, str] = {}
        for column, value in values.items():
            try:
                made[column] = clean(value)
            except TypeError as error:
                self.fault(number, f"'{column}' is no text but a {error}")
                made[column] = ""
        self.rows.append((number, made))
        return made

    def fault(self, number: int, message: str) -> None:
        """Note what is wrong with a row; rows come in order."""
        if self.faults[message][-1:] != [number]:
            self.faults[message].append(number)

    def refuse(self) -> None:
        """Refuse a file beside the first: its faulty lines are no rows to leave out.

        Raises:
            DataError: All of them, by count and row.
        """
        if self.faults:
            raise DataError(self.name, self.told())

    def told(self) -> tuple[str, ...]:
        """Each fault once, with how many rows have it and which."""
        return tuple(
            f"{len(rows):,} rows: {message} ({named(rows)})"
            for message, rows in self.faults.items()
        )

    def finish(self, how: Options, language: str, needed: str) -> tuple[pd.DataFrame, int]:
        """The frame in the frozen form, and how many faulty rows were left out.

        Args:
            how: Split and language of all rows, and whether faulty rows may be left out.
            language: Of the benchmark, where neither `how` nor the row says it.
            needed: ``answer`` (with a question) or ``reference_report``, which no row may lack.

        Raises:
            DataError: No rows, or faults; all at once, by count and row.
        """
        if not self.rows and not self.faults:
            raise DataError(self.name, ["there are no rows in it"])
        for number, row in self.rows:
            row["split"] = how.split or row.get("split", "")
            row["language"] = how.language or row.get("language", "") or language
            self._check(number, row, needed)
            self._accept(row)
        bad = {number for rows in self.faults.values() for number in rows}
        kept = [row for number, row in self.rows if number not in bad]
        if bad and not (how.exclude_faulty and kept):
            raise DataError(self.name, self.told())
        self._look_for_separators(kept)
        return _frame(kept), len(bad)

    def _check(self, number: int, row: dict[str, str], needed: str) -> None:
        """Faults that any format may have."""
        if not row.get("case"):
            self.fault(number, "'case' is blank")
        for column in ("question", "answer") if needed == "answer" else (needed,):
            if not row.get(column):
                self.fault(number, f"'{column}' is blank")
        kind = row.get("answer_type", "").lower()
        if kind and kind not in TYPES:
            self.fault(number, f"answer type is none of {', '.join(TYPES)}")
        row["answer_type"] = kind

    def _accept(self, row: dict[str, str]) -> None:
        """The accepted answers: the answer itself where the reader named none."""
        answer = row.get("answer", "")
        if answer and not row.get("accepted_answers") and "A" not in row and ACCEPTED not in answer:
            row["accepted_answers"] = answer

    def _look_for_separators(self, kept: Sequence[dict[str, str]]) -> None:
        if self.separated:
            return
        number = sum(ACCEPTED in row.get("answer", "") for row in kept if "A" not in row)
        if number:
            message = (
                f"{number:,} answers hold '{ACCEPTED}', which would part accepted answers: theirs "
                "are left blank, use the answer itself"
            )
            columns = ("answer", "accepted_answers")
            self.warnings.append(
                Warned(code="separator-in-answer", message=message, columns=columns, count=number)
            )


def _frame(rows: Sequence[dict[str, str]]) -> pd.DataFrame:
    """Columns of the frozen form first, blank cells None."""
    import pandas as pd

    found = list(dict.fromkeys(column for row in rows for column in row))
    options = [letter for letter in LETTERS if any(row.get(letter) for row in rows)]
    extra = [name for name in found if name not in COLUMNS and name not in LETTERS]
    columns = [*BEFORE, *options, *AFTER, *extra]
    cells = [[row.get(column) or None for column in columns] for row in rows]
    return pd.DataFrame(cells, columns=columns, dtype=object)


def named(rows: Sequence[int]) -> str:
    """Row numbers for a message: the first few, and how many more."""
    shown = ", ".join(str(number) for number in rows[:NAMED])
    more = f" and {len(rows) - NAMED:,} more" if len(rows) > NAMED else ""
    return f"row{'s' if len(rows) > 1 else ''} {shown}{more}"


def numbered(images: Sequence[str]) -> list[str]:
    """Names for questions that have none: the image and its count, such as ``img1-2``."""
    seen: Counter[str] = Counter()
    names = []
    for image in images:
        seen[image] += 1
        names.append(f"{image}-{seen[image]}" if image else "")
    return names


def duplicates(frame: pd.DataFrame) -> list[Warned]:
    """Case ids that repeat, questions put twice to one image, images in several splits."""
    found = []
    ids = frame["case"]
    if number := int((ids.duplicated() & ids.notna()).sum()):
        whole = int(frame.duplicated().sum())
        message = (
            f"{number:,} rows repeat a case id, {whole:,} of them the whole row: give each its own "
            "before the set is frozen"
        )
        found.append(Warned(code="duplicate-ids", message=message, columns=("case",), count=number))
    asked = frame[frame["question"].notna() & frame["image"].notna()]
    same = asked.assign(question=asked["question"].str.casefold())
    if number := int(same.duplicated(["image", "question", "language"]).sum()):
        message = f"{number:,} rows put a question to an image that it was put to before"
        columns = ("image", "question")
        found.append(
            Warned(code="duplicate-questions", message=message, columns=columns, count=number)
        )
    by_image = frame.dropna(subset=["image", "split"]).groupby("image")["split"].nunique()
    if number := int((by_image > 1).sum()):
        message = f"{number:,} images stand in more than one split"
        columns = ("image", "split")
        found.append(
            Warned(code="image-in-several-splits", message=message, columns=columns, count=number)
        )
    return found
