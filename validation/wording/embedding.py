"""The door to Model2Vec: the cosine of two texts' static sentence vectors.

A small model on a CPU, read from a folder and never fetched. It says that two texts are about the
same things; it does not see a negation.
"""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

from validation.wording.score import Lack, Score, mean_score

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import ArrayLike

    from validation.wording.reports import Reports

ENDPOINT = "embedding-cosine"
DEFINITION = "static-embedding-cosine"
EXTRA = "needs the optional extra 'semantic' (model2vec): install tplc[semantic]"
NO_MODEL = "needs a Model2Vec model in a folder of this machine: name it with --embedding-model DIR"


def score(reports: Reports, folder: Path | None) -> Score | Lack:
    """The cosine of each candidate with its nearest reference, and the mean; an empty one has 0.

    Args:
        reports: The cases.
        folder: The model's.
    """
    import numpy as np

    reason = NO_MODEL if folder is None else ""
    if folder is not None and importlib.util.find_spec("model2vec") is None:
        reason = EXTRA
    elif folder is not None and not (folder / "model.safetensors").is_file():
        reason = f"finds no model (no model.safetensors) in {folder}"
    if reason:
        return Lack(endpoint=ENDPOINT, definition=DEFINITION, reason=f"the embedding {reason}")
    from model2vec import StaticModel

    try:
        model = StaticModel.from_pretrained(str(folder))
    except Exception as error:  # noqa: BLE001 - readers of models raise whatever they like
        reason = f"the embedding cannot be read from {folder}: {' '.join(str(error).split())}"
        return Lack(endpoint=ENDPOINT, definition=DEFINITION, reason=reason)
    own, other = (_unit(model.encode(list(t))) for t in (reports.candidates, reports.flat))
    cosine = (own[reports.owner] * other).sum(axis=1)
    best = np.full(len(reports), -1.0)
    np.maximum.at(best, reports.owner, cosine)
    values = np.where(reports.blank, 0.0, best)
    return mean_score(ENDPOINT, DEFINITION, values, note=f"static model {folder}")


def _unit(vectors: ArrayLike) -> np.ndarray:
    import numpy as np

    made = np.asarray(vectors, dtype=float)
    size = np.linalg.norm(made, axis=1, keepdims=True)
    found = np.zeros_like(made)
    np.divide(made, size, out=found, where=size > 0)
    return found
