"""PathVQA: questions on pathology images.

Format: He X et al., "PathVQA: 30000+ questions for medical visual question answering",
arXiv 2003.10286: one object a question with image, question, answer, in a list or in lists by
split. The authors ship it pickled (``qas/*.pkl``), which is refused; JSON and CSV copies are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.text_sets import sources
from validation.text_sets.draft import Draft, clean, numbered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from validation.text_sets.text_set import Options

NEEDED = ("image", "question", "answer")
YES_NO = ("yes", "no")
FIRST = ("what", "where", "when", "who", "whose", "which", "how", "why")


def read(paths: Sequence[Path], how: Options) -> Draft:
    """Read a JSON or CSV copy.

    Answers of yes and no are closed, all others open, as the paper parts them; the question type is
    ``yes/no`` or the question's first word (``other`` beyond `FIRST`). Cases are named by the image
    and a count, for the files have no ids.

    Raises:
        DataError: The file cannot be read; a pickle.
    """
    del how
    draft = Draft(name=str(paths[0]))
    found = sources.read(paths[0], NEEDED, draft)
    names = numbered([_text(item.get("image")) for _, _, item in found])
    for (number, split, item), name in zip(found, names, strict=True):
        closed = _text(item.get("answer")).lower() in YES_NO
        first = _text(item.get("question")).lower().split(" ")[0]
        draft.add(
            number,
            {
                "case": name,
                "image": item.get("image"),
                "question": item.get("question"),
                "answer": item.get("answer"),
                "question_type": "yes/no" if closed else first if first in FIRST else "other",
                "answer_type": "closed" if closed else "open",
                "split": split,
            },
        )
    return draft


def _text(value: object) -> str:
    """The value as text; what is none is told by the draft."""
    try:
        return clean(value)
    except TypeError:
        return ""
