"""The endpoints that a policy may name, where they lie, and the limits set for them."""

from __future__ import annotations

import re
from math import inf
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from policies.reader import Text

AT_THRESHOLD = frozenset(
    {
        "sensitivity",
        "specificity",
        "ppv",
        "npv",
        "accuracy",
        "balanced-accuracy",
        "youden",
        "predictive-summary-index",
        "f1",
        "kappa",
        "mcc",
        "positive-likelihood-ratio",
        "negative-likelihood-ratio",
        "diagnostic-odds-ratio",
        "number-needed-to-diagnose",
        "number-needed-to-predict",
    }
)
WITHOUT = frozenset(
    {
        "auroc",
        "auprc-average-precision",
        "auprc-trapezoid",
        "prevalence",
        "brier",
        "calibration-intercept",
        "calibration-slope",
        "observed-expected",
    }
)
SHARE = r"(0|1|0?\.\d+)"
ON_CURVE = re.compile(
    rf"(sensitivity-at-specificity|specificity-at-sensitivity)-{SHARE}"
    rf"|partial-auroc(-corrected)?-(specificity|sensitivity)-{SHARE}-{SHARE}"
)
RANGES = {  # of endpoints that are not between 0 and 1
    "calibration-intercept": (-inf, inf),
    "calibration-slope": (-inf, inf),
    "observed-expected": (0.0, inf),
    "positive-likelihood-ratio": (0.0, inf),
    "negative-likelihood-ratio": (0.0, inf),
    "diagnostic-odds-ratio": (0.0, inf),
    "number-needed-to-diagnose": (1.0, inf),
    "number-needed-to-predict": (1.0, inf),
    "youden": (-1.0, 1.0),
    "predictive-summary-index": (-1.0, 1.0),
    "kappa": (-1.0, 1.0),
    "mcc": (-1.0, 1.0),
}


def exists(name: str) -> bool:
    """Whether there is an endpoint of a score by this name."""
    return name in AT_THRESHOLD | WITHOUT or bool(ON_CURVE.fullmatch(name))


def known(name: str) -> str:
    """The name itself.

    Raises:
        ValueError: There is no such endpoint; the message says which there are.
    """
    if not exists(name):
        there = ", ".join(sorted(AT_THRESHOLD | WITHOUT))
        raise ValueError(
            f"there is no endpoint '{name}' (there are: {there}, and such as "
            "sensitivity-at-specificity-0.9 or partial-auroc-specificity-0.9-1)"
        )
    return name


Endpoint = Annotated[str, AfterValidator(known)]


class OperatingPoint(Text):
    """A named threshold: a score at or above it is called positive."""

    name: str
    """How criteria and plans refer to it."""
    threshold: float = Field(ge=0, le=1)
    """Scores at or above it are positive."""


class Limit(Text):
    """What an estimate must reach; judged on the confidence bound, not on the point."""

    at_least: float | None = None
    """The lower confidence bound must reach it."""
    at_most: float | None = None
    """The upper confidence bound must not exceed it."""

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("give at_least, at_most or both")
        if None not in (self.at_least, self.at_most) and self.at_least > self.at_most:  # type: ignore[operator]
            raise ValueError(f"at_least {self.at_least} is above at_most {self.at_most}")
        return self


def require_point(endpoint: str, at: str | None) -> None:
    """Refuse an operating point where there must be none, or none where there must be one."""
    if (endpoint in AT_THRESHOLD) != (at is not None):
        need = "needs an" if endpoint in AT_THRESHOLD else "takes no"
        raise ValueError(f"{endpoint} {need} operating point ('at')")


def require_possible(endpoint: str, limits: Limit) -> None:
    """Refuse limits that the endpoint can never reach."""
    least, most = RANGES.get(endpoint, (0.0, 1.0))
    for name in ("at_least", "at_most"):
        limit = getattr(limits, name)
        if limit is not None and not least <= limit <= most:
            raise ValueError(
                f"{name} {limit} is impossible: {endpoint} is between {least:g} and {most:g}"
            )


def twice(names: list[str], what: str) -> list[str]:
    """A fault for each name that is given more than once."""
    return [
        f"{what} '{name}' is given twice" for name in sorted(set(names)) if names.count(name) > 1
    ]
