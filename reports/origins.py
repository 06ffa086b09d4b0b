"""Facts of what was judged and on what: locked models, frozen reference sets, policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence import digest as digests
from reports import table, words

if TYPE_CHECKING:
    from evidence.records import Body, ModelLock, Record, ReferenceFreeze
    from reports.reading import Reading

ENVIRONMENT = 12  # packages shown; the record has all
OVERLAP = {
    "none": "No overlap",
    "overlap": "Overlap",
    "unknown": "Not known",
}


def models(reading: Reading) -> list[Body]:
    """The locked models, newest first."""
    return [model(record, value) for record, value in reading.locks[::-1]]


def model(record: Record, value: ModelLock) -> Body:
    """One locked model."""
    source = record.ref
    return {
        "model": value.model,
        "source": source,
        "facts": table.of(
            f"Model {value.model} as it was locked",
            ["Property", "Value"],
            _properties(record, value),
            source=source,
            widths=(28, 72),
        ),
        "signature": _signature(value, source),
        "parameters": _parameters(value, source),
        "external": value.external,
    }


def _properties(record: Record, value: ModelLock) -> list[list[str]]:
    training = value.training
    period = f"{training.get('start', '')} to {training.get('end', '')}"
    rows = [
        ["Name and version", value.model],
        ["Digest of all its files (SHA-256)", value.digest.removeprefix("sha256:")],
        ["Files in the digest", words.count(len(value.manifest))],
        ["Kind of model (MLflow flavour)", value.flavour or "not recorded"],
        ["Locked", f"{words.moment(record.at)} by {record.actor}"],
        ["Training data", str(training.get("dataset") or "not recorded")],
        ["Training period", period if training.get("start") else "not recorded"],
        ["Training cases", _known(training, "cases")],
        ["Training cases, positive", _known(training, "positives")],
    ]
    if value.metrics:
        said = "; ".join(f"{words.plain(k)} {words.decimal(v)}" for k, v in value.metrics.items())
        rows.append(["Figures logged while training (no evidence of performance)", said])
    if value.environment:
        more = len(value.environment) - ENVIRONMENT
        said = ", ".join(value.environment[:ENVIRONMENT])
        rows.append(["Software environment", said + (f", and {more} more" if more > 0 else "")])
    return rows


def _known(training: Body, name: str) -> str:
    value = training.get(name)
    return words.count(value) if isinstance(value, int | float) else "not recorded"


def _signature(value: ModelLock, source: str) -> Body | None:
    rows = [
        ["Input", str(c.get("name", "")), str(c.get("type", ""))]
        for c in value.signature.get("inputs", [])
    ]
    rows += [
        ["Output", str(c.get("name") or "score"), str(c.get("type", ""))]
        for c in value.signature.get("outputs", [])
    ]
    if not rows:
        return None
    return table.of(
        f"Inputs and outputs of {value.model}", ["Side", "Column", "Type"], rows, source=source
    )


def _parameters(value: ModelLock, source: str) -> Body | None:
    if not value.parameters:
        return None
    rows = [[words.plain(k), str(v)] for k, v in sorted(value.parameters.items())]
    return table.of(
        f"Training parameters of {value.model}", ["Parameter", "Value"], rows, source=source
    )


def references(reading: Reading) -> list[Body]:
    """The frozen reference sets, newest first."""
    return [reference(r, v, reading.minimum_cell) for r, v in reading.freezes[::-1]]


def reference(record: Record, value: ReferenceFreeze, minimum: int) -> Body:
    """One frozen reference set."""
    source, standard = record.ref, value.spec["reference_standard"]
    meaning = "; ".join(
        f"{name}: {', '.join(map(str, standard.get(name, [])))}"
        for name in ("positive", "negative", "indeterminate")
        if standard.get(name)
    )
    period = value.period
    return {
        "name": value.name,
        "source": source,
        "facts": table.of(
            f"Reference set {value.name} as it was frozen",
            ["Property", "Value"],
            [
                ["Title", value.spec["title"]],
                ["Origin", value.spec["origin"]],
                ["Licence", value.spec["licence"]],
                ["Period", f"{period['start']} to {period['end']}" if period else "not recorded"],
                ["Cases analysed", words.count(value.cases)],
                ["Cases with a positive reference standard", words.count(value.positives)],
                ["Prevalence", words.percent(value.positives / value.cases)],
                ["Reference standard (ground truth)", standard["description"]],
                ["Meaning of its values", meaning],
                ["Digest of the frozen cases (SHA-256)", value.digest.removeprefix("sha256:")],
                ["Source file and digest", f"{value.source}, {digests.short(value.source_digest)}"],
            ],
            source=source,
            widths=(28, 72),
        ),
        "accounting": _accounting(value.accounting, source, minimum, value.name),
        "baseline": _baseline(value, source, minimum),
        "inputs": _inputs(value, source),
        "independence": _independence(value, source),
        "expectations": _expectations(value, source, minimum),
        "warnings": [
            f"{words.few(w['count'], minimum)} cases of {words.plain(w['column'])}: {w['code']}."
            for w in value.warnings
        ],
    }


def _accounting(steps: list[Body], source: str, minimum: int, name: str) -> Body:
    out = [s for s in steps if s["kind"] == "excluded"]
    cases = dict(zip(map(id, out), words.cells([s["cases"] for s in out], minimum), strict=True))
    rows = [
        [
            {"text": words.plain(s["step"]), "tone": "" if s["kind"] == "excluded" else "strong"},
            {"read": "read", "excluded": "excluded", "analysed": "analysed"}[s["kind"]],
            words.few(s["rows"], minimum),
            cases.get(id(s), words.count(s["cases"])),
        ]
        for s in steps
    ]
    return table.of(
        f"Every case accounted for: {name}",
        ["Step", "Kind", "Rows", "Cases"],
        rows,
        align="llrr",
        source=source,
        notes=["A row may stand for several identical cases."],
    )


def _baseline(value: ReferenceFreeze, source: str, minimum: int) -> Body | None:
    rows: list[list[str]] = []
    for attribute, groups in value.subgroups.items():
        cases = words.cells([g["cases"] for g in groups], minimum)
        hits = words.cells([g["positives"] for g in groups], minimum)
        for g, n, k in zip(groups, cases, hits, strict=True):
            clear = n[:1].isdigit() and k[:1].isdigit()
            share = words.percent(g["cases"] / value.cases) if n[:1].isdigit() else "withheld"
            rate = words.percent(g["positives"] / g["cases"]) if clear else "withheld"
            rows.append([words.plain(attribute), str(g["value"]), n, share, k, rate])
    if not rows:
        return None
    return table.of(
        "Cases by subgroup",
        ["Attribute", "Value", "Cases", "Share of cases", "Positive", "Prevalence"],
        rows,
        align="llrrrr",
        source=source,
    )


def _inputs(value: ReferenceFreeze, source: str) -> Body:
    rows = []
    for f in value.spec["features"]:
        found = value.summaries.get(f["name"])
        share = found["missing"] / found["total"] if found and found["total"] else None
        rows.append(
            [words.plain(f["name"]), f["name"], f["type"], f["description"], words.percent(share)]
        )
    return table.of(
        "Inputs of the model in the reference set",
        ["Input", "Column", "Type", "Description", "Missing"],
        rows,
        align="llllr",
        source=source,
        widths=(22, 22, 12, 32, 12),
    )


def _independence(value: ReferenceFreeze, source: str) -> Body | None:
    """One row a model; the record may also hold one verdict for all."""
    found = value.independence
    pairs = [("all models", found)] if "verdict" in found else list(found.items())
    rows = [
        [name, table.verdict_of(OVERLAP.get(v["verdict"], v["verdict"])), _why(v)]
        for name, v in pairs
        if isinstance(v, dict)
    ]
    if not rows:
        return None
    return table.of(
        "Independence of training and reference data",
        ["Model", "Verdict", "Ground"],
        rows,
        source=source,
        widths=(22, 16, 62),
    )


def _why(found: Body) -> str:
    return str(found.get("statement") or found.get("overlap") or "not recorded")


def _expectations(value: ReferenceFreeze, source: str, minimum: int) -> Body | None:
    if not value.expectations:
        return None
    columns = {f["name"]: f for f in value.spec["features"]}
    rows = [
        [
            words.plain(e["column"]),
            words.sentence(e["statement"], columns).removeprefix(words.plain(e["column"])).strip(),
            table.verdict("pass" if e["ok"] else "fail"),
            words.few(e["unexpected"], minimum),
            words.count(e["cases"]),
        ]
        for e in value.expectations
    ]
    return table.of(
        "Data quality: what was expected of the cases and what was found",
        ["Column", "Expectation", "Result", "Cases against it", "Cases checked"],
        rows,
        align="lllrr",
        source=source,
        notes=["Checked with Great Expectations before the set was frozen."],
    )


def policies(reading: Reading) -> Body | None:
    """The registered policies with their digests."""
    rows = [
        [
            words.POLICIES.get(p.name, words.plain(p.name)),
            words.count(p.version),
            digests.short(p.digest),
            record.ref,
            words.moment(record.at),
        ]
        for record, p in reading.registrations
    ]
    if not rows:
        return None
    return table.of(
        "Registered policies",
        ["Policy", "Version", "Digest of its text", "Record", "Registered"],
        rows,
        align="lrlll",
        source="the records named in each row",
    )
