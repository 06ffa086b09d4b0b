"""The board's Overview over years of nights: how long it takes, and how much memory.

python -m benchmarks.overview [--models N] [--days N] [--folder DIR] [--markdown]

A trail is made as surveillance leaves it: each model with a plan, a lock and a validation, a daily
window with 20 columns of drift, estimates by subgroup and a chart, findings now and then, triggers,
decisions, and the newest decisions signed by two people. A child process then reads it as
`tplc serve` does and asks for pages through Starlette's test client. `--folder` keeps the trail.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console import start
from evidence import chain
from evidence import digest as digests
from evidence.records import ChangeDecision, MonitoringRun, PolicyRegistration, Trigger
from evidence.remembered import RememberedTrail
from evidence.trail import AuditTrail
from policies.workspace import Workspace
from tests.board_room import Room, golden
from validation.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from evidence.records import Body, Kind, Record

FIRST = dt.date(2021, 1, 1)
COLUMNS, SUBGROUPS, PATH = 20, 3, 80
RENDERS, SIGNED = 20, 30
BODIES = 40  # distinct measurements of a model; every night has its own day, key and findings
DAY, KEY = "1970-01-01", "sha256:key"
MIB = 1024 * 1024
PLAN = """\
policy: monitoring
version: 1
title: Surveillance of {model}
model: {model}
reference: ref
source: production.csv
schedule: {{every: day, start: {start}}}
operating_points: [{{name: standard, threshold: 0.5}}]
performance: [{{endpoint: auroc, fall_of: 0.05}}]
gaps: [{{by: [sex], above: 0.0}}]
triggers:
  - {{id: input-lost, finding: missingness, severity: critical}}
  - {{id: input-moved, finding: drift, severity: minor, windows_in_a_row: 3}}
  - {{id: fell, finding: performance, severity: critical}}
  - {{id: gap, finding: subgroup-gap, severity: major}}
"""
KINDS = (  # kind, subject, share of days with it, share of these that become triggers
    ("drift", "column_3", 0.05, 0.05),
    ("missingness", "column_7", 0.01, 0.4),
    ("performance", "auroc", 0.005, 0.6),
    ("subgroup-gap", "sex:female>male", 0.01, 0.3),
)
SEVERITY = {"drift": "minor", "missingness": "critical", "performance": "critical"}


@dataclass(frozen=True)
class _Fresh(RememberedTrail):
    """A remembered trail that sees its own writing at once."""

    def append(
        self, values: Sequence[Kind], *, at: str, actor: str, once: str = "", by: str = "key"
    ) -> list[Record]:
        written = super().append(values, at=at, actor=actor, once=once, by=by)
        self.refresh()
        return written


def make(folder: Path, models: int, days: int) -> None:
    """A workspace with its trail."""
    start.make(folder)
    trail = AuditTrail(Workspace(folder=folder).trail.url)
    trail.last()  # lays the tables
    last = FIRST + dt.timedelta(days=days)
    link = sqlite3.connect(folder / ".tplc" / "trail.db", isolation_level=None)
    for number in range(models):
        chance = random.Random(number)  # noqa: S311 - no secret
        _append(link, _model(f"model-{number:02d}/1", days, chance), f"{last}T03:00:00+00:00")
        sys.stderr.write(f"\r{number + 1} of {models} models")
    link.close()
    sys.stderr.write("\n")
    _sign(folder, last + dt.timedelta(days=1))


def _append(link: sqlite3.Connection, values: Iterable[tuple[str, str]], at: str) -> None:
    """What `AuditTrail.append` does, from schemas and canonical bodies: a hundred times quicker."""
    link.execute("BEGIN")
    found = link.execute("SELECT seq, digest FROM record ORDER BY seq DESC LIMIT 1").fetchone()
    seq, previous = found or (0, chain.GENESIS)
    for schema, text in values:
        seq += 1
        digest = digests.of_bytes(chain._recipe(seq, schema, at, "watch", previous, text))  # noqa: SLF001
        row = (seq, schema, at, "watch", text, previous, digest)
        link.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        previous = digest
    link.execute("COMMIT")


def _text(value: Kind) -> tuple[str, str]:
    return value.schema, digests.canonical(value.body()).decode()


def _model(model: str, days: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Schemas and bodies of a model's records."""
    name, _, version = model.partition("/")
    text = PLAN.format(model=model, start=FIRST)
    digest = digests.of_bytes(text.encode())
    same = {"name": name, "version": version, "digest": f"sha256:{model}", "files": {}}
    plan = PolicyRegistration(
        name="monitoring", version=1, digest=digest, text=text, source="monitoring.yaml"
    )
    validation = {"model": model, "verdict": "pass", "reason": "9 of 9 criteria passed"}
    yield _text(golden("model-lock/1", external=True, **same))
    yield _text(golden("validation-run/2", reference="ref", policies={}, **validation))
    yield _text(plan)
    bodies = [_text(_run(model, f"1 {digest}", [], chance))[1] for _ in range(BODIES)]
    for number in range(days):
        day = str(FIRST + dt.timedelta(days=number))
        findings = [
            _finding(kind, subject, day, chance)
            for kind, subject, share, _ in KINDS
            if chance.random() < share
        ]
        key = digests.of_bytes(f"{model} {day}".encode())
        body = bodies[chance.randrange(BODIES)].replace(DAY, day).replace(KEY, key)
        found = digests.canonical(findings).decode()
        yield MonitoringRun.schema, body.replace('"findings":[]', f'"findings":{found}')
        yield from _triggers(model, day, key, findings, chance)


def _triggers(
    model: str, day: str, key: str, findings: list[Body], chance: random.Random
) -> Iterator[tuple[str, str]]:
    """Some findings become triggers, most of these were decided."""
    shares = {kind: share for kind, _, _, share in KINDS}
    for number, finding in enumerate(findings, 1):
        if chance.random() >= shares[finding["kind"]]:
            continue
        trigger = Trigger(
            id=f"T-{model[6:8]}-{day}-{number:02d}",
            model=model,
            window=day,
            cause=finding["cause"],
            severity=SEVERITY.get(finding["kind"], "major"),
            rule="input-moved" if finding["kind"] == "drift" else "fell",
            statement=finding["statement"],
            finding=finding,
            run_key=key,
        )
        yield _text(trigger)
        if chance.random() < 0.9:  # noqa: PLR2004 - the others stay open
            yield _text(_decision(trigger.id))


def _decision(trigger: str) -> ChangeDecision:
    return ChangeDecision(
        trigger=trigger,
        decision="no-action",
        reason="The finding is explained by a holiday and was gone the day after.",
        actor="ada",
    )


def _finding(kind: str, subject: str, window: str, chance: random.Random) -> Body:
    return {
        "kind": kind,
        "cause": f"{kind}:{subject}",
        "subject": subject,
        "window": window,
        "statement": f"{subject} moved beyond the limit, as this sentence says with its numbers.",
        "value": chance.random(),
        "low": 0.1,
        "high": 0.9,
        "reference": 0.5,
        "limit": 0.2,
        "unit": "proportion",
        "method": "wilson",
        "n": 4000,
        "onset": "",
    }


def _estimates(chance: random.Random) -> list[Body]:
    groups = ["overall", *(f"sex=value {n}" for n in range(SUBGROUPS))]
    names = ("auroc", "prevalence", "brier", "sensitivity", "specificity", "ppv", "npv")
    made = Estimate(
        endpoint="", value=0.8, low=0.7, high=0.9, n=4000, positives=400, method="wilson"
    )
    return [
        made.to_dict() | {"endpoint": name, "subgroup": group, "value": chance.random()}
        for group in groups
        for name in names
    ]


def _run(
    model: str, plan: str, findings: list[Body], chance: random.Random, day: str = DAY
) -> MonitoringRun:
    """A window; its day and key may be words that are put in later."""
    key = KEY if day == DAY else digests.of_bytes(f"{model} {day}".encode())
    measures = ("hellinger", "jensenshannon", "kl_div", "psi", "total-variation", "l-infinity")
    estimates = _estimates(chance)
    drift = [
        {
            "column": f"column_{n}",
            "method": "psi",
            "threshold": 0.2,
            "value": chance.random() / 6,
            "status": "stable",
            "missing_reference": 0.01,
            "missing_window": chance.random() / 50,
            "n_reference": 40_000,
            "n_window": 4000,
            "measures": {name: chance.random() for name in measures},
            "range": [0.01, 0.02],
            "reason": "",
        }
        for n in range(COLUMNS)
    ]
    expected = {"expectation": "expect_column_values_to_not_be_null", "ok": True, "unexpected": 0}
    chart = {"id": "missed:overall:worse", "path": [[n, chance.random()] for n in range(PATH)]}
    value = golden(
        "monitoring-run/2",
        key=key,
        model=model,
        model_digest=f"sha256:{model}",
        reference="ref",
        reference_digest="sha256:ref",
        policies={"monitoring": plan},
        window={"label": day, "start": day, "end": day},
        source="production.csv",
        source_digest=key,
        rows=4000,
        cases=4000,
        positives=400,
        accounting=[{"kind": "read", "rows": 4000, "cases": 4000, "step": "rows read"}] * 3,
        expectations=[expected | {"column": f"column_{n}"} for n in range(COLUMNS)],
        drift=drift,
        estimates=estimates,
        gaps=[e | {"endpoint": f"{e['endpoint']}-difference"} for e in estimates[7:21]],
        findings=findings,
        summaries={},
        charts=[chart],
        stage={"age_days": 0, "final": True, "version": 1, "supersedes": "", "as_of": day},
        labels={},
        label_free=[],
        warnings=[],
        files={"summaries": key, "expectations": key},
    )
    assert isinstance(value, MonitoringRun)  # noqa: S101 - for the type
    return value


def _sign(folder: Path, day: dt.date) -> None:
    """People, and decisions that two of them signed."""
    at = f"{day}T09:00:00+00:00"
    room = Room(folder / ".tplc")
    trail = _Fresh(f"sqlite:///{folder / '.tplc' / 'trail.db'}")
    trail.refresh()
    room.__dict__["trail"] = trail
    room.register(1, 2)
    for user in ("quinn", "ada", "ben"):
        room.enrol(user)
    decided = {value.trigger for _, value in trail.all(ChangeDecision)}
    waiting = [value for _, value in trail.all(Trigger) if value.id not in decided]
    for trigger in waiting[:SIGNED]:
        from change_control.desk import append

        record = append(room.desk("ada", at), replace(_decision(trigger.id), actor="ada"), "ada")
        for user in ("ben", "quinn"):
            room.sign(user, str(record.seq), at=at)


def measure(folder: Path) -> Body:
    """Read the trail as `tplc serve` does, and ask for pages."""
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

    from console.web import app
    from console.web.visitor import Visitor, visitor

    space = Workspace(folder=folder)
    served = app.build(space)
    ben = Visitor(id="ben", name="Ben Approver", roles=("approver",))
    served.dependency_overrides[visitor] = lambda: ben
    before, begun, processor = _memory(), time.perf_counter(), time.process_time()
    served.state.site.begin()
    served.state.site.begun.wait()
    seen = served.state.site.reading()
    read = time.perf_counter() - begun, time.process_time() - processor
    client = TestClient(served)
    first = _timed(client, "/")
    again = [_timed(client, "/") for _ in range(RENDERS)]
    memory = _memory() - before
    trigger = seen.trail.all(Trigger)[-1][1].id
    opened = _timed(client, f"/triggers/{trigger}")
    reopened = [_timed(client, f"/triggers/{trigger}") for _ in range(RENDERS)]
    listed = [_timed(client, "/triggers") for _ in range(RENDERS)]
    windows = len(seen.trail.all(MonitoringRun))
    new = _new_window(space, seen.trail.all(MonitoringRun)[-1][1])
    return {
        "records": new,
        "windows": windows,
        "count": len(seen.trail.all(Trigger)),
        "bytes": (folder / ".tplc" / "trail.db").stat().st_size,
        "read": read,
        "memory": memory,
        "page": len(client.get("/").content),
        "first": first,
        "overview": again,
        "after a window": _timed(client, "/"),
        "trigger first": opened,
        "trigger": reopened,
        "triggers": listed,
    }


def _new_window(space: Workspace, last: MonitoringRun) -> int:
    """One more night of the last model; the number of its record."""
    day = dt.date.fromisoformat(last.window["end"]) + dt.timedelta(days=1)
    chance = random.Random(0)  # noqa: S311 - no secret
    run = _run(last.model, last.policies["monitoring"], [], chance, str(day))
    return space.trail.append([run], at=f"{day}T03:00:00+00:00", actor="watch")[0].seq


def _timed(client: Any, path: str) -> tuple[float, float]:
    """Seconds until a page has come, and seconds of the processor."""
    begun, processor = time.perf_counter(), time.process_time()
    answer = client.get(path)
    taken = time.perf_counter() - begun, time.process_time() - processor
    assert answer.status_code == 200, answer.text  # noqa: S101, PLR2004 - what is timed must be right
    return taken


def _memory() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def _rows(found: Body) -> list[tuple[str, str]]:
    def many(name: str) -> str:
        times, processor = zip(*found[name], strict=True)
        return (
            f"{1000 * statistics.median(times):.0f} ms, worst {1000 * max(times):.0f} ms; "
            f"of the processor {1000 * statistics.median(processor):.0f} ms"
        )

    def once(name: str) -> str:
        return f"{1000 * found[name][0]:,.0f} ms; of the processor {1000 * found[name][1]:,.0f} ms"

    return [
        ("windows; triggers; records; size of the trail",
         "; ".join(f"{found[n]:,}" for n in ("windows", "count", "records"))
         + f"; {found['bytes'] / MIB:,.0f} MiB"),
        (
            "first reading of the trail and judging of each window, beside the server at start",
            once("read"),
        ),
        ("memory that the server has taken by then", f"{found['memory'] / MIB:,.0f} MiB"),
        ("the Overview for the first time after that", once("first")),
        (f"the Overview, median of {RENDERS}; {found['page'] / 1024:,.0f} KiB", many("overview")),
        ("the Overview after one more window", once("after a window")),
        ("a Trigger page for the first time, its figure drawn", once("trigger first")),
        (f"the Trigger page, median of {RENDERS}", many("trigger")),
        (f"the list of triggers, median of {RENDERS}", many("triggers")),
    ]  # fmt: skip


def main() -> None:
    """Make the trail, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--models", type=int, default=20)
    parser.add_argument("--days", type=int, default=1825)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.folder)))  # noqa: T201
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch) / "workspace"
        if not (folder / ".tplc" / "credentials.db").exists():
            make(folder, given.models, given.days)
        words = [sys.executable, "-m", "benchmarks.overview", "--measure", "--folder", str(folder)]
        told = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603
    rows = _rows(json.loads(told))
    if given.markdown:
        print("| what | figure |\n|---|---:|")  # noqa: T201
    for what, figure in rows:
        print(f"| {what} | {figure} |" if given.markdown else f"{what}: {figure}")  # noqa: T201


if __name__ == "__main__":
    main()
