"""What a program reads of the evidence: models, reference sets, documents, the audit trail."""

from __future__ import annotations

from console.views import audit_trail, documents, models, one_model, one_record, references
from console.views.audit_trail import Asked, Trail
from console.views.documents import Documents
from console.views.models import Models
from console.views.one_model import OneModel
from console.views.one_record import OneRecord
from console.views.references import OneReference, References
from console.web.api_asked import Day, Name, Number, Page, Word, addresses
from console.web.site import Seen

router = addresses("evidence")


@router.get("/models")
def list_models(seen: Seen) -> Models:
    """List every locked version."""
    return models.models(seen)


@router.get("/models/{name:path}/{version}")
def show_model(seen: Seen, name: Name, version: Name, against: Word = "") -> OneModel:
    """Give one locked version; with against=NAME/VERSION, beside another."""
    return one_model.one_model(seen, f"{name}/{version}", against)


@router.get("/references")
def list_references(seen: Seen) -> References:
    """List every reference set."""
    return references.references(seen)


@router.get("/references/{name:path}")
def show_reference(seen: Seen, name: Name) -> OneReference:
    """Give one reference set with its freezes and looks."""
    return references.one_reference(seen, name)


@router.get("/documents")
def list_documents(seen: Seen) -> Documents:
    """List the documents that were issued."""
    return documents.documents(seen)


@router.get("/trail")
def search_trail(
    seen: Seen,
    *,
    text: Word = "",
    kind: Word = "",
    actor: Word = "",
    since: Day = "",
    until: Day = "",
    page: Page = 1,
) -> Trail:
    """Search the audit trail, a page at a time, newest first; since and until are days."""
    asked = Asked(text=text, kind=kind, actor=actor, since=since, until=until, page=page)
    return audit_trail.trail(seen, asked)


@router.get("/trail/{number}")
def show_record(seen: Seen, number: Number) -> OneRecord:
    """Give one record, what it rests on and what rests on it."""
    return one_record.one_record(seen, number)
