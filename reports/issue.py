"""Draw a document from the trail, keep it, and write down that it was issued.

The same facts are issued once: building again returns the record that is there. The facts are kept
beside the PDF, so that `again` can draw the same bytes years later without the trail.
"""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence import digest as digests
from evidence.records import ReportIssue
from reports import dossier, figures, pathway_memo, pdf, render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from evidence.records import Body, Record
    from evidence.store import Store
    from policies.workspace import Workspace

DOCUMENTS = tuple(dossier.TITLES)
PAPERS = ("A4", "Letter")


def build(
    space: Workspace, kind: str, *, paper: str = "A4", at: str, actor: str, folder: Path
) -> Record:
    """Issue one document; see `build_all`."""
    return build_all(space, (kind,), paper=paper, at=at, actor=actor, folder=folder)[0]


def build_memo(
    space: Workspace, about: int, *, paper: str = "A4", at: str, actor: str, folder: Path
) -> Record:
    """Issue the memo of a pathway assessment; `about` is the number of its record."""
    kinds = (pathway_memo.KIND,)
    return build_all(space, kinds, about=about, paper=paper, at=at, actor=actor, folder=folder)[0]


def build_all(
    space: Workspace,
    kinds: Sequence[str],
    *,
    about: int = 0,
    paper: str = "A4",
    at: str,
    actor: str,
    folder: Path,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> list[Record]:
    """Issue documents; several are drawn at the same time, in processes of their own.

    Args:
        space: The workspace.
        kinds: Of `DOCUMENTS`, or the kind of a memo.
        about: Number of the record that a memo is about.
        paper: One of `PAPERS`.
        at: Now, UTC, ISO 8601.
        actor: Who issues them.
        folder: Where the PDFs are laid for people.
        progress: Called with the document's name, how many are done, of how many.

    Returns:
        The record of each issue, in the order asked for.
    """
    drafts = [_draft(space, kind, paper, about) for kind in kinds]
    waiting = [draft for draft in drafts if draft.issued is None]
    for draft, content in zip(waiting, _drawn([d.facts for d in waiting]), strict=False):
        progress(draft.facts["title"], drafts.index(draft), len(drafts))
        draft.issued = _issue(space, draft, content, at=at, actor=actor)
    records = []
    for draft in drafts:
        if draft.issued is None:
            raise RuntimeError(f"{draft.facts['title']} was not drawn")
        value = ReportIssue.read(draft.issued.body)
        _lay(folder / value.path, space.store.get(value.files["pdf"], value.title))
        records.append(draft.issued)
    return records


@dataclass(kw_only=True)
class _Draft:
    """A document on its way: its facts, their digest, and the record once it is issued."""

    facts: Body
    digest: str
    issued: Record | None


def _draft(space: Workspace, kind: str, paper: str, about: int) -> _Draft:
    if kind == pathway_memo.KIND:
        facts = pathway_memo.collect(space, paper, about)
    else:
        facts = dossier.collect(space, kind, paper)
    digest = digests.of_value(facts)
    earlier = [
        (record, value)
        for record, value in space.trail.all(ReportIssue)
        if value.path == _path(facts)
    ]
    same = [record for record, value in earlier if value.facts_digest == digest]
    edition = {"edition": len(earlier) + 1}
    return _Draft(facts=facts | edition, digest=digest, issued=same[0] if same else None)


def _drawn(facts: list[Body]) -> Iterator[bytes]:
    if len(facts) < 2:  # noqa: PLR2004 - one alone needs no second process
        yield from map(draw, facts)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=2, mp_context=context) as pool:
        yield from pool.map(draw, facts)


def _issue(space: Workspace, draft: _Draft, content: bytes, *, at: str, actor: str) -> Record:
    facts = draft.facts
    value = ReportIssue(
        document=facts["kind"],
        title=facts["title"],
        paper=facts["paper"],
        edition=facts["edition"],
        facts_digest=draft.digest,
        through=facts["through"],
        open_items=facts["open_items"],
        path=_path(facts),
        files={
            "pdf": space.store.put(content),
            "facts": space.store.put(digests.canonical(facts)),
        },
    )
    return space.trail.append([value], at=at, actor=actor)[0]


def _path(facts: Body) -> str:
    """The file of a document; each assessment has a memo of its own."""
    about = f"-{facts['through']}" if facts["kind"] == pathway_memo.KIND else ""
    suffix = "" if facts["paper"] == "A4" else f"-{facts['paper'].lower()}"
    return f"{facts['kind']}{about}{suffix}.pdf"


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
