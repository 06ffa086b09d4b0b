"""`tplc change pathway`: a decision table answered question by question."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import answer, settings
from console.answer import AsJson
from console.pccp import plan_of

if TYPE_CHECKING:
    from change_control.assessment import Prepared
    from change_control.pathways import Given, Walk

WORDS = {"yes": True, "no": False}


def pathway(
    *,
    table: Annotated[str, typer.Option(help="fda, fda-pma, eu-ai-act or eu-mdr.")],
    change: Annotated[str, typer.Option(help="What the change is, in a sentence.")] = "",
    trigger: Annotated[str, typer.Option(help="Id of the trigger that it answers.")] = "",
    model: Annotated[str, typer.Option(help="NAME/VERSION of the new locked version.")] = "",
    baseline: Annotated[
        str, typer.Option(help="NAME/VERSION of the device as last cleared; of the plan if not.")
    ] = "",
    answers: Annotated[
        list[str] | None,
        typer.Option(
            "--answer",
            metavar="Q=yes:because",
            help="An answer with its reason; cumulative:Q for all changes together.",
        ),
    ] = None,
    rationale: Annotated[str, typer.Option(help="The whole in your words.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show where it leads; write nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Which pathway a change takes: what the records answer is filled in, the rest is asked."""
    from change_control import assessment, pathways
    from evidence.errors import UsageError
    from policies import decision_table

    door = settings.enter()
    trail, plan = door.workspace.trail, plan_of(door.workspace)
    if not change and not trigger and not model:
        raise UsageError("Say what the change is: --change, --trigger ID or --model NAME/VERSION.")
    prepared = assessment.prepare(
        trail,
        decision_table.load(table),
        plan,
        change=change or (f"Locked version {model}" if model else f"Answer to trigger {trigger}"),
        trigger=trigger,
        model=model,
        baseline=baseline,
    )
    given = _given(answers or [], door.actor)

    def walk() -> Walk:
        return pathways.assess(
            prepared.file.value,
            given,
            prepared.evident,
            together=bool(prepared.since),
            reason_at_least=plan.value.reason_at_least,
        )

    found = walk()
    while found.asked and not as_json and on_a_terminal():
        scope, question = found.asked
        name = pathways.key(scope, question.id)
        given[name] = _ask(prepared, found, door.actor, plan.value.reason_at_least)
        found = walk()
    _finish(door, prepared, found, rationale, dry_run=dry_run, as_json=as_json)


def on_a_terminal() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty()


def _finish(
    door: settings.Door,
    prepared: Prepared,
    found: Walk,
    rationale: str,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    from change_control import assessment

    value = _value(prepared, found)
    if not as_json:
        _say(prepared, found)
    if found.outcome is None:
        answer.say(f"Cannot tell. Asked next: {assessment.asked_next(found)}", as_json=as_json)
        answer.give(value, as_json=as_json)
        raise typer.Exit(answer.NOT_EVALUABLE)
    answer.say(f"{found.outcome.title}. {found.outcome.text}", as_json=as_json)
    if not dry_run:
        record = assessment.record(
            door.workspace.trail, prepared, found, rationale=rationale, at=door.at, actor=door.actor
        )
        value["record"] = record.seq
        answer.say(
            f"Written as {record.ref}. Its memo: tplc report build pathway-memo "
            f"--assessment {record.seq}",
            as_json=as_json,
        )
    answer.give(value, as_json=as_json)


def _given(texts: list[str], actor: str) -> dict[str, Given]:
    """``3a=no:because`` as answers, all faults at once."""
    from change_control.pathways import Given
    from evidence.errors import UsageError

    found: dict[str, Given] = {}
    faults = []
    for text in texts:
        name, equals, rest = text.partition("=")
        word, _, reason = rest.partition(":")
        if not equals or word.strip().lower() not in WORDS:
            faults.append(f"'{text}' is no answer; write 3a=no:because, with yes or no.")
        elif name.strip() in found:
            faults.append(f"Question {name.strip()} is answered twice.")
        else:
            said = WORDS[word.strip().lower()]
            found[name.strip()] = Given(answer=said, reason=reason.strip(), by=actor)
    if faults:
        raise UsageError("\n".join(faults))
    return found


def _ask(prepared: Prepared, found: Walk, actor: str, reason_at_least: int) -> Given:
    """Ask a person at a terminal; the records stand beside the question."""
    from change_control import assessment
    from change_control.pathways import Given

    if found.asked is None:
        raise RuntimeError("nothing is asked")
    _, question = found.asked
    answer.say(f"\n{assessment.asked_next(found).capitalize()}", as_json=False)
    for line in (*question.all_of, *question.factors):
        answer.say(f"  - {line}", as_json=False)
    if question.note:
        answer.say(f"  {question.note}", as_json=False)
    known = prepared.evident.get(question.id)
    never = known.never if known else None
    if known:
        answer.say(f"  The records: {known.reason}.", as_json=False)
    while True:
        said = typer.confirm("Yes?", default=None)
        if said is never:
            answer.say("  The records do not allow this answer.", as_json=False)
            continue
        break
    reason = ""
    while len(reason) < reason_at_least:
        reason = typer.prompt(f"Why (at least {reason_at_least} characters)").strip()
    return Given(answer=bool(said), reason=reason, by=actor)


def _say(prepared: Prepared, found: Walk) -> None:
    table = prepared.file.value
    rows = [
        (
            each.question.id if each.scope == "alone" else f"{each.question.id} (all changes)",
            each.question.question,
            "yes" if each.answer else "no",
            each.by,
            "; ".join(text for text in (each.reason, each.shown) if text),
            ", ".join(map(str, each.records)),
        )
        for each in found.answers
    ]
    head = ("Question", "Text", "Answer", "By", "Why", "Records")
    answer.table(f"{table.title} (against {prepared.baseline})", head, rows)
    for since in prepared.since if table.cumulative else ():
        answer.say(f"Since then: {since['what']} (record {since['record']}).", as_json=False)
    if table.beside:
        answer.say(f"Answer beside it: --table {', '.join(table.beside)}.", as_json=False)


def _value(prepared: Prepared, found: Walk) -> dict[str, Any]:
    from change_control import pathways

    scope, question = found.asked or ("", None)
    return {
        "table": prepared.file.value.table,
        "table_digest": prepared.file.digest,
        "change": prepared.change,
        "model": prepared.model,
        "baseline": prepared.baseline,
        "answers": [each.body() for each in found.answers],
        "changes_since": list(prepared.since),
        "pccp": prepared.result.body() if prepared.result else {},
        "outcome": found.outcome.model_dump(mode="json") if found.outcome else None,
        "asked": {
            "question": pathways.key(scope, question.id),
            "text": question.question,
            "note": question.note,
            "all_of": question.all_of,
            "factors": question.factors,
        }
        if question
        else None,
    }
