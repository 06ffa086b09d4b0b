"""Reporting clocks: from the recorded moment of awareness to the last moment of the limit.

A clock is started by writing down who became aware of what, when; it counts down by the rules of
its authority and is stopped by the record of the report that was sent. Nothing is stored but that:
how much time is left is worked out whenever it is asked for.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from change_control import limits
from evidence.errors import NotFoundError, OutOfOrderError, UsageError
from evidence.records import AuthorityReport, Awareness, Trigger

if TYPE_CHECKING:
    from evidence.records import Body, Record
    from evidence.trail import AuditTrail
    from policies.days import Counted
    from policies.reporting_clocks import ClocksFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Aware:
    """Who became aware of what, when and where.

    Attributes:
        moment: When, with its offset.
        zone: Time zone of the person.
        person: Who.
        what: Of what, without naming a patient.
        trigger: Id of the trigger that it is about; empty for none.
        state: Two-letter code of the Member State whose authority is told; for the EU only.
    """

    moment: dt.datetime
    zone: str
    person: str
    what: str
    trigger: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A clock that was started.

    Attributes:
        record: Of the awareness.
        value: The same.
        due: The last moment, UTC.
        report: The record of the report that stopped it; None while it runs.
    """

    record: Record
    value: Awareness
    due: dt.datetime
    report: tuple[Record, AuthorityReport] | None

    def left(self, at: str) -> dt.timedelta:
        """Time left at a moment; negative when the limit has passed."""
        return self.due - dt.datetime.fromisoformat(at)

    def status(self, at: str) -> str:
        """Running, overdue, reported in time or reported late."""
        if self.report is None:
            return "running" if self.left(at) >= dt.timedelta(0) else "overdue"
        late = self.left(self.report[1].sent_at) < dt.timedelta(0)
        return "reported late" if late else "reported in time"


def start(
    trail: AuditTrail, file: ClocksFile, name: str, aware: Aware, *, at: str, actor: str
) -> Record:
    """Write down an awareness: its clock runs from then. The same is written once.

    Args:
        trail: Where.
        file: The catalog.
        name: The clock's id, as a trigger's reporting hint names it too.
        aware: Who became aware of what.
        at: Now, UTC, ISO 8601.
        actor: Who writes it down.

    Raises:
        NotFoundError: There is no such clock or trigger.
        UsageError: The moment has not come yet, it is not said what happened, or the clock has no
            number of days or does not run for a device.
    """
    clock = file.value.find(name)
    if not clock.devices:
        raise UsageError(f"{clock.id} ({clock.ref}) is of AI systems that are no medical device.")
    if aware.trigger and aware.trigger not in {value.id for _, value in trail.all(Trigger)}:
        raise NotFoundError(f"There is no trigger '{aware.trigger}'.")
    what = aware.what.strip()
    if not what:
        raise UsageError("Say of what you became aware, without naming a patient.")
    if aware.moment > dt.datetime.fromisoformat(at):
        raise UsageError(f"{aware.moment.isoformat()} has not come yet: nobody is aware of it.")
    counted, due, unknown = limits.limit(file.value, clock, aware.moment, aware.zone, aware.state)
    known = trail.all(Awareness)
    moment = aware.moment.astimezone(dt.UTC).isoformat(timespec="seconds")
    for record, value in known:
        if (value.clock, value.aware_at, value.what) == (clock.id, moment, what):
            return record
    rules = file.value.countings[clock.counting].model_dump(mode="json")
    value = Awareness(
        id=f"A-{len(known) + 1:03d}",
        clock=clock.id,
        clock_facts=clock.model_dump(mode="json") | {"rules": rules},
        clocks_digest=file.digest,
        aware_at=moment,
        zone=aware.zone,
        person=aware.person,
        what=what,
        trigger=aware.trigger,
        state=aware.state,
        limit=_limit(counted, due, unknown),
    )
    return trail.append([value], at=at, actor=actor)[0]


def _limit(counted: Counted, due: dt.datetime, unknown: str) -> Body:
    return {
        "day_zero": str(counted.day_zero),
        "nominal": str(counted.nominal),
        "last": str(counted.last),
        "due": due.isoformat(timespec="seconds"),
        "moved": counted.moved,
        "unknown": unknown,
    }


def started(trail: AuditTrail) -> list[Running]:
    """Every clock that was started, the one with the nearest limit first."""
    reports = {value.awareness: (record, value) for record, value in trail.all(AuthorityReport)}
    found = [
        Running(
            record=record,
            value=value,
            due=dt.datetime.fromisoformat(value.limit["due"]),
            report=reports.get(value.id),
        )
        for record, value in trail.all(Awareness)
    ]
    return sorted(found, key=lambda each: (each.report is not None, each.due))


def stop(
    trail: AuditTrail,
    name: str,
    *,
    sent: dt.datetime,
    reference: str,
    person: str,
    at: str,
    actor: str,
) -> Record:
    """Write down the report that was sent; its clock stops.

    Raises:
        NotFoundError: There is no such awareness.
        OutOfOrderError: It was reported already.
        UsageError: The report has no reference, or its moment is not between awareness and now.
    """
    known = {each.value.id: each for each in started(trail)}
    if name not in known:
        raise NotFoundError(f"There is no awareness '{name}' ({', '.join(known) or 'none yet'}).")
    running = known[name]
    if running.report:
        raise OutOfOrderError(f"{name} was reported on {running.report[1].sent_at}.")
    if not reference.strip():
        raise UsageError("Name the report by the number that the authority knows it by.")
    if (
        not dt.datetime.fromisoformat(running.value.aware_at)
        <= sent
        <= dt.datetime.fromisoformat(at)
    ):
        raise UsageError(f"{sent.isoformat()} is not between the awareness and now.")
    value = AuthorityReport(
        awareness=name,
        sent_at=sent.astimezone(dt.UTC).isoformat(timespec="seconds"),
        reference=reference.strip(),
        person=person,
    )
    return trail.append([value], at=at, actor=actor)[0]
