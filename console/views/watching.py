"""What the windows of each model said, folded once as the trail grows, so that a page is quick.

It is kept beside the remembered trail. A new window costs its own judging and the gathering of its
model's columns; nothing is worked out again for the other models.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from console import timeline
from console.views import heat
from console.views.plans import Plans
from evidence.records import MonitoringRun, Trigger
from monitoring import schedule

if TYPE_CHECKING:
    import datetime as dt

    from console.views.heat import Heat
    from console.views.reading import Reading
    from evidence.records import Record
    from evidence.remembered import RememberedTrail
    from policies.plan import MonitoringPlan

NAME = "watching"  # beside the trail
Span = tuple[str, str]  # first and last day of a window


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What a plan asks for by a day.

    Attributes:
        labels: The windows that are due now, oldest first.
        coming: The next window, and the day on which it will be due; none after the last.
    """

    labels: tuple[str, ...] = ()
    coming: tuple[str, dt.date] | None = None


@dataclass(slots=True)
class Watched:
    """One model's windows.

    Attributes:
        runs: The newest judging of each window.
        states: Of each window, what each check said.
        spans: Window by its label.
        raised: Window and cause of each trigger.
        through: The newest record that changed any of it.
        lock: Held while any of it is changed or gathered.
    """

    runs: dict[Span, tuple[Record, MonitoringRun]] = field(default_factory=dict)
    states: dict[Span, dict[str, str]] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    raised: set[tuple[str, str]] = field(default_factory=set)
    through: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)
    _heat: tuple[int, Heat | None] = (-1, None)
    _due: tuple[tuple[int, dt.date, int], Due] | None = None

    @property
    def newest(self) -> tuple[Record, MonitoringRun] | None:
        """The newest window's last judging."""
        return self.runs[max(self.runs)] if self.runs else None

    def heat(self) -> Heat | None:
        """Windows × checks; none without a window."""
        with self.lock:
            if self._heat[0] != self.through:
                spans = sorted(self.runs)
                windows = [self.runs[span][1].window for span in spans]
                made = heat.heat(windows, [self.states[s] for s in spans]) if spans else None
                self._heat = (self.through, made)
            return self._heat[1]

    def due(self, plan: MonitoringPlan, today: dt.date) -> Due:
        """The windows that are due now, and the next one."""
        with self.lock:
            key = (self.through, today, id(plan))
            if self._due is None or self._due[0] != key:
                last = plan.ages[-1]
                runs = [run for _, run in self.runs.values()]
                done = {run.window["label"]: int(run.stage.get("age_days", last)) for run in runs}
                turns = schedule.due(plan.schedule, done, today, plan.ages)
                coming = schedule.upcoming(plan.schedule, today, plan.ages[0])
                found = Due(
                    labels=tuple(turn.window.label for turn in turns),
                    coming=coming and (coming[0].label, coming[1]),
                )
                self._due = (key, found)
            return self._due[1]


@dataclass(slots=True)
class Watching:
    """Every model's windows, up to a record."""

    seq: int = 0
    plans: Plans = field(default_factory=Plans)
    models: dict[str, Watched] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def fold(self, trail: RememberedTrail, through: int) -> None:
        """Take in what was written up to a record."""
        with self.lock:
            if self.seq >= through:
                return
            self.plans.fold(trail, self.seq)
            changed: dict[tuple[str, Span], None] = {}
            for record, run in trail.since(MonitoringRun, self.seq):
                if record.seq <= through:
                    changed[run.model, self._window(record, run)] = None
            for record, trigger in trail.since(Trigger, self.seq):
                model = self._model(trigger.model)
                if record.seq <= through:
                    model.raised.add((trigger.window, trigger.cause))
                    model.through = max(model.through, record.seq)
                    if trigger.window in model.spans:
                        changed[trigger.model, model.spans[trigger.window]] = None
            for name, span in changed:
                self._judge(self.models[name], span)
            self.seq = through

    def _model(self, name: str) -> Watched:
        return self.models.setdefault(name, Watched(lock=self.lock))

    def _window(self, record: Record, run: MonitoringRun) -> Span:
        model = self._model(run.model)
        span = (run.window["start"], run.window["end"])
        model.runs[span] = (record, run)
        model.spans[run.window["label"]] = span
        model.through = max(model.through, record.seq)
        return span

    def _judge(self, model: Watched, span: Span) -> None:
        _, run = model.runs[span]
        plan = self.plans.of(run)
        model.states[span] = states(run, model.raised, plan)


def states(
    run: MonitoringRun, raised: set[tuple[str, str]], plan: MonitoringPlan | None
) -> dict[str, str]:
    """What each check said in one window.

    Args:
        run: Its last judging.
        raised: Window and cause of each trigger.
        plan: The plan that it was judged by; without it only what was found is known.
    """
    if plan is not None:
        rows = timeline.rows([run], raised, plan)
        enough = run.cases >= plan.minimum_cases
        said = {row.check: row.cells[0] for row in rows if not row.below}
        return said | {heat.OTHERS: timeline.QUIET if enough else timeline.NONE}
    label = run.window["label"]
    found = {f["kind"]: timeline.FOUND for f in run.findings}
    return found | {
        f["kind"]: timeline.RAISED for f in run.findings if (label, f["cause"]) in raised
    }


def watching(seen: Reading) -> Watching:
    """Every model's windows as a request sees them."""
    found = seen.trail.derived(NAME, Watching)
    found.fold(seen.trail, seen.through)
    return found
