"""`tplc report`: issue documents from the trail, list what was issued, show what is covered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console import answer, coverage, settings
from console.answer import AsJson

if TYPE_CHECKING:
    from collections.abc import Callable

    from evidence.records import Record
    from policies.workspace import Workspace

app = typer.Typer(help="Documents: build, list, coverage.", no_args_is_help=True)
app.command("coverage")(coverage.coverage)


@app.command()
def build(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help="validation-report, monitoring-report, fda-tplc, eu-technical-documentation, "
            "pathway-memo, all",
        ),
    ],
    *,
    assessment: Annotated[
        int, typer.Option(help="Record of the pathway assessment that a memo is about.")
    ] = 0,
    paper: Annotated[str, typer.Option(help="A4 or Letter.")] = "A4",
    as_json: AsJson = False,
) -> None:
    """Draw a document from the evidence and issue it."""
    door = settings.enter()
    with answer.progress("report") as step:
        issued = issue(
            door.workspace,
            kind,
            assessment=assessment,
            paper=paper,
            at=door.at,
            actor=door.actor,
            progress=step,
        )
    folder = door.workspace.documents
    for record in issued:
        place = folder / record.body["path"]
        answer.say(
            f"{place} ({len(record.body['open_items'])} open items), {record.ref}.",
            as_json=as_json,
        )
    answer.give(
        {
            "documents": [
                {
                    "document": r.body["document"],
                    "path": str(folder / r.body["path"]),
                    "record": r.seq,
                    "open_items": len(r.body["open_items"]),
                }
                for r in issued
            ]
        },
        as_json=as_json,
    )


def issue(
    space: Workspace,
    kind: str,
    *,
    assessment: int = 0,
    paper: str = "A4",
    at: str,
    actor: str,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> list[Record]:
    """Issue a document, or all but the memos: what the command and the page do.

    Args:
        space: The workspace; the PDFs are laid into its documents.
        kind: As `build` takes it.
        assessment: Record of the pathway assessment that a memo is about; 0 for other kinds.
        paper: A4 or Letter.
        at: Now, UTC, ISO 8601.
        actor: Who issues them.
        progress: Called with the document's name, how many are done, of how many.

    Raises:
        UsageError: There is no such document or paper, or a memo without an assessment.
        NotFoundError: The record is no assessment.
    """
    from evidence.errors import UsageError
    from reports import issue as issuing
    from reports import pathway_memo

    kinds = issuing.DOCUMENTS if kind == "all" else (kind,)
    known = (*issuing.DOCUMENTS, pathway_memo.KIND)
    if not set(kinds) <= set(known):
        raise UsageError(f"There is no document '{kind}' ({', '.join(known)}, all).")
    if (kind == pathway_memo.KIND) != bool(assessment):
        raise UsageError(f"A {pathway_memo.KIND}, and only that, takes --assessment RECORD.")
    if paper not in issuing.PAPERS:
        raise UsageError(f"There is no paper '{paper}' ({', '.join(issuing.PAPERS)}).")
    progress("drawing", 0, len(kinds))
    return issuing.build_all(
        space,
        kinds,
        about=assessment,
        paper=paper,
        at=at,
        actor=actor,
        folder=space.documents,
        progress=progress,
    )


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """List the documents issued."""
    from evidence.digest import short
    from evidence.records import ReportIssue

    door = settings.enter()
    known = door.workspace.trail.all(ReportIssue)
    rows = [
        (v.title, v.edition, v.paper, len(v.open_items), r.at, short(v.files["pdf"]), r.seq)
        for r, v in known
    ]
    head = ("Document", "Edition", "Paper", "Open items", "Issued", "Digest", "Record")
    if not as_json:
        answer.table("Issued documents", head, rows)
    keys = [h.lower().replace(" ", "_") for h in head]
    answer.give({"documents": [dict(zip(keys, row, strict=True)) for row in rows]}, as_json=as_json)
