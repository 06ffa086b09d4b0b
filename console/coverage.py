"""`tplc report coverage`: each clause against the evidence; each risk down to its check."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import answer, settings
from console import coverage_view as view
from console.answer import AsJson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.catalog import Catalog
    from policies.workspace import Workspace
    from reports.traceability.coverage import Row
    from reports.traceability.editions import Difference
    from reports.traceability.facts import Facts

COLUMNS = (
    "catalog",
    "id",
    "ref",
    "part",
    "title",
    "severity",
    "status",
    "by",
    "records",
    "missing",
    "reason",
    "undecided",
    "applies_from",
    "recheck",
)


def coverage(
    *,
    target: Annotated[
        str,
        typer.Option(
            metavar="TARGET",
            help="fda, eu, reporting, one catalog by its name, or a catalog FILE.yaml.",
        ),
    ] = "",
    as_of: Annotated[
        dt.datetime | None,
        typer.Option(
            "--as-of",
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="Ask only for what applies on this day, and compare with what was issued by then.",
        ),
    ] = None,
    risks: Annotated[
        bool, typer.Option("--risks", help="Follow each hazard to control, verdict and check.")
    ] = False,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every row as CSV.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Which clauses are answered, open, not applicable or unverified; 3 while a must is open."""
    from evidence.errors import UsageError
    from reports.traceability.facts import Facts

    if bool(target) == risks:
        raise UsageError("Give --target (fda, eu, reporting, a catalog), or --risks.")
    space = settings.enter().workspace
    facts = Facts.of(space)
    if risks:
        _risks(facts, csv, as_json=as_json)
    else:
        _clauses(space, facts, target, as_of.date() if as_of else None, csv, as_json=as_json)


def _clauses(
    space: Workspace,
    facts: Facts,
    target: str,
    day: dt.date | None,
    csv: Path | None,
    *,
    as_json: bool,
) -> None:
    from reports.traceability import coverage as of_clauses
    from reports.traceability import editions

    laws = _chosen(target)
    rows = of_clauses.coverage(laws, facts, day)
    changes = editions.since(space.trail, space.store, laws, day.isoformat() if day else "")
    parts = of_clauses.by_part(rows)
    musts = of_clauses.open_musts(rows)
    if csv:
        _write(csv, COLUMNS, [dataclasses.asdict(row) for row in rows])
    if not as_json:
        view.summary(laws, parts)
        view.open_musts(musts)
        view.newer(changes)
    answer.give(_body(target, day, laws, rows, parts, musts, changes), as_json=as_json)
    if musts:
        raise typer.Exit(answer.NOT_EVALUABLE)


def _chosen(target: str) -> list[Catalog]:
    """The catalogs of a target; a file of one's own is read as strictly as those of the suite."""
    from pathlib import Path as File

    from policies import catalog, reader

    if target.endswith((".yaml", ".yml")):
        return [reader.read(File(target), catalog.Catalog)]
    return list(catalog.chosen(target).values())


def _body(
    target: str,
    day: dt.date | None,
    laws: Sequence[Catalog],
    rows: Sequence[Row],
    parts: list[dict[str, str | int]],
    musts: Sequence[Row],
    changes: Sequence[Difference],
) -> dict[str, Any]:
    from reports.traceability.coverage import STATUSES

    return {
        "target": target,
        "as_of": day.isoformat() if day else "",
        "catalogs": [
            law.model_dump(
                mode="json", include={"id", "title", "status", "version", "date", "as_of"}
            )
            for law in laws
        ],
        "counts": {s: sum(row.status == s for row in rows) for s in STATUSES},
        "open_musts": [row.id for row in musts],
        "parts": parts,
        "clauses": [dataclasses.asdict(row) for row in rows],
        "newer": [dataclasses.asdict(change) for change in changes],
    }


def _risks(facts: Facts, csv: Path | None, *, as_json: bool) -> None:
    from reports.traceability import risks

    found = risks.links(facts)
    body = [dataclasses.asdict(link) for link in found]
    if csv:
        _write(csv, tuple(f.name for f in dataclasses.fields(risks.Link)), body)
    if not as_json:
        head = ("Risk", "Hazard", "Control", "Watched by", "Verdict", "Check in use", "Lacks")
        answer.table("Risks, down to the check in use", head, [view.linked(link) for link in found])
    answer.give({"risks": body, "open": sum(bool(r.missing) for r in found)}, as_json=as_json)
    if any(link.missing for link in found):
        raise typer.Exit(answer.NOT_EVALUABLE)


def _write(path: Path, columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    """Rows as CSV; several values in a cell are divided by semicolons."""
    import csv

    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows([_cell(row[name]) for name in columns] for row in rows)


def _cell(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return "; ".join(_cell(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {item}" for key, item in value.items())
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
