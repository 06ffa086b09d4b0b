"""The record kinds: frozen values, each with its schema ``name/1``.

A record's body is plain JSON. `files` maps a word to the digest of a file in the store. Every old
schema stays readable: `tests/evidence/golden/` holds one of each, and is never changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from evidence import digest as digests
from evidence.kind import Body, Kind
from evidence.signing_records import (
    ChangeRequest,
    ChangeStep,
    CredentialChange,
    SecurityEvent,
    Signature,
    User,
)

__all__ = [  # kinds that stand in files of their own
    "Body",
    "ChangeRequest",
    "ChangeStep",
    "CredentialChange",
    "Kind",
    "SecurityEvent",
    "Signature",
    "User",
]


class Verdict(StrEnum):
    """The three answers."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    FAIL = "fail"
    NOT_EVALUABLE = "not evaluable"

    @classmethod
    def worst(cls, verdicts: list[Verdict]) -> Verdict:
        """Fail before not evaluable before pass; nothing judged is not evaluable."""
        for answer in (cls.FAIL, cls.NOT_EVALUABLE, cls.PASS):
            if answer in verdicts:
                return answer
        return cls.NOT_EVALUABLE


@dataclass(frozen=True, kw_only=True)
class PolicyRegistration(Kind):
    """A policy or plan, registered with its whole text before it judges anything."""

    schema: ClassVar[str] = "policy-registration/1"
    name: str
    version: int
    digest: str
    text: str
    source: str


@dataclass(frozen=True, kw_only=True)
class ModelLock(Kind):
    """A model version whose bytes are named; `external` runs elsewhere."""

    schema: ClassVar[str] = "model-lock/1"
    name: str
    version: str
    external: bool
    digest: str
    manifest: dict[str, str]
    uri: str
    flavour: str = ""
    signature: Body = field(default_factory=dict)
    environment: list[str] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    training: Body = field(default_factory=dict)

    @property
    def model(self) -> str:
        """``NAME/VERSION``."""
        return f"{self.name}/{self.version}"


@dataclass(frozen=True, kw_only=True)
class ReferenceFreeze(Kind):
    """A reference set: its frozen bytes, what was excluded, what it holds."""

    schema: ClassVar[str] = "reference-set-freeze/3"
    earlier: ClassVar[tuple[str, ...]] = ("reference-set-freeze/1", "reference-set-freeze/2")
    name: str
    digest: str
    source: str
    source_digest: str
    spec: Body
    spec_text: str
    rows: int
    cases: int
    positives: int
    period: dict[str, str]
    accounting: list[Body]
    subgroups: dict[str, list[Body]]
    expectations: list[Body]
    warnings: list[Body]
    independence: Body
    summaries: Body
    patients: int = 0
    indeterminate: int = 0
    rejected: int = 0
    characteristics: list[Body] = field(default_factory=list)
    reader_agreement: list[Body] = field(default_factory=list)
    task: str = "classification"
    items: int = 0
    synthetic: Body = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Look(Kind):
    """One use of a frozen set, written down before it is opened."""

    schema: ClassVar[str] = "look/1"
    reference: str
    reference_digest: str
    number: int
    model: str
    model_digest: str
    policies: dict[str, str]
    key: str


@dataclass(frozen=True, kw_only=True)
class ValidationRun(Kind):
    """One protocol run: a locked model on a frozen set, judged by registered criteria."""

    schema: ClassVar[str] = "validation-run/2"
    earlier: ClassVar[tuple[str, ...]] = ("validation-run/1",)
    key: str
    look: int
    model: str
    model_digest: str
    reference: str
    reference_digest: str
    policies: dict[str, str]
    against: str
    accounting: list[Body]
    estimates: list[Body]
    gaps: list[Body]
    comparisons: list[Body]
    criteria: list[Body]
    verdict: str
    reason: str
    curves: Body
    software: dict[str, str]
    multiplicity: list[Body] = field(default_factory=list)
    sites: Body = field(default_factory=dict)
    disparities: list[Body] = field(default_factory=list)
    errors: Body = field(default_factory=dict)
    incomplete: list[Body] = field(default_factory=list)
    design: Body = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class GenerativeRun(Kind):
    """One protocol run of a model that writes answers or reports, judged by registered criteria."""

    schema: ClassVar[str] = "generative-run/1"
    key: str
    look: int
    model: str
    model_digest: str
    reference: str
    reference_digest: str
    policies: dict[str, str]
    task: str
    scoring: str
    condition: str
    conditions: list[str]
    accounting: list[Body]
    estimates: list[Body]
    gaps: list[Body]
    criteria: list[Body]
    verdict: str
    reason: str
    modalities: list[Body]
    consistency: list[Body]
    outputs: Body
    warnings: list[Body]
    design: Body
    software: dict[str, str]
    columns: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MonitoringRun(Kind):
    """One window of production data, measured with the frozen set as its yardstick.

    A window may be judged more than once, as its labels come: each time is a record of its own, and
    `stage` says which it is and which it takes the place of. From schema 2 on the counts of the
    columns stand in the file ``summaries`` behind the record, so that years of nights stay small.
    """

    schema: ClassVar[str] = "monitoring-run/2"
    earlier: ClassVar[tuple[str, ...]] = ("monitoring-run/1",)
    key: str
    model: str
    model_digest: str
    reference: str
    reference_digest: str
    policies: dict[str, str]
    window: dict[str, str]
    source: str
    source_digest: str
    rows: int
    cases: int
    positives: int
    accounting: list[Body]
    expectations: list[Body]
    drift: list[Body]
    estimates: list[Body]
    gaps: list[Body]
    findings: list[Body]
    summaries: Body
    software: dict[str, str]
    stage: Body = field(default_factory=dict)
    labels: Body = field(default_factory=dict)
    label_free: list[Body] = field(default_factory=list)
    charts: list[Body] = field(default_factory=list)
    dataset: Body = field(default_factory=dict)
    joint: Body = field(default_factory=dict)
    engine: Body = field(default_factory=dict)
    warnings: list[Body] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class SurveillanceDesign(Kind):
    """What a registered plan promises: false alarms a year, and how long a loss stays unseen."""

    schema: ClassVar[str] = "surveillance-design/1"
    key: str
    model: str
    model_digest: str
    reference: str
    reference_digest: str
    policies: dict[str, str]
    design: Body
    software: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Trigger(Kind):
    """Findings that, by the plan's rules, the board must decide on."""

    schema: ClassVar[str] = "trigger/1"
    id: str
    model: str
    window: str
    cause: str
    severity: str
    rule: str
    statement: str
    finding: Body
    run_key: str


@dataclass(frozen=True, kw_only=True)
class TriggerNote(Kind):
    """What later windows showed of an open trigger; it stays open until the board decides."""

    schema: ClassVar[str] = "trigger-note/1"
    trigger: str
    model: str
    window: str
    cause: str
    note: str
    severity: str
    windows: int
    statement: str
    run_key: str


@dataclass(frozen=True, kw_only=True)
class ChangeDecision(Kind):
    """What the board decided on a trigger or a change request, and why.

    It closes nothing by itself once people have signatures: see `change_control.board`.
    """

    schema: ClassVar[str] = "change-decision/2"
    earlier: ClassVar[tuple[str, ...]] = ("change-decision/1",)
    trigger: str
    decision: str
    reason: str
    actor: str
    follow_up: str = ""
    request: str = ""
    authority: Body = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PathwayAssessment(Kind):
    """A decision table answered for a change: each question, by whom, why, and the outcome."""

    schema: ClassVar[str] = "pathway-assessment/1"
    key: str
    change: str
    trigger: str
    model: str
    baseline: str
    table: str
    table_version: int
    table_digest: str
    table_facts: Body
    answers: list[Body]
    changes_since: list[Body]
    pccp: Body
    outcome: Body
    rationale: str


@dataclass(frozen=True, kw_only=True)
class Awareness(Kind):
    """Who became aware of what, when: the moment from which a reporting clock counts."""

    schema: ClassVar[str] = "awareness/1"
    id: str
    clock: str
    clock_facts: Body
    clocks_digest: str
    aware_at: str
    zone: str
    person: str
    what: str
    trigger: str
    state: str
    limit: Body


@dataclass(frozen=True, kw_only=True)
class AuthorityReport(Kind):
    """A report that was sent to an authority: it stops the clock of an awareness."""

    schema: ClassVar[str] = "authority-report/1"
    awareness: str
    sent_at: str
    reference: str
    person: str


@dataclass(frozen=True, kw_only=True)
class ReportIssue(Kind):
    """A document as it was issued: its bytes and the digest of its facts."""

    schema: ClassVar[str] = "report-issue/1"
    document: str
    title: str
    paper: str
    edition: int
    facts_digest: str
    through: int
    open_items: list[Body]
    path: str


KINDS: dict[str, type[Kind]] = {
    schema: kind
    for kind in (
        PolicyRegistration,
        ModelLock,
        ReferenceFreeze,
        Look,
        ValidationRun,
        GenerativeRun,
        MonitoringRun,
        SurveillanceDesign,
        Trigger,
        TriggerNote,
        ChangeDecision,
        PathwayAssessment,
        Awareness,
        AuthorityReport,
        ReportIssue,
        User,
        CredentialChange,
        SecurityEvent,
        Signature,
        ChangeRequest,
        ChangeStep,
    )
    for schema in (kind.schema, *kind.earlier)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One line of the trail.

    Attributes:
        seq: Its number, from 1 without holes.
        schema: The kind and its version, ``name/1``.
        at: When, UTC, ISO 8601.
        actor: Who, as the door read it.
        body: What, plain JSON.
        previous: The digest of the record before it; of nothing for the first.
        digest: The digest of all of the above.
    """

    seq: int
    schema: str
    at: str
    actor: str
    body: Body
    previous: str
    digest: str

    @property
    def kind(self) -> str:
        """The schema without its version."""
        return self.schema.partition("/")[0]

    @property
    def ref(self) -> str:
        """How a document names this record."""
        return f"record {self.seq} ({digests.short(self.digest)})"

    def value(self) -> Kind:
        """The body as its kind."""
        return KINDS[self.schema].read(self.body)
