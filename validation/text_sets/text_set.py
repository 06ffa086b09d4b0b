"""The frozen form of a set of text: its columns, and what was noticed on the way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from evidence.records import Body
    from validation.estimate import Warned

BEFORE = ("case", "patient", "image", "question_group", "question")
AFTER = (
    "answer",
    "accepted_answers",
    "reference_report",
    "report_findings",
    "report_impression",
    "findings",
    "concepts",
    "modality",
    "organ",
    "language",
    "question_type",
    "answer_type",
    "phrase_type",
    "split",
    "repeat",
)
COLUMNS = (*BEFORE, *AFTER)  # the options A, B, ... stand between
LETTERS = "ABCDEFGHIJ"  # of options
ACCEPTED, LISTED = "#", ";"  # between accepted answers; between findings or concepts
COUNTED = (
    "split",
    "question_type",
    "answer_type",
    "phrase_type",
    "organ",
    "modality",
    "language",
    "answer",
)
MOST = 60  # values of a column whose counts are told
MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the format does not say itself.

    Attributes:
        split: Of all rows; what the file says where empty.
        language: Of all rows; what the file, or the benchmark's description, says where empty.
        columns: Role (a column of the frozen form, ``options``, ``report``) to the columns of the
            file that hold it; several are joined by ``-``.
        section: What of a report is the reference: ``findings``, ``impression`` or ``both``.
        exclude_faulty: Leave faulty rows out, counted, instead of refusing the file.
    """

    split: str = ""
    language: str = ""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    section: str = "both"
    exclude_faulty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSet:
    """A set in the frozen form.

    Attributes:
        name: The format.
        frame: One row a question or study; `COLUMNS` in order with options between, then columns of
            the file that have no role. Text without spaces at its ends, None where blank.
        scoring: Kind of row (``closed``, ``open``, ``report`` ...) to the benchmark's own rule.
        warnings: Duplicates, images in several splits and the like.
        excluded: Faults of the rows that were left out, each with its count and rows.
        left_out: How many rows those are.
    """

    name: str
    frame: pd.DataFrame
    scoring: Mapping[str, str]
    warnings: tuple[Warned, ...] = ()
    excluded: tuple[str, ...] = ()
    left_out: int = 0

    def counts(self) -> dict[str, dict[str, int]]:
        """Rows by split, type, organ, modality, language and answer key, most frequent first.

        The answers are counted only where they are keys of options or words of yes and no; a column
        of more than `MOST` values, or of none, is left aside.
        """
        found: dict[str, dict[str, int]] = {}
        for column in COUNTED:
            values = self.frame[column]
            if values.isna().all() or (column == "answer" and "A" not in self.frame):
                continue
            counted = Counter(values.where(values.notna(), MISSING).to_list())
            if len(counted) <= MOST:
                ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
                found[column] = dict(ranked)
        return found

    def summary(self) -> Body:
        """What a person is told: never the rows themselves."""
        import dataclasses

        return {
            "format": self.name,
            "scoring": dict(self.scoring),
            "rows": len(self.frame),
            "cases": int(self.frame["case"].nunique()),
            "images": int(self.frame["image"].nunique()),
            "patients": int(self.frame["patient"].nunique()),
            "options": [letter for letter in LETTERS if letter in self.frame],
            "counts": self.counts(),
            "left_out": self.left_out,
            "excluded": list(self.excluded),
            "warnings": [dataclasses.asdict(warning) for warning in self.warnings],
        }
