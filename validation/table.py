"""A data file read by the roles of its specification, with every fault by column and count.

Reading never drops a row in silence: what is outside the cohort is counted by reason, what cannot
be read is a fault. The frame that comes out carries two columns of our own: `LABEL` (1 or 0) and
`COUNT` (people that the row stands for).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evidence.errors import DataError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd

    from evidence.records import Body
    from policies.dataset import DatasetSpec, Scalar

LABEL = "tplc_label"
COUNT = "tplc_count"
MISSING = "missing"  # a subgroup of its own
OFFSET = r"(\d:\d{2}(?::\d{2}(?:[.,]\d+)?)?)\s*(?:Z|[+-]\d{2}(?::?\d{2})?)$"  # of a time from UTC
PARQUET = b"PAR1"  # how such a file begins
DOUBTFUL = "reference standard indeterminate"  # a step of the accounting
UNKNOWN = "reference standard missing"  # another one
OF_LABELS = (DOUBTFUL, UNKNOWN)
REJECTED = "input rejected by quality control"  # another one
IS_REJECTED = "tplc_rejected"
MANY, FAR = 10, 0.25  # a zero is suspicious among many values that all lie above a quarter of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """The rows to analyse, and what became of the others.

    Attributes:
        frame: One row a case (or a group of equal cases), typed by the roles.
        accounting: Rows and cases read, excluded by reason, analysed.
        incomplete: Rows excluded only for an indeterminate reference standard or a rejected input;
            `IS_REJECTED` tells which.
    """

    frame: pd.DataFrame
    accounting: list[Body]
    incomplete: pd.DataFrame

    @property
    def cases(self) -> int:
        """People analysed."""
        return int(self.frame[COUNT].sum())

    @property
    def positives(self) -> int:
        """People analysed whose reference standard is positive."""
        return int(self.frame.loc[self.frame[LABEL] == 1, COUNT].sum())


def read(path: Path, columns: list[str] | None = None) -> pd.DataFrame:
    """Read CSV, CSV.gz or Parquet as text, blank cells as missing.

    Args:
        path: The file.
        columns: What it must hold; all columns when None.

    Raises:
        DataError: No such file, not such a file, or columns missing.
    """
    if not path.is_file():
        raise DataError(str(path), ["there is no such file"])
    try:
        frame = _parquet(path, columns) if is_parquet(path) else _csv(path, columns)
    except DataError:
        raise
    except UnicodeDecodeError as error:
        fault = (
            f"is neither Parquet nor text in UTF-8 ({error}): save it as CSV in UTF-8 "
            "(a spreadsheet too)"
        )
        raise DataError(str(path), [fault]) from error
    except Exception as error:  # readers of broken files raise whatever they like
        raise DataError(str(path), [f"cannot be read as a table: {error}"]) from error
    missing = [name for name in columns or [] if name not in frame.columns]
    if missing:
        raise DataError(str(path), _missing(missing, [str(name) for name in frame.columns]))
    return frame[columns] if columns else frame


def is_parquet(path: Path) -> bool:
    """By its first bytes, whatever it is called."""
    with path.open("rb") as stream:
        return stream.read(len(PARQUET)) == PARQUET or path.suffix == ".parquet"


def _parquet(path: Path, columns: list[str] | None) -> pd.DataFrame:
    import pandas as pd

    frame = pd.read_parquet(path)
    if columns:
        frame = frame[[name for name in frame.columns if name in columns]]
    return as_text(frame)


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Typed cells as the text that a CSV file would hold; missing ones stay missing."""
    # plain objects: a categorical column would refuse values that it does not know
    return frame.map(_text, na_action="ignore").astype(object)


def _csv(path: Path, columns: list[str] | None) -> pd.DataFrame:
    """Text cells, with spaces after commas and a byte order mark left aside.

    Raises:
        DataError: Nothing is in the file, or two columns that are asked for bear one name.
    """
    import pandas as pd

    if not path.stat().st_size:
        raise DataError(str(path), ["the file is empty"])
    how: Any = {"dtype": str, "encoding": "utf-8-sig", "skipinitialspace": True}
    head = pd.read_csv(path, header=None, nrows=1, keep_default_na=False, **how).iloc[0]
    twice = [name for name in head[head.duplicated()].unique() if name in (columns or [name])]
    if twice:
        faults = [
            f"column '{name}' stands twice: which one is meant is not known" for name in twice
        ]
        raise DataError(str(path), faults)
    frame: pd.DataFrame = pd.read_csv(path, keep_default_na=False, na_values=[""], **how)
    return frame


def _missing(names: list[str], there: list[str]) -> list[str]:
    """A fault for each column that is missing, or one for a file that commas do not part."""
    for separator, called in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(there) == 1 and separator in there[0]:
            return [f"its columns are separated by {called}: write it with commas between them"]
    known = ", ".join(there)
    return [f"column '{name}' is missing (there are: {known})" for name in names]


def days(values: pd.Series[Any]) -> pd.Series[Any]:
    """The day of each cell as it stands there (ISO 8601), NaT where it is none.

    A time's offset from UTC is left aside: the day is that of the clock on the wall, also on the
    two days of the year on which the offset changes.
    """
    import pandas as pd

    known = pd.Series(values.dropna().unique(), dtype=object)
    text = known.map(str).astype(str).str.replace(OFFSET, r"\1", regex=True)
    found = pd.to_datetime(text, errors="coerce", format="ISO8601").dt.date
    return values.astype(object).map(dict(zip(known, found, strict=True)))


def _text(value: Any) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value)


def groups(values: pd.Series[Any]) -> pd.Series[str]:
    """The subgroup of each row: the value as text (1, not 1.0), ``missing`` where there is none."""
    from pandas.api.types import infer_dtype

    known = values.astype(object).where(values.notna(), MISSING)
    if infer_dtype(known, skipna=False) == "string":  # as it is: a million values need no mapping
        return known
    return known.map(_text)


def coded_missing(values: pd.Series[float], codes: Iterable[float]) -> dict[float, int]:
    """Codes that look like *missing*: outside the range of all other values, or zeros far below.

    Args:
        values: One number a row; NaN is left aside.
        codes: Such as -9, 97, 98, 99.

    Returns:
        Code to the number of rows that hold it.
    """
    codes = list(codes)
    known = values.dropna()
    rest = known[~known.isin(codes)]
    low, high = (rest.min(), rest.max()) if len(rest) else (float("inf"), float("-inf"))
    found = {c: int((known == c).sum()) for c in codes if not low <= c <= high}
    others = rest[rest != 0]
    many = others.nunique() > MANY  # else 0 may well be a choice among few
    if many and low == 0 and others.min() > FAR * others.median():
        found[0.0] = int((rest == 0).sum())
    return {code: number for code, number in found.items() if number}


def typed(raw: pd.DataFrame, spec: DatasetSpec, name: str) -> pd.DataFrame:
    """Give each column the type of its role.

    Raises:
        DataError: Every column whose values do not fit, with how many.
    """
    import pandas as pd

    frame, faults = raw.copy(), []
    for column, codes in spec.missing_codes.items():
        if column in frame:
            frame[column] = frame[column].mask(frame[column].isin([str(c) for c in codes]))
    numbers = [f.name for f in spec.features if f.type == "number"]
    for column in [*numbers, *([spec.score] if spec.score else [])]:
        strange = pd.to_numeric(frame[column], errors="coerce").isna()
        faults += _count_fault(column, strange & frame[column].notna(), "is not a number")
        # Not as to_numeric reads them: its decimals of 15 digits and more can be off by one bit.
        frame[column] = frame[column].mask(strange).astype(float)
    if spec.time:
        when = days(frame[spec.time])
        faults += _count_fault(spec.time, when.isna(), "is no date (YYYY-MM-DD)")
        frame[spec.time] = when
    counts = pd.to_numeric(frame[spec.count], errors="coerce") if spec.count else None
    if counts is not None:
        faults += _count_fault(spec.count or "", ~(counts >= 1), "is no count of 1 or more")
        counts = counts.fillna(0)
    frame[COUNT] = (counts if counts is not None else pd.Series(1, index=frame.index)).astype(int)
    faults += _label_faults(frame, spec)
    if faults:
        raise DataError(name, faults)
    return frame


def _count_fault(column: str, bad: pd.Series[bool], what: str) -> list[str]:
    number = int(bad.sum())
    return [f"column '{column}': {number:,} rows where the value {what}"] if number else []


def _label_faults(frame: pd.DataFrame, spec: DatasetSpec) -> list[str]:
    """Fill LABEL; values that are neither positive, negative nor indeterminate are faults."""
    import pandas as pd

    standard = spec.reference_standard
    meaning: dict[str, float] = {str(v): 1.0 for v in standard.positive}
    meaning |= {str(v): 0.0 for v in standard.negative}
    values = frame[standard.column]
    frame[LABEL] = values.map(meaning).astype(float)
    known = {*meaning, *(str(v) for v in standard.indeterminate)}
    strange = values.notna() & ~values.isin(list(known))
    found = ", ".join(sorted(map(str, pd.unique(values[strange])))[:5])
    return _count_fault(
        standard.column, strange, f"is none of {', '.join(sorted(known))} (found: {found})"
    )


def cohort(
    frame: pd.DataFrame,
    spec: DatasetSpec,
    *,
    period: tuple[dt.date, dt.date] | None = None,
    labelled: bool = True,
) -> Cohort:
    """Keep the cases of the cohort and count the others by reason.

    Args:
        frame: As `typed` returns it.
        spec: The roles.
        period: First and last day; the specification's own when None.
        labelled: Whether only cases with a reference standard are kept; without, its doubt or lack
            leaves a case in.
    """
    if period is None and spec.period:
        period = (spec.period.start, spec.period.end)
    accounting = [step("rows read", "read", frame)]
    rules = [rule for rule in _rules(spec, period) if labelled or rule[0] not in OF_LABELS]
    incomplete = _incomplete(frame, rules)
    for reason, keep in rules:
        kept = keep(frame)
        if not kept.all():
            accounting.append(step(reason, "excluded", frame[~kept]))
        frame = frame[kept]
    accounting.append(step("analysed", "analysed", frame))
    return Cohort(
        frame=frame.reset_index(drop=True),
        accounting=accounting,
        incomplete=incomplete.reset_index(drop=True),
    )


def _incomplete(frame: pd.DataFrame, rules: list[tuple[str, Any]]) -> pd.DataFrame:
    """Rows that keep every rule but those on the reference standard's doubt and the input."""
    rejected = frame[COUNT] < 0  # nobody yet
    doubtful = rejected.copy()
    for reason, keep in rules:
        kept = keep(frame)
        if reason == DOUBTFUL:
            doubtful = ~kept
        elif reason == REJECTED:
            rejected = ~kept
        else:
            frame, rejected, doubtful = frame[kept], rejected[kept], doubtful[kept]
    return frame.assign(**{IS_REJECTED: rejected})[rejected | doubtful]


def _rules(spec: DatasetSpec, period: tuple[dt.date, dt.date] | None) -> list[tuple[str, Any]]:
    standard = spec.reference_standard
    doubtful = [str(v) for v in standard.indeterminate]
    rules: list[tuple[str, Any]] = []
    if period:
        first, last = period
        rules.append(
            (
                f"outside the period {first} to {last}",
                lambda f: (f[spec.time] >= first) & (f[spec.time] <= last),
            )
        )
    rules.append((DOUBTFUL, lambda f: ~f[standard.column].isin(doubtful)))
    rules.append((UNKNOWN, lambda f: f[standard.column].notna()))
    if quality := spec.input_quality:
        accepted = [str(v) for v in quality.accepted]
        rules.append((REJECTED, lambda f: f[quality.column].isin(accepted)))
    rules += [(rule.reason, included(rule.column, rule.one_of)) for rule in spec.include]
    return rules


def included(column: str, one_of: list[Scalar] | None) -> Any:
    """Whether each row of a frame has a value in a column, or one of those given."""
    if one_of is None:
        return lambda f: f[column].notna()
    return lambda f: f[column].isin([str(v) for v in one_of])


def step(reason: str, kind: str, frame: pd.DataFrame) -> Body:
    """One line of the accountability table."""
    return {
        "step": reason,
        "kind": kind,
        "rows": len(frame),
        "cases": int(frame[COUNT].sum()),
    }
