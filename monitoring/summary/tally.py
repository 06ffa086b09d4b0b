"""Counting under way: one record batch after the other is added, then a summary is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitoring.summary import values
from monitoring.summary.cells import Cells
from monitoring.summary.counts import Summary, folded
from monitoring.summary.faults import Faults
from monitoring.summary.fold import fold
from validation.summary import binned, category, number

if TYPE_CHECKING:
    import numpy as np

    from monitoring.summary.layout import Layout, Rule
    from monitoring.summary.values import Coded

Period = tuple[str, str]  # first and last day, both within, YYYY-MM-DD


class Tally:
    """The counts so far of one layout.

    Args:
        layout: What is counted.
        digest: Its digest.
        period: Rows of other days are left aside; None takes every row.
    """

    def __init__(self, layout: Layout, digest: str, period: Period | None = None) -> None:
        import numpy as np

        self.layout, self.digest, self.period = layout, digest, period
        self.faults = Faults()
        self.extra: set[str] = set()
        self.rows = self.cases = 0
        steps = ["rows read", *(rule.reason for rule in layout.rules), "analysed"]
        self.accounting = dict.fromkeys(steps, (0, 0))
        self.days: dict[str, int] = {}
        self.categories: dict[str, dict[str, int]] = {}
        self.people: dict[str, np.ndarray] = {}
        self.missing = dict.fromkeys(layout.columns, 0)
        self.edges: dict[str, np.ndarray] = {}
        for name, body in layout.columns.items():
            if body["type"] == "number":
                self.edges[name] = np.array(body["edges"], dtype=float)
                self.people[name] = np.zeros(len(body["edges"]) + 1, dtype=np.int64)
            else:
                self.categories[name] = {}
        self.cells = Cells(layout)

    def add(self, batch: Any) -> None:
        """Count a record batch that has the layout's columns."""
        kept = _Batch(self, batch)
        if not kept.rows:
            return
        self.cases += int(kept.count.sum()) if kept.count is not None else kept.rows
        self._step("analysed", kept.rows, kept.people())
        kept.by_day(self.days)
        for name, body in self.layout.columns.items():
            if body["type"] == "number":
                self._number(name, kept.number(body["source"]), kept.count)
            else:
                self._category(name, kept.coded(body["source"]), kept)
        self.cells.add(kept)

    def _number(self, name: str, found: np.ndarray, count: np.ndarray | None) -> None:
        people, missing = binned(found, self.edges[name], count)
        self.people[name] += people
        self.missing[name] += missing

    def _category(self, name: str, found: Coded, kept: _Batch) -> None:
        people = kept.tallied(found.place + 1, len(found.words) + 1)
        self.missing[name] += int(people[0])
        counts = self.categories[name]
        for word, n in zip(found.words, people[1:].tolist(), strict=True):
            if n:
                counts[word] = counts.get(word, 0) + n
        known = self.layout.columns[name]["values"]
        if len(counts) > len(known):  # new ones may be too many to be kept by name
            self.categories[name] = fold(counts, known, self.layout.named, int.__add__)

    def _step(self, step: str, rows: int, cases: int) -> None:
        before = self.accounting[step]
        self.accounting[step] = before[0] + rows, before[1] + cases

    def excluded(self, rule: Rule, rows: int, cases: int) -> None:
        """Note who a rule leaves aside."""
        self._step(rule.reason, rows, cases)

    def read(self, rows: int, cases: int) -> None:
        """Note what was read of the period."""
        self.rows += rows
        self._step("rows read", rows, cases)

    def absorb(self, other: Tally) -> None:
        """Add what another tally of the same layout has counted."""
        self.faults.merge(other.faults)
        self.extra |= other.extra
        self.rows, self.cases = self.rows + other.rows, self.cases + other.cases
        for step, numbers in other.accounting.items():
            self._step(step, *numbers)
        for day, n in other.days.items():
            self.days[day] = self.days.get(day, 0) + n
        for name, people in other.people.items():
            self.people[name] += people
        for name, n in other.missing.items():
            self.missing[name] += n
        for name, counts in other.categories.items():
            for word, n in counts.items():
                self.categories[name][word] = self.categories[name].get(word, 0) + n
        self.cells.absorb(other.cells)

    def summary(self) -> Summary:
        """What was counted."""
        columns = {}
        for name, body in self.layout.columns.items():
            if body["type"] == "number":
                columns[name] = number(body, self.people[name], self.missing[name])
            else:
                columns[name] = category(self.categories[name], self.missing[name])
        return Summary(
            layout=self.digest,
            rows=self.rows,
            cases=self.cases,
            accounting=dict(self.accounting),
            days=dict(sorted(self.days.items())),
            extra=tuple(sorted(self.extra)),
            columns=folded(self.layout, columns),
            cells=self.cells.groups(),
        )


class _Batch:
    """One record batch, its rows of the period that the rules keep, each column read once."""

    def __init__(self, tally: Tally, batch: Any) -> None:
        self.tally, self.layout, self.faults = tally, tally.layout, tally.faults
        self.columns = {name: batch.column(name) for name in self.layout.needed}
        self.rows = batch.num_rows
        self.count: np.ndarray | None = None
        self.day: Coded | None = None
        self._coded: dict[str, Coded] = {}
        self._numbers: dict[str, np.ndarray] = {}
        self._period()
        if self.layout.count:
            self.count = self._people()
        tally.read(self.rows, self.people())
        for rule in self.layout.rules:
            self._rule(rule)

    def people(self) -> int:
        """How many people the rows stand for."""
        return self.rows if self.count is None else int(self.count.sum())

    def tallied(self, place: np.ndarray, size: int) -> np.ndarray:
        """People by index."""
        import numpy as np

        if self.count is None:
            return np.bincount(place, minlength=size)
        return np.bincount(place, weights=self.count, minlength=size).astype(np.int64)

    def coded(self, name: str) -> Coded:
        """A column as categories."""
        if name not in self._coded:
            missing = self.layout.missing.get(name, ())
            self._coded[name] = values.coded(self.columns[name], missing)
        return self._coded[name]

    def number(self, name: str) -> np.ndarray:
        """A column as numbers; what is none is noted."""
        if name not in self._numbers:
            missing = self.layout.missing.get(name, ())
            self._numbers[name], bad = values.numbers(self.columns[name], missing)
            self.faults.add(name, "is not a number", bad)
        return self._numbers[name]

    def by_day(self, found: dict[str, int]) -> None:
        """Add the people of each day."""
        if self.day is None:
            return
        people = self.tallied(self.day.place, len(self.day.words))
        for word, n in zip(self.day.words, people.tolist(), strict=True):
            if n:
                found[word] = found.get(word, 0) + n

    def _period(self) -> None:
        import numpy as np

        if not self.layout.day:
            return
        self.day = values.days(self.columns[self.layout.day])
        absent = self.day.place < 0
        self.faults.add(self.layout.day, "is no date (YYYY-MM-DD)", int(absent.sum()))
        first, last = self.tally.period or ("", "9999-12-31")
        inside = [first <= word <= last for word in self.day.words]
        self._keep(np.array([*inside, False])[self.day.place])

    def _people(self) -> np.ndarray:
        import numpy as np

        name = self.layout.count
        found, _ = values.numbers(self.columns[name])
        strange = ~(found >= 1) | ~np.isfinite(found)
        self.faults.add(name, "is no count of 1 or more", int(strange.sum()))
        return np.where(strange, 0, found).astype(np.int64)

    def _rule(self, rule: Rule) -> None:
        found = self.coded(rule.column)
        keep = found.place >= 0 if rule.one_of is None else found.among(rule.one_of)
        if keep.all():
            return
        rows, people = self.rows, self.people()
        self._keep(keep)
        self.tally.excluded(rule, rows - self.rows, people - self.people())

    def _keep(self, keep: np.ndarray) -> None:
        import pyarrow as pa

        if keep.all():
            return
        mask = pa.array(keep)
        self.columns = {name: column.filter(mask) for name, column in self.columns.items()}
        self._coded = {name: found.where(keep) for name, found in self._coded.items()}
        self.day = self.day.where(keep) if self.day else None
        self.count = None if self.count is None else self.count[keep]
        self.rows = int(keep.sum())
