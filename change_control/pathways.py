"""A decision table answered question by question. Pure.

What the records already say is filled in and shown with them; the rest is asked. Nothing is
guessed: while an answer is missing there is no outcome, only the next question. Where a table asks
for it, the change is judged alone and together with all changes since the baseline, and the heavier
outcome holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evidence.records import Body
    from policies.decision_table import DecisionTable, Outcome, Question

ALONE, TOGETHER = "alone", "cumulative"
SCOPES = (ALONE, TOGETHER)
EVIDENCE = "evidence"  # who answered, where no person did


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A person's answer.

    Attributes:
        answer: Yes or no.
        reason: Why.
        by: Who.
    """

    answer: bool
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evident:
    """What the records say of a question.

    Attributes:
        answer: Yes or no; None where they cannot tell and a person is asked.
        never: The answer that the records do not allow; None where either may be given.
        reason: What they say.
        records: Their numbers.
    """

    answer: bool | None
    never: bool | None
    reason: str
    records: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One question of the way that was taken.

    Attributes:
        scope: The change alone, or with all changes since the baseline.
        question: The question.
        answer: Yes or no.
        by: Who answered; ``evidence`` for the records.
        reason: Why.
        records: Numbers of the records that speak to it.
        shown: What the records say beside a person's answer; empty when nothing.
    """

    scope: str
    question: Question
    answer: bool
    by: str
    reason: str
    records: tuple[int, ...]
    shown: str

    def body(self) -> Body:
        """As JSON."""
        return {
            "scope": self.scope,
            "question": self.question.id,
            "text": self.question.question,
            "ref": self.question.ref,
            "answer": "yes" if self.answer else "no",
            "by": self.by,
            "reason": self.reason,
            "records": list(self.records),
            "shown": self.shown,
            "verify": self.question.verify or not self.question.verified,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """How far the answers lead.

    Attributes:
        answers: Each question asked so far, in order.
        outcome: Where they lead; None while an answer is missing.
        asked: The next question, and its scope; None when there is an outcome.
    """

    answers: tuple[Answer, ...]
    outcome: Outcome | None
    asked: tuple[str, Question] | None


def key(scope: str, question: str) -> str:
    """How an answer is named: ``3a``, or ``cumulative:3a`` for all changes together."""
    return question if scope == ALONE else f"{scope}:{question}"


def assess(
    table: DecisionTable,
    given: Mapping[str, Given],
    evident: Mapping[str, Evident],
    *,
    together: bool = False,
    reason_at_least: int = 1,
) -> Walk:
    """Walk a table as far as the answers lead.

    Args:
        table: The decision table.
        given: Answers of people, by `key`.
        evident: What the records say, by question.
        together: Whether there are other changes since the baseline, to be judged with this one.
        reason_at_least: Characters that a reason needs.

    Raises:
        UsageError: An answer names no question, has no reason, contradicts the records, or is to a
            question that the way does not lead to; all of them at once.
    """
    faults = _faults(table, given, evident, reason_at_least, together=together)
    if faults:
        raise UsageError("\n".join(faults))
    alone = _walk(table, ALONE, given, evident)
    walks = [alone]
    if together and table.cumulative and not _settled(table, alone):
        walks.append(_walk(table, TOGETHER, given, evident))
    answers = tuple(answer for walk in walks for answer in walk.answers)
    _require_all_used(given, answers, walks[-1])
    ends = [walk.outcome for walk in walks if walk.outcome]
    done = len(ends) == len(walks)
    return Walk(
        answers=answers,
        outcome=max(ends, key=lambda end: end.weight) if done else None,
        asked=walks[-1].asked,
    )


def _faults(
    table: DecisionTable,
    given: Mapping[str, Given],
    evident: Mapping[str, Evident],
    reason_at_least: int,
    *,
    together: bool,
) -> list[str]:
    questions = {question.id: question for question in table.questions}
    faults = []
    for name, said in given.items():
        scope, _, bare = name.rpartition(":")
        if bare not in questions or scope not in ("", TOGETHER):
            faults.append(f"'{name}' is no question of {table.table} ({', '.join(questions)}).")
            continue
        if scope and (not together or not table.cumulative or questions[bare].once):
            faults.append(f"Question {bare} is not asked for all changes together.")
        if len(said.reason.strip()) < reason_at_least:
            faults.append(f"The answer to {name} needs a reason of {reason_at_least} characters.")
        known = evident.get(bare)
        if known and known.never is said.answer:
            word = "yes" if said.answer else "no"
            faults.append(f"'{word}' to question {bare} contradicts the records: {known.reason}.")
    return faults


def _walk(
    table: DecisionTable,
    scope: str,
    given: Mapping[str, Given],
    evident: Mapping[str, Evident],
) -> Walk:
    questions = [q for q in table.questions if scope == ALONE or not q.once]
    asked, answers = questions[0], list[Answer]()
    while True:
        answer = _answer(asked, scope, given.get(key(scope, asked.id)), evident.get(asked.id))
        if answer is None:
            return Walk(answers=tuple(answers), outcome=None, asked=(scope, asked))
        answers.append(answer)
        leads = asked.if_yes if answer.answer else asked.if_no
        if leads.outcome:
            return Walk(answers=tuple(answers), outcome=table.outcome(leads.outcome), asked=None)
        asked = table.question(leads.next)


def _answer(
    asked: Question, scope: str, said: Given | None, known: Evident | None
) -> Answer | None:
    """The records' answer where they have one, else the person's; None while there is neither."""
    records = known.records if known else ()
    if known and known.answer is not None:
        return Answer(
            scope=scope,
            question=asked,
            answer=known.answer,
            by=EVIDENCE,
            reason=known.reason,
            records=records,
            shown=f"{said.by} agrees: {said.reason}" if said else "",
        )
    if said is None:
        return None
    return Answer(
        scope=scope,
        question=asked,
        answer=said.answer,
        by=said.by,
        reason=said.reason.strip(),
        records=records,
        shown=known.reason if known else "",
    )


def _settled(table: DecisionTable, alone: Walk) -> bool:
    """Whether nothing is left to judge together: unanswered, exempt, or as heavy as can be."""
    if alone.outcome is None or alone.answers[-1].question.once:
        return True
    return alone.outcome.weight == max(end.weight for end in table.outcomes)


def _require_all_used(given: Mapping[str, Given], answers: tuple[Answer, ...], last: Walk) -> None:
    """An answer to a question that is not reached contradicts those that lead elsewhere."""
    used = {key(answer.scope, answer.question.id) for answer in answers}
    if last.asked:
        return  # what was answered ahead may still be reached
    strange = [name for name in given if name not in used]
    if strange:
        end = last.outcome.title if last.outcome else ""
        raise UsageError(
            f"{', '.join(strange)}: the other answers never lead to this question; they end at "
            f"question {answers[-1].question.id} ({end}). Leave it out, or answer the others anew."
        )
