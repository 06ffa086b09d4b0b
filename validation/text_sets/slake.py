"""SLAKE: questions in English and Chinese on radiology images.

Format: Liu B et al., ISBI 2021 (doi 10.1109/ISBI48211.2021.9434010), files ``train.json``,
``validation.json`` and ``test.json``: a list of objects with img_id, img_name, question, answer,
q_lang, location, modality, answer_type, base_type (vqa, kvqa), content_type, triple, qid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.text_sets import sources
from validation.text_sets.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from validation.text_sets.text_set import Options

NEEDED = ("qid", "img_name", "question", "answer", "q_lang", "answer_type")


def read(paths: Sequence[Path], how: Options) -> Draft:
    """Read one of its JSON files; name the split by option, for the file does not.

    Raises:
        DataError: The file cannot be read.
    """
    del how
    draft = Draft(name=str(paths[0]))
    for number, split, item in sources.read(paths[0], NEEDED, draft):
        draft.add(
            number,
            {
                "case": item.get("qid"),
                "patient": item.get("img_id"),
                "image": item.get("img_name"),
                "question": item.get("question"),
                "answer": item.get("answer"),
                "modality": item.get("modality"),
                "organ": item.get("location"),
                "language": str(item.get("q_lang") or "").lower(),
                "question_type": item.get("content_type"),
                "answer_type": item.get("answer_type"),
                "split": split,
                "base_type": item.get("base_type"),
            },
        )
    return draft
