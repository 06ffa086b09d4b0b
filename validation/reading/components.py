"""Mean squares and variance components of a reader study: Obuchowski and Rockette's model.

A figure of merit is a modality's mean + reader + modality by reader + error; errors of the same
cases covary: Cov1 between modalities (same reader), Cov2 between readers (same modality), Cov3
(both differ). Obuchowski and Rockette, Commun Stat Simul Comput 1995; 24: 285-308.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.reading import reader_study as designs

if TYPE_CHECKING:
    import numpy as np

    from validation.reading.covariances import Merits
    from validation.reading.reader_study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """What the model is made of; squares of the figure of merit.

    Components are as estimated, and can be negative; the tests take Cov2 − Cov3 below zero as zero.

    Attributes:
        ms_modality: Mean square of modalities.
        ms_reader: Mean square of readers (within modalities when nested in them).
        ms_interaction: Mean square of modality by reader; 0 when readers are nested.
        error: Variance of a figure of merit over cases.
        cov1: Same reader, different modality.
        cov2: Different reader, same modality.
        cov3: Different reader, different modality.
        readers: Readers in each modality.
        nested: Whether readers are nested in modalities.
    """

    ms_modality: float
    ms_reader: float
    ms_interaction: float
    error: float
    cov1: float
    cov2: float
    cov3: float
    readers: tuple[int, ...]
    nested: bool

    @property
    def modalities(self) -> int:
        """How many."""
        return len(self.readers)

    @property
    def excess(self) -> float:
        """Cov2 − Cov3, negative taken as zero (Hillis 2014)."""
        return max(self.cov2 - self.cov3, 0.0)

    @property
    def var_reader(self) -> float:
        """Variance of readers."""
        if self.nested:
            return self.ms_reader - self.error + self.cov2
        between = (self.ms_reader - self.ms_interaction) / self.modalities
        return between - self.cov1 + self.cov3

    @property
    def var_modality_reader(self) -> float | None:
        """Variance of modality by reader; None when readers are nested."""
        if self.nested:
            return None
        return self.ms_interaction - self.error + self.cov1 + self.cov2 - self.cov3

    def named(self) -> dict[str, float]:
        """By name, as endpoints print them."""
        interaction = self.var_modality_reader
        return {
            "variance-reader": self.var_reader,
            **({} if interaction is None else {"variance-modality-reader": interaction}),
            "variance-error": self.error,
            "covariance-1": self.cov1,
            "covariance-2": self.cov2,
            "covariance-3": self.cov3,
        }


def components(study: Study, found: Merits) -> Components:
    """Mean squares by analysis of variance, covariances averaged over pairs of cells."""
    import numpy as np

    number = np.bincount(study.modality)
    same_modality = study.modality[:, None] == study.modality
    same_reader = study.reader[:, None] == study.reader
    nested = study.design == designs.READERS_IN_MODALITIES
    cov1 = _mean(found.covariance, ~same_modality & same_reader)
    cov2 = _mean(found.covariance, same_modality & ~same_reader)
    cov3 = _mean(found.covariance, ~same_modality & ~same_reader)
    if study.design == designs.CASES_IN_READERS:
        cov2 = cov3 = 0.0  # different readers share no case
    if study.design == designs.CASES_IN_MODALITIES:
        cov1 = cov3 = 0.0  # different modalities share no case
    modality, reader, interaction = _mean_squares(study, found.values, number, nested=nested)
    return Components(
        ms_modality=modality,
        ms_reader=reader,
        ms_interaction=interaction,
        error=float(np.diag(found.covariance).mean()),
        cov1=cov1,
        cov2=cov2,
        cov3=cov3,
        readers=tuple(int(n) for n in number),
        nested=nested,
    )


def _mean(matrix: np.ndarray, where: np.ndarray) -> float:
    return float(matrix[where].mean()) if where.any() else 0.0


def _mean_squares(
    study: Study, values: np.ndarray, number: np.ndarray, *, nested: bool
) -> tuple[float, float, float]:
    """Of modalities, readers and their interaction; 0 where there are no degrees of freedom."""
    import numpy as np

    mean = np.bincount(study.modality, values) / number
    modality = _over(number @ (mean - values.mean()) ** 2, len(number) - 1)
    if nested:
        within = ((values - mean[study.modality]) ** 2).sum()
        return modality, _over(within, len(values) - len(number)), 0.0
    table = values.reshape(len(number), -1)
    by_reader = table.mean(axis=0)
    reader = _over(len(number) * ((by_reader - table.mean()) ** 2).sum(), len(by_reader) - 1)
    rest = ((table - mean[:, None] - by_reader + table.mean()) ** 2).sum()
    return modality, reader, _over(rest, (len(number) - 1) * (len(by_reader) - 1))


def _over(sum_of_squares: float, df: int) -> float:
    return float(sum_of_squares) / df if df else 0.0


def spread(
    values: np.ndarray, covariance: np.ndarray, *, readers: str, cases: str
) -> tuple[float, float]:
    """The standard error of a mean over readers, and its degrees of freedom (Hillis 2007).

    Args:
        values: One figure of merit a reader, shape (readers,).
        covariance: Between them, shape (readers, readers).
        readers: ``random`` or ``fixed``.
        cases: ``random`` or ``fixed``.

    Returns:
        The error and its df; infinite df stands for the normal distribution.
    """
    import numpy as np

    j = len(values)
    off = ~np.eye(j, dtype=bool)
    cov2 = max(float(covariance[off].mean()), 0.0) if j > 1 and cases == "random" else 0.0
    if readers == "fixed":
        error = float(np.diag(covariance).mean())
        return ((error + (j - 1) * cov2) / j) ** 0.5, float("inf")
    square = float(np.var(values, ddof=1))
    return (square / j + cov2) ** 0.5, satterthwaite(square, j * cov2, j - 1)


def satterthwaite(square: float, more: float, df: int) -> float:
    """Satterthwaite's degrees of freedom of a mean square plus something known."""
    return (square + more) ** 2 / (square**2 / df) if square > 0 else float("inf")
