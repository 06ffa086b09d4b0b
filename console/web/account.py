"""The page of one's own account, and the forms on it. Whose it is comes from the session alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from change_control import own_credentials
from change_control.credentials import one_time, sessions, tokens
from change_control.credentials.gate import Given
from change_control.credentials.sign_in import enter
from console.views import account
from console.web import cookies, desk, page, sign_in
from console.web.form import Form, Posted
from console.web.site import Served, Site
from console.web.visitor import By, Visitor
from evidence.errors import AssuranceError, UsageError

if TYPE_CHECKING:
    from change_control.credentials.gate import Gate

HOME = "/account"
DONE = {
    "password": "Your password was changed, and you were signed out everywhere else.",
    "one-time": "A one-time password is asked for from now on.",
    "no-one-time": "A one-time password is no longer asked for.",
    "revoked": "The token was revoked.",
}
router = APIRouter(prefix=HOME)


@router.get("")
def own(request: Request, by: By, served: Served, done: str = "") -> Response:
    """The account."""
    return _draw(request, by, served, done=DONE.get(done, ""))


@router.post("/password")
def change_password(request: Request, served: Served, form: Posted) -> Response:
    """Choose another password; every other session ends with the old one."""
    try:
        new = form.secret("new")
        if new != form.secret("again"):
            raise UsageError("The two new passwords are not the same.")
        own_credentials.change_password(_gate(served), _given(form), new)
    except AssuranceError as error:
        return _draw(request, form.by, served, form=form, fault=error)
    sessions.end_all(served.vault, form.by.id)
    answer = _home("password")
    sign_in.begin(request, served, answer, form.by.id)
    return answer


@router.get("/one-time")
def offer_one_time(request: Request, by: By) -> Response:
    """A secret for an authenticator; nothing is kept until a code of it comes back."""
    if by.guest or by.totp:
        return RedirectResponse(HOME, status_code=303)
    return _offer(request, by, one_time.new_secret())


@router.post("/one-time")
def enrol_one_time(request: Request, served: Served, form: Posted) -> Response:
    """Ask for a one-time password from now on."""
    secret, code = form.text("secret"), form.text("code")
    try:
        if not code:
            raise UsageError("Type the code that your authenticator shows now.")
        given = Given(user=form.by.id, password=_password(form))
        entered = enter(_gate(served), given)
        own_credentials.enrol_totp(_gate(served), entered, given.password, secret, code)
    except AssuranceError as error:
        kept = secret if one_time.is_secret(secret) else one_time.new_secret()
        return _offer(request, form.by, kept, fault=error)
    return _home("one-time")


@router.post("/one-time/remove")
def remove_one_time(request: Request, served: Served, form: Posted) -> Response:
    """Take one's own authenticator away, with a last code of it."""
    try:
        where = _gate(served)
        own_credentials.remove_own_totp(where, enter(where, _given(form)))
    except AssuranceError as error:
        return _draw(request, form.by, served, form=form, fault=error)
    return _home("no-one-time")


@router.post("/sessions/end")
def sign_out_everywhere(served: Served, form: Posted) -> Response:
    """End every session of the person, this one as well."""
    sessions.end_all(served.vault, form.by.id)
    answer = RedirectResponse("/login", status_code=303)
    cookies.take(served, answer, cookies.SESSION)
    return answer


@router.post("/tokens")
def issue_token(request: Request, served: Served, form: Posted) -> Response:
    """Issue an API token; it is shown on the answer and never again."""
    try:
        days = form.text("days")
        if not days.isdecimal() or len(days) > 3:  # noqa: PLR2004 - digits of a number of days
            raise UsageError("Write the days as a number, such as 90.")
        where, who = desk.come_in(served, served.reading(), form)
        made = tokens.issue(where, who, form.text("name"), int(days))
    except AssuranceError as error:
        return _draw(request, form.by, served, form=form, fault=error)
    return _draw(request, form.by, served, secret=made.secret)


@router.post("/tokens/revoke")
def revoke_token(request: Request, served: Served, form: Posted) -> Response:
    """Revoke an API token."""
    try:
        where, who = desk.come_in(served, served.reading(), form)
        tokens.revoke(where, who, form.text("id"), form.text("reason"))
    except AssuranceError as error:
        return _draw(request, form.by, served, form=form, fault=error)
    return _home("revoked")


def _draw(
    request: Request,
    by: Visitor,
    site: Site,
    *,
    form: Form | None = None,
    fault: AssuranceError | None = None,
    done: str = "",
    secret: str = "",
) -> Response:
    """The account as it is now."""
    if by.guest:
        return RedirectResponse("/", status_code=303)
    seen = site.reading()
    held, good = [], []
    if seen.access:
        held = sessions.of(site.vault, seen.access, by.id, seen.at)
        good = tokens.going_on(site.vault, seen.access, seen.at)
    here = sessions.digest_of(cookies.brought(site, request, cookies.SESSION))
    view = account.account(seen, by.id, held, good, here)
    facts = {"view": view, "done": done, "secret": secret}
    return page.draw(request, "account", by, form=form, fault=fault, **facts)


def _offer(
    request: Request, by: Visitor, secret: str, *, fault: AssuranceError | None = None
) -> Response:
    address = one_time.address(secret, by.id)
    return page.draw(request, "account_one_time", by, fault=fault, secret=secret, address=address)


def _gate(site: Site) -> Gate:
    return desk.gate(site, site.reading())


def _given(form: Form) -> Given:
    """The person of the session, with what they typed."""
    return Given(user=form.by.id, password=_password(form), code=form.text("code"))


def _password(form: Form) -> str:
    password = form.secret("password")
    if not password:
        raise UsageError("Type your present password as well.")
    return password


def _home(done: str) -> RedirectResponse:
    return RedirectResponse(f"{HOME}?done={done}", status_code=303)
