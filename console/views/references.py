"""Reference sets: what was frozen, and every look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.views.looks import Looked, looks
from console.views.view import View
from evidence.errors import NotFoundError
from evidence.records import Look, ReferenceFreeze
from policies import minimum_cell
from reports import premarket, words

if TYPE_CHECKING:
    from console.views.reading import Reading
    from evidence.records import Record


class Row(View):
    """A reference set in the list."""

    name: str
    """Its name."""
    title: str
    """Its title."""
    record: int
    """The record of its newest freeze."""
    at: str
    """When that was, UTC."""
    by: str
    """Who froze it."""
    cases: str
    """Cases in it."""
    positives: str
    """Cases with a positive reference standard."""
    start: str
    """Its first day; empty where the cases have no days."""
    end: str
    """Its last day."""
    freezes: int
    """How often it was frozen."""
    looks: int
    """How often it was used."""


class References(View):
    """The reference sets."""

    references: list[Row]
    """Each set, frozen last first."""


class Step(View):
    """A step of the accounting."""

    step: str
    """What was done."""
    kind: str
    """Read, excluded or analysed."""
    cases: str
    """How many cases."""


class Group(View):
    """A subgroup of a set."""

    attribute: str
    """What it is told by."""
    value: str
    """Its value."""
    cases: str
    """Cases in it; small cells are not printed."""
    share: str
    """Of all cases."""
    positives: str
    """Cases with a positive reference standard."""
    prevalence: str
    """Their share; a dash where a small cell would be told by it."""


class Expected(View):
    """An expectation of the data."""

    statement: str
    """What was expected."""
    observed: str
    """What was found."""
    ok: bool
    """Whether it held."""


class Frozen(View):
    """One freeze of a set."""

    record: int
    """Its record."""
    at: str
    """When, UTC."""
    by: str
    """Who froze it."""
    digest: str
    """Of its frozen bytes."""
    source: str
    """The file it was made of."""
    source_digest: str
    """Of that file."""
    title: str
    """Its title."""
    origin: str
    """Where the data are from."""
    licence: str
    """By which licence."""
    standard: str
    """How the reference standard was established."""
    cases: str
    """Cases in it."""
    patients: str
    """Patients in it; empty where the data do not tell them apart."""
    positives: str
    """Cases with a positive reference standard."""
    prevalence: str
    """Their share."""
    start: str
    """Its first day; empty where the cases have no days."""
    end: str
    """Its last day."""
    indeterminate: str
    """Cases whose reference standard is indeterminate."""
    synthetic: str
    """How many are synthetic, in words."""
    accounting: list[Step]
    """What was read, excluded and kept."""
    groups: list[Group]
    """Its subgroups."""
    expectations: list[Expected]
    """Expectations, those that failed first."""
    failed: int
    """How many of them failed."""
    warnings: list[str]
    """What was noticed."""
    independence: list[str]
    """What is known of its independence from development data."""
    looks: list[Looked]
    """Every look at these bytes, newest first."""


class OneReference(View):
    """A reference set."""

    name: str
    """Its name."""
    minimum: int
    """Smaller cells are not printed."""
    freezes: list[Frozen]
    """Each freeze, newest first."""


def references(seen: Reading) -> References:
    """Every reference set."""
    used = [value.reference for _, value in seen.trail.all(Look)]
    names = [value.name for _, value in seen.trail.all(ReferenceFreeze)]
    newest = {value.name: (record, value) for record, value in seen.trail.all(ReferenceFreeze)}
    rows = [
        Row(
            name=name,
            title=str(value.spec.get("title", name)),
            record=record.seq,
            at=record.at,
            by=seen.name(record.actor),
            cases=words.whole(value.cases),
            positives=words.whole(value.positives),
            start=value.period.get("start", ""),
            end=value.period.get("end", ""),
            freezes=names.count(name),
            looks=used.count(name),
        )
        for name, (record, value) in newest.items()
    ]
    return References(references=sorted(rows, key=lambda row: -row.record))


def one_reference(seen: Reading, name: str) -> OneReference:
    """A reference set with its freezes and looks.

    Raises:
        NotFoundError: There is none of this name.
    """
    every = seen.trail.all(ReferenceFreeze)
    found = [pair for pair in every if pair[1].name == name]
    if not found:
        there = ", ".join(dict.fromkeys(value.name for _, value in every)) or "none"
        raise NotFoundError(f"There is no reference set '{name}' (frozen: {there}).")
    minimum = minimum_cell.of_trail(seen.trail)
    return OneReference(
        name=name,
        minimum=minimum,
        freezes=[_frozen(seen, record, value, minimum) for record, value in reversed(found)],
    )


def _frozen(seen: Reading, record: Record, value: ReferenceFreeze, minimum: int) -> Frozen:
    shown = premarket.freeze(record, value, minimum)
    named = ("digest", "source", "source_digest", "title", "origin", "licence", "standard")
    same: dict[str, Any] = {key: shown[key] for key in (*named, "cases", "positives", "prevalence")}
    expectations = [Expected(**each) for each in shown["expectations"]]
    return Frozen(
        record=record.seq,
        at=record.at,
        by=seen.name(record.actor),
        patients=words.whole(value.patients) if value.patients else "",
        start=value.period.get("start", ""),
        end=value.period.get("end", ""),
        indeterminate=words.cell(value.indeterminate, minimum),
        synthetic=shown["synthetic"],
        accounting=[
            Step(step=s["step"], kind=s["kind"], cases=s["cases"]) for s in shown["accounting"]
        ],
        groups=[Group(**each) for each in shown["groups"]],
        expectations=sorted(expectations, key=lambda each: each.ok),
        failed=sum(not each.ok for each in expectations),
        warnings=shown["warnings"],
        independence=shown["independence"],
        looks=looks(seen, value.digest),
        **same,
    )
