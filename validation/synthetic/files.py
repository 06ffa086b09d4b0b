"""The files checked against each other and coded alike, with what a person should look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evidence.errors import DataError
from validation.estimate import Warned
from validation.synthetic.cells import Cells, Coding, cells
from validation.synthetic.columns import FEW, Column
from validation.synthetic.roles import Roles, chosen

if TYPE_CHECKING:
    import pandas as pd

ZERO_ONE = ("0", "1")  # of an event


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The files, coded alike.

    Attributes:
        synthetic: Its rows.
        real: Its rows: those that the generator was made from.
        holdout: Real rows that the generator never saw; None without them.
        roles: What the columns are for.
        warnings: What a person should look at.
    """

    synthetic: Cells
    real: Cells
    holdout: Cells | None
    roles: Roles
    warnings: tuple[Warned, ...]

    @property
    def coding(self) -> Coding:
        """What the columns are."""
        return self.real.coding


@dataclass(slots=True)
class _Sorted:
    """Columns by kind, and what was noticed while they were sorted."""

    numbers: list[Column] = field(default_factory=list)
    categories: list[Column] = field(default_factory=list)
    inferred: list[Column] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def put(self, column: Column, roles: Roles) -> None:
        """Into its kind, or aside."""
        named = {*roles.columns, *roles.as_numbers, *roles.as_categories}
        if column.name in roles.as_numbers:
            self.numbers.append(column)
            self.faults += column.faults()
            return
        aside = "" if column.name in named else column.identifier()
        if column.name not in roles.as_categories and not aside:
            self.inferred.append(column)
            if column.numeric():
                self.numbers.append(column)
                return
        aside = aside or column.many()
        if aside and column.name in roles.as_categories:
            self.faults.append(f"column '{column.name}' cannot be categories: {aside}")
        elif aside:
            self._leave(column, "identifier", aside)
        else:
            self.categories.append(column)
            self.warnings += [w for w in [column.nearly_numeric()] if w] + column.unseen()

    def _leave(self, column: Column, code: str, why: str) -> None:
        self.inferred = [c for c in self.inferred if c is not column]
        message = f"column '{column.name}' was left out: {why}."
        rows = len(column.texts["real"])
        self.warnings.append(Warned(code=code, message=message, columns=(column.name,), count=rows))

    def blank(self, column: Column) -> None:
        """Nothing is in it."""
        self._leave(column, "blank-column", "it is blank in every file")

    def told(self) -> list[Warned]:
        """How kinds were inferred."""
        if not self.inferred:
            return []
        taken = {id(c) for c in self.numbers}
        numbers = [c.name for c in self.inferred if id(c) in taken]
        others = [c.name for c in self.inferred if id(c) not in taken]
        message = (
            f"Numbers, for they are all numbers with more than {FEW} distinct values: "
            f"{', '.join(numbers) or 'none'}. Categories: {', '.join(others) or 'none'}. "
            "Name them with --numbers and --categories if this is not so."
        )
        columns = tuple(c.name for c in self.inferred)
        return [Warned(code="kinds-inferred", message=message, columns=columns, count=len(columns))]


def prepared(
    synthetic: pd.DataFrame, real: pd.DataFrame, holdout: pd.DataFrame | None, roles: Roles
) -> Files:
    """Check the files against each other and code them alike.

    Identifiers, columns of more categories than can be compared, and columns that are blank in all
    files are left out with a warning. How kinds were inferred is a warning too.

    Args:
        synthetic: Its cells, text or numbers, blank where missing.
        real: The same columns.
        holdout: The same columns, or None.
        roles: What the columns are for.

    Raises:
        DataError: Columns that differ, no rows, values that are no numbers in a column of numbers;
            all faults at once.
    """
    frames = {"synthetic": synthetic, "real": real}
    if holdout is not None:
        frames["holdout"] = holdout
    names = chosen(frames, roles)
    found = _Sorted()
    for column in (Column.of(name, frames) for name in names):
        if column.blank and column.name not in (roles.time, roles.event, roles.label, *roles.by):
            found.blank(column)
        else:
            found.put(column, roles)
    found.faults += _role_faults(found, roles)
    if not found.numbers and not found.categories and not found.faults:
        found.faults.append("no column is left to compare")
    if found.faults:
        raise DataError("the columns cannot be compared", found.faults)
    made = _coded(found, list(frames))
    return Files(
        synthetic=made["synthetic"],
        real=made["real"],
        holdout=made.get("holdout"),
        roles=roles,
        warnings=(*found.warnings, *found.told()),
    )


def positive_level(levels: tuple[str, ...], positive: str | None) -> str | None:
    """The label's positive value: as named, as text or as a number; ``1`` of 1 and 0.

    Args:
        levels: All values of the label.
        positive: As a person wrote it, or None.

    Returns:
        None where the label has more than two values and none was named.

    Raises:
        ValueError: The named value is not there, or must be named.
    """
    held = ", ".join(levels[:5])
    if positive is None:
        if set(levels) <= set(ZERO_ONE):
            return ZERO_ONE[1]
        if len(levels) > len(ZERO_ONE):
            return None
        raise ValueError(f"name the positive value with --positive V (there are: {held})")
    found = [level for level in levels if level == positive or _number(level) == _number(positive)]
    if not found:
        raise ValueError(f"no value is '{positive}' (there are: {held})")
    return found[0]


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _role_faults(found: _Sorted, roles: Roles) -> list[str]:
    """Events that are none, negative times, and a positive value that is not there."""
    faults = []
    for column in found.categories:
        levels = column.levels()
        if column.name == roles.event and not set(levels) <= set(ZERO_ONE):
            faults.append(
                f"column '{column.name}': events are 1 or 0 (there are: {', '.join(levels[:5])})"
            )
        if column.name == roles.label:
            try:
                positive_level(levels, roles.positive)
            except ValueError as error:
                faults.append(f"column '{column.name}': {error}")
    for column in found.numbers:
        below = sum(int((values < 0).sum()) for values in column.numbers.values())
        if column.name == roles.time and below:
            faults.append(f"column '{column.name}': {below:,} times are below zero")
    return faults


def _coded(found: _Sorted, files: list[str]) -> dict[str, Cells]:
    coding = Coding(
        numbers=tuple(c.name for c in found.numbers),
        categories=tuple(c.name for c in found.categories),
        levels=tuple(c.levels() for c in found.categories),
    )
    return {
        file: cells(
            coding,
            [c.numbers[file].to_numpy() for c in found.numbers],
            [c.categories(file) for c in found.categories],
        )
        for file in files
    }
