"""The pages of the audit trail: searched, one record, verified now."""

from __future__ import annotations

import sys
import time
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from console import check
from console.views import audit_trail, one_record
from console.views.audit_trail import Asked
from console.views.verified import Verified
from console.web import form, page
from console.web.laid_out import laid
from console.web.one_at_a_time import Turn
from console.web.site import Seen, Served
from console.web.visitor import By
from evidence.errors import AssuranceError, NotAllowedError, UsageError

router = APIRouter()
turn = Turn("The trail is being verified already; wait until that is done.")


@router.get("/trail")
def search(
    request: Request,
    by: By,
    seen: Seen,
    *,
    text: str = "",
    kind: str = "",
    actor: str = "",
    since: str = "",
    until: str = "",
    page_: Annotated[str, Query(alias="page")] = "1",
) -> Response:
    """The trail, searched, a page at a time."""
    number = page.whole(page_) or 1
    asked = Asked(
        text=text.strip(), kind=kind, actor=actor.strip(), since=since, until=until, page=number
    )
    try:
        view = audit_trail.trail(seen, asked)
    except UsageError as error:
        open_ = audit_trail.trail(seen, Asked())
        return page.draw(request, "trail", by, view=open_, asked=asked, fault=error)
    return page.draw(request, "trail", by, view=view, asked=asked)


async def may_verify(request: Request, by: By, site: Served) -> None:
    """Whether somebody may have the whole trail verified: it keeps the machine busy.

    Raises:
        NotAllowedError: A guest from elsewhere, or a form that is not of this site.
    """
    if not by.guest:
        await form.posted(request, by)
        return
    if not site.local:
        raise NotAllowedError("Only somebody who signed in can have the trail verified here.")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowedError("This form came from another site.")


@router.get("/trail/verify")
def ask(request: Request, by: By, seen: Seen) -> Response:
    """What verifying means, and its button."""
    return page.draw(request, "verify", by, view=None, through=seen.through)


@router.post("/trail/verify", dependencies=[Depends(may_verify)])
def verify(request: Request, by: By, seen: Seen) -> Response:
    """Verify the chain and all that stands behind it, as `tplc verify` does."""
    started = time.monotonic()
    try:
        with turn.taken():
            found = check.everything(seen.space)
    except AssuranceError as error:
        return page.draw(request, "verify", by, view=None, through=seen.through, fault=error)
    view = Verified(
        at=seen.at,
        seconds=round(time.monotonic() - started, 1),
        records=found.records,
        files=found.files,
        faults=list(found.faults),
    )
    if view.faults:
        sys.stderr.write(f"serve: verification found {len(view.faults)} faults\n")
    return page.draw(request, "verify", by, view=view, through=seen.through)


@router.get("/trail/{number}")
def record(request: Request, by: By, seen: Seen, number: int) -> Response:
    """One record."""
    view = one_record.one_record(seen, number)
    return page.draw(request, "record", by, view=view, body=laid(view.body))
