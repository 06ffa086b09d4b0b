"""API tokens: programs that read in the name of a person. A token signs nothing.

The vault keeps a token's SHA-256, the trail that its owner issued it and who revoked it. It ends on
its day, when it is revoked, when its owner is disabled, and when somebody else resets the owner's
password; a vault that was put back from a copy brings none of them back.
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
import re
import secrets
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from change_control.credentials.gate import moment
from change_control.credentials.sessions import BYTES, digest_of
from evidence.errors import NotAllowedError, NotFoundError, UsageError
from evidence.records import CredentialChange
from evidence.signing import authority
from evidence.signing_records import ISSUED, QUALITY, REVOKED

if TYPE_CHECKING:
    from change_control.credentials.gate import Gate
    from change_control.credentials.vault import Vault
    from evidence.records import Record
    from evidence.signing.authority import Signatory
    from evidence.signing.register import Person
    from policies.in_force import Access

TOKEN = re.compile(r"tplc_[A-Za-z0-9_-]{43}")  # the prefix lets scanners of secrets find it
DAYS = 366  # of a token, at most
LONGEST = 64  # characters of a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token as the vault keeps it.

    Attributes:
        id: What it is called by; the head of its digest.
        user: Whose it is.
        public_key: Theirs when it was issued.
        name: What it is for, in their words.
        issued: When, UTC, ISO 8601.
        until: When it ends.
    """

    id: str
    user: str
    public_key: str
    name: str
    issued: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A token that was just issued.

    Attributes:
        secret: What a program sends; it is kept nowhere.
        token: What is kept.
        record: What the trail heard.
    """

    secret: str = field(repr=False)
    token: Token
    record: Record


def issue(gate: Gate, by: Signatory, name: str, days: int) -> Issued:
    """Issue a token to whoever just gave their password.

    Args:
        gate: Where they gave it.
        by: Its owner.
        name: What it is for.
        days: How long it is good.

    Raises:
        UsageError: The name or the days cannot be.
    """
    _require(name, days)
    secret = f"tplc_{secrets.token_urlsafe(BYTES)}"
    digest = digest_of(secret)
    until = moment(gate.at) + dt.timedelta(days=days)
    fresh = Token(
        id=digest[:12],
        user=by.id,
        public_key=by.public_key,
        name=name.strip(),
        issued=gate.at,
        until=until.isoformat(timespec="seconds"),
    )
    said = f"token {fresh.id}, '{fresh.name}', until {fresh.until[:10]}"
    value = CredentialChange(user=by.id, event=ISSUED, public_key=by.public_key, reason=said)
    record = _record(gate, by, value)
    with gate.vault.transaction() as base:
        text = json.dumps(asdict(fresh))
        base.execute("INSERT INTO token VALUES (?, ?)", (digest, text))
    return Issued(secret=secret, token=fresh, record=record)


def revoke(gate: Gate, by: Signatory, token: str, reason: str) -> Record:
    """Revoke a token: its owner does, or somebody with the role quality in their place.

    Args:
        gate: Where they gave their password.
        by: Who does it.
        token: Its id.
        reason: Why.

    Raises:
        NotAllowedError: It is another person's.
        NotFoundError: There is no such token, or it is over.
        UsageError: There is no reason.
    """
    held = next((t for t in going_on(gate.vault, gate.access, gate.at) if t.id == token), None)
    if held is None:
        raise NotFoundError(f"There is no token '{token}' that is still good.")
    if by.id != held.user and QUALITY not in by.roles:
        raise NotAllowedError(f"Token '{token}' is not yours; the role quality revokes others'.")
    if not reason.strip():
        raise UsageError("Say why: it stays in the trail.")
    key = gate.access.known.people[held.user].public_key
    value = CredentialChange(
        user=held.user,
        event=REVOKED,
        public_key=key,
        reason=reason.strip(),
        before={"token": held.id, "name": held.name, "until": held.until},
    )
    record = _record(gate, by, value)
    with gate.vault.transaction() as base:
        base.execute("DELETE FROM token WHERE json_extract(body, '$.id') = ?", (held.id,))
    return record


def reader(vault: Vault, access: Access, token: str, at: str) -> Person | None:
    """In whose name a token reads; none when it is nobody's, or over."""
    if not TOKEN.fullmatch(token):
        return None
    digest = digest_of(token)
    with vault.transaction() as base:
        query = "SELECT digest, body FROM token WHERE digest = ?"
        row = base.execute(query, (digest,)).fetchone()
    if row is None or not hmac.compare_digest(row[0], digest):
        return None
    held = Token(**json.loads(row[1]))
    return access.known.people[held.user] if _good(held, access, at) else None


def going_on(vault: Vault, access: Access, at: str) -> list[Token]:
    """Every token that is still good, the newest first."""
    with vault.transaction() as base:
        rows = base.execute("SELECT body FROM token").fetchall()
    found = [Token(**json.loads(body)) for (body,) in rows]
    kept = [each for each in found if _good(each, access, at)]
    return sorted(kept, key=lambda each: (each.issued, each.id), reverse=True)


def _good(held: Token, access: Access, at: str) -> bool:
    person = access.known.person(held.user)
    if person is None or person.disabled or held.id in access.known.revoked:
        return False
    return person.public_key == held.public_key and moment(at) < moment(held.until)


def _require(name: str, days: int) -> None:
    faults = []
    if not name.strip() or len(name) > LONGEST or not name.isprintable():
        faults.append(f"name it by what it is for, in {LONGEST} characters at most")
    if not 1 <= days <= DAYS:
        faults.append(f"it is good for 1 to {DAYS} days, not {days}")
    if faults:
        raise UsageError(f"This token cannot be issued: {'; '.join(faults)}.")


def _record(gate: Gate, by: Signatory, value: CredentialChange) -> Record:
    signed = authority.under(value, by, at=gate.at, trail=gate.access.known.trail)
    return gate.trail.append([signed], at=gate.at, actor=by.id)[0]
