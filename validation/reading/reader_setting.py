"""How a reader study is analysed: which figure of merit, what is random, which covariances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from validation.reading.reader_study import Study

METHOD = "obuchowski-rockette"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a study is analysed.

    Attributes:
        metric: ``auroc``, ``sensitivity`` or ``specificity``.
        readers: ``random`` (a sample of readers) or ``fixed`` (these readers only).
        cases: ``random`` or ``fixed``.
        covariance: ``jackknife``, ``delong`` or ``unbiased``.
        confidence: Of the intervals.
        attribute: What modalities are called in subgroup names.
        reader_attribute: What readers are called there.
    """

    metric: str = "auroc"
    readers: str = "random"
    cases: str = "random"
    covariance: str = "jackknife"
    confidence: float = 0.95
    attribute: str = "modality"
    reader_attribute: str = "reader"

    @property
    def unit(self) -> str:
        """Of the figure of merit."""
        return "auc" if self.metric == "auroc" else "proportion"

    def require(self, study: Study) -> None:
        """Refuse what cannot be analysed.

        Raises:
            ValueError: Unknown words, both readers and cases fixed, or one random reader.
        """
        for name, value in (("readers", self.readers), ("cases", self.cases)):
            if value not in ("random", "fixed"):
                raise ValueError(f"{name} are random or fixed, not '{value}'")
        if self.readers == self.cases == "fixed":
            raise ValueError("only one of readers and cases can be fixed")
        few = min(sum(study.modality == i) for i in range(len(study.modalities)))
        if self.readers == "random" and few < 2:  # noqa: PLR2004 - a variance needs two
            raise ValueError(
                "one reader in a modality has no variance between readers: analyse readers as fixed"
            )
