"""Which metrics are asked for, and what they need from this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.wording import bleu, cider, meteor, nltk_meteor, rouge

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

BERTSCORE = ("bertscore-precision", "bertscore-recall", "bertscore-f1")
EMBEDDING = "embedding-cosine"
FAMILIES: dict[str, tuple[str, ...]] = {
    "bleu": (*bleu.ENDPOINTS, *bleu.SACRE_ENDPOINTS),
    "rouge": (*rouge.ENDPOINTS, rouge.COCO),
    "rouge-stemmed": rouge.STEMMED,
    "meteor": (meteor.ENDPOINT, nltk_meteor.ENDPOINT),
    "cider": (cider.ENDPOINT,),
    "chrf": ("chrf",),
    "bertscore": BERTSCORE,
    "embedding": (EMBEDDING,),
}
ENDPOINTS = tuple(name for names in FAMILIES.values() for name in names)
DEFAULT = ("bleu", "rouge", "meteor", "cider", "chrf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How texts are compared.

    Attributes:
        tokenise: Tokens of ``bleu-1`` to ``bleu-4``, ``rouge-l-coco``, ``meteor``, ``meteor-nltk``,
            ``cider`` and of distinct n-grams: one of `tokens.TOKENISERS`. The others have tokens of
            their own.
        wordnet: Folder of WordNet 3.0; None looks where it usually is.
        bertscore_model: Folder of a transformer model; None leaves BERTScore out.
        bertscore_layer: Its hidden layer; None is the last.
        bertscore_idf: Whether tokens are weighted by how few references have them.
        embedding_model: Folder of a Model2Vec model; None leaves it out.
    """

    tokenise: str = "none"
    wordnet: Path | None = None
    bertscore_model: Path | None = None
    bertscore_layer: int | None = None
    bertscore_idf: bool = False
    embedding_model: Path | None = None


def resolved(metrics: Sequence[str]) -> tuple[str, ...]:
    """The endpoints of families and of endpoints named one by one, in the order of `ENDPOINTS`.

    Raises:
        ValueError: Unknown names, all of them.
    """
    if unknown := [name for name in metrics if name not in FAMILIES and name not in ENDPOINTS]:
        raise ValueError(
            f"unknown metrics {', '.join(unknown)}: one of {', '.join(FAMILIES)}, or of "
            f"{', '.join(ENDPOINTS)}"
        )
    wanted = {end for name in metrics for end in FAMILIES.get(name, (name,))}
    return tuple(name for name in ENDPOINTS if name in wanted)
