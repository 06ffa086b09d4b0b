"""What a simulated study is, and the bi-normal model that most of them share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import norm

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from validation.estimate import Estimate, Test

FEW = 500  # replicates of the bootstraps inside a simulation
TIMES, COSTLY = 2000, 1000  # studies that are simulated: Monte Carlo error 0.5 % and 0.7 %


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A study that is simulated again and again.

    Attributes:
        part: Under which heading it is shown.
        design: Its sizes, in words.
        truth: Name to the true value; the names are those that `draw` gives.
        draw: One study's estimates by name.
        times: How often it is simulated.
        instead: Of intervals that can be chosen but are no policy's default: what to use instead,
            or when to use them.
    """

    part: str
    design: str
    truth: Mapping[str, float]
    draw: Callable[[np.random.Generator], Mapping[str, Estimate | Test]]
    times: int = TIMES
    instead: Mapping[str, str] = field(default_factory=dict)


def gap_of(auc: float) -> float:
    """How far apart two normal distributions of SD 1 are that have this AUROC."""
    return float(norm.ppf(auc)) * 2**0.5


def auc_of(gap: float) -> float:
    """The AUROC of two normal distributions of SD 1."""
    return float(norm.cdf(gap / 2**0.5))


def labels(rng: np.random.Generator, n: int, prevalence: float) -> np.ndarray:
    """Labels of a cohort, in which the positives vary; both classes are there."""
    label = rng.binomial(1, prevalence, n)
    if label.min() == label.max():
        label[0] = 1 - label[0]
    return label


def cells(gap: float, threshold: float, prevalence: float) -> np.ndarray:
    """Expected shares of tp, fp, fn, tn."""
    hit, false = float(norm.sf(threshold - gap)), float(norm.sf(threshold))
    rest = 1 - prevalence
    return np.array([prevalence * hit, rest * false, prevalence * (1 - hit), rest * (1 - false)])


def normal_grid(points: int = 400_001) -> np.ndarray:
    """Equally likely points of the standard normal distribution, for expectations."""
    return np.asarray(norm.ppf((np.arange(points) + 0.5) / points))
