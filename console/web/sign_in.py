"""The door: signing in and out.

The form of the door has a cookie and a token of its own, so that no other site can sign somebody
in as another. One sentence is said to all who fail; failures are counted by the gate.
"""

from __future__ import annotations

import hmac
import re
import secrets
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from change_control.credentials import sessions
from change_control.credentials.gate import Given, require_clock
from change_control.credentials.sign_in import enter
from console.web import cookies, desk, page
from console.web.form import Form, Posted, read
from console.web.site import Served, Site
from console.web.visitor import ChangePasswordFirst, SignInFirst, Visitor, due, visitor
from evidence.errors import NotAllowedError

if TYPE_CHECKING:
    from console.views.reading import Reading
    from evidence.errors import AssuranceError

LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")  # a path of this site, however it is read
FAILED = (
    "You could not be signed in: the user id, the password or the one-time password is wrong, or "
    "there were too many failed tries of late. After {failures} failures an id is locked for "
    "{minutes} minutes."
)
STALE = (
    "This form was opened too long ago, or your browser keeps no cookies. Nothing was read: "
    "please type it again."
)
router = APIRouter()


@router.get("/login")
def ask(
    request: Request, served: Served, back: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    """The form; to the page that they came for where there is nothing to prove."""
    seen = served.reading()
    if seen.access is None and not served.local:
        return page.draw(request, "login", Visitor(), users=False, back="/", door="")
    try:
        visitor(request)
    except ChangePasswordFirst as first:
        return RedirectResponse(first.door, status_code=303)
    except SignInFirst:
        return _form(request, served, back)
    return RedirectResponse(local(back), status_code=303)


@router.post("/login")
def come_in(
    request: Request, served: Served, fields: Annotated[dict[str, list[str]], Depends(read)]
) -> Response:
    """Let somebody in."""
    sent, seen = Form(by=Visitor(), fields=fields), served.reading()
    back = sent.text("next")
    if seen.access is None:
        return RedirectResponse("/login", status_code=303)
    key = cookies.brought(served, request, cookies.DOOR)
    if not sessions.TOKEN.fullmatch(key) or not same(_of_door(key), sent.text("token")):
        return _form(request, served, back, NotAllowedError(STALE))
    given = Given(
        user=sent.text("user").lower(), password=sent.secret("password"), code=sent.text("code")
    )
    try:
        user = _proved(served, seen, given)
    except NotAllowedError as error:
        return _form(request, served, back, error, sent)
    answer = RedirectResponse("/account" if due(seen, user) else local(back), status_code=303)
    begin(request, served, answer, user)
    return answer


@router.post("/logout")
def leave(request: Request, served: Served, form: Posted) -> Response:
    """End the session, in the vault and in the browser; the next person comes to the same page."""
    sessions.end(served.vault, cookies.brought(served, request, cookies.SESSION))
    back = local(form.text("next"))
    door = "/login" if back == "/" else f"/login?next={quote(back, safe='')}"
    answer = RedirectResponse(door, status_code=303)
    cookies.take(served, answer, cookies.SESSION)
    return answer


def begin(request: Request, site: Site, answer: Response, user: str) -> None:
    """A new session in place of the one that the client may have had."""
    seen = site.reading()
    if seen.access is None:
        raise SignInFirst
    sessions.end(site.vault, cookies.brought(site, request, cookies.SESSION))
    token = sessions.begin(site.vault, seen.access, user, seen.at)
    cookies.give(site, answer, cookies.SESSION, token)
    cookies.take(site, answer, cookies.DOOR)


def local(back: str) -> str:
    """The path of this site that a text is; the first page where it is none."""
    return back if LOCAL.fullmatch(back) else "/"


def same(one: str, other: str) -> bool:
    """Whether two texts are the same, in a time that does not say where they differ."""
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "surrogatepass"))


def _proved(site: Site, seen: Reading, given: Given) -> str:
    """The user who proved who they are.

    Raises:
        NotAllowedError: They did not, said in one sentence; or this machine's clock is wrong.
    """
    where = desk.gate(site, seen)
    rules = where.access.policy
    require_clock(where.trail, rules.clock_seconds, where.at)
    try:
        return enter(where, given).signatory.id
    except NotAllowedError:
        held = rules.lock_out
        said = FAILED.format(failures=held.failures, minutes=held.minutes)
        raise NotAllowedError(said) from None


def _form(
    request: Request,
    site: Site,
    back: str,
    fault: AssuranceError | None = None,
    sent: Form | None = None,
) -> Response:
    """The form of the door, with its cookie."""
    key = cookies.brought(site, request, cookies.DOOR)
    if not sessions.TOKEN.fullmatch(key):
        key = secrets.token_urlsafe(sessions.BYTES)
    facts = {"users": True, "back": local(back), "door": _of_door(key)}
    answer = page.draw(request, "login", Visitor(), form=sent, fault=fault, **facts)
    cookies.give(site, answer, cookies.DOOR, key)
    return answer


def _of_door(key: str) -> str:
    return sessions.form_token(f"door {key}")
