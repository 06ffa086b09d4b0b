"""A decision table answered on a page: what the records say, what people said, what is asked next.

Pure: the answers come with every request, and the table is walked anew each time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from change_control import assessment, pathways, versions
from change_control.pathways import EVIDENCE, TOGETHER, Given
from console.views import act, change_request, offered, pathway_tables, plan_answer
from console.views.act import Act
from console.views.offered import PATHWAY, Offered
from console.views.pathway_tables import TableLink
from console.views.plan_answer import PlanAnswer
from console.views.view import View
from evidence.errors import NotAllowedError, NotFoundError
from evidence.records import PathwayAssessment
from policies import decision_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from change_control.assessment import Prepared
    from change_control.pathways import Walk
    from change_control.versions import Plan
    from console.views.reading import Reading
    from evidence.kind import Body
    from policies.decision_table import DecisionTable

WRITES = ("author", "reviewer", "approver", "quality")  # who may record an assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """What whoever is answering has said so far.

    Attributes:
        by: Their id; empty for a guest.
        home: Address of the trigger or request that it is answered for.
        table: Which decision table.
        change: What the change is, in words.
        trigger: Id of the trigger it answers; empty for none.
        model: The new locked version; empty where there is none.
        baseline: The device as last cleared; of the plan's authorisation when empty.
        given: Yes or no and the reason, by `change_control.pathways.key`.
        drafts: Answers that were taken back; shown again when their question is.
        begun: Whether the questions are asked; else only what the change is.
    """

    by: str
    home: str
    table: str
    change: str
    trigger: str
    model: str
    baseline: str
    given: Mapping[str, tuple[bool, str]] = field(default_factory=dict)
    drafts: Mapping[str, tuple[bool, str]] = field(default_factory=dict)
    begun: bool = True


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


def plan_of(seen: Reading) -> Plan:
    """The plan with its registrations."""
    digest = seen.space.policy("change_control").digest
    return versions.read_plan(seen.trail, seen.policy, digest)


def walked(seen: Reading, sitting: Sitting) -> tuple[Prepared, Walk]:
    """Read the records and walk the table as far as the answers lead.

    Raises:
        NotFoundError: There is no such table, trigger or model.
        OutOfOrderError: Nobody says what the device was as last cleared.
        UsageError: An answer has no reason, contradicts the records, or is not reached.
    """
    prepared = assessment.prepare(
        seen.trail,
        decision_table.load(sitting.table),
        plan_of(seen),
        change=sitting.change,
        trigger=sitting.trigger,
        model=sitting.model,
        baseline=sitting.baseline,
    )
    walk = pathways.assess(
        prepared.file.value,
        {
            key: Given(answer=answer, reason=reason, by=sitting.by)
            for key, (answer, reason) in sitting.given.items()
        },
        prepared.evident,
        together=bool(prepared.since),
        reason_at_least=seen.policy.reason_at_least,
    )
    return prepared, walk


def pathway(seen: Reading, sitting: Sitting) -> PathwayPage:
    """The page of a table that is being answered.

    Raises:
        NotFoundError: There is no such table, trigger or model.
        OutOfOrderError: Nobody says what the device was as last cleared.
        UsageError: An answer has no reason, contradicts the records, or is not reached.
    """
    page = _page(seen, sitting)
    if not sitting.begun:
        return page
    prepared, walk = walked(seen, sitting)
    answers = [_answered(seen, each.body()) for each in walk.answers]
    return page.model_copy(
        update={
            "baseline": prepared.baseline,
            "since": [Since(**each) for each in prepared.since],
            "answers": answers,
            "asked": _asked(prepared, walk, sitting),
            "outcome": _end(walk.outcome.model_dump(), answers) if walk.outcome else None,
            "plan": plan_answer.told(prepared.result.body() if prepared.result else {}),
        }
    )


def recorded(seen: Reading, sitting: Sitting, number: int) -> PathwayPage:
    """The page of an assessment that was written down.

    Raises:
        NotFoundError: The record is no assessment by this table.
    """
    record = seen.record(number)
    value = record.value()
    if not isinstance(value, PathwayAssessment) or value.table != sitting.table:
        raise NotFoundError(f"Record {number} is no assessment by table {sitting.table}.")
    answers = [_answered(seen, each) for each in value.answers]
    written = Recorded(
        record=number, at=record.at, by=seen.name(record.actor), rationale=value.rationale
    )
    return _page(seen, sitting).model_copy(
        update={
            "change": value.change,
            "model": value.model,
            "baseline": value.baseline,
            "begun": True,
            "since": [Since(**each) for each in value.changes_since],
            "answers": answers,
            "outcome": _end(value.outcome, answers),
            "plan": plan_answer.told(value.pccp),
            "recorded": written,
        }
    )


def _page(seen: Reading, sitting: Sitting) -> PathwayPage:
    """What is known before anything is asked."""
    table = decision_table.load(sitting.table).value
    granted = seen.policy.authorised_by(table.baseline_authority)
    by, links = act.person_of(seen, sitting.by), pathway_tables.links(sitting.home)
    roles = by.roles if by else ()
    models = change_request.locked(seen)
    about = sitting.baseline or sitting.model or (models[0] if models else "")
    evidence = offered.records(seen, about, sitting.trigger)
    return PathwayPage(
        **_facts(table),
        about=pathway_tables.ABOUT[sitting.table][1],
        compares_with=table.baseline,
        beside=[link for link in links if link.table in table.beside],
        tables=links,
        home=sitting.home,
        change=sitting.change,
        model=sitting.model,
        baseline=sitting.baseline,
        authorised=granted.model if granted else "",
        models=models,
        begun=sitting.begun,
        since=[],
        answers=[],
        asked=None,
        outcome=None,
        given=_said(sitting.given),
        drafts=_said(sitting.drafts),
        plan=None,
        record=act.of("assessment", by, lambda: require_writer(roles)),
        recorded=None,
        earlier=[each for each in evidence if each.kind == PATHWAY],
        reason_at_least=seen.policy.reason_at_least,
    )


def _said(found: Mapping[str, tuple[bool, str]]) -> list[Said]:
    return [
        Said(key=key, answer="yes" if answer else "no", reason=reason)
        for key, (answer, reason) in found.items()
    ]


def _facts(table: DecisionTable) -> Body:
    names = ("table", "title", "authority", "ref", "as_of", "note", "cumulative")
    return {name: getattr(table, name) for name in names}


def require_writer(roles: Sequence[str]) -> None:
    """Refuse whoever may not record an assessment.

    Raises:
        NotAllowedError: Their roles do not allow it.
    """
    if set(WRITES).isdisjoint(roles):
        raise NotAllowedError(f"An assessment is recorded by: {', '.join(WRITES)}.")


def _answered(seen: Reading, body: Body) -> Answered:
    together = body["scope"] == TOGETHER
    names = ("answer", "reason", "shown", "records", "verify", "ref")
    return Answered(
        **{name: body[name] for name in names},
        key=pathways.key(body["scope"], body["question"]),
        id=body["question"],
        together=together,
        question=body["text"],
        by="" if body["by"] == EVIDENCE else seen.name(body["by"]),
    )


def _asked(prepared: Prepared, walk: Walk, sitting: Sitting) -> Asked | None:
    if walk.asked is None:
        return None
    scope, question = walk.asked
    key, known = pathways.key(scope, question.id), prepared.evident.get(question.id)
    never = {True: "yes", False: "no", None: ""}[known.never if known else None]
    draft = sitting.drafts.get(key)
    names = ("id", "question", "ref", "all_of", "factors", "note")
    return Asked(
        **{name: getattr(question, name) for name in names},
        key=key,
        together=scope == TOGETHER,
        verify=question.verify or not question.verified,
        records_say=known.reason if known else "",
        records=list(known.records) if known else [],
        never=never,
        draft=("yes" if draft[0] else "no") if draft else "",
        draft_reason=draft[1] if draft else "",
    )


def _end(outcome: Body, answers: list[Answered]) -> End:
    names = ("title", "text", "document", "ref")
    return End(
        **{name: outcome[name] for name in names},
        verify=[each.id for each in answers if each.verify],
    )
