"""A small board to test in: a trail with a trigger, an access policy at the least cost, people.

Everybody's password is `secret(id)`. The clock is the test's: each act names its time or takes `AT`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from change_control import board, own_credentials, requests, signature, users
from change_control.credentials.gate import Gate, Given
from change_control.credentials.sign_in import sign_in
from change_control.credentials.vault import Vault
from change_control.desk import Desk
from change_control.requests import Proposal
from change_control.users import Newcomer
from evidence import digest as digests
from evidence.records import KINDS, ModelLock, PolicyRegistration, Trigger
from evidence.signing import shown
from evidence.signing.register import Register
from evidence.store import Store
from evidence.trail import AuditTrail
from policies import in_force, reader
from policies.access import AccessPolicy
from policies.change_control import ChangeControlPolicy

if TYPE_CHECKING:
    from change_control.board import Case
    from evidence.kind import Kind
    from evidence.records import Record
    from evidence.signing.authority import Signatory
    from policies.in_force import Access

AT = "2026-03-02T09:00:00+00:00"
ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "evidence" / "golden"
TEXT = """\
policy: access
version: {version}
title: Access in tests
hashing: {{memory_kib: 19456, passes: 2, lanes: 1}}   # the least that is allowed
lock_out: {{failures: 5, within_minutes: 15, minutes: 15, tries_a_minute: 600}}
board: {{quorum: {quorum}, roles: [approver, quality], windows: 1}}
"""
PEOPLE = {  # id: name, roles
    "quinn": ("Quinn Quality", ("quality",)),
    "ada": ("Ada Author", ("author", "approver")),
    "ben": ("Ben Approver", ("approver",)),
    "rae": ("Rae Reviewer", ("reviewer",)),
}
PROPOSAL = Proposal(
    title="Do without the age answer",
    description="The answer stopped arriving; a version without it is proposed.",
    decision="modify-under-pccp",
    trigger="T-1",
)


def secret(user: str, number: int = 1) -> str:
    """A user's password; `number` tells one after another."""
    return f"tulip-7-kettle-{number}-{sum(map(ord, user))}"


def golden(schema: str, **changes: Any) -> Kind:
    """A record's value, from its golden body."""
    body = json.loads((GOLDEN / f"{schema.replace('/', '-')}.json").read_text())
    return KINDS[schema].read(body | changes)


OPENED: dict[str, Signatory] = {}  # by public key: who signed in once, in any test


@dataclass
class Room:
    """The board's room at a folder."""

    folder: Path

    @classmethod
    def open(cls, folder: Path, *people: str, quorum: int = 2) -> Room:
        """A trail with a policy, a lock, a trigger, and people who chose their own passwords."""
        room = cls(folder)
        room.register(1, quorum)
        room.trail.append([room.lock("1"), room.trigger("T-1")], at=AT, actor="watch")
        for user in people:
            room.enrol(user)
        return room

    @cached_property
    def trail(self) -> AuditTrail:
        """The trail."""
        return AuditTrail(f"sqlite:///{self.folder / 'trail.db'}")

    @cached_property
    def vault(self) -> Vault:
        """The vault beside it."""
        return Vault(self.folder / "credentials.db")

    @property
    def store(self) -> Store:
        """The files behind the records."""
        return Store(str(self.folder / "store"))

    @cached_property
    def policy(self) -> ChangeControlPolicy:
        """The shipped decisions."""
        return reader.read(ROOT / "policies" / "change_control.yaml", ChangeControlPolicy)

    @property
    def access(self) -> Access:
        """People and rules."""
        found = in_force.access(self.trail)
        assert found is not None
        return found

    def cases(self) -> list[Case]:
        """Every trigger with what was decided on it, as a door finds it."""
        return board.cases(self.trail, self.policy, in_force.access(self.trail))

    def register(self, version: int, quorum: int) -> Record:
        """Register a version of the access policy."""
        text = TEXT.format(version=version, quorum=quorum)
        value = PolicyRegistration(
            name="access",
            version=version,
            digest=digests.of_bytes(text.encode()),
            text=text,
            source="access.yaml",
        )
        return self.trail.append([value], at=AT, actor="admin")[0]

    @staticmethod
    def lock(version: str) -> ModelLock:
        """A locked version of the model."""
        value = golden(
            "model-lock/1",
            name="fever",
            version=version,
            digest=f"sha256:{version}",
            external=True,
            files={},
        )
        assert isinstance(value, ModelLock)
        return value

    @staticmethod
    def trigger(name: str) -> Trigger:
        """A trigger on the first version."""
        value = golden(
            "trigger/1",
            id=name,
            model="fever/1",
            severity="major",
            statement="The answer stopped arriving.",
            finding={"kind": "missingness", "method": "share", "n": 4000},
            files={},
        )
        assert isinstance(value, Trigger)
        return value

    def gate(self, at: str = AT) -> Gate:
        """Where people sign in."""
        return Gate(vault=self.vault, trail=self.trail, access=self.access, at=at, actor="tester")

    def enrol(self, user: str, **changes: Any) -> None:
        """Enrol somebody of `PEOPLE`, who then chooses a password of their own."""
        name, roles = PEOPLE.get(user, (f"{user.title()} Person", ("reviewer",)))
        words = {"id": user, "name": name, "roles": roles, "password": secret(user, 0)} | changes
        newcomer = Newcomer(**words)
        if not Register.of(self.trail).since:
            policy = reader.parse(TEXT.format(version=1, quorum=2), AccessPolicy, "access.yaml")
            first = Newcomer(**words | {"password": secret(user)})
            users.enrol_first(self.trail, self.vault, policy, first, at=AT)
            return
        users.enrol(self.gate(), self.known("quinn"), newcomer)
        given = Given(user=user, password=secret(user, 0))
        own_credentials.change_password(self.gate(), given, secret(user))

    def enter(self, user: str, at: str = AT, code: str = "") -> Signatory:
        """Sign in."""
        return sign_in(self.gate(at), Given(user=user, password=secret(user), code=code))

    def known(self, user: str) -> Signatory:
        """Somebody who signed in before, in a test that is not about signing in."""
        person = self.access.known.people[user]
        if person.public_key not in OPENED:
            OPENED[person.public_key] = self.enter(user)
        return replace(OPENED[person.public_key], roles=person.roles)

    def sign(self, user: str, thing: str, meaning: str = "approval", at: str = AT) -> Record:
        """Read a thing, sign in, sign it."""
        seen = shown.digest(shown.now(self.trail, self.access.known, thing))
        return signature.sign(self.gate(at), self.store, self.enter(user, at), thing, meaning, seen)

    def desk(self, user: str = "", at: str = AT) -> Desk:
        """Where a person writes changes down."""
        return Desk(
            trail=self.trail,
            policy=self.policy,
            access=in_force.access(self.trail),
            by=self.known(user) if user else None,
            at=at,
            actor="tester",
        )

    def request(self, user: str = "ada", proposal: Proposal = PROPOSAL) -> Record:
        """Raise a change request."""
        return requests.raise_request(self.desk(user), proposal)

    def assess(self, user: str = "rae", request: str = "C-1") -> Record:
        """Assess it."""
        text = "Inside the plan as record 2 says; the risk of doing nothing is larger."
        return requests.step(self.desk(user), request, "assessment", text, (2,))
