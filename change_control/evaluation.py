"""Protocol runs of a new version held against a modification's own evaluation protocol. Pure.

A failed criterion is outside the plan: the failure is recorded and the change is not made. One
that is not evaluable, or a repeat after a failure, cannot be told (PCCP guidance, VII.B.(3)).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from change_control.check import Check, Fit, shown
from evidence.records import Verdict

if TYPE_CHECKING:
    from change_control.versions import Run, Version
    from evidence.records import Body
    from policies.modification import Modification

OF_VERDICT = {
    Verdict.PASS: Fit.INSIDE,
    Verdict.FAIL: Fit.OUTSIDE,
    Verdict.NOT_EVALUABLE: Fit.CANNOT_TELL,
}


def evaluated(old: Version, new: Version, planned: Modification) -> list[Check]:
    """Each reference set, criterion and comparison that the modification asks for."""
    checks = []
    for reference in planned.evaluation.reference_sets:
        checks += _on(reference, old, new, planned)
    return checks


def _on(reference: str, old: Version, new: Version, planned: Modification) -> list[Check]:
    asked = planned.evaluation
    runs = [run for run in new.runs if run.value.reference == reference]
    if asked.comparisons:
        runs = [run for run in runs if run.against == old.lock.model]
    if not runs:
        words = f" --against {old.lock.model}" if asked.comparisons else ""
        command = f"tplc validate --model {new.lock.model} --reference {reference}{words}"
        return [_missing(f"reference set {reference}", "must be used", f"no run yet: {command}")]
    before = [run for run in old.runs if run.value.reference == reference]
    if old.seq == new.seq:  # the same bytes at other operating points: the first run is the old one
        before, runs = before[:1], [run for run in runs if run.points == runs[-1].points]
    checks = [_same_set(reference, before, runs[-1]), _same_settings(before, runs[-1])]
    for name in (*asked.criteria, *asked.comparisons):
        checks += [_unchanged(name, before, runs[-1]), _passed(name, reference, runs)]
    return checks


def _missing(bound: str, allowed: str, reason: str, *records: int) -> Check:
    return Check(
        bound=bound,
        allowed=allowed,
        old="—",
        new="—",
        verdict=Fit.CANNOT_TELL,
        reason=reason,
        records=records,
    )


def _same_set(reference: str, before: list[Run], run: Run) -> Check:
    bound, allowed = f"reference set {reference}", "the frozen set of the previous version"
    if not before:
        return _missing(bound, allowed, "the previous version was not judged on it", run.seq)
    old, new = before[-1].value.reference_digest, run.value.reference_digest
    return Check(
        bound=bound,
        allowed=allowed,
        old=shown(old),
        new=shown(new),
        verdict=Fit.INSIDE if old == new else Fit.OUTSIDE,
        reason="the same frozen cases" if old == new else "other cases were frozen by this name",
        records=(before[-1].seq, run.seq),
    )


def _same_settings(before: list[Run], run: Run) -> Check:
    """Confidence, smallest sizes and clusters are as they were: they move every limit."""
    bound, allowed = "how is judged", "as for the previous version"
    old = before[-1].settings if before else None
    if old is None or run.settings is None:
        return _missing(bound, allowed, "the registered policies do not say it", run.seq)
    changed = sorted(
        f"{name}.{key}"
        for name in {*old, *run.settings}
        for key in {*old.get(name, {}), *run.settings.get(name, {})}
        if old.get(name, {}).get(key) != run.settings.get(name, {}).get(key)
    )
    return Check(
        bound=bound,
        allowed=allowed,
        old=shown(old),
        new=shown(run.settings),
        verdict=Fit.OUTSIDE if changed else Fit.INSIDE,
        reason=f"changed: {', '.join(changed)}" if changed else "nothing changed",
        records=(before[-1].seq, run.seq),
    )


def _unchanged(name: str, before: list[Run], run: Run) -> Check:
    """The limits are those that the previous version was judged by."""
    bound, allowed = f"limit of {name}", "as for the previous version"
    if not before:
        return _missing(bound, allowed, "the previous version was not judged on it", run.seq)
    old, new = before[-1].rules, run.rules
    records = (before[-1].seq, run.seq)
    if old is None or new is None or name not in new or name not in old:
        return _missing(bound, allowed, "the registered policies do not say it", *records)
    same = old[name] == new[name]
    return Check(
        bound=bound,
        allowed=allowed,
        old=_rule(old[name]),
        new=_rule(new[name]),
        verdict=Fit.INSIDE if same else Fit.OUTSIDE,
        reason="the same limit" if same else "the criterion was changed",
        records=records,
    )


def _rule(rule: Body) -> str:
    said = {key: value for key, value in rule.items() if key not in ("id", "primary")}
    texts = {k: " and ".join(map(str, v)) if isinstance(v, list) else v for k, v in said.items()}
    return ", ".join(f"{key} {value}" for key, value in texts.items())


def _passed(name: str, reference: str, runs: list[Run]) -> Check:
    bound, run = f"criterion {name}", runs[-1]
    rows = _rows(run, name)
    if not rows:
        return _missing(bound, "must pass", f"record {run.seq} does not judge it", run.seq)
    verdict = Verdict.worst([Verdict(row["verdict"]) for row in rows])
    row = next(each for each in rows if each["verdict"] == verdict)
    fit, reason = OF_VERDICT[verdict], f"{verdict} on {reference}: {row['reason']}"
    failed = [each.seq for each in runs[:-1] if _failed(each, name)]
    if fit is Fit.INSIDE and failed:
        fit = Fit.CANNOT_TELL
        reason = (
            f"it failed in record {failed[-1]} and passed when tried again; a repeat counts only "
            "after a root cause outside the plan"
        )
    return Check(
        bound=bound,
        allowed="must pass",
        old="—",
        new=str(verdict),
        verdict=fit,
        reason=reason,
        records=(*failed, run.seq),
    )


def _rows(run: Run, name: str) -> list[Body]:
    found = [*run.value.criteria, *getattr(run.value, "comparisons", [])]
    return [row for row in found if row["id"] == name]


def _failed(run: Run, name: str) -> bool:
    return any(row["verdict"] == Verdict.FAIL for row in _rows(run, name))
