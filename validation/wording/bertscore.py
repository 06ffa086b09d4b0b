"""The door to torch and transformers: BERTScore (Zhang T et al. ICLR 2020).

Each token of one text is matched with the most similar token of the other by the cosine of a
transformer's hidden states; precision is the mean over the candidate's tokens, recall over the
reference's, special tokens weighing nothing. idf of the references on request; no rescaling to a
baseline. With several references, the best of each of the three. The model is read from a folder,
never fetched; the values depend on the model and the layer: compare under the same only.
"""

from __future__ import annotations

import importlib.util
from collections import Counter
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Any

from validation.wording.score import Lack, Score, mean_score

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np

    from validation.wording.reports import Reports
    from validation.wording.settings import Settings

NEEDS = ("torch", "transformers")
EXTRA = "needs the optional extra 'semantic' ({missing}): install tplc[semantic]"
NO_MODEL = (
    "needs a transformer model in a folder of this machine: name it with --bertscore-model DIR"
)
BATCH = 32
ENDLESS = 100_000  # what tokenisers without a limit give is far above


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """A model with its tokeniser.

    Attributes:
        tokeniser: Of the model.
        model: The transformer.
        layer: Index of the hidden states that are compared.
        limit: Tokens that it can read.
    """

    tokeniser: Any
    model: Any
    layer: int
    limit: int

    @classmethod
    def of(cls, folder: Path, layer: int | None) -> Encoder:
        """Read a model from a folder.

        Raises:
            ValueError: It has no such layer.
            OSError: It is no model.
        """
        from transformers import AutoModel, AutoTokenizer

        tokeniser = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
        model = AutoModel.from_pretrained(str(folder), local_files_only=True).eval()
        layers = int(model.config.num_hidden_layers)
        if layer is not None and not 0 <= layer <= layers:
            raise ValueError(f"the model has layers 0 to {layers}, not {layer}")
        limits = [tokeniser.model_max_length, getattr(model.config, "max_position_embeddings", 0)]
        known = [int(limit) for limit in limits if 0 < limit < ENDLESS]
        at = layers if layer is None else layer
        return cls(tokeniser=tokeniser, model=model, layer=at, limit=min(known, default=ENDLESS))

    def ids(self, text: str) -> list[int]:
        """The tokens of a text, special ones at its ends, cut at the limit."""
        how = {"add_special_tokens": True, "truncation": True, "max_length": self.limit}
        return list(self.tokeniser.encode(text.strip(), **how))

    def states(self, texts: Sequence[Sequence[int]]) -> list[Any]:
        """Unit vectors of each token of each text."""
        import torch

        pad = self.tokeniser.pad_token_id or 0
        longest = max(map(len, texts))
        ids = torch.tensor([[*text, *[pad] * (longest - len(text))] for text in texts])
        mask = torch.tensor([[1] * len(t) + [0] * (longest - len(t)) for t in texts])
        with torch.no_grad():
            made = self.model(ids, attention_mask=mask, output_hidden_states=True)
        hidden = torch.nn.functional.normalize(made.hidden_states[self.layer], dim=-1)
        return [hidden[row, : len(text)] for row, text in enumerate(texts)]


def scores(
    reports: Reports, names: Sequence[str], settings: Settings, tick: Callable[[int], None]
) -> list[Score | Lack]:
    """BERTScore precision, recall and F1: means over the cases.

    Args:
        reports: The cases.
        names: Which of the three.
        settings: The model's folder, layer, idf.
        tick: Told how many more pairs are done.
    """
    definition = "bertscore-idf" if settings.bertscore_idf else "bertscore"
    try:
        encoder = _encoder(settings)
    except Exception as error:  # noqa: BLE001 - readers of models raise whatever they like
        reason = f"BERTScore {' '.join(str(error).split())}"
        return [Lack(endpoint=name, definition=definition, reason=reason) for name in names]
    values, cut = _values(reports, encoder, idf=settings.bertscore_idf, tick=tick)
    columns = dict(zip(("precision", "recall", "f1"), values.T, strict=True))
    note = f"layer {encoder.layer} of {settings.bertscore_model}"
    if cut:
        note += f"; {cut:,} texts are longer than its {encoder.limit:,} tokens and were cut"
    return [
        mean_score(name, definition, columns[name.removeprefix("bertscore-")], note=note)
        for name in names
    ]


def _encoder(settings: Settings) -> Encoder:
    if settings.bertscore_model is None:
        raise ValueError(NO_MODEL)
    if missing := [name for name in NEEDS if importlib.util.find_spec(name) is None]:
        raise ValueError(EXTRA.format(missing=" and ".join(missing)))
    if not (settings.bertscore_model / "config.json").is_file():
        raise OSError(f"finds no model (no config.json) in {settings.bertscore_model}")
    return Encoder.of(settings.bertscore_model, settings.bertscore_layer)


def _values(
    reports: Reports, encoder: Encoder, *, idf: bool, tick: Callable[[int], None]
) -> tuple[np.ndarray, int]:
    """Precision, recall and F1 of each case, and how many texts were cut."""
    import numpy as np

    texts = [*reports.candidates, *reports.flat]
    ids = [encoder.ids(text) for text in texts]
    cut = sum(len(one) >= encoder.limit for one in ids)
    weigh = _weights(encoder, ids[len(reports) :], idf=idf)
    values = np.zeros((len(reports), 3))
    # pairs of a like length beside each other: less padding
    pairs = [(owner, len(reports) + place) for place, owner in enumerate(reports.owner.tolist())]
    pairs.sort(key=lambda pair: (len(ids[pair[0]]) + len(ids[pair[1]]), pair))
    for start in range(0, len(pairs), BATCH):
        some = pairs[start : start + BATCH]
        own = encoder.states([ids[case] for case, _ in some])
        other = encoder.states([ids[text] for _, text in some])
        for (case, text), mine, theirs in zip(some, own, other, strict=True):
            if reports.candidates[case]:
                found = _greedy(mine, theirs, weigh(ids[case]), weigh(ids[text]))
                values[case] = np.maximum(values[case], found)
        tick(len(some))
    return values, cut


def _weights(
    encoder: Encoder, references: Sequence[Sequence[int]], *, idf: bool
) -> Callable[[Sequence[int]], np.ndarray]:
    """The weight of each token; the ends of a text weigh nothing."""
    import numpy as np

    held = Counter(token for text in references for token in set(text)) if idf else Counter()
    ends = {encoder.tokeniser.cls_token_id, encoder.tokeniser.sep_token_id}
    whole = len(references) + 1

    def weigh(text: Sequence[int]) -> np.ndarray:
        each = [0.0 if t in ends else log(whole / (held[t] + 1)) if idf else 1.0 for t in text]
        return np.array(each)

    return weigh


def _greedy(mine: Any, theirs: Any, own: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Precision, recall and F1 of one pair."""
    import numpy as np

    alike = (mine @ theirs.T).numpy().astype(float)
    precision = _mean(alike.max(axis=1), own)
    recall = _mean(alike.max(axis=0), other)
    both = precision + recall
    return np.array([precision, recall, 2 * precision * recall / both if both else 0.0])


def _mean(values: np.ndarray, weight: np.ndarray) -> float:
    return float((values * weight).sum() / weight.sum()) if weight.sum() else 0.0
