"""What is counted, and over which edges: all that a site needs to make a summary, and no row.

A layout is made from the frozen reference set and the plan. Its digest names it: summaries of
different layouts are never added.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from evidence import digest as digests
from evidence.errors import DataError, UsageError
from monitoring.summary.grid import score_grid
from policies.dataset import DatasetSpec
from validation.summary import OTHER
from validation.table import MISSING, REJECTED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evidence.records import Body, ReferenceFreeze

FORMAT = "summary-layout/1"
SCORE = "score"
NAMED = 20  # categories that the reference set does not have, and that are still named


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A row is counted when a column has a value, or one of those given.

    Attributes:
        column: Which column.
        one_of: Values as text; None for any.
        reason: Why others are excluded.
    """

    column: str
    one_of: tuple[str, ...] | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Columns with their edges or categories, and the roles of label, score, groups, count, day.

    Attributes:
        reference: Name of the frozen reference set.
        reference_digest: Digest of its bytes.
        columns: Name to ``{type, source}`` with ``edges`` and ``discrete``, or ``values``.
        label: Column of the reference standard; empty where outcomes are not counted.
        positive: Its values, as text, that mean positive.
        negative: That mean negative.
        indeterminate: That mean neither.
        score: Column of the score; empty where the model's scores are not in the data.
        grid: Edges of the score's cells.
        groups: Subgroup column to the values that the reference set has.
        count: Column of people a row; empty when a row is a case.
        day: Column of the day; empty without one.
        missing: Column to the values, as text, that stand for missing.
        rules: Who is counted, in order.
        known: Every column that the specification names; others are reported as new.
        named: So many new categories of a column are counted by name; of more, none is.
    """

    reference: str
    reference_digest: str
    columns: Mapping[str, Body]
    label: str = ""
    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    indeterminate: tuple[str, ...] = ()
    score: str = ""
    grid: tuple[float, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    count: str = ""
    day: str = ""
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    known: tuple[str, ...] = ()
    named: int = NAMED

    @classmethod
    def of(
        cls,
        frozen: ReferenceFreeze,
        score_summary: Body | None,
        *,
        thresholds: Sequence[float] = (),
        by: Sequence[str] = (),
        score: str | None = None,
    ) -> Self:
        """The layout of a frozen reference set.

        Args:
            frozen: The reference set, of a model that gives a score.
            score_summary: The score's frozen summary (a validation run's ``curves``); None leaves
                scores out.
            thresholds: The plan's operating points.
            by: Subgroup columns; the specification's own are always counted.
            score: Column of the score; the specification's when None.

        Raises:
            UsageError: The reference set is one of texts, whose columns are derived from them.
        """
        if frozen.task != "classification":
            raise UsageError(
                f"Reference set {frozen.name} is one of {frozen.task}: summaries are made of "
                "models that give a score."
            )
        spec = DatasetSpec.model_validate(frozen.spec)
        column = (spec.score or "") if score is None else score
        standard, groups = spec.reference_standard, _groups(frozen, spec, by)
        columns = {name: _column(name, body) for name, body in frozen.summaries.items()}
        if score_summary and column:
            columns[SCORE] = _column(column, score_summary)
        return cls(
            reference=frozen.name,
            reference_digest=frozen.digest,
            columns=columns,
            label=standard.column,
            positive=tuple(map(str, standard.positive)),
            negative=tuple(map(str, standard.negative)),
            indeterminate=tuple(map(str, standard.indeterminate)),
            score=column if score_summary else "",
            grid=score_grid(score_summary, thresholds) if score_summary and column else (),
            groups=groups,
            count=spec.count or "",
            day=spec.time or "",
            missing={name: tuple(map(str, codes)) for name, codes in spec.missing_codes.items()},
            rules=_rules(spec),
            known=tuple(spec.columns()),
        )

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns of the data that are read, once, in order."""
        named = [body["source"] for body in self.columns.values()]
        named += [self.label, self.score, *self.groups, self.count, self.day]
        named += [rule.column for rule in self.rules]
        return tuple(dict.fromkeys(name for name in named if name))

    @cached_property
    def digest(self) -> str:
        """The name of this layout."""
        return digests.of_value(self.body())

    def body(self) -> Body:
        """As JSON."""
        plain = {f.name: _plain(getattr(self, f.name)) for f in dataclasses.fields(self)}
        return {"format": FORMAT} | plain | {"rules": [dataclasses.asdict(r) for r in self.rules]}

    @classmethod
    def read(cls, body: Any, name: str = "the layout") -> Self:
        """The layout of its JSON.

        Raises:
            DataError: It is no layout, or one of another version.
        """
        told = body.get("format") if isinstance(body, dict) else None
        wanted = {f.name for f in dataclasses.fields(cls)} | {"format"}
        if told != FORMAT or set(body) != wanted:
            raise DataError(name, [f"is no layout of this version ('format' is not {FORMAT})"])
        rules = tuple(Rule(**_tuples(rule)) for rule in body["rules"])
        rest = {key: value for key, value in body.items() if key not in ("format", "rules")}
        values: dict[str, Any] = {"columns": rest.pop("columns"), "rules": rules}
        values |= {key: _tuples(rest.pop(key)) for key in ("groups", "missing")}
        return cls(**values, **_tuples(rest))


def _tuples(body: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(v) if isinstance(v, list) else v for key, v in body.items()}


def _plain(value: Any) -> Any:
    """Lists for tuples, at any depth."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def _column(source: str, frozen: Body) -> Body:
    if frozen["type"] == "category":
        values = sorted(key for key in frozen["counts"] if key != OTHER)
        return {"type": "category", "source": source, "values": values}
    kept: Body = {"type": "number", "source": source, "edges": list(frozen["edges"])}
    return kept | ({"discrete": True} if frozen.get("discrete") else {})


def _groups(
    frozen: ReferenceFreeze, spec: DatasetSpec, by: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    names = dict.fromkeys([*spec.subgroups, *([spec.site] if spec.site else []), *by])
    return {name: tuple(sorted({MISSING, *_values(frozen, name)} - {OTHER})) for name in names}


def _values(frozen: ReferenceFreeze, name: str) -> list[str]:
    if name in frozen.subgroups:
        return [row["value"] for row in frozen.subgroups[name]]
    body = frozen.summaries.get(name, {"type": ""})
    return list(body["counts"]) if body["type"] == "category" else []


def _rules(spec: DatasetSpec) -> tuple[Rule, ...]:
    found = []
    if quality := spec.input_quality:
        accepted = tuple(map(str, quality.accepted))
        found.append(Rule(column=quality.column, one_of=accepted, reason=REJECTED))
    for rule in spec.include:
        if rule.applies_to == "always":
            one_of = None if rule.one_of is None else tuple(map(str, rule.one_of))
            found.append(Rule(column=rule.column, one_of=one_of, reason=rule.reason))
    return tuple(found)
