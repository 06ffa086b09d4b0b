"""Multiple-choice sets: a question, lettered options, one key.

Formats: WorldMedQA-V (Matos J et al., arXiv 2410.12722): columns country, language, item, question,
A to D, correct_option. Tables in the manner of PathQABench (Lu MY et al., Nature 2024; 634:
466-473), and any other: columns named by option, the options in columns of their letters or
together in one (a JSON list, a JSON object by letter, or a list as Python writes it).
"""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any

from evidence.errors import DataError
from validation.estimate import Warned
from validation.text_sets import sources
from validation.text_sets.draft import Draft, clean
from validation.text_sets.text_set import COLUMNS, LETTERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from validation.text_sets.text_set import Options

WORLDMEDQA = {
    "case": ("country", "item", "language"),
    "question_group": ("country", "item"),
    "answer": ("correct_option",),
}
MARKED = re.compile(r"\(?([A-Ja-j])\)?[.):]?")  # how a key is written: A, a, (A), A., A)


def read(paths: Sequence[Path], how: Options) -> Draft:
    """Read a table or JSON list.

    A role's column is the one named by option, else the one that bears the role's name. The key is
    a letter, or the whole text of exactly one option (told by a warning); anything else is a fault.

    Raises:
        DataError: The file cannot be read, or lacks a column that is needed.
    """
    draft = Draft(name=str(paths[0]))
    found = sources.read(paths[0], [], draft)
    columns = _columns({name for _, _, item in found for name in item}, how.columns, draft.name)
    by_text = 0
    for number, split, item in found:
        row, options = _row(item, columns, draft, number)
        row["split"] = row.get("split") or split
        if len(options) < 2:  # noqa: PLR2004 - no choice among fewer
            draft.fault(number, "fewer than two options")
        key, said = _key(row.get("answer"), options)
        by_text += said
        if row.get("answer") and not key:
            letters = f"{LETTERS[0]} to {max(options, default='?')}"
            draft.fault(number, f"the answer is neither a key ({letters}) nor one option's text")
        draft.add(number, {**row, **options, "answer": key, "answer_type": "closed"})
    if by_text:
        message = f"{by_text:,} answers were the text of an option and are now its letter"
        draft.warnings.append(
            Warned(code="answer-by-text", message=message, columns=("answer",), count=by_text)
        )
    return draft


def _columns(
    there: set[str], asked: Mapping[str, tuple[str, ...]], name: str
) -> dict[str, tuple[str, ...]]:
    """Role to columns of the file; ``case``, ``question`` and ``answer`` must be known.

    Raises:
        DataError: Columns that are asked for or needed and missing, all at once.
    """
    known = {column for columns in WORLDMEDQA.values() for column in columns}
    layout = WORLDMEDQA if there >= known else {}
    roles = (*COLUMNS, "options", *LETTERS)
    own = {role: (role,) for role in roles if role in there}
    found = {**own, **layout, **asked}
    faults = [
        f"column '{column}' is missing (there are: {', '.join(sorted(there))})"
        for columns in asked.values()
        for column in columns
        if column not in there
    ]
    faults += [
        f"which column is the {role}? Name it: --column {role}=COLUMN"
        for role in ("case", "question", "answer")
        if role not in found
    ]
    if not {"options", *LETTERS[:2]} & set(found):
        faults.append("which columns are the options? --column A=COLUMN --column B=COLUMN ...")
    if faults:
        raise DataError(name, faults)
    return found


def _row(
    item: dict[str, Any], columns: Mapping[str, tuple[str, ...]], draft: Draft, number: int
) -> tuple[dict[str, Any], dict[str, str]]:
    """Values by role with columns that have none behind them, and the options by letter."""
    taken = {column for names in columns.values() for column in names if len(names) == 1}
    row: dict[str, Any] = {}
    for role, names in columns.items():
        if role not in LETTERS and role != "options":
            values = [_text(item.get(name)) for name in names]
            row[role] = "-".join(values) if all(values) else ""
    row |= {name: value for name, value in item.items() if name not in taken and name not in row}
    if "options" in columns:
        options = _listed(item.get(columns["options"][0]))
        if not options:
            draft.fault(number, "the options are no list and no object of texts by letter")
        return row, options
    cells = {letter: item.get(columns[letter][0]) for letter in LETTERS if letter in columns}
    return row, {letter: text for letter, cell in cells.items() if (text := _text(cell))}


def _listed(value: Any) -> dict[str, str]:
    """Options by letter from a list, an object, or the text of one; none where it is neither."""
    if isinstance(value, str):
        value = _parsed(value)
    if isinstance(value, (list, tuple)):
        value = dict(zip(LETTERS, value, strict=False)) if len(value) <= len(LETTERS) else None
    if not isinstance(value, dict):
        return {}
    made = {str(letter).strip().upper(): _text(text) for letter, text in value.items()}
    return made if all(letter in LETTERS and made[letter] for letter in made) else {}


def _parsed(text: str) -> Any:
    """JSON, or a list as Python writes it (read as a literal: nothing is run)."""
    try:
        return json.loads(text)
    except ValueError:
        try:
            return ast.literal_eval(text.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return None


def _key(answer: Any, options: Mapping[str, str]) -> tuple[str, bool]:
    """The key's letter, and whether it was told by the option's text; blank where it is neither."""
    said = _text(answer)
    marked = MARKED.fullmatch(said)
    if marked and marked[1].upper() in options:
        return marked[1].upper(), False
    same = [letter for letter, text in options.items() if text.casefold() == said.casefold()]
    return (same[0], True) if said and len(same) == 1 else ("", False)


def _text(value: Any) -> str:
    try:
        return clean(value)
    except TypeError:
        return ""
