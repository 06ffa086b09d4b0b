"""VQA-RAD: clinicians' questions on radiology images.

Format: Lau JJ et al., Sci Data 2018; 5: 180251, and the public file ``VQA_RAD Dataset Public.json``
of its OSF archive: a list of objects with qid, qid_linked_id, image_name, image_organ,
image_case_url, question, question_type, phrase_type, answer, answer_type. Its CSV copies have the
same names, some with a modality.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from validation.text_sets import sources
from validation.text_sets.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from validation.text_sets.text_set import Options

NEEDED = ("qid", "image_name", "question", "answer", "answer_type")
TEST = "test_"  # how the phrase type of the test split begins


def read(paths: Sequence[Path], how: Options) -> Draft:
    """Read the JSON or CSV file.

    Answer types lose case and spaces (the file has ``"CLOSED "``); question types that are several
    (``PRES, ABN``) are put in alphabetical order, so that both orders are one subgroup. In JSON the
    phrase type also tells the split (``test_freeform``). ``question_group`` links a question to its
    paraphrases, ``patient`` is the MedPix case of the image.

    Raises:
        DataError: The file cannot be read.
    """
    del how
    draft = Draft(name=str(paths[0]))
    for number, split, item in sources.read(paths[0], NEEDED, draft):
        phrase = str(item.get("phrase_type") or "").strip().lower()
        if not split and sources.is_json(paths[0]):
            split = "test" if phrase.startswith(TEST) else "train"  # noqa: PLW2901 - told by the row
        draft.add(
            number,
            {
                "case": item.get("qid"),
                "patient": item.get("image_case_url"),
                "image": item.get("image_name"),
                "question_group": item.get("qid_linked_id"),
                "question": item.get("question"),
                "answer": item.get("answer"),
                "modality": item.get("modality"),
                "organ": item.get("image_organ"),
                "question_type": combined(item.get("question_type")),
                "answer_type": item.get("answer_type"),
                "phrase_type": phrase.removeprefix(TEST),
                "split": split,
            },
        )
    return draft


def combined(value: Any) -> str:
    """Several types in alphabetical order, upper case, parted by a comma and a space."""
    parts = {part.strip().upper() for part in str(value or "").split(",")}
    return ", ".join(sorted(parts - {""}))
