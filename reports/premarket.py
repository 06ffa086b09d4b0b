"""Facts of the pre-market chapters: validation runs with their criteria, endpoints and subgroups."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evidence import digest as digests
from reports import curves, table, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import Body, Record, ValidationRun
    from reports.reading import Reading
    from reports.table import Cell

VERDICTS = {
    "pass": "meets every acceptance criterion that was set before the look",
    "fail": "does not meet its acceptance criteria",
    "not evaluable": "cannot be judged on every acceptance criterion",
}


def runs(reading: Reading) -> list[Body]:
    """One chapter of facts for each validation run, newest first."""
    return [run(reading, record, value) for record, value in reading.validations]


def run(reading: Reading, record: Record, value: ValidationRun) -> Body:
    """The facts of one validation run."""
    source, minimum = record.ref, reading.minimum_cell
    overall = [e for e in value.estimates if e["subgroup"] == "overall"]
    parts = [e for e in value.estimates if e["subgroup"] != "overall"]
    points = value.curves.get("operating_points", [])
    names = {p["threshold"]: p["name"] for p in points}
    prespecified, order, statement = prespecification(reading, record, value)
    return {
        "key": f"run-{record.seq}",
        "model": value.model,
        "reference": value.reference,
        "source": source,
        "at": words.moment(record.at),
        "verdict": value.verdict,
        "sentence": (
            f"Model {value.model} {VERDICTS[value.verdict]} on reference set {value.reference}: "
            f"{value.reason}."
        ),
        "criteria": _criteria(value, source, minimum),
        "endpoints": _endpoints(overall, names, source),
        "operating_points": _points(points, source, minimum),
        "subgroups": _subgroups(parts, names, source, minimum),
        "gaps": _gaps(value.gaps, names, source),
        "comparisons": _comparisons(value, source),
        "figures": curves.of_run(value, source, minimum),
        "software": _software(value, source),
        "prespecified": prespecified,
        "order": order,
        "prespecification": statement,
        "primary": [c["id"] for c in value.criteria if c.get("primary")],
    }


def prespecification(
    reading: Reading, record: Record, value: ValidationRun
) -> tuple[bool, Body, str]:
    """Whether the criteria were registered before the look, the order of records, in words."""
    pairs = [(n, reading.registration(n, said)) for n, said in value.policies.items()]
    look = next((pair for pair in reading.looks if pair[1].key == value.key), None)
    lock = reading.lock(value.model, value.model_digest)
    frozen = reading.freeze(value.reference_digest)
    steps = [
        (p[0], f"{words.POLICIES.get(n, n)}, version {p[1].version}, registered")
        for n, p in pairs
        if p
    ]
    steps += [(lock[0], f"Model {value.model} locked")] if lock else []
    steps += [(frozen[0], f"Reference set {value.reference} frozen")] if frozen else []
    steps += [(look[0], f"Look {value.look} at the reference set")] if look else []
    steps += [(record, "Result of the run")]
    rows = [
        (step.ref, words.moment(step.at), step.actor, what)
        for step, what in sorted(steps, key=lambda s: s[0].seq)
    ]
    caption = f"Order of the records behind the run of {value.model}"
    found = table.of(
        caption,
        ["Record", "Written", "By", "What"],
        rows,
        source="the records named in each row",
    )
    registered = [p[0] for _, p in pairs if p]
    held = bool(look) and len(registered) == len(pairs) > 0
    held = held and look is not None and all(r.seq < look[0].seq for r in registered)
    total = sum(k.reference_digest == value.reference_digest for _, k in reading.looks)
    return held, found, _stated(held, registered, look[0] if look else None, value.look, total)


def _stated(
    held: bool,  # noqa: FBT001 - read once, right above
    registered: Sequence[Record],
    look: Record | None,
    number: int,
    total: int,
) -> str:
    looks = f"The trail holds {total} look{'s' * (total != 1)} at this reference set in all."
    if not held or look is None:
        return f"The trail does not show that the criteria were registered before the look. {looks}"
    return (
        f"The criteria were registered in {table.sources(*registered)}, before look {number} at "
        f"the reference set was opened in {look.ref}. Each record carries the digest of the one "
        f"before it, so this order cannot be changed afterwards. {looks}"
    )


def _criteria(value: ValidationRun, source: str, minimum: int) -> Body:
    rows: list[list[Cell]] = []
    for c in value.criteria:
        found, shown = c["estimate"], visible(c["estimate"], minimum)
        name = c["id"] + (" (primary)" if c.get("primary") else "")
        rows.append(
            [
                name,
                {"text": requirement(c), "sub": _where(c)},
                table.estimate(found, shown=shown),
                words.few(found["n"], minimum),
                table.verdict(c["verdict"]),
                reason(c, minimum) if shown else "small cell withheld",
            ]
        )
    for c in value.comparisons:
        limit = words.decimal(-c["margin"])
        text = f"Lower bound of the difference in AUROC above {limit}"
        rows.append(
            [
                c["id"],
                {"text": text, "sub": f"against {c['against']}, same cases"},
                table.estimate(c["estimate"]),
                words.count(c["estimate"]["n"]),
                table.verdict(c["verdict"]),
                c["reason"].replace("-", "−"),
            ]
        )
    return table.of(
        f"Acceptance criteria of {value.model} on {value.reference}",
        ["Criterion", "Requirement", "Estimate (95% CI)", "n", "Verdict", "Reason"],
        rows,
        align="llrrll",
        source=source,
        widths=(11, 29, 17, 9, 13, 21),
        notes=["A criterion is judged on the confidence bound. n: cases in the denominator."],
    )


def requirement(c: Body) -> str:
    """A criterion in words."""
    side, word = ("Lower", "at least") if c["bound"] == "low" else ("Upper", "at most")
    level = words.level(c["estimate"])
    limit = words.number(c["limit"], c["endpoint"])
    return f"{side} {level} bound of {_mid(words.endpoint(c['endpoint']))} {word} {limit}"


def _mid(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _where(c: Body) -> str:
    parts = [words.subgroup(c["subgroup"])] if c["subgroup"] != "overall" else []
    parts += [f"at operating point {c['at']}"] if c["at"] else []
    return "; ".join(parts)


def reason(c: Body, minimum: int) -> str:
    """Why a criterion has its verdict, in the units of the page and without small cells."""
    found = c["estimate"]["low" if c["bound"] == "low" else "high"]
    if c["verdict"] == "not evaluable" or found is None:
        return re.sub(
            r"\b\d+(?= (?:positives|negatives|cases),)",
            lambda m: words.few(int(m[0]), minimum),
            c["reason"],
        )
    side = "lower" if c["bound"] == "low" else "upper"
    passed = "is at least" if c["bound"] == "low" else "is at most"
    failed = "is below" if c["bound"] == "low" else "is above"
    word = passed if c["verdict"] == "pass" else failed
    limit = words.number(c["limit"], c["endpoint"])
    return f"{side} bound {words.number(found, c['endpoint'])} {word} {limit}"


def visible(found: Body, minimum: int) -> bool:
    """Whether an estimate may be shown: no count behind it is a small cell of a subgroup."""
    if found["subgroup"] == "overall" or " − " in found["subgroup"]:
        return True
    events = found.get("events")
    if 0 < found["n"] < minimum:
        return False
    return events is None or not (0 < events < minimum or 0 < found["n"] - events < minimum)


def _endpoints(overall: Sequence[Body], names: dict[float, str], source: str) -> Body:
    rows = [
        [
            {"text": words.endpoint(e["endpoint"]), "sub": words.GLOSSES.get(e["endpoint"], "")},
            names.get(e.get("threshold"), words.NONE),
            words.number(e["value"], e["endpoint"]) if e["value"] is not None else e["reason"],
            words.interval(e) or words.NONE,
            words.count(e["n"]),
            words.count(e.get("events")),
            words.method(e["method"]),
        ]
        for e in overall
    ]
    return table.of(
        "Endpoints on all cases of the reference set",
        ["Endpoint", "Operating point", "Estimate", "95% CI", "n", "Events", "Interval"],
        rows,
        align="llrrrrl",
        source=source,
        widths=(34, 12, 11, 15, 9, 8, 11),
        notes=["n: cases in the denominator. Events: cases in the numerator of a proportion."],
    )


def _points(points: Sequence[Body], source: str, minimum: int) -> Body:
    rows = [
        [p["name"], words.decimal(p["threshold"])]
        + [words.few(p[cell], minimum) for cell in ("tp", "fp", "fn", "tn")]
        + [words.count(p["tp"] + p["fn"]), words.count(p["fp"] + p["tn"])]
        for p in points
    ]
    head = ["Operating point", "Threshold", "True positive", "False positive", "False negative"]
    return table.of(
        "Counts at each operating point",
        [*head, "True negative", "Positives", "Negatives"],
        rows,
        align="lrrrrrrr",
        source=source,
        notes=["A score at or above the threshold is called positive."],
    )


def _subgroups(
    parts: Sequence[Body], names: dict[float, str], source: str, minimum: int
) -> list[Body]:
    """One table of the endpoints without a threshold, and one for each operating point."""
    tables = []
    for threshold in dict.fromkeys(e.get("threshold") for e in parts):
        mine = [e for e in parts if e.get("threshold") == threshold]
        at = "" if threshold is None else f" at operating point {names.get(threshold, '')}"
        tables += _pivot(f"Subgroups{at}", mine, source, minimum)
    return tables


def _pivot(caption: str, mine: Sequence[Body], source: str, minimum: int) -> list[Body]:
    """Subgroups as rows, endpoints as columns; at most six endpoints a table."""
    endpoints = list(dict.fromkeys(e["endpoint"] for e in mine))
    groups = list(dict.fromkeys(e["subgroup"] for e in mine))
    by = {(e["subgroup"], e["endpoint"]): e for e in mine}
    found = []
    for first in range(0, len(endpoints), 5):
        shown = endpoints[first : first + 5]
        rows: list[list[Cell]] = []
        for g in groups:
            cells = [by.get((g, e)) for e in shown]
            whole = next(e for e in mine if e["subgroup"] == g)
            rows.append(
                [words.subgroup(g), words.few(whole["positives"], minimum)]
                + [table.estimate(c, shown=c is None or visible(c, minimum)) for c in cells]
            )
        title = caption + (", continued" if first else "")
        found.append(
            table.of(
                f"{title}: estimate and 95% CI",
                ["Subgroup", "Positives", *(words.endpoint(e) for e in shown)],
                rows,
                align="l" + "r" * (len(shown) + 1),
                source=source,
                widths=(24, 9, *[67 // len(shown)] * len(shown)),
            )
        )
    return found


def _gaps(gaps: Sequence[Body], names: dict[float, str], source: str) -> list[Body]:
    """Gaps as rows, endpoints as columns."""
    tables = []
    for threshold in dict.fromkeys(g.get("threshold") for g in gaps):
        mine = [g for g in gaps if g.get("threshold") == threshold]
        at = "" if threshold is None else f" at operating point {names.get(threshold, '')}"
        head = list(dict.fromkeys(g["endpoint"] for g in mine))
        pairs = list(dict.fromkeys(g["subgroup"] for g in mine))
        by = {(g["subgroup"], g["endpoint"]): g for g in mine}
        rows: list[list[Cell]] = [
            [words.subgroup(p), *(table.estimate(by.get((p, e))) for e in head)] for p in pairs
        ]
        titles = [words.endpoint(e.removesuffix("-difference")) for e in head]
        tables.append(
            table.of(
                f"Differences between subgroups{at}: estimate and 95% CI",
                ["First minus second", *titles],
                rows,
                align="l" + "r" * len(head),
                source=source,
                notes=["The subgroup with the larger value comes first. pp: percentage points."],
            )
        )
    return tables


def _comparisons(value: ValidationRun, source: str) -> Body | None:
    if not value.comparisons:
        return None
    rows: list[list[Cell]] = [
        [
            f"{value.model} − {c['against']}",
            words.endpoint(c["endpoint"]),
            table.estimate(c["estimate"]),
            words.p_value(c["estimate"].get("p")),
            words.decimal(c["margin"]),
            words.method(c["estimate"]["method"]),
            table.verdict(c["verdict"]),
        ]
        for c in value.comparisons
    ]
    return table.of(
        "Comparison with the previous locked version on the same cases",
        ["Versions", "Endpoint", "Difference (95% CI)", "p", "Margin", "Method", "Verdict"],
        rows,
        align="llrrrll",
        source=source,
        notes=["Non-inferior when the lower bound lies above minus the margin."],
    )


def _software(value: ValidationRun, source: str) -> Body:
    rows = [[name, version] for name, version in sorted(value.software.items())]
    rows.append(["predictions", digests.short(value.files["predictions"])]) if (
        "predictions" in value.files
    ) else None
    return table.of("Software of the run", ["Part", "Version or digest"], rows, source=source)
