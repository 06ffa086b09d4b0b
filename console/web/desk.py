"""The desk on a page: whoever sent a form gives their password again, and acts under their own id.

Whose authority it is comes from the session, never from a field of the form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from change_control import signature
from change_control.credentials.gate import Gate, Given
from change_control.credentials.sign_in import sign_in
from change_control.desk import Desk
from console import settings
from evidence.errors import OutOfOrderError, UsageError

if TYPE_CHECKING:
    from console.views.reading import Reading
    from console.web.form import Form
    from console.web.site import Site
    from evidence.records import Record
    from evidence.signing.authority import Signatory

HERE = "tplc-serve"  # who is at the machine


def gate(site: Site, seen: Reading) -> Gate:
    """Where people prove who they are.

    Raises:
        OutOfOrderError: There are no users.
    """
    if seen.access is None:
        raise OutOfOrderError("There are no users here yet.")
    return Gate(
        vault=site.vault, trail=seen.trail, access=seen.access, at=settings.now(), actor=HERE
    )


def come_in(site: Site, seen: Reading, form: Form) -> tuple[Gate, Signatory]:
    """Whoever sent a form, with the password typed into it.

    What was written while the password was checked is seen by the rules that follow.

    Raises:
        UsageError: The password is missing.
        NotAllowedError: They could not prove who they are.
    """
    password = form.secret("password")
    if not password:
        raise UsageError("Type your password again: a signature needs it each time.")
    where = gate(site, seen)
    given = Given(user=form.by.id, password=password, code=form.text("code"))
    by = sign_in(where, given)
    return gate(site, site.reading()), by


def desk(site: Site, seen: Reading, form: Form) -> Desk:
    """Where changes are written down, with whoever sent the form.

    Raises:
        UsageError: The password is missing.
        NotAllowedError: They could not prove who they are.
    """
    where, by = come_in(site, seen, form)
    return Desk(
        trail=seen.trail, policy=seen.policy, access=where.access, by=by, at=where.at, actor=HERE
    )


def sign(site: Site, seen: Reading, form: Form, thing: str) -> Record:
    """Sign a thing as the form says that it was shown.

    Raises:
        UsageError: No meaning was chosen, or the password is missing.
        NotAllowedError: Who they are, their roles or the change's author do not allow it.
        OutOfOrderError: It changed since it was shown.
        NotFoundError: There is no such thing.
    """
    meaning = form.text("meaning", required="Choose what your signature means.")
    where, by = come_in(site, seen, form)
    store, reason = seen.space.store, form.text("reason")
    return signature.sign(where, store, by, thing, meaning, form.text("seen"), reason)
