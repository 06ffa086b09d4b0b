"""The demo's versions in a trail of their own, and variants of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import demo
from change_control import pccp, versions
from evidence import chain
from evidence import digest as digests
from evidence.chain import GENESIS
from evidence.records import ModelLock, PolicyRegistration, ValidationRun
from evidence.trail import AuditTrail
from policies import reader
from policies.change_control import ChangeControlPolicy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from change_control.result import Result
    from evidence.records import Kind, Record

AT, ACTOR = "2026-03-02T10:00:00+00:00", "r.meier"
FIRST, SECOND = "covid-symptoms/1", "covid-symptoms/2"
KEPT = json.loads(
    (Path(__file__).parents[1] / "data" / "covid_change" / "versions.json").read_text()
)
LOCKS = {lock["version"]: ModelLock.read(lock) for lock in KEPT["locks"]}
RUNS = {run["model"].rpartition("/")[2]: ValidationRun.read(run) for run in KEPT["runs"]}
PLAN = (
    Path(str(demo.__file__)).parent / "workspace_covid" / "policies" / "change_control.yaml"
).read_text()
AUTHORISED = (
    PLAN.replace("version: 1\n", "version: 2\n", 1)
    .replace(
        "authorisations: []",
        "authorisations: [{authority: fda, submission: K123456, date: 2020-06-01, "
        "model: covid-symptoms/1, plan_version: 1}]",
    )
    .replace(
        "summary: The first plan.}",
        "summary: The first plan.}\n  - {version: 2, date: 2020-06-02, summary: Authorised.}",
    )
)


@dataclass(frozen=True)
class Notebook(AuditTrail):
    """A trail in memory, for rules that only read it; `test_a_notebook_reads_like_a_trail`."""

    written: list[Record] = field(default_factory=list)

    def __post_init__(self) -> None:
        """There is no file to look for."""

    def append(
        self,
        values: Sequence[Kind],
        *,
        at: str,
        actor: str,
        once: str = "",
        by: str = "key",
    ) -> list[Record]:
        """Write records at the end."""
        if once and any(r.body.get(by) == once for r in self.records(values[0].schema)):
            return []
        start = len(self.written)
        for value in values:
            last = self.written[-1].digest if self.written else GENESIS
            self.written.append(chain.seal(value, len(self.written) + 1, at, actor, last))
        return self.written[start:]

    def records(self, *schemas: str, after: int = 0) -> Iterator[Record]:
        """The records in order."""
        kept = [r for r in self.written if r.seq > after]
        yield from (r for r in kept if not schemas or r.schema in schemas)


def registration(text: str, name: str = "change_control", version: int = 1) -> PolicyRegistration:
    """A policy as it is registered."""
    return PolicyRegistration(
        name=name,
        version=version,
        digest=digests.of_bytes(text.encode()),
        text=text,
        source=f"{name}.yaml",
    )


def trail(
    *after: Kind, plan: str = PLAN, before: bool = True, at: Path | None = None
) -> AuditTrail:
    """The trail of the demo's first version, and what is put after it.

    Args:
        after: Records that follow the first version's run.
        plan: Text of the plan.
        before: Whether it is registered before everything else.
        at: Folder of a trail on disk; in memory without.
    """
    made = AuditTrail(f"sqlite:///{at / 'trail.db'}") if at else Notebook("")
    policies = [PolicyRegistration.read(body) for body in KEPT["policies"]]
    start = [registration(plan)] if before else []
    made.append([*start, LOCKS["1"], *policies, RUNS["1"], *after], at=AT, actor=ACTOR)
    return made


def plan_of(where: AuditTrail, text: str = PLAN) -> versions.Plan:
    """The plan with its registrations."""
    return versions.read_plan(where, _read(text), digests.of_bytes(text.encode()))


@cache
def _read(text: str) -> ChangeControlPolicy:
    return reader.parse(text, ChangeControlPolicy, "change_control.yaml")


def judged(
    where: AuditTrail, model: str, against: str = FIRST, text: str = PLAN, only: str = ""
) -> Result:
    """A version of the trail held against the plan."""
    return pccp.judge(
        versions.read_version(where, against),
        versions.read_version(where, model),
        plan_of(where, text),
        only,
    )


def second(**changes: Any) -> ModelLock:
    """The demo's second version with something else about it, and bytes of its own."""
    files = LOCKS["2"].manifest | {"model.pkl": digests.of_value(sorted(map(str, changes.items())))}
    changed = {"manifest": files, "digest": digests.of_value(files)} | changes
    return replace(LOCKS["2"], **changed) if changes else LOCKS["2"]


def run_of(lock: ModelLock, **changes: Any) -> ValidationRun:
    """The second version's run as that of a lock."""
    facts = {"model": lock.model, "model_digest": lock.digest, "key": lock.digest} | changes
    return replace(RUNS["2"], **facts)


def with_verdict(name: str, verdict: str) -> dict[str, Any]:
    """The second run's criteria and comparisons with one of them judged otherwise."""
    rows = {
        key: [
            row | ({"verdict": verdict, "reason": "as the test says"} if row["id"] == name else {})
            for row in getattr(RUNS["2"], key)
        ]
        for key in ("criteria", "comparisons")
    }
    return dict(rows)
