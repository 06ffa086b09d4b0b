"""What is asked of the columns, and the files held against it: every fault at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Columns by name.

    Attributes:
        columns: To be compared; all columns of the real file when empty.
        numbers: That are numbers.
        categories: That are categories.
        label: What a model would predict, for utility.
        positive: Its positive value.
        time: Follow-up, for survival curves.
        event: Whether follow-up ended in the event (1) or not (0).
        by: Attributes whose values are subgroups.
        left_out: Columns that are not compared, such as the flag of synthetic rows.
    """

    columns: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    label: str | None = None
    positive: str | None = None
    time: str | None = None
    event: str | None = None
    by: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.time) != bool(self.event):
            raise UsageError("Survival curves need both --time and --event.")
        if both := sorted(set(self.numbers) & set(self.categories)):
            raise UsageError(f"Both a number and a category: {', '.join(both)}. Choose one.")
        if odd := sorted(set(self.as_categories) & set(self.as_numbers)):
            raise UsageError(
                f"A number cannot be a label, an event or a subgroup: {', '.join(odd)}. "
                "Leave it out of --numbers, or cut it into a column of its own."
            )

    @property
    def as_numbers(self) -> tuple[str, ...]:
        """Numbers, whatever their values look like."""
        return _once(*self.numbers, self.time)

    @property
    def as_categories(self) -> tuple[str, ...]:
        """Categories, whatever their values look like."""
        return _once(*self.categories, self.label, self.event, *self.by)

    @property
    def named(self) -> tuple[str, ...]:
        """Every column that was named for a purpose."""
        return _once(*self.columns, *self.as_numbers, *self.as_categories)


def _once(*names: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def chosen(frames: Mapping[str, pd.DataFrame], roles: Roles) -> list[str]:
    """The columns that are compared, in the order of the real file.

    Args:
        frames: By the file's name; the real file second.
        roles: What is asked.

    Raises:
        DataError: Columns that a file lacks, or that only some have while none were named; files
            without rows. All of them at once.
    """
    faults = [f"'{name}' has no rows" for name, frame in frames.items() if frame.empty]
    held = {name: [str(c) for c in frame.columns] for name, frame in frames.items()}
    real = list(held.values())[1]
    wanted = [c for c in real if c not in roles.left_out]
    if roles.columns:
        wanted = [c for c in real if c in roles.named]
        wanted += [c for c in roles.named if c not in real]
    else:
        wanted += [c for c in roles.named if c not in wanted]
        faults += _differing(held, wanted, roles.left_out)
    for name, there in held.items():
        faults += [f"column '{c}' is missing from '{name}'" for c in wanted if c not in there]
    if faults:
        raise DataError("the files do not fit together", faults)
    return wanted


def _differing(
    held: Mapping[str, Sequence[str]], wanted: Sequence[str], left_out: Sequence[str]
) -> list[str]:
    """Columns that the real file does not have, while its columns were to be compared."""
    return [
        f"column '{column}' of '{name}' is not in the real file: name the columns to compare "
        "with --columns"
        for name, there in held.items()
        for column in there
        if column not in wanted and column not in left_out
    ]
