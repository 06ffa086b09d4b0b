"""What `generative.yaml` may say: acceptance criteria of answers and reports."""

from __future__ import annotations

from math import inf
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from policies.endpoint import Limit, twice
from policies.reader import Text

ANSWERS = (
    "accuracy",
    "accuracy-parsable",
    "closed-accuracy",
    "open-accuracy",
    "unparsable-rate",
    "token-recall",
    "token-f1",
    "sensitivity",
    "specificity",
)
OVERLAP = (
    *(f"bleu-{n}" for n in range(1, 5)),
    "rouge-1",
    "rouge-2",
    "rouge-l",
    "rouge-lsum",
    "meteor",
    "cider",
    "bertscore-f1",
)
DIVERSITY = ("distinct-share", "mode-share", "shannon-entropy-normalised", "gini-coefficient")
FINDINGS = (
    "finding-precision",
    "finding-recall",
    "finding-f1",
    "finding-f1-macro",
    "hallucination-rate",
    "reports-with-hallucination",
    "omission-rate",
    "negation-flip-rate",
    "laterality-error-rate",
)
TASKS = {"answers": ANSWERS, "reports": (*OVERLAP, *DIVERSITY, *FINDINGS)}
KNOWN = (*ANSWERS, *OVERLAP, *DIVERSITY, *FINDINGS)
CEILING = {"cider": inf}  # of endpoints that are not between 0 and 1


def _known(name: str) -> str:
    if name not in KNOWN:
        raise ValueError(f"there is no endpoint '{name}' (there are: {', '.join(KNOWN)})")
    return name


TextEndpoint = Annotated[str, AfterValidator(_known)]


class TextCriterion(Limit):
    """A criterion on all cases, on each subgroup of an attribute, or on every gap between them."""

    id: str = Field(pattern=r"^[A-Za-z0-9.-]+$")
    """A short name, such as G1."""
    kind: Literal["overall", "each", "gap"] = "overall"
    """overall: all cases; each: every subgroup of 'by'; gap: every two of them."""
    endpoint: TextEndpoint
    """What is judged."""
    by: list[str] = Field(default_factory=list)
    """Attributes it holds for; none when overall."""
    primary: bool = False
    """Whether it is a primary endpoint."""
    rationale: str = ""
    """Why this limit; printed in the documents."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.kind == "overall") == bool(self.by):
            need = "takes no 'by'" if self.kind == "overall" else "needs 'by'"
            raise ValueError(f"kind: {self.kind} {need}")
        if self.kind == "gap" and self.at_most is None:
            raise ValueError("a gap is limited by at_most")
        top = CEILING.get(self.endpoint, 1.0)
        for name in ("at_least", "at_most"):
            limit = getattr(self, name)
            if limit is not None and not 0 <= limit <= top:
                raise ValueError(
                    f"{name} {limit} is impossible: {self.endpoint} is from 0 to {top:g}"
                )
        return self


class ModalityCriterion(Text):
    """A claim that a modality earns its place: paired on the same cases, with and without it."""

    id: str = Field(pattern=r"^[A-Za-z0-9.-]+$")
    """A short name, such as M1."""
    modality: str
    """What is left out, in words: image, history, prior study."""
    without: str
    """The condition in which it is left out, as the outputs name it."""
    margin: float = Field(default=0.0, ge=0, lt=1)
    """The lower bound of the difference must reach it; at 0 it must lie above."""
    by: list[str] = Field(default_factory=list)
    """Attributes in each of whose subgroups the claim must hold; over all cases when left out."""
    rationale: str = ""
    """Why this margin; printed in the documents."""


class ConsistencyCriterion(Text):
    """Agreement of the answers to one item in several languages, wordings or repeats."""

    id: str = Field(pattern=r"^[A-Za-z0-9.-]+$")
    """A short name, such as C1."""
    by: str
    """Column that tells the versions of an item apart, such as language."""
    at_least: float = Field(ge=-1, le=1)
    """The lower bound of kappa must reach it."""
    rationale: str = ""
    """Why this limit; printed in the documents."""


class Wording(Text):
    """How the wording of reports is compared; models are folders on this machine."""

    tokenise: Literal["none", "lower", "words", "13a", "ptb"] = "none"
    """Tokens of BLEU, METEOR and CIDEr; none splits at white space."""
    bertscore_model: str = ""
    """Folder of the model that BERTScore reads with; without one it is not evaluable."""


class GenerativePolicy(Text):
    """Endpoints and acceptance criteria of a model that writes answers or reports."""

    policy: Literal["generative"]
    """Which policy this is; the name of its file."""
    version: int = Field(ge=1)
    """Raised and registered anew when anything changes."""
    title: str
    """Printed in the documents."""
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    """Two-sided level of every interval."""
    endpoints: list[TextEndpoint] = Field(min_length=1)
    """What is measured."""
    condition: str = ""
    """The input condition that is judged, as the outputs name it; left out where there is one."""
    attributes: list[str] = Field(default_factory=list)
    """Columns whose values are the subgroups."""
    intersections: list[list[str]] = Field(default_factory=list)
    """Attributes crossed; named by `by` as in "country & language"."""
    criteria: list[TextCriterion] = Field(min_length=1)
    """What must be reached."""
    modalities: list[ModalityCriterion] = Field(default_factory=list)
    """Claims that a modality earns its place."""
    consistency: list[ConsistencyCriterion] = Field(default_factory=list)
    """Agreement between versions of an item."""
    wording: Wording = Wording()
    minimum_cases: int = Field(default=100, ge=1)
    """Below it an estimate is shown and its criterion is not evaluable."""
    minimum_cell: int = Field(default=10, ge=1)
    """Smaller counts are not printed in a document."""
    clusters: Literal["refuse", "ratio-estimator-wilson", "bootstrap-patients"] = "refuse"
    """When patients have several cases: how intervals respect it, or refuse to judge."""
    replicates: int = Field(default=2000, ge=200, le=100_000)
    """Of every bootstrap."""
    seed: int = 20240101
    """Of every bootstrap; the same seed gives the same numbers."""
    not_evaluable_counts: bool = True
    """Whether a subgroup too small to judge keeps the run from passing."""

    @property
    def named(self) -> list[str]:
        """Every grouping that a criterion may name: attributes and intersections."""
        return [*self.attributes, *(" & ".join(parts) for parts in self.intersections)]

    @model_validator(mode="after")
    def _refers(self) -> Self:
        named = [(c.id, name) for c in self.criteria for name in c.by]
        named += [(m.id, name) for m in self.modalities for name in m.by]
        faults = [
            f"criterion {of}: '{name}' is neither an attribute nor an intersection"
            for of, name in named
            if name not in self.named
        ]
        faults += [
            f"criterion {c.id}: endpoint '{c.endpoint}' is not among the endpoints"
            for c in self.criteria
            if c.endpoint not in self.endpoints
        ]
        faults += [
            f"'{name}' is not among the attributes"
            for parts in self.intersections
            for name in parts
            if name not in self.attributes
        ]
        ids = [c.id for c in self.criteria] + [m.id for m in self.modalities]
        ids += [c.id for c in self.consistency]
        faults += twice(ids, "criterion")
        if self.modalities and not self.condition:
            faults.append("modalities: say which 'condition' has them all")
        faults += [
            f"criterion {m.id}: the condition without {m.modality} is the one that is judged"
            for m in self.modalities
            if m.without == self.condition
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self
