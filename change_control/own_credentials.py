"""What people do with their own credentials, and what quality people do in their place.

The trail keeps that it was done, by whom and why; never a password, a hash or a secret.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from change_control import users
from change_control.credentials import one_time, passwords, sealing
from change_control.credentials.sealing import Secrets
from change_control.credentials.sign_in import enter
from evidence.errors import NotAllowedError, OutOfOrderError, UsageError
from evidence.records import CredentialChange
from evidence.signing import authority, keys, proofs
from evidence.signing_records import CHANGED, NO_TOTP, RESET, TOTP

if TYPE_CHECKING:
    from change_control.credentials.gate import Gate, Given
    from change_control.credentials.sign_in import Entered
    from evidence.records import Record
    from evidence.signing.authority import Signatory


def change_password(gate: Gate, given: Given, new: str) -> Record:
    """Choose another password; the key that signs stays the same.

    Raises:
        NotAllowedError: The present password is wrong.
        UsageError: The new one is not allowed by the policy.
    """
    entered = enter(gate, given)
    held, who, policy = entered.credential, entered.signatory, gate.access.policy
    kept = [held.hash, *held.earlier][: max(policy.passwords.history, 1)]
    passwords.require(new, policy.passwords, kept, (who.id, who.name))
    fresh = sealing.made(
        who.id, new, entered.secrets, policy.hashing, earlier=kept, step=_step(gate, who.id)
    )
    record = _record(gate, who, CHANGED, who.id, who.public_key, "chosen by the user")
    gate.vault.keep(who.id, fresh)
    return record


def reset_password(
    gate: Gate,
    by: Signatory,
    user: str,
    new: str,
    reason: str,
    second: Signatory | None = None,
) -> Record:
    """Give somebody a new key behind a new password, which they must change before they sign.

    Raises:
        NotAllowedError: It is not the quality people's to do, or a second one of them is needed.
        UsageError: The password is not allowed, or there is no reason.
    """
    users.require_quality(by)
    person = users.find(gate, user)
    if by.id == user:
        raise NotAllowedError(f"Nobody resets their own password: tplc user password {user}")
    if proofs.two_needed(gate.access.known, user):
        if second is None or second.id in (by.id, user):
            raise NotAllowedError(
                "Whoever resets a password could sign in its owner's place, so that two people "
                "of quality do it together: name the second one with --with USER."
            )
        users.require_quality(second)
    if not reason.strip():
        raise UsageError("Say why with --reason: it stays in the trail.")
    policy = gate.access.policy
    old = gate.vault.credential(user)
    kept = [old.hash, *old.earlier][: max(policy.passwords.history, 1)] if old else []
    passwords.require(new, policy.passwords, kept, (person.id, person.name))
    private, public = keys.pair()
    held = Secrets(private_key=private)
    fresh = sealing.made(user, new, held, policy.hashing, earlier=kept)
    record = _record(gate, by, RESET, user, public, reason, second)
    gate.vault.keep(user, fresh)
    with gate.vault.tries(user) as counter:
        counter.clear()  # a lock goes with the password that was guessed at
    return record


def enrol_totp(gate: Gate, entered: Entered, password: str, secret: str, code: str) -> Record:
    """Ask this person for a one-time password from now on.

    Args:
        gate: Where they came in.
        entered: Who they are, as `enter` let them in.
        password: What they gave there.
        secret: In base 32, as their authenticator has it.
        code: What the authenticator shows now: proof that it has it.

    Raises:
        UsageError: The code is not of this secret.
        OutOfOrderError: They have one already.
    """
    who, held = entered.signatory, entered.credential
    if entered.secrets.totp:
        raise OutOfOrderError(f"'{who.id}' has a one-time password; remove it first (--remove).")
    if not one_time.is_secret(secret):
        raise UsageError("The secret must be base 32 of at least 26 characters (128 bits).")
    step = one_time.step(secret, code, gate.at, gate.access.policy.one_time.steps_of_skew, 0)
    if step is None:
        raise UsageError("The code is not of this secret: is the telephone's clock right?")
    sealed = sealing.totp_sealed(who.id, password, held, secret)
    record = _record(gate, who, TOTP, who.id, who.public_key, "by the user")
    gate.vault.keep(who.id, replace(held, sealed_totp=sealed, step=step))
    return record


def remove_totp(gate: Gate, by: Signatory, user: str, reason: str) -> Record:
    """Take a lost authenticator away (11.300(c)); the password is asked for as before.

    Raises:
        NotAllowedError: It is not the quality people's to do.
        OutOfOrderError: There is none.
        UsageError: There is no reason.
    """
    users.require_quality(by)
    person = users.find(gate, user)
    held = gate.vault.credential(user)
    if not person.totp or held is None:
        raise OutOfOrderError(f"'{user}' has no one-time password.")
    if by.id == user:
        raise NotAllowedError("Another person of quality takes your one-time password away.")
    if not reason.strip():
        raise UsageError("Say why with --reason: it stays in the trail.")
    record = _record(gate, by, NO_TOTP, user, person.public_key, reason)
    gate.vault.keep(user, replace(held, sealed_totp="", step=0))
    return record


def remove_own_totp(gate: Gate, entered: Entered) -> Record:
    """Take one's own authenticator away, having just used it: to enrol another one.

    Args:
        gate: Where they came in.
        entered: Who they are, as `enter` let them in, with a code of it.

    Raises:
        OutOfOrderError: There is none.
    """
    who = entered.signatory
    held = gate.vault.credential(who.id)
    if not entered.secrets.totp or held is None:
        raise OutOfOrderError(f"'{who.id}' has no one-time password.")
    record = _record(gate, who, NO_TOTP, who.id, who.public_key, "by the user, with a code of it")
    gate.vault.keep(who.id, replace(held, sealed_totp="", step=0))
    return record


def _step(gate: Gate, user: str) -> int:
    held = gate.vault.credential(user)
    return held.step if held else 0


def _record(
    gate: Gate,
    by: Signatory,
    event: str,
    user: str,
    public: str,
    reason: str,
    second: Signatory | None = None,
) -> Record:
    person = gate.access.known.people[user]
    before = {} if public == person.public_key else {"public_key": person.public_key}
    value = CredentialChange(
        user=user, event=event, public_key=public, reason=reason.strip(), before=before
    )
    trail = gate.access.known.trail
    value = authority.under(value, by, second, at=gate.at, trail=trail)
    return gate.trail.append([value], at=gate.at, actor=by.id)[0]
