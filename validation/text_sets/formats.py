"""The formats by name: who reads each, and how its benchmark scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.errors import UsageError
from validation.text_sets import (
    imageclef_caption,
    iu_xray,
    mimic_cxr,
    multiple_choice,
    path_vqa,
    roco,
    slake,
    vqa_med,
    vqa_rad,
)
from validation.text_sets.draft import duplicates
from validation.text_sets.report_sections import SECTIONS
from validation.text_sets.text_set import COLUMNS, LETTERS, Options, TextSet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from validation.text_sets.draft import Draft

ANSWER, REPORT = "answer", "reference_report"  # what no row may lack
ENGLISH = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format.

    Attributes:
        name: Lower case with hyphens.
        what: A line for people.
        reader: Fills a draft from the files.
        most: How many files it takes.
        needed: `ANSWER` or `REPORT`.
        scoring: Kind of row to the benchmark's own rule, by name.
        language: Of the benchmark, as its description says; empty where the file says it.
        mapped: Whether columns may be named by option.
    """

    name: str
    what: str
    reader: Callable[[Sequence[Path], Options], Draft]
    scoring: dict[str, str]
    most: int = 1
    needed: str = ANSWER
    language: str = ENGLISH
    mapped: bool = False


FORMATS = {
    made.name: made
    for made in (
        Format(
            name="vqa-rad",
            what="VQA-RAD's public JSON, or a CSV of it",
            reader=vqa_rad.read,
            scoring={"closed": "exact-match", "open": "token-recall"},
        ),
        Format(
            name="slake",
            what="SLAKE's train.json, validation.json, test.json",
            reader=slake.read,
            scoring={"closed": "exact-match", "open": "token-recall"},
            language="",
        ),
        Format(
            name="path-vqa",
            what="PathVQA as JSON or CSV (its pickles are refused)",
            reader=path_vqa.read,
            scoring={"closed": "exact-match", "open": "exact-match"},
        ),
        Format(
            name="vqa-med",
            what="VQA-Med 2019 to 2021: image|question|answer#answer",
            reader=vqa_med.read,
            scoring={"closed": "accepted-answer", "open": "accepted-answer"},
            most=2,
        ),
        Format(
            name="multiple-choice",
            what="WorldMedQA-V, PathQABench-style and other tables of options",
            reader=multiple_choice.read,
            scoring={"closed": "option-letter"},
            language="",
            mapped=True,
        ),
        Format(
            name="roco",
            what="ROCO's captions.txt, with keywords.txt and cuis.txt",
            reader=roco.read,
            scoring={"report": "bleu", "concepts": "concept-f1"},
            most=4,
            needed=REPORT,
        ),
        Format(
            name="imageclef-caption",
            what="ImageCLEFmedical Caption: ID,Caption with ID,CUIs",
            reader=imageclef_caption.read,
            scoring={"report": "bertscore", "concepts": "concept-f1"},
            most=2,
            needed=REPORT,
        ),
        Format(
            name="mimic-cxr",
            what="tables of MIMIC-CXR: sections, or whole reports",
            reader=mimic_cxr.read,
            scoring={"report": "report-text"},
            needed=REPORT,
            mapped=True,
        ),
        Format(
            name="iu-xray",
            what="indiana_reports.csv with indiana_projections.csv, or annotation.json",
            reader=iu_xray.read,
            scoring={"report": "report-text"},
            most=2,
            needed=REPORT,
        ),
    )
}


def read(name: str, paths: Sequence[Path], how: Options | None = None) -> TextSet:
    """Read files of a format into the frozen form.

    Args:
        name: One of `FORMATS`.
        paths: The files, in the order that the format names them.
        how: What the format does not say itself.

    Raises:
        UsageError: An unknown format, too many files, or options that do not go with it.
        DataError: Files that cannot be read, or rows with faults; all at once, by count and row.
    """
    how = how or Options()
    kind = _asked(name, paths, how)
    draft = kind.reader(paths, how)
    frame, left_out = draft.finish(how, kind.language, kind.needed)
    return TextSet(
        name=kind.name,
        frame=frame,
        scoring=kind.scoring,
        warnings=(*draft.warnings, *duplicates(frame)),
        excluded=draft.told(),
        left_out=left_out,
    )


def _asked(name: str, paths: Sequence[Path], how: Options) -> Format:
    """The format, if the words fit it."""
    kind = FORMATS.get(name)
    if kind is None:
        raise UsageError(f"'{name}' is no format that is read. There are: {', '.join(FORMATS)}")
    if not 1 <= len(paths) <= kind.most:
        raise UsageError(f"{name} takes 1 to {kind.most} files, not {len(paths)}")
    if how.section not in SECTIONS:
        raise UsageError(f"a report's section is one of {', '.join(SECTIONS)}")
    if how.columns and not kind.mapped:
        raise UsageError(f"{name} names its columns itself; they cannot be named by option")
    roles = {*COLUMNS, *LETTERS, "options", "report", "view"}
    strange = [role for role in how.columns if role not in roles]
    if strange:
        raise UsageError(
            f"'{strange[0]}' is no role of a column. There are: {', '.join(sorted(roles))}"
        )
    return kind
