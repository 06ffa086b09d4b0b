"""VQA-Med 2019, 2020 and 2021: questions on radiology images, several answers accepted.

Format: Ben Abacha A et al., CLEF 2019, 2020 and 2021 working notes, files such as
``All_QA_Pairs_train.txt``: a line ``image|question|answer``; the reference answers of 2019's test
have ``image|category|question|answer``; those of 2020 and 2021 are two files, ``image|question``
and ``image|answer``. Accepted answers are parted by ``#``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.text_sets import sources
from validation.text_sets.draft import Draft, numbered
from validation.text_sets.text_set import ACCEPTED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from validation.text_sets.text_set import Options

BAR = "|"
CATEGORIES = ("modality", "plane", "organ", "organ system", "organ_system", "abnormality")
YES_NO = {"yes", "no"}


def read(paths: Sequence[Path], how: Options) -> Draft:
    """Read one file of questions with answers, or the questions' file and the answers' file.

    A bar within an answer belongs to the answer. The second field is a category only where it is
    one of `CATEGORIES`. The answer is the first accepted one; a row is closed when only yes or no
    is accepted.

    Raises:
        DataError: A file cannot be read.
    """
    del how
    draft = Draft(name=str(paths[0]), separated=True)
    answers = _answers(paths[1]) if len(paths) > 1 else None
    found: list[tuple[int, str, str, str, str]] = []
    for number, line in sources.lines(paths[0]):
        image, category, question, answer = _parted(line, whole=answers is None)
        if not question:
            shape = "image|question|answer" if answers is None else "image|question"
            draft.fault(number, f"the line is not {shape}")
        elif answers is not None:
            answer = answers.get(image, "")
        found.append((number, image, category, question, answer))
    names = numbered([image for _, image, *_ in found])
    for (number, image, category, question, answer), name in zip(found, names, strict=True):
        accepted = list(dict.fromkeys(p for part in answer.split(ACCEPTED) if (p := part.strip())))
        closed = bool(accepted) and {part.lower() for part in accepted} <= YES_NO
        draft.add(
            number,
            {
                "case": name,
                "image": image,
                "question": question,
                "answer": accepted[0] if accepted else "",
                "accepted_answers": ACCEPTED.join(accepted),
                "question_type": category,
                "answer_type": "closed" if closed else "open",
            },
        )
    return draft


def _parted(line: str, *, whole: bool) -> tuple[str, str, str, str]:
    """Image, category, question and answer of a line; blank where it has too few fields."""
    fields = [field.strip() for field in line.split(BAR)]
    category = ""
    if len(fields) > 2 and fields[1].lower() in CATEGORIES:  # noqa: PLR2004 - image, category, more
        category = fields.pop(1).lower()
    if not whole:
        return fields[0], category, BAR.join(fields[1:]), ""
    if len(fields) < 3:  # noqa: PLR2004 - image, question, answer
        return fields[0], category, "", ""
    return fields[0], category, fields[1], BAR.join(fields[2:])


def _answers(path: Path) -> dict[str, str]:
    """Image to its accepted answers, still in one text.

    Raises:
        DataError: The file cannot be read, or has lines of another form.
    """
    draft = Draft(name=str(path))
    found: dict[str, str] = {}
    for number, line in sources.lines(path):
        image, bar, answer = line.partition(BAR)
        if not bar or image.strip() in found:
            draft.fault(number, "the line is not image|answer, or its image stands twice")
        found[image.strip()] = answer.strip()
    draft.refuse()
    return found
