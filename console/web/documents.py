"""The page of the documents: issued ones to download, new ones to build."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from console import papers, settings
from console.views import documents
from console.views.documents import BUILDERS
from console.web import page
from console.web.form import Form, Posted
from console.web.one_at_a_time import Turn
from console.web.site import Seen
from console.web.visitor import By
from evidence.errors import AssuranceError, NotAllowedError
from reports import pathway_memo

router = APIRouter()
turn = Turn("A document is being drawn already; wait until that is done.")


@router.get("/documents")
def every(request: Request, by: By, seen: Seen, built: str = "") -> Response:
    """The documents that were issued."""
    view = documents.documents(seen, page.whole(built))
    return page.draw(request, "documents", by, view=view, may=by.has(*BUILDERS))


@router.post("/documents/build")
def build(request: Request, seen: Seen, form: Posted) -> Response:
    """Draw a document and issue it; the same facts give the edition that is there."""
    try:
        number = _built(seen, form)
    except AssuranceError as error:
        view, may = documents.documents(seen), form.by.has(*BUILDERS)
        return page.draw(request, "documents", form.by, view=view, may=may, form=form, fault=error)
    return RedirectResponse(f"/documents?built={number}", status_code=303)


def _built(seen: Seen, form: Form) -> int:
    """The record of the document that a form asked for."""
    if not form.by.has(*BUILDERS):
        raise NotAllowedError(
            f"To build a document you need one of the roles {', '.join(BUILDERS)}."
        )
    kind = form.text("kind", required="Choose the document.")
    about = 0
    if kind == pathway_memo.KIND:
        said = form.text("assessment", required="Choose the assessment that the memo is about.")
        about = page.whole(said)
    with turn.taken():
        issued = papers.issue(
            seen.space,
            kind,
            assessment=about,
            paper=form.text("paper") or "A4",
            at=settings.now(),
            actor=form.by.id,
        )
    return issued[-1].seq


@router.get("/documents/{number}/download")
def download(by: By, seen: Seen, number: int) -> Response:
    """The PDF of a record, by the digest that the record holds."""
    del by  # whoever reads the pages may read the documents
    content, name = documents.pdf(seen, number)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/pdf", headers=headers)
