"""Notices of triggers: put in the outbox after a run, delivered in a limit, never failing it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from console import answer, settings
from console.answer import AsJson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitoring.notice.delivery import Outcome
    from monitoring.notice.outbox import Outbox
    from policies.notice import Channel
    from policies.plan import MonitoringPlan
    from policies.workspace import Workspace


def _outbox(space: Workspace) -> Outbox:
    from monitoring.notice.outbox import Outbox

    return Outbox(space.hidden / "outbox")


def _channels(space: Workspace) -> Sequence[Channel]:
    plan: MonitoringPlan | Any = space.policy("monitoring").value
    return list(plan.notify)


def begin(space: Workspace) -> None:
    """Before a run: what is raised from now on is told."""
    if not _channels(space):
        return
    try:
        _outbox(space).begin(space.trail)
    except OSError as error:
        sys.stderr.write(f"notices: the outbox cannot be written ({type(error).__name__})\n")


def tell(space: Workspace) -> list[Outcome]:
    """After a run: put what was raised in the outbox, and try to deliver all that waits.

    Every fault is a sentence on stderr: the run is recorded, and its exit code stands.
    """
    try:
        outcomes = _deliver(space)
    except Exception as error:  # noqa: BLE001 - a notice never fails a night
        sys.stderr.write(f"notices: the outbox failed ({type(error).__name__})\n")
        return []
    for outcome in outcomes:
        if outcome.waiting or outcome.why:
            sys.stderr.write(f"notices: {outcome.words}\n")
    return outcomes


def _deliver(space: Workspace) -> list[Outcome]:
    from monitoring.notice.delivery import Delivery
    from policies import minimum_cell

    channels, outbox = _channels(space), _outbox(space)
    if not channels and not outbox.folder.exists():
        return []
    outbox.fill(space.trail, channels, minimum_cell.of_trail(space.trail))
    names = [name for channel in channels for name in channel.names]
    delivery = Delivery(
        outbox=outbox,
        channels=channels,
        folder=space.folder,
        environment=settings.values(names),
        clock=settings.seconds,
    )
    return delivery.flush()


def notify(*, as_json: AsJson = False) -> None:
    """Deliver the notices that wait, now."""
    outcomes = tell(settings.enter().workspace)
    for outcome in outcomes:
        answer.say(outcome.words, as_json=as_json)
    if not outcomes:
        answer.say("No notice waits.", as_json=as_json)
    names = ("label", "delivered", "waiting", "why")
    told = [{name: getattr(outcome, name) for name in names} for outcome in outcomes]
    answer.give({"channels": told}, as_json=as_json)


def waiting(space: Workspace) -> list[dict[str, Any]]:
    """What waits, for `status`: a line a notice, without secrets."""
    return [
        {"trigger": w.message.trigger, "channel": w.label, "tried": w.tried, "why": w.why}
        for w in _outbox(space).waiting()
    ]
