"""Whether a modality contributes: three answers on the confidence bound, or *not evaluable*.

The difference is the full condition minus the one without the modality. It *contributes* when the
lower bound reaches the margin (with margin 0: lies above 0), it *harms* when the upper bound lies
below 0; else there is *no evidence*. ICH E9, Stat Med 1999; 18: 1905-1942: decided by the bound of
the two-sided interval, never by the point estimate. For separate items that is Tango's interval,
which may exclude 0 where the exact McNemar test is a little above its level.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from validation.estimate import Test

if TYPE_CHECKING:
    from validation.estimate import Estimate

NAME = "modality-contribution"
REFERENCES = {
    NAME: "ICH E9. Stat Med 1999; 18: 1905-1942; decided by the confidence bound alone.",
}
Verdict = Literal["contributes", "no evidence", "harms", "not evaluable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """The verdict on one modality.

    Attributes:
        modality: Which one.
        endpoint: Of the difference.
        between: The two conditions.
        value: Full condition minus the one without the modality.
        low: Lower confidence bound.
        high: Upper confidence bound.
        confidence: Two-sided level of the interval.
        method: Of the interval.
        n: Items.
        margin: What had to be reached.
        verdict: ``contributes``, ``no evidence``, ``harms`` or ``not evaluable``.
        words: The verdict as a sentence.
        reason: Why it is not evaluable; empty when it is.
    """

    modality: str
    endpoint: str
    between: str
    value: float | None
    low: float | None
    high: float | None
    confidence: float
    method: str
    n: int
    margin: float
    verdict: Verdict
    words: str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """As a record holds it."""
        return asdict(self)

    def as_test(self, **more: Any) -> Test:
        """The same as a test, further facts in its details."""
        return Test(
            test=NAME,
            endpoint=self.endpoint,
            between=self.between,
            statistic=None,
            p=None,
            estimate=self.value,
            low=self.low,
            high=self.high,
            method=self.method,
            alternative="superiority",
            confidence=self.confidence,
            n=self.n,
            reason=self.reason or self.words,
            details={
                "modality": self.modality,
                "margin": self.margin,
                "verdict": self.verdict,
                "words": self.words,
                **more,
            },
        )


def judge(
    difference: Estimate, *, modality: str, margin: float = 0.0, doubt: str = ""
) -> Contribution:
    """Judge one modality.

    Args:
        difference: Full condition minus the one without the modality, with its interval.
        modality: Its name.
        margin: What it has to contribute, at least 0.
        doubt: Why the difference cannot be judged although there is one; empty when it can.

    Raises:
        ValueError: A margin below zero.
    """
    if not margin >= 0:
        raise ValueError(f"a margin is a number not below zero, not {margin}")
    reason = doubt
    if difference.low is None or difference.high is None:
        reason = difference.reason or "there is no interval"
    verdict: Verdict = "not evaluable" if reason else _verdict(difference, margin)
    return Contribution(
        modality=modality,
        endpoint=difference.endpoint,
        between=difference.subgroup,
        value=difference.value,
        low=difference.low,
        high=difference.high,
        confidence=difference.confidence,
        method=difference.method,
        n=difference.n,
        margin=margin,
        verdict=verdict,
        words=_words(verdict, modality, margin, reason),
        reason=reason,
    )


def _verdict(difference: Estimate, margin: float) -> Verdict:
    low, high = difference.low or 0.0, difference.high or 0.0
    if low >= margin and low > 0:
        return "contributes"
    return "harms" if high < 0 else "no evidence"


def _words(verdict: Verdict, modality: str, margin: float, reason: str) -> str:
    least = f"contributes at least {margin:g}" if margin else "helps"
    return {
        "contributes": f"the {modality} {least}",
        "no evidence": f"no evidence that the {modality} {least}",
        "harms": f"the {modality} harms",
        "not evaluable": f"not evaluable whether the {modality} {least}: {reason}",
    }[verdict]
