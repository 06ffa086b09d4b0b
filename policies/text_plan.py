"""What a surveillance plan may say of a model that writes answers or reports."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from policies.reader import Text

Content = Literal["model", "mmd", "ratio"]
LIMITS = {"model": 0.55, "mmd": 0.015, "ratio": 0.2}  # Evidently's own


class Embedding(Text):
    """Numbers that stand for a text or an image, brought with outputs and with production data."""

    columns: list[str] = Field(min_length=1)
    """Their columns; a name that ends in * stands for every column that begins so."""
    method: Content = "model"
    """As Evidently names it: model (ROC AUC of a classifier of both sides), mmd, or ratio."""
    threshold: float | None = Field(default=None, gt=0)
    """A larger value is drift; Evidently's own (0.55, 0.015, 0.2) when left out."""

    @property
    def limit(self) -> float:
        """The threshold that holds."""
        return LIMITS[self.method] if self.threshold is None else self.threshold

    @model_validator(mode="after")
    def _patterns(self) -> Self:
        if any("*" in name[:-1] or name == "*" for name in self.columns):
            raise ValueError("columns: * may stand at the end of a name only, as in question_*")
        return self


class TextPlan(Text):
    """What is watched of answers or reports in use; none of it needs a key."""

    response: str
    """Column of what the model wrote, in the production data."""
    time: str | None = None
    """Column of the day in the production data; the reference set's own when left out."""
    without: list[str] = Field(default_factory=list)
    """Columns of the reference set that production data do not have, and are not watched."""
    embeddings: dict[str, Embedding] = Field(default_factory=dict)
    """Name to the columns of an embedding; the validated outputs bring the same columns."""
    content_threshold: float = Field(default=0.55, gt=0.5, lt=1)
    """ROC AUC with which a classifier tells production texts from frozen ones; its lower bound
    must lie above it."""
    unparsable_rise: float = Field(default=0.05, gt=0, lt=1)
    """Rise of the share of outputs that cannot be read, or are empty; the interval lies above."""
    mode_rise: float = Field(default=0.5, gt=0, lt=1)
    """Rise of the share of the text written most often; the interval must lie above."""
    distinct_ratio: float = Field(default=0.5, gt=0, lt=1)
    """Fewer distinct texts than this share of those in as many outputs on the reference set."""
    sample: int = Field(default=2_000, ge=200)
    """Most texts or embeddings of a side that content is compared on."""
