"""Each locked model: its last validation, its newest window, its timeline, what is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.views import kinds
from console.views.heat import Heat
from console.views.view import View
from console.views.watching import Due, Watched, watching
from evidence.records import GenerativeRun, ModelLock, ValidationRun
from policies import minimum_cell
from reports import words

if TYPE_CHECKING:
    from console.views.reading import Reading
    from console.views.watching import Watching
    from evidence.records import MonitoringRun, Record
    from policies.plan import MonitoringPlan

NAMED = 3  # due windows that are named


class Verdict(View):
    """The last validation."""

    verdict: str
    """Pass, fail or not evaluable."""
    reason: str
    """Why it is not a pass."""
    reference: str
    """The frozen reference set."""
    at: str
    """When."""
    record: int
    """Its record."""


class Newest(View):
    """The newest window."""

    label: str
    """Its name."""
    start: str
    """First day."""
    end: str
    """Last day."""
    cases: int
    """How many cases it had."""
    found: list[str]
    """What was found, by check: what it is about."""
    record: int
    """Its record."""


class Model(View):
    """A locked model."""

    name: str
    """``NAME/VERSION``."""
    locked: str
    """When it was locked first."""
    record: int
    """The lock's record."""
    superseded: bool
    """Whether another version has followed it and no plan watches it any more."""
    validation: Verdict | None
    """Its last validation; none where there was none."""
    watch: str
    """Whether a plan watches it, in words."""
    due: int
    """How many windows are due now."""
    due_words: str
    """The same in words, and when the next one is; empty where no plan watches it."""
    newest: Newest | None
    """Its newest window; none where there was none."""
    heat: Heat | None
    """Windows × checks; none without a window."""
    through: int
    """The newest record that changed its timeline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is read once for all models."""

    watch: Watching
    locks: dict[str, list[tuple[Record, ModelLock]]]
    runs: dict[str, tuple[Record, ValidationRun | GenerativeRun]]
    minimum: int


def models(seen: Reading) -> list[Model]:
    """Each locked model, in the order they were locked."""
    trail = seen.trail
    locks: dict[str, list[tuple[Record, ModelLock]]] = {}
    for pair in trail.all(ModelLock):
        locks.setdefault(pair[1].model, []).append(pair)
    every: list[tuple[Record, ValidationRun | GenerativeRun]]
    every = [*trail.all(ValidationRun), *trail.all(GenerativeRun)]
    runs = {run.model: (r, run) for r, run in sorted(every, key=lambda pair: pair[0].seq)}
    known = _Known(
        watch=watching(seen), locks=locks, runs=runs, minimum=minimum_cell.of_trail(trail)
    )
    return [_model(seen, known, name) for name in locks]


def _model(seen: Reading, known: _Known, name: str) -> Model:
    record = known.locks[name][0][0]
    mine = known.watch.models.get(name, Watched())
    watched = known.watch.plans.watches(name)
    plan = known.watch.plans.newest.get(name) if watched else None
    due = mine.due(plan, plan.schedule.today(seen.at)) if plan else Due()
    return Model(
        name=name,
        locked=record.at,
        record=record.seq,
        superseded=not watched and _followed(known, name),
        validation=_verdict(known, name),
        watch=_watch(plan, mine),
        due=len(due.labels),
        due_words=_due(due) if plan else "",
        newest=_newest(mine.newest) if mine.newest else None,
        heat=mine.heat(),
        through=mine.through,
    )


def _followed(known: _Known, name: str) -> bool:
    """Whether another version of the same model was locked later."""
    stem = name.rpartition("/")[0]
    versions = [model for model in known.locks if model.rpartition("/")[0] == stem]
    return versions[-1] != name


def _verdict(known: _Known, name: str) -> Verdict | None:
    if name not in known.runs:
        return None
    record, run = known.runs[name]
    return Verdict(
        verdict=run.verdict,
        reason=words.reason(run.reason, known.minimum),
        reference=run.reference,
        at=record.at,
        record=record.seq,
    )


def _watch(plan: MonitoringPlan | None, mine: Watched) -> str:
    if plan is not None:
        return (
            f"watched by {plan.title}, version {plan.version}: a window each {plan.schedule.every}"
        )
    return "no longer watched" if mine.runs else "not watched: no surveillance plan names it"


def _newest(found: tuple[Record, MonitoringRun]) -> Newest:
    record, run = found
    about: dict[str, list[str]] = {}
    for each in run.findings:
        about.setdefault(each["kind"], []).append(kinds.subject(each["kind"], each["subject"]))
    return Newest(
        label=run.window["label"],
        start=run.window["start"],
        end=run.window["end"],
        cases=run.cases,
        found=[f"{kinds.name(k)}: {', '.join(dict.fromkeys(s))}" for k, s in about.items()],
        record=record.seq,
    )


def _due(due: Due) -> str:
    said, number = [], len(due.labels)
    if number:
        few = ", ".join(due.labels[:NAMED]) + (" ..." if number > NAMED else "")
        said.append(f"{number:,} {'window is' if number == 1 else 'windows are'} due ({few}).")
    if due.coming:
        label, day = due.coming
        said.append(f"The next window, {label}, is due on {day.day} {day:%b %Y}.")
    else:
        said.append("The plan's last day has passed: no further window comes.")
    return " ".join(said)
