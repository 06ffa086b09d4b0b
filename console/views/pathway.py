"""A decision table answered on a page: what the records say, what people said, what is asked next.

Pure: the answers come with every request, and the table is walked anew each time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from change_control import assessment, pathways, versions
from change_control.pathways import EVIDENCE, TOGETHER, Given
from console.views import act, change_request, offered, pathway_tables, plan_answer
from console.views.offered import PATHWAY
from console.views.pathway_page import Answered, Asked, End, PathwayPage, Recorded, Said, Since
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
