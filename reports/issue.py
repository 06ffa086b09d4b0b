"""Draw a document from the trail, keep it, and write down that it was issued.

The same facts are issued once: building again returns the record that is there. The facts are kept
beside the PDF, so that `again` can draw the same bytes years later without the trail.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

from evidence import digest as digests
from evidence.records import ReportIssue
from reports import dossier, figures, pdf, render

if TYPE_CHECKING:
    from pathlib import Path

    from evidence.records import Body, Record
    from evidence.store import Store
    from policies.workspace import Workspace

DOCUMENTS = tuple(dossier.TITLES)
PAPERS = ("A4", "Letter")


def build(
    space: Workspace, kind: str, *, paper: str = "A4", at: str, actor: str, folder: Path
) -> Record:
    """Issue a document.

    Args:
        space: The workspace.
        kind: One of `DOCUMENTS`.
        paper: One of `PAPERS`.
        at: Now, UTC, ISO 8601.
        actor: Who issues it.
        folder: Where the PDF is laid for people.

    Returns:
        The record of the issue.
    """
    facts = dossier.collect(space, kind, paper)
    digest = digests.of_value(facts)
    earlier = [
        (record, value)
        for record, value in space.trail.all(ReportIssue)
        if (value.document, value.paper) == (kind, paper)
    ]
    path = f"{kind}.pdf" if paper == "A4" else f"{kind}-{paper.lower()}.pdf"
    for record, value in earlier:
        if value.facts_digest == digest:
            _lay(folder / path, space.store.get(value.files["pdf"], value.title))
            return record
    edition = len(earlier) + 1
    content = draw(facts | {"edition": edition})
    files = {
        "pdf": space.store.put(content),
        "facts": space.store.put(digests.canonical(facts | {"edition": edition})),
    }
    value = ReportIssue(
        document=kind,
        title=facts["title"],
        paper=paper,
        edition=edition,
        facts_digest=digest,
        through=facts["through"],
        open_items=facts["open_items"],
        path=path,
        files=files,
    )
    _lay(folder / path, content)
    return space.trail.append([value], at=at, actor=actor)[0]


def draw(facts: Body) -> bytes:
    """The PDF of facts; the same facts, the same bytes."""
    # What is drawn is what was kept: the facts as JSON reads them back.
    known: Body = json.loads(digests.canonical(facts))
    epoch = int(dt.datetime.fromisoformat(known["as_of"]).timestamp())
    page = render.html(known, figures.draw(known))
    return pdf.make(page, paper=known["paper"], epoch=epoch)


def again(store: Store, value: ReportIssue) -> bytes:
    """Draw an issued document again, from the facts that were kept with it."""
    return draw(json.loads(store.get(value.files["facts"], f"facts of {value.title}")))


def _lay(path: Path, content: bytes) -> None:
    """Write whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
