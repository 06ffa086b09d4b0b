"""Windows × checks from the trail's runs: what each check said in each window. Pure.

A check has three answers: nothing found, something found, and not measured, because the window had
too few cases, or too few positives or negatives, or because nothing of the kind was measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from evidence.records import Body, MonitoringRun
    from policies.plan import MonitoringPlan

QUIET, FOUND, RAISED, NONE = "quiet", "found", "trigger", "not measured"
SIGN = {QUIET: "·", FOUND: "o", RAISED: "T", NONE: "-"}
ALWAYS = ("data-quality",)  # checked however few the cases
OF_COLUMNS = ("missingness", "drift")
OF_SCORES = ("prevalence", "performance", "calibration", "subgroup-gap")
OF_TEXTS = ("performance", "unparsable", "collapse")
NEED_LABELS = ("performance", "calibration", "subgroup-gap")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One check over the windows.

    Attributes:
        check: A kind of finding, or the subject of one below its kind.
        below: Whether it is a subject.
        cells: What was said in each window, oldest first.
        words: What the newest window says.
    """

    check: str
    below: bool
    cells: tuple[str, ...]
    words: str

    def body(self) -> Body:
        """As JSON."""
        return {"check": self.check, "cells": list(self.cells), "newest": self.words}


def rows(
    runs: Sequence[MonitoringRun], raised: Collection[tuple[str, str]], plan: MonitoringPlan
) -> list[Row]:
    """Each check, and below it each subject that it found something of.

    Args:
        runs: One run a window, oldest first.
        raised: Window and cause of each trigger.
        plan: Which checks there are, and what they need.
    """
    kinds = [*ALWAYS, *OF_COLUMNS, *(OF_TEXTS if plan.texts else OF_SCORES)]
    known = dict.fromkeys([*kinds, *(f["kind"] for run in runs for f in run.findings)])
    made = []
    for kind in known:
        cells = tuple(_cell(run, kind, None, raised, plan) for run in runs)
        made.append(Row(check=kind, below=False, cells=cells, words=_words(runs, kind, cells)))
        subjects = sorted({f["subject"] for r in runs for f in r.findings if f["kind"] == kind})
        for subject in subjects if subjects != [kind] else []:
            parts = tuple(_cell(run, kind, subject, raised, plan) for run in runs)
            made.append(Row(check=subject, below=True, cells=parts, words=parts[-1]))
    return made


def _cell(
    run: MonitoringRun,
    kind: str,
    subject: str | None,
    raised: Collection[tuple[str, str]],
    plan: MonitoringPlan,
) -> str:
    mine = [f for f in run.findings if f["kind"] == kind and subject in (None, f["subject"])]
    if any((run.window["label"], f["cause"]) in raised for f in mine):
        return RAISED
    if mine:
        return FOUND
    return QUIET if _measured(run, kind, plan) else NONE


def _measured(run: MonitoringRun, kind: str, plan: MonitoringPlan) -> bool:
    if kind in ALWAYS:
        return True
    if run.cases < plan.minimum_cases:
        return False
    if kind in OF_COLUMNS:
        return bool(run.drift)
    if kind in NEED_LABELS and not plan.texts:
        rarer = min(run.positives, run.cases - run.positives)
        return bool(run.estimates) and rarer >= plan.minimum_positives
    if kind == "performance":  # of texts: only keys that have matured are judged
        wanted = {rule.endpoint for rule in plan.performance}
        return any(e["endpoint"] in wanted and e["n"] >= plan.minimum_cases for e in run.estimates)
    return bool(run.estimates) or kind not in (*OF_SCORES, *OF_TEXTS)


def _words(runs: Sequence[MonitoringRun], kind: str, cells: Sequence[str]) -> str:
    """The newest window's answer, with how many findings."""
    if not cells:
        return ""
    number = sum(f["kind"] == kind for f in runs[-1].findings)
    if cells[-1] == RAISED:
        return f"{RAISED}, {number} found"
    return f"{number} found" if cells[-1] == FOUND else cells[-1]


def newest(runs: Sequence[MonitoringRun]) -> list[MonitoringRun]:
    """One run a window, the last that was written of it, oldest window first."""
    found = {(run.window["start"], run.window["end"]): run for run in runs}
    return [found[key] for key in sorted(found)]
