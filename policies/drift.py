"""What `drift` of `monitoring.yaml` may say: how distributions are compared, and when it counts.

Methods have Evidently's names. Distances are Evidently's own, computed on rows rebuilt from the
counts: a larger value is drift. Tests give a p value, which depends on how many cases there are and
would answer another question on rebuilt rows: they are computed from the counts with the true
number of cases, and a smaller value is drift.
"""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from policies.reader import Text

Method = Literal[
    "psi",
    "jensenshannon",
    "wasserstein",
    "hellinger",
    "kl_div",
    "ks",
    "chisquare",
    "chisquare-homogeneity",
    "z",
]
TESTS = ("ks", "chisquare", "chisquare-homogeneity", "z")  # a p value: smaller is drift
OF_NUMBERS = ("wasserstein", "ks")
OF_CATEGORIES = ("chisquare", "chisquare-homogeneity", "z")
LIMITS = {"psi": 0.2} | dict.fromkeys(TESTS, 0.05)  # of the others 0.1, as Evidently has it
LIMIT = 0.1
# What a number is multiplied by when another unit is read as the agreed one: decimal places, and
# pounds, inches, and mg/dL to mmol/L or umol/L of glucose, cholesterol, triglycerides, creatinine,
# urea, bilirubin and calcium (SI conversion factors of the AMA Manual of Style, 11th ed., 2020).
UNIT_FACTORS = (
    *(10.0, 100.0, 1000.0),
    *(2.2046, 2.54, 7.5006, 18.016, 38.67, 88.57, 88.42, 2.801, 17.104, 4.008),
)
Correction = Literal["holm", "benjamini-hochberg", "none"]


def larger_is_drift(method: str) -> bool:
    """Whether a method gives a distance; else it gives a p value."""
    return method not in TESTS


def suits(method: str, kind: str) -> bool:
    """Whether a method compares columns of a kind, ``number`` or ``category``."""
    return method not in (OF_CATEGORIES if kind == "number" else OF_NUMBERS)


class DriftRule(Text):
    """How a column's distribution is compared with the frozen one."""

    method: Method = "psi"
    """Distance that Evidently computes, or test (ks, chisquare, chisquare-homogeneity, z)."""
    threshold: float = Field(default=0.2, gt=0)
    """A distance at or above it is drift; of a test, a p value at or below it. Left out: 0.2 for
    psi, 0.05 for tests, 0.1 for the others."""

    @model_validator(mode="before")
    @classmethod
    def _usual_limit(cls, given: Any) -> Any:
        if isinstance(given, dict) and "threshold" not in given:
            method = given.get("method", "psi")
            return given | {"threshold": LIMITS.get(str(method), LIMIT)}
        return given

    @model_validator(mode="after")
    def _level(self) -> Self:
        if self.method in TESTS and self.threshold >= 1:
            raise ValueError(
                f"threshold: {self.method} gives a p value; give a level below 1, such as 0.05"
            )
        return self


class DatasetRule(Text):
    """When the columns together count as drift of the data set."""

    share: float = Field(default=0.5, gt=0, le=1)
    """This share of the judged columns must have drifted; a small one asks for any column."""
    correction: Correction = "holm"
    """Of the p values of tests, over all columns, before a column counts as drifted."""


class JointRule(Text):
    """A classifier that tells the window's rows from frozen ones: drift of columns together."""

    threshold: float = Field(default=0.6, gt=0.5, lt=1)
    """The lower bound of its ROC AUC must lie above it; 0.5 is no drift at all."""
    model: Literal["logistic-regression", "gradient-boosting"] = "gradient-boosting"
    """Gradient boosting sees interactions; logistic regression needs fewer rows."""
    sample: int = Field(default=5_000, ge=200, description="rows of each side at most")
    minimum_rows: int = Field(default=100, ge=20)
    """Fewer rows of a side give it nothing to learn from."""
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    """Two-sided level of the interval."""
    seed: int = 20240101
    """Of the halves, the model and the permutations."""


class DriftPlan(DriftRule):
    """The rule for every column, and the columns that have their own."""

    columns: dict[str, DriftRule] = Field(default_factory=dict)
    """Column name to a rule of its own."""
    categories: DriftRule | None = None
    """The rule of category columns, where the plan's method is for numbers only."""
    numbers: DriftRule | None = None
    """The rule of number columns, where the plan's method is for categories only."""
    sample: int = Field(
        default=100_000, ge=1_000, description="rows rebuilt from the counts for Evidently"
    )
    borderline: float = Field(default=0.02, ge=0, lt=1)
    """A distance within this share of its threshold is reported as borderline."""
    dataset: DatasetRule = DatasetRule()
    """When the columns together count as drift."""
    joint: JointRule | None = None
    """Drift of the columns together, by a classifier of rows; left out: not measured."""
    new_category_share: float = Field(default=0.01, gt=0, lt=1)
    """Share of values that the frozen set does not have, whose lower bound is a finding."""
    unit_factors: list[float] = Field(default=list(UNIT_FACTORS), min_length=0)
    """Factors sought, each with its inverse, where a column looks multiplied."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        faults = []
        for kind, rule in (("number", self.numbers), ("category", self.categories)):
            name = "numbers" if kind == "number" else "categories"
            if rule is not None and not suits(rule.method, kind):
                faults.append(f"{name}: {rule.method} does not compare columns of this kind")
            if rule is None and not suits(self.method, kind):
                faults.append(
                    f"{name}: {self.method} does not compare {name}; give them a rule, as in "
                    f"{name}: {{method: psi}}"
                )
        if any(not 0 < factor < float("inf") or factor == 1 for factor in self.unit_factors):
            faults.append("unit_factors: give positive factors other than 1")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def rule(self, column: str, kind: str = "") -> DriftRule:
        """The rule that holds for a column.

        Args:
            column: Its name.
            kind: ``number`` or ``category``: chooses `numbers` or `categories` where given.
        """
        of_kind = {"number": self.numbers, "category": self.categories}.get(kind)
        return self.columns.get(column, of_kind or self)
