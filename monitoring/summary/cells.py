"""Counting score bin x outcome x subgroup, with the sum of scores in each cell.

Sums are of whole billionths. A batch's sums are taken in doubles, which hold whole numbers below
2**53 exactly, or in Python's integers where counts are so large that they could pass it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitoring.summary.counts import OUTCOMES, OVERALL, UNIT, group_added
from monitoring.summary.fold import fold
from validation.summary import OTHER
from validation.table import MISSING

if TYPE_CHECKING:
    import numpy as np

    from monitoring.summary.counts import Group
    from monitoring.summary.layout import Layout
    from monitoring.summary.values import Coded

EXACT = 2.0**53
ROOM = 2**62  # of sums kept in 64 bits
LARGEST = 1e6  # a score beyond it is taken as this in the sums


class Cells:
    """Cells of each attribute so far.

    Args:
        layout: What is counted.
    """

    def __init__(self, layout: Layout) -> None:
        import numpy as np

        self.layout = layout
        self.grid = np.array(layout.grid, dtype=float)
        self.width = len(layout.grid) + 2  # bins, and one for people without a score
        self.meaning = dict.fromkeys(layout.positive, 0) | dict.fromkeys(layout.negative, 1)
        self.meaning |= dict.fromkeys(layout.indeterminate, 2)
        self.attributes = {name: _Attribute(self.width) for name in (OVERALL, *layout.groups)}

    def add(self, kept: Any) -> None:
        """Count a batch's rows."""
        import numpy as np

        outcome = self._outcome(kept)
        place, units = self._score(kept)
        inner = outcome * self.width + place
        for name, attribute in self.attributes.items():
            if name == OVERALL:
                which = np.zeros(kept.rows, dtype=np.int64)
                attribute.slot("")
            else:
                which = self._which(attribute, kept.coded(name), name)
            attribute.add(which, inner, units, kept.count)

    def _outcome(self, kept: Any) -> np.ndarray:
        import numpy as np

        none, strange = len(OUTCOMES) - 1, len(OUTCOMES)
        if not self.layout.label:
            return np.full(kept.rows, none)
        found = kept.coded(self.layout.label)
        outcome: np.ndarray = found.onto(self.meaning, strange, none)
        bad = outcome == strange
        if bad.any():
            words = {found.words[i] for i in np.unique(found.place[bad])}
            known = ", ".join(sorted(self.meaning))
            kept.faults.add(self.layout.label, f"is none of {known}", int(bad.sum()), words)
            outcome = np.where(bad, none, outcome)
        return outcome

    def _score(self, kept: Any) -> tuple[np.ndarray, np.ndarray]:
        """Bin and billionths of each row's score."""
        import numpy as np

        if not self.layout.score:
            return np.full(kept.rows, self.width - 1), np.zeros(kept.rows)
        score = kept.number(self.layout.score)
        absent = np.isnan(score)
        place = np.searchsorted(self.grid, score, side="left")
        units = np.rint(np.clip(score, -LARGEST, LARGEST) * UNIT)
        if absent.any():
            place, units = np.where(absent, self.width - 1, place), np.where(absent, 0.0, units)
        return place, units

    def _which(self, attribute: _Attribute, found: Coded, name: str) -> np.ndarray:
        known, limit = self.layout.groups[name], self.layout.named
        seen = {found.words[i] for i in _used(found)}
        every = {*attribute.place, *seen}
        new = [word for word in every if word not in known]
        if len(new) > limit or OTHER in new:
            slot = attribute.slot(OTHER)
            place = {word: attribute.slot(word) for word in seen if word in known}
            return found.onto(place, slot, attribute.slot(MISSING))
        place = {word: attribute.slot(word) for word in seen}
        return found.onto(place, 0, attribute.slot(MISSING))

    def absorb(self, other: Cells) -> None:
        """Add the cells of another counting of the same layout."""
        for name, attribute in self.attributes.items():
            attribute.absorb(other.attributes[name])

    def groups(self) -> dict[str, dict[str, Group]]:
        """Cells by attribute, value and outcome; nobody's cells are left out."""
        found = {}
        for name, attribute in self.attributes.items():
            groups = attribute.groups()
            known = self.layout.groups.get(name, ("",))
            found[name] = fold(groups, known, self.layout.named, group_added)
        return found


def _used(found: Coded) -> list[int]:
    import numpy as np

    used = np.flatnonzero(np.bincount(found.place + 1, minlength=len(found.words) + 1)[1:])
    return [int(i) for i in used]


class _Attribute:
    """People and sums by value, outcome and bin."""

    def __init__(self, width: int) -> None:
        import numpy as np

        self.width, self.block = width, width * len(OUTCOMES)
        self.place: dict[str, int] = {}
        self.people = np.zeros(0, dtype=np.int64)
        self.sums = np.zeros(0, dtype=np.int64)
        self.larger: dict[int, int] = {}  # sums that 64 bits may not hold
        self.room = ROOM

    def slot(self, word: str) -> int:
        """The value's index."""
        import numpy as np

        if word not in self.place:
            self.place[word] = len(self.place)
            more = len(self.place) * self.block - len(self.people)
            self.people = np.concatenate([self.people, np.zeros(more, dtype=np.int64)])
            self.sums = np.concatenate([self.sums, np.zeros(more, dtype=np.int64)])
        return self.place[word]

    def add(
        self, which: np.ndarray, inner: np.ndarray, units: np.ndarray, count: np.ndarray | None
    ) -> None:
        """Count rows: their value's index, their cell within it, their score, their people."""
        import numpy as np

        place, size = which * self.block + inner, len(self.people)
        weighted = units if count is None else units * count
        bound = float(np.abs(weighted).sum())
        if bound >= EXACT:
            self._add_large(place, units, count)
        else:
            if bound >= self.room:
                self._move()
            self.room -= int(bound)
            sums = np.bincount(place, weights=weighted, minlength=size)
            self.sums += sums.astype(np.int64)
        people = np.bincount(place, weights=count, minlength=size)
        self.people += people.astype(np.int64)

    def absorb(self, other: _Attribute) -> None:
        """Add another counting of the same attribute."""
        slots = {at: self.slot(word) for word, at in other.place.items()}
        for at, slot in slots.items():
            here, there = slot * self.block, at * self.block
            self.people[here : here + self.block] += other.people[there : there + self.block]
        for key, total in other.totals().items():
            at, inner = divmod(key, self.block)
            place = slots[at] * self.block + inner
            self.larger[place] = self.larger.get(place, 0) + total

    def _add_large(self, place: np.ndarray, units: np.ndarray, count: np.ndarray | None) -> None:
        many = [1] * len(place) if count is None else count.tolist()
        for at, unit, n in zip(place.tolist(), units.tolist(), many, strict=True):
            self.larger[at] = self.larger.get(at, 0) + int(unit) * n

    def totals(self) -> dict[int, int]:
        """The sum of each cell that has one."""
        self._move()
        return self.larger

    def _move(self) -> None:
        import numpy as np

        for at in np.flatnonzero(self.sums).tolist():
            self.larger[at] = self.larger.get(at, 0) + int(self.sums[at])
        self.sums[:] = 0
        self.room = ROOM

    def groups(self) -> dict[str, Group]:
        """Cells that hold people."""
        import numpy as np

        totals = self.totals()
        found: dict[str, Group] = {word: {} for word in self.place}
        names = list(self.place)
        for at in np.flatnonzero(self.people).tolist():
            value, inner = divmod(at, self.block)
            outcome, place = divmod(inner, self.width)
            cell = found[names[value]].setdefault(OUTCOMES[outcome], {})
            cell[place] = (int(self.people[at]), totals.get(at, 0))
        return {word: group for word, group in found.items() if group}
