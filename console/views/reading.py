"""What one request sees of the workspace: the trail up to now, people, rules, and the moment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.errors import NotFoundError

if TYPE_CHECKING:
    from evidence.records import Record
    from evidence.remembered import RememberedTrail
    from policies.change_control import ChangeControlPolicy
    from policies.in_force import Access
    from policies.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a request sees.

    Attributes:
        space: The workspace; its policies as their files stand now.
        trail: The trail, remembered up to this request.
        access: People and rules in force; none in a workspace without users.
        policy: Which decisions there are.
        at: Now, UTC, ISO 8601.
        through: The number of the newest record.
    """

    space: Workspace
    trail: RememberedTrail
    access: Access | None
    policy: ChangeControlPolicy
    at: str
    through: int

    @property
    def now(self) -> dt.datetime:
        """The moment of the request."""
        return dt.datetime.fromisoformat(self.at)

    def record(self, number: int) -> Record:
        """One record, whole.

        Raises:
            NotFoundError: There is none of this number.
        """
        there = 0 < number <= self.through  # a number beyond what a database can hold is none
        found = next(self.trail.records(after=number - 1), None) if there else None
        if found is None or found.seq != number:
            raise NotFoundError(f"There is no record {number}.")
        return found

    def name(self, user: str) -> str:
        """A person's name as it is printed; the id of somebody who is no user."""
        person = self.access.known.person(user) if self.access else None
        return person.name if person else user
