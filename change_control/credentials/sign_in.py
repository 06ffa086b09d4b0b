"""Signing in: once for each signature, with all that the person has (21 CFR 11.200(a)(1)).

Whoever fails hears one sentence, whichever part was wrong, and the same work is done for an id
that nobody has: its password is held against a hash that no password has.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from change_control.credentials import one_time, passwords, sealing
from change_control.credentials.gate import admit, fail, moment, require_clock, succeed
from evidence.errors import NotAllowedError
from evidence.signing import keys
from evidence.signing.authority import Signatory

if TYPE_CHECKING:
    from change_control.credentials.gate import Gate, Given
    from change_control.credentials.sealing import Secrets
    from change_control.credentials.vault import Credential
    from evidence.signing.register import Person
    from policies.access import AccessPolicy

WRONG = "The user id, the password or the one-time password is wrong."


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """Who came in.

    Attributes:
        signatory: Who can now sign.
        credential: Theirs, as it lies in the vault.
        secrets: What it holds.
    """

    signatory: Signatory
    credential: Credential
    secrets: Secrets


def sign_in(gate: Gate, given: Given) -> Signatory:
    """Let a person in, to sign.

    Raises:
        NotAllowedError: They could not prove who they are, are locked out or disabled, their
            password must be changed first, or the clock is behind the trail.
    """
    entered = enter(gate, given)
    _fit_to_sign(gate, entered)
    return entered.signatory


def enter(gate: Gate, given: Given) -> Entered:
    """Let a person in whose password may be due for a change; else as `sign_in`."""
    admit(gate, given.user)
    require_clock(gate.trail, gate.access.policy.clock_seconds, gate.at)
    credential = gate.vault.credential(given.user)
    person = gate.access.known.person(given.user)
    stored = credential.hash if credential and person else _nobodys(gate)
    right = passwords.matches(stored, given.password)
    if not right or credential is None or person is None:
        fail(gate, given.user, WRONG)
    if person.disabled:
        fail(gate, given.user, f"The user '{person.id}' was disabled on {person.disabled}.")
    entered = _opened(gate, given, person, credential)
    if person.totp and not _used(gate, given, entered):
        fail(gate, given.user, WRONG)
    succeed(gate, given.user)
    return entered


def _nobodys(gate: Gate) -> str:
    """A hash that no password has, made once, as dear as the others."""
    cost = gate.access.policy.hashing
    name = f"nobody {sealing.figures(cost)}"
    held = gate.vault.setting(name)
    if not held:
        held = passwords.hashed(secrets.token_hex(32), cost)
        gate.vault.set(name, held)
    return held


def _opened(gate: Gate, given: Given, person: Person, credential: Credential) -> Entered:
    held = sealing.opened(given.user, given.password, credential)
    known = held is not None and keys.public_of(held.private_key) == person.public_key
    if held is None or not known or person.totp != bool(held.totp):
        raise NotAllowedError(
            f"The credentials kept for '{person.id}' are not those that the trail knows. "
            "Nothing was signed; have them reset with: tplc user password --reset"
        )
    cost = gate.access.policy.hashing
    if credential.cost != sealing.figures(cost):  # the policy asks for another cost meanwhile
        fresh = sealing.made(given.user, given.password, held, cost)
        credential = replace(
            credential,
            **{n: getattr(fresh, n) for n in ("hash", "salt", "cost", "sealed_key", "sealed_totp")},
        )
        gate.vault.keep(given.user, credential)
    signatory = Signatory(
        id=person.id,
        name=person.name,
        roles=person.roles,
        public_key=person.public_key,
        private_key=held.private_key,
    )
    return Entered(signatory=signatory, credential=credential, secrets=held)


def _used(gate: Gate, given: Given, entered: Entered) -> bool:
    """Whether the one-time password is right; it is good once."""
    skew = gate.access.policy.one_time.steps_of_skew
    step = one_time.step(entered.secrets.totp, given.code, gate.at, skew, entered.credential.step)
    return step is not None and gate.vault.use_step(given.user, step)


def password_due(policy: AccessPolicy, person: Person, at: str) -> str:
    """Why a person must choose another password before they go on; empty when they need not."""
    age = moment(at) - moment(person.password_at)
    if person.initial:
        return "This password was chosen by somebody else."
    if age > dt.timedelta(days=policy.passwords.days):
        return f"This password is {age.days} days old and has expired."
    return ""


def _fit_to_sign(gate: Gate, entered: Entered) -> None:
    policy, who = gate.access.policy, entered.signatory
    person = gate.access.known.people[who.id]
    due = password_due(policy, person, gate.at)
    if due:
        raise NotAllowedError(f"{due} Change it with: tplc user password {who.id}")
    required = set(policy.one_time.required_for) & set(who.roles)
    if required and not person.totp:
        raise NotAllowedError(
            f"The role {', '.join(sorted(required))} signs with a one-time password. "
            f"Enrol one with: tplc user totp {who.id}"
        )
