"""Scores of a cumulative sum: log-likelihood ratios of an event whose odds have changed.

For a person with expected risk p and outcome y the score is y log(R) - log(1 - p + R p), with R the
odds ratio that the chart is tuned to (Steiner, Cook, Farewell and Treasure, Biostatistics 2000; 1:
441). With the same p for everyone it is the Bernoulli CUSUM (Reynolds and Stoumbos, Journal of
Quality Technology 1999; 31: 87).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def log_ratios(event: ArrayLike, risk: ArrayLike, odds: float) -> np.ndarray:
    """The score of each person.

    Args:
        event: 1 or 0.
        risk: Expected risk of the event, between 0 and 1; one number or one a person.
        odds: Odds ratio that the chart is tuned to; above 1 for more events, below for fewer.

    Raises:
        ValueError: Other outcomes, risks or odds.
    """
    y, p = np.asarray(event, dtype=float), np.asarray(risk, dtype=float)
    require_odds(odds)
    if not np.isin(y, (0.0, 1.0)).all():
        raise ValueError("an outcome is 1 or 0")
    if not ((p > 0) & (p < 1)).all():
        raise ValueError("an expected risk lies between 0 and 1, neither of them included")
    return np.asarray(y * np.log(odds) - np.log1p(p * (odds - 1)))


def require_odds(odds: float) -> None:
    """Refuse an odds ratio that changes nothing, or is none.

    Raises:
        ValueError: It is 1, not positive, or not finite.
    """
    if not (np.isfinite(odds) and odds > 0) or odds == 1:
        raise ValueError(f"an odds ratio is positive and not 1, not {odds:g}")


def odds_ratio(rate: float, shifted: float) -> float:
    """The odds of a shifted rate over those of the rate."""
    return shifted / (1 - shifted) / (rate / (1 - rate))


def shifted(rate: np.ndarray, odds: float) -> np.ndarray:
    """Rates after their odds were multiplied."""
    return odds * rate / (1 - rate + odds * rate)


def recalibrated(score: ArrayLike, intercept: float, slope: float) -> np.ndarray:
    """Expected risks of a model's scores after logistic recalibration on the reference set.

    Args:
        score: Probabilities between 0 and 1.
        intercept: Of the logistic model of the label on the score's log odds.
        slope: Of the same model (Cox, Biometrika 1958; 45: 562).
    """
    from scipy.special import expit, logit

    inside = np.clip(np.asarray(score, dtype=float), 1e-9, 1 - 1e-9)
    return np.asarray(expit(intercept + slope * logit(inside)))
