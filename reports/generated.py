"""Runs of models that write answers or reports, as a page shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import origin, premarket, words

if TYPE_CHECKING:
    from evidence.records import Body, GenerativeRun, Record

APART = ("condition=", "finding=")  # subgroups of their own tables
DIFFERENCES = ("accuracy-difference", "finding-f1-difference", "rouge-l-difference")


def run(record: Record, value: GenerativeRun, minimum: int) -> Body:
    """A run; cells below the minimum are not printed."""
    shown = [words.estimate(e, minimum) for e in value.estimates]
    return origin.of(record) | {
        "model": value.model,
        "digest": value.model_digest,
        "reference": value.reference,
        "task": value.task,
        "scoring": value.scoring.replace("-", " "),
        "condition": words.column(value.condition),
        "conditions": [words.column(name) for name in value.conditions],
        "look": value.look,
        "policies": {words.POLICIES[k]: v for k, v in value.policies.items()},
        "verdict": value.verdict,
        "reason": value.reason,
        "criteria": [premarket.criterion(c, minimum) for c in value.criteria],
        "overall": [row for row in shown if row["raw"]["subgroup"] == "overall"],
        "others": [row for row in shown if row["raw"]["subgroup"].startswith(APART[0])],
        "findings": [row for row in shown if row["raw"]["subgroup"].startswith(APART[1])],
        "subgroups": [
            row
            for row in shown
            if row["raw"]["subgroup"] != "overall" and not row["raw"]["subgroup"].startswith(APART)
        ],
        "gaps": [
            premarket.gap(g, value.estimates, minimum)
            for g in value.gaps
            if g["endpoint"] in DIFFERENCES and "&" not in g["subgroup"]
        ],
        "modalities": [_modality(body, minimum) for body in value.modalities],
        "consistency": [
            {"by": words.column(body["by"])}
            | {"rows": [words.estimate(e, minimum) for e in body["estimates"]]}
            for body in value.consistency
        ],
        "outputs": {key: words.whole(number) for key, number in value.outputs.items()},
        "warnings": [words.sentence(w["message"]) for w in value.warnings],
        "design": value.design,
        "software": value.software,
    }


def _modality(body: Body, minimum: int) -> Body:
    """One paired comparison with and without a modality."""
    verdict = body["verdict"]
    return {
        "modality": body["modality"],
        "without": words.column(body["without"]),
        "subgroup": words.subgroup(body["subgroup"]),
        "full": words.estimate(body["full"], minimum),
        "degraded": words.estimate(body["degraded"], minimum),
        "difference": words.estimate(body["difference"], minimum),
        "pairs": words.whole(body["pairs"]),
        "lost": words.cell(body["flow"]["right-to-wrong"], minimum) if body["flow"] else "—",
        "gained": words.cell(body["flow"]["wrong-to-right"], minimum) if body["flow"] else "—",
        "p": words.p_value(body["p"]),
        "verdict": verdict,
        "reason": words.sentence(body["reason"]),
        "doubt": words.sentence(body["doubt"]),
        "parsable": words.estimate(body["parsable"], minimum) if body["parsable"] else None,
    }
