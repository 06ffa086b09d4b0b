"""The columns of `tplc stats answers` made into answers, subgroups and versions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from console.stats import answer_warnings, attributes, door, rows
from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd

    from validation.answering import Answers, Versions
    from validation.estimate import Warned
    from validation.fairness.groups import Grouping

NEARLY_ALL = 0.9  # share of single characters in a column of letters
READINGS = ("auto", "text", "letter")
KINDS = {"closed": True, "open": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of the command, by their meaning; see its help."""

    response: str
    correct: str
    options: str | None
    yes_no: bool
    separator: str | None
    scoring: str | None
    normalise: str
    reading: str
    choice_columns: tuple[str, ...]
    raw: str | None
    answer_type: str | None
    by: tuple[str, ...]
    cross: tuple[str, ...]
    intersections: bool
    item: tuple[str, ...]
    consistency: str | None
    certainty: str | None
    cluster: str | None

    @property
    def columns(self) -> list[str | None]:
        """Every column that is named."""
        single = (self.response, self.correct, self.raw, self.answer_type, self.consistency)
        listed = (*self.choice_columns, *self.by, *self.cross, *self.item)
        return [*single, *listed, self.certainty, self.cluster]

    @property
    def rule(self) -> str:
        """The scoring: as named, else by the other options."""
        if self.scoring:
            return self.scoring
        if self.options:
            return "option-letter"
        if self.yes_no:
            return "yes-no"
        return "accepted-answer" if self.separator else "exact-match"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What the file holds.

    Attributes:
        answers: One entry a row.
        groupings: Subgroups of the rows.
        cluster: Code of each row's image or patient.
        versions: The same questions in several versions, if asked.
        steady: Subgroups that do not part the versions of a question.
        warnings: What a person should look at.
    """

    answers: Answers
    groupings: list[Grouping]
    cluster: np.ndarray | None
    versions: Versions | None
    steady: list[Grouping]
    warnings: list[Warned]


def read(file: Path, asked: Asked) -> Read:
    """Read the file as it was asked.

    Raises:
        DataError: Columns that are missing, blank or not what they should be.
        UsageError: Options that do not fit together.
    """
    from validation.answering import Answers, Versions
    from validation.count_bootstrap import cluster_codes

    _fitting(asked)
    name = file.name
    frame, warnings = rows.complete(_load(file, asked), [asked.correct, asked.certainty], name)
    rows.require_filled(frame, [c for c in (asked.cluster, *asked.item) if c], name)
    certainty = door.numbers(frame, asked.certainty, name).to_numpy() if asked.certainty else None
    made = Answers(
        response=frame[asked.response].tolist(),
        key=frame[asked.correct].tolist(),
        rule=asked.rule,
        letters=(asked.options or "").upper(),
        choices=frame[list(asked.choice_columns)].fillna("").to_numpy().tolist()
        if asked.choice_columns
        else None,
        reading=_reading(frame, asked),
        normalisation=asked.normalise,
        separator=asked.separator or "",
        closed=_closed(frame, asked.answer_type, name) if asked.answer_type else None,
        certainty=certainty,
    )
    parts, coded = attributes.groupings(frame, asked.by, {}, name)
    groupings = _crossed(frame, parts, asked, name)
    versions = None
    if asked.consistency:
        unit = list(dict.fromkeys([*asked.item, *asked.by, *asked.cross]))
        units = frame[[c for c in unit if c != asked.consistency]].fillna("missing")
        named = [" | ".join(cells) for cells in zip(*(units[c] for c in units), strict=True)]
        versions = Versions.of(made, named, frame[asked.consistency].fillna("missing").tolist())
    warnings += coded
    warnings += answer_warnings.noticed(made, groupings, asked, frame, versions)
    return Read(
        answers=made,
        groupings=groupings,
        cluster=cluster_codes(frame[asked.cluster], len(frame)) if asked.cluster else None,
        versions=versions,
        steady=_crossed(frame, *_steady(asked, parts), name) if versions else [],
        warnings=warnings,
    )


def _load(file: Path, asked: Asked) -> pd.DataFrame:
    """The named columns; words such as NA stay answers, since "nan" may be what a model said."""
    from validation import table

    wanted = list(dict.fromkeys(name for name in asked.columns if name))
    frame = table.read(file, wanted)
    texts = [c for c in (asked.response, asked.raw, *asked.choice_columns) if c]
    told = frame[list(dict.fromkeys(texts))].copy()
    cleared = door.blanked(frame, str(file))
    cleared[told.columns] = told
    return cleared


def _fitting(asked: Asked) -> None:
    """Refuse options that do not fit together, all faults at once.

    Raises:
        UsageError: There are such.
    """
    from validation.answering.normalisation import NORMALISATIONS
    from validation.answering.scoring import RULES, SEVERAL

    rule, kinds = asked.rule, (asked.options, asked.yes_no, asked.separator)
    named = len(asked.choice_columns)
    checks = (
        (sum(map(bool, kinds)) > 1, "give one of --options, --yes-no, --accepted-separator"),
        (rule not in RULES, f"--scoring '{rule}' is none of {', '.join(RULES)}"),
        (
            asked.normalise not in NORMALISATIONS,
            f"--normalise '{asked.normalise}' is none of {', '.join(NORMALISATIONS)}",
        ),
        (
            asked.reading not in READINGS,
            f"--reading '{asked.reading}' is none of {', '.join(READINGS)}",
        ),
        (
            rule == "option-letter" and not asked.options,
            "--scoring option-letter needs --options, such as --options ABCD",
        ),
        (
            asked.options and rule != "option-letter",
            f"--options does not go with --scoring {rule}",
        ),
        (
            asked.separator and rule not in SEVERAL,
            f"--accepted-separator does not go with --scoring {rule}",
        ),
        (
            named and named != len(asked.options or ""),
            "--choice-columns names one column for each letter of --options",
        ),
        (asked.raw and rule != "option-letter", "--raw compares letters: it needs --options"),
        (bool(asked.item) != bool(asked.consistency), "--item and --consistency go together"),
        (
            asked.intersections and len(asked.by) < 2,  # noqa: PLR2004 - a pair
            "--intersections needs two attributes in --by",
        ),
    )
    faults = [words for wrong, words in checks if wrong]
    if faults:
        raise UsageError("; ".join(faults))


def _reading(frame: pd.DataFrame, asked: Asked) -> str:
    """How letters are read; `Asked.reading` unless it is ``auto``."""
    if asked.reading != "auto" or asked.rule != "option-letter":
        return "text" if asked.reading == "auto" else asked.reading
    if asked.raw:
        return "letter"
    told = frame[asked.response].dropna().str.strip()
    single = told.str.len() == 1
    return "letter" if len(told) and single.mean() >= NEARLY_ALL else "text"


def _closed(frame: pd.DataFrame, column: str, name: str) -> np.ndarray:
    """Whether each question is closed.

    Raises:
        DataError: Values that are neither closed nor open.
    """
    import numpy as np

    words = frame[column].str.strip().str.lower()
    kinds = words.map(KINDS)
    if strange := int(kinds.isna().sum()):
        example = frame[column][kinds.isna()].iloc[0]
        fault = (
            f"column '{column}': {strange:,} rows are neither closed nor open (such as '{example}')"
        )
        raise DataError(name, [fault])
    return np.asarray(kinds.astype(bool))


def _steady(asked: Asked, parts: list[Grouping]) -> tuple[list[Grouping], Asked]:
    """The same subgroups without those of the version's own column."""
    left = tuple(column for column in asked.cross if column != asked.consistency)
    kept = [part for part in parts if part.attribute != asked.consistency]
    crossed = asked.intersections and len(kept) > 1
    return kept, replace(asked, cross=left, intersections=crossed)


def _crossed(frame: pd.DataFrame, parts: list[Grouping], asked: Asked, name: str) -> list[Grouping]:
    from validation.fairness import groups

    found = [*parts, *(groups.pairs(parts) if asked.intersections else ())]
    if asked.cross:
        columns, _ = attributes.groupings(frame, asked.cross, {}, name)
        found.append(groups.cross(*columns))
    known = {grouping.attribute: grouping for grouping in found}
    return list(known.values())
