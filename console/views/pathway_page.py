"""What the page of a decision table shows: questions, answers, outcome, the plan beside them."""

from __future__ import annotations

from console.views.act import Act
from console.views.offered import Offered
from console.views.pathway_tables import TableLink
from console.views.plan_answer import PlanAnswer
from console.views.view import View


class Answered(View):
    """A question with its answer."""

    key: str
    """How the answer is named."""
    id: str
    """As the regulation or guidance numbers it."""
    together: bool
    """Whether it is asked of all changes since the baseline together."""
    question: str
    """In its words, shortened."""
    ref: str
    """Where it stands."""
    answer: str
    """Yes or no."""
    by: str
    """Who answered; empty where the records did."""
    reason: str
    """Why."""
    shown: str
    """What the records say beside a person's answer."""
    records: list[int]
    """Numbers of the records that speak to it."""
    verify: bool
    """Whether its source must be checked again before it is relied on."""


class Asked(View):
    """The question that is asked next."""

    key: str
    """How its answer is named."""
    id: str
    """As the regulation or guidance numbers it."""
    together: bool
    """Whether it is asked of all changes since the baseline together."""
    question: str
    """In its words, shortened."""
    ref: str
    """Where it stands."""
    all_of: list[str]
    """What must hold together for a yes."""
    factors: list[str]
    """What is weighed."""
    note: str
    """What there is to know."""
    verify: bool
    """Whether its source must be checked again before it is relied on."""
    records_say: str
    """What the records say; empty when nothing."""
    records: list[int]
    """Numbers of those records."""
    never: str
    """The answer that the records do not allow: yes, no, or empty."""
    draft: str
    """The answer that was taken back: yes, no, or empty."""
    draft_reason: str
    """Its reason."""


class Said(View):
    """An answer of a person, as the form carries it on."""

    key: str
    """How it is named."""
    answer: str
    """Yes or no."""
    reason: str
    """Why."""


class End(View):
    """Where the answers lead."""

    title: str
    """What it is."""
    text: str
    """What it means, and what is to be done."""
    document: str
    """What kind of memo comes of it."""
    ref: str
    """Where it stands."""
    verify: list[str]
    """Questions whose source must be checked again before the outcome is relied on."""


class Since(View):
    """Another change since the baseline."""

    what: str
    """What it was."""
    record: int
    """Its record."""


class Recorded(View):
    """An assessment that was written down."""

    record: int
    """Its number."""
    at: str
    """When, UTC."""
    by: str
    """Who wrote it down, by name."""
    rationale: str
    """The whole in their words."""


class PathwayPage(View):
    """A decision table being answered, or as it was answered."""

    table: str
    """How it is named."""
    title: str
    """What it decides."""
    about: str
    """The same in a sentence."""
    authority: str
    """Whose it is."""
    ref: str
    """Where it stands."""
    as_of: str
    """Day at which its source was read."""
    note: str
    """What there is to know of it."""
    compares_with: str
    """What the change is compared with, in words."""
    cumulative: bool
    """Whether all changes since the baseline are judged together as well."""
    beside: list[TableLink]
    """Tables that are to be answered in parallel."""
    tables: list[TableLink]
    """Every table."""
    home: str
    """Address of the trigger or request that it is answered for."""
    change: str
    """What the change is, in words."""
    model: str
    """The new locked version; empty where there is none."""
    baseline: str
    """The device as last cleared."""
    authorised: str
    """The version that the plan's authorisation names; empty without one."""
    models: list[str]
    """Every locked version."""
    begun: bool
    """Whether the questions are asked."""
    since: list[Since]
    """Other changes since the baseline."""
    answers: list[Answered]
    """The way so far."""
    asked: Asked | None
    """The question that is asked next."""
    outcome: End | None
    """Where the answers lead."""
    given: list[Said]
    """What whoever is answering has said so far."""
    drafts: list[Said]
    """What they have taken back."""
    plan: PlanAnswer | None
    """Whether the new version is inside the plan; none where none was locked."""
    record: Act
    """Whether whoever is asking may write it down."""
    recorded: Recorded | None
    """The assessment, once it is written down."""
    earlier: list[Offered]
    """Assessments about this model."""
    reason_at_least: int
    """Characters that a reason needs."""
