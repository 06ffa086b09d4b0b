"""One column in all the files: numbers, categories, or an identifier that tells of no population.

A column that is named for neither is one of numbers when every value in every file is a finite
number and the real file has more than `FEW` distinct ones, else one of categories.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from validation.estimate import Warned

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

REAL = "real"  # the name of the file that the others are held against
FEW = 10  # so many distinct numbers may still be codes of categories
MOST_LEVELS = 100  # of a category
MOSTLY = 0.9  # of the values are numbers: the others look like faults
SOME = 10  # rows from which all-distinct values mean something
SHOWN = 5  # values that a message lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The same column of each file.

    Attributes:
        name: Its name.
        texts: Its cells by file, stripped, None where blank.
        numbers: The same as finite numbers, NaN where blank or none.
    """

    name: str
    texts: Mapping[str, pd.Series[str]]
    numbers: Mapping[str, pd.Series[float]]

    @classmethod
    def of(cls, name: str, frames: Mapping[str, pd.DataFrame]) -> Column:
        """Read it."""
        texts = {file: _text(frame[name]) for file, frame in frames.items()}
        return cls(
            name=name, texts=texts, numbers={file: _numbers(text) for file, text in texts.items()}
        )

    @property
    def blank(self) -> bool:
        """Whether no file has a value."""
        return all(text.isna().all() for text in self.texts.values())

    def strange(self) -> dict[str, pd.Series[str]]:
        """By file, the values that are no finite numbers; files without any are left out."""
        found = {
            file: text[text.notna() & self.numbers[file].isna()]
            for file, text in self.texts.items()
        }
        return {file: values for file, values in found.items() if len(values)}

    def faults(self) -> list[str]:
        """Why it is no column of numbers."""
        return [
            f"column '{self.name}' of '{file}': {len(values):,} values are no finite numbers "
            f"(such as '{values.iloc[0]}')"
            for file, values in self.strange().items()
        ]

    def numeric(self) -> bool:
        """Whether it looks like numbers: see the module."""
        return not self.strange() and self.numbers[REAL].nunique() > FEW

    def nearly_numeric(self) -> Warned | None:
        """A warning when most values are numbers, and some are none."""
        strange = self.strange()
        known = sum(int(text.notna().sum()) for text in self.texts.values())
        odd = sum(map(len, strange.values()))
        if not odd or odd > (1 - MOSTLY) * known:
            return None
        message = (
            f"{'; '.join(self.faults())}: it was taken for categories. Correct the values, and "
            "name it with --numbers, if it is a number."
        )
        return Warned(code="numbers-as-text", message=message, columns=(self.name,), count=odd)

    def identifier(self) -> str:
        """Why it is an identifier: different in every row; empty when it is none."""
        import numpy as np

        real = self.texts[REAL].dropna()
        if len(real) < SOME or not real.is_unique:
            return ""
        if self.strange():
            return "its text is different in every real row"
        values = np.sort(self.numbers[REAL].dropna().to_numpy())
        steps = np.diff(values)
        return "it numbers the real rows one by one" if (steps == 1).all() else ""

    def many(self) -> str:
        """Why it has too many categories; empty when it has not."""
        size = len(self.levels())
        return f"it has {size:,} categories" if size > MOST_LEVELS else ""

    def categories(self, file: str) -> pd.Series[str]:
        """Its values in one file as names: 1.0 and 1 are the same when all values are numbers."""
        return self.texts[file] if self.strange() else _named(self.numbers[file])

    def levels(self) -> tuple[str, ...]:
        """All categories of all files, in order."""
        from validation.fairness.groups import in_order

        return tuple(
            in_order({v for file in self.texts for v in self.categories(file).dropna().unique()})
        )

    def unseen(self) -> list[Warned]:
        """Categories that the synthetic file has and the real one has not, and the reverse."""
        here = {file: set(self.categories(file).dropna()) for file in ("synthetic", REAL)}
        found = []
        for file, other in (("synthetic", REAL), (REAL, "synthetic")):
            if not (only := sorted(here[file] - here[other])):
                continue
            folded = {value.casefold() for value in here[other]}
            alike = [value for value in only if value.casefold() in folded]
            hint = f" Only the letters' case is new in {', '.join(alike[:SHOWN])}." if alike else ""
            rows = int(self.categories(file).isin(only).sum())
            message = (
                f"column '{self.name}': {', '.join(only[:SHOWN])}{' ...' * (len(only) > SHOWN)} "
                f"({rows:,} rows) only in the {file} file.{hint}"
            )
            found.append(
                Warned(code="unseen-categories", message=message, columns=(self.name,), count=rows)
            )
        return found


def _text(column: pd.Series[str]) -> pd.Series[str]:
    text = _named(column).str.strip()
    return text.mask(text == "", None)


def _named(column: pd.Series[Any]) -> pd.Series[Any]:
    """Values as names (1, not 1.0), blank where they are; each distinct value once."""
    import pandas as pd

    from validation.table import groups

    seen = pd.Series(pd.unique(column.dropna()))
    names = dict(zip(seen, groups(seen), strict=True))
    return column.astype(object).map(names).astype(object)


def _numbers(text: pd.Series[str]) -> pd.Series[float]:
    import numpy as np
    import pandas as pd

    values = pd.to_numeric(text, errors="coerce").astype(float)
    return values.where(np.isfinite(values))
