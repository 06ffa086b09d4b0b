"""Locks, frozen sets, looks and validation runs as a page shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import origin, words

if TYPE_CHECKING:
    from evidence.records import Body, Look, ModelLock, Record, ReferenceFreeze, ValidationRun


def lock(record: Record, value: ModelLock) -> Body:
    """A locked model."""
    inputs = value.signature.get("inputs", [])
    return origin.of(record) | {
        "model": value.model,
        "external": value.external,
        "digest": value.digest,
        "flavour": value.flavour,
        "files": len(value.manifest),
        "inputs": [f"{words.column(i['name'])} ({i['type']})" for i in inputs],
        "environment": value.environment,
        "parameters": {words.column(k): v for k, v in value.parameters.items()},
        "metrics": {words.column(k): words.number(v) for k, v in value.metrics.items()},
        "training": {
            words.column(k): v for k, v in value.training.items() if not isinstance(v, (list, dict))
        },
        "characteristics": value.training.get("characteristics", []),
        "tuning": value.training.get("tuning", {}).get("characteristics", []),
    }


def freeze(record: Record, value: ReferenceFreeze, minimum: int) -> Body:
    """A frozen set; cells below the minimum are not printed."""
    spec = value.spec
    return origin.of(record) | {
        "name": value.name,
        "title": spec["title"],
        "origin": spec["origin"],
        "licence": spec["licence"],
        "digest": value.digest,
        "source": value.source,
        "source_digest": value.source_digest,
        "cases": words.whole(value.cases),
        "positives": words.whole(value.positives),
        "prevalence": words.number(value.positives / value.cases, "proportion"),
        "period": value.period,
        "task": value.task,
        "synthetic": _synthetic(value.synthetic, minimum),
        "versions_of": words.whole(value.items) if value.items else "",
        "standard": _standard(spec),
        "features": [
            {"name": words.column(f["name"]), "description": f["description"]}
            for f in spec.get("features", [])
        ],
        "accounting": [step(s) for s in value.accounting],
        "groups": [
            _group(name, row, value.cases, minimum)
            for name, rows in value.subgroups.items()
            for row in rows
        ],
        "expectations": [
            {"statement": words.sentence(e["statement"]), "observed": e["observed"], "ok": e["ok"]}
            for e in value.expectations
        ],
        "warnings": [w["message"] for w in value.warnings],
        "independence": _independence(value.independence),
        "characteristics": value.characteristics,
        "reader_agreement": [words.estimate(e, minimum) for e in value.reader_agreement],
    }


def _synthetic(of: Body, minimum: int) -> str:
    """How many of the cases are synthetic, in words; empty where nothing is declared."""
    if not of:
        return ""
    if not of["cases"]:
        return "None of the cases is synthetic"
    small = of["cases"] < minimum
    share = "" if small else f" ({words.number(of['share'], 'proportion')})"
    return f"{words.cell(of['cases'], minimum)} of the cases are synthetic{share}"


def _independence(found: Body) -> list[str]:
    """What is known of each model's development data; models of which nothing is known, once."""
    known = [body["statement"] for body in found.values() if body["verdict"] != "unknown"]
    unknown = [model for model, body in found.items() if body["verdict"] == "unknown"]
    if len(unknown) == 1:
        known.append(found[unknown[0]]["statement"])
    elif unknown:
        known.append(
            "Neither the training period nor the training patients are recorded of the models "
            f"{', '.join(unknown[:-1])} and {unknown[-1]}."
        )
    return known


def _standard(spec: Body) -> str:
    """How the truth was established: of a score's labels, or of texts."""
    return str(
        spec["standard"] if "standard" in spec else spec["reference_standard"]["description"]
    )


def step(of: Body) -> Body:
    """A step of the accountability table."""
    return {
        "step": of["step"],
        "kind": of["kind"],
        "rows": words.whole(of["rows"]),
        "cases": words.whole(of["cases"]),
    }


def _group(name: str, row: Body, total: int, minimum: int) -> Body:
    cases, hits = row["cases"], row["positives"]
    shown = cases >= minimum and (hits == 0 or hits >= minimum)
    return {
        "attribute": words.column(name),
        "value": row["value"],
        "cases": words.cell(cases, minimum),
        "share": words.number(cases / total, "proportion"),
        "positives": words.cell(hits, minimum),
        "prevalence": words.number(hits / cases, "proportion") if cases and shown else "—",
    }


def look(record: Record, value: Look) -> Body:
    """A look."""
    return origin.of(record) | {
        "reference": value.reference,
        "number": value.number,
        "model": value.model,
    }


def validation(record: Record, value: ValidationRun, minimum: int) -> Body:
    """A validation run, with the curves that its figures are drawn from."""
    shown = [words.estimate(e, minimum) for e in value.estimates]
    names = {p["threshold"]: p["name"] for p in value.curves["operating_points"]}
    for row in shown:
        row["point"] = names.get(row["raw"]["threshold"], "")
    return origin.of(record) | {
        "model": value.model,
        "digest": value.model_digest,
        "reference": value.reference,
        "against": value.against,
        "look": value.look,
        "verdict": value.verdict,
        "reason": value.reason,
        "policies": {words.POLICIES[k]: v for k, v in value.policies.items()},
        "criteria": [criterion(c, minimum) for c in value.criteria],
        "comparisons": [criterion(c, minimum) for c in value.comparisons],
        "overall": [row for row in shown if row["raw"]["subgroup"] == "overall"],
        "subgroups": [
            row
            for row in shown
            if row["raw"]["subgroup"] != "overall"
            and row["raw"]["endpoint"] in ("auroc", "sensitivity", "specificity")
        ],
        "gaps": [
            gap(g, value.estimates, minimum)
            for g in value.gaps
            if g["endpoint"] in ("auroc-difference", "sensitivity-difference")
        ],
        "points": [_point(p, minimum) for p in value.curves["operating_points"]],
        **_studied(value, minimum),
        # People by single score are for surveillance, not for a page: cells of one are among them.
        "curves": {name: curve for name, curve in value.curves.items() if name != "score_cells"},
        "software": value.software,
    }


def _studied(value: ValidationRun, minimum: int) -> Body:
    """What was studied beside the criteria: patients, sites, fairness, errors, incomplete cases."""
    errors, sites = value.errors, value.sites
    return {
        "design": value.design,
        "multiplicity": [
            r | {"p": words.p_value(r["p"]), "adjusted": words.p_value(r["adjusted"])}
            for r in value.multiplicity
        ],
        "disparities": [words.estimate(e, minimum) for e in value.disparities],
        "sites": [words.estimate(e, minimum) for e in sites.get("estimates", [])],
        "heterogeneity": [
            {
                "name": words.endpoint(t["endpoint"].removesuffix("-heterogeneity")),
                "statistic": words.number(t["statistic"]),
                "df": t["df"],
                "p": words.p_value(t["p"]),
            }
            for t in sites.get("tests", [])
        ],
        "errors": {
            "tried": errors.get("tried", 0),
            "small": errors.get("small", 0),
            "adjustment": words.METHODS.get(errors.get("adjustment", ""), ""),
            "rows": [
                words.estimate(e, minimum) | {"p": words.p_value(t["details"]["p_adjusted"])}
                for e, t in zip(errors["estimates"][1:], errors["tests"], strict=True)
            ]
            if errors
            else [],
        },
        "incomplete": _incomplete(value, minimum),
    }


def _incomplete(value: ValidationRun, minimum: int) -> list[Body]:
    """One row an endpoint: without the indeterminate cases, at best, at worst."""
    rows: dict[tuple[str, float | None], Body] = {}
    for body in value.incomplete:
        shown = words.estimate(body, minimum)
        row = rows.setdefault((body["endpoint"], body["threshold"]), {"name": shown["name"]})
        row["threshold"] = shown["threshold"]
        row[body["subgroup"].replace("-", "_")] = f"{shown['value']} ({shown['interval']})"
    return list(rows.values())


def gap(of: Body, estimates: list[Body], minimum: int) -> Body:
    """A difference; withheld where one of its sides is, since the other side would give it away."""
    key = (of["endpoint"].removesuffix("-difference"), of["threshold"])
    sides = of["subgroup"].split(" − ")
    hidden = any(
        words.withheld(e, minimum)
        for e in estimates
        if (e["endpoint"], e["threshold"]) == key and e["subgroup"] in sides
    )
    shown = words.estimate(of, minimum)
    return shown | {"value": "withheld", "interval": "small cell"} if hidden else shown


def criterion(body: Body, minimum: int) -> Body:
    """A criterion, its estimate and its verdict."""
    return {
        "id": body["id"],
        "statement": words.sentence(body["statement"]),
        "estimate": words.estimate(body["estimate"], minimum),
        "verdict": body["verdict"],
        "reason": words.reason(body["reason"], minimum),
        "primary": body.get("primary", False),
    }


def _point(point: Body, minimum: int) -> Body:
    table = {key: words.cell(point[key], minimum) for key in ("tp", "fp", "fn", "tn")}
    return {"name": point["name"], "threshold": f"{point['threshold']:g}", **table}
