"""Clause by clause: answered, or open with what would close it.

A clause that a record can answer alone is answered when every kind of evidence that it names is in
the trail. All others need a person's words as well: a narrative whose front matter names the
clause. Nothing is called answered on weaker ground.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.catalog import Catalog, Clause

FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
PEOPLE = {"manual-narrative"}
NEEDED = {
    "labeling": "labelling",
    "human-factors": "a human factors file",
    "cybersecurity": "a cybersecurity file",
    "pccp": "a predetermined change control plan",
    "declaration": "a declaration of conformity",
    "robustness": "a robustness study",
    "reader-study": "a reader study",
    "standards-list": "the list of standards (device.yaml)",
    "risk-file": "the risk file (risks.yaml)",
    "intended-use": "the intended use (device.yaml)",
    "data-manifest": "a description of the training data",
    "drift-trigger": "a trigger",
    "change-decision": "a decision on a trigger",
    "change-request": "a change request",
    "incident": "an incident record",
}
MEASURED = frozenset(  # no words stand for these
    {
        "change-decision",
        "data-manifest",
        "data-quality-run",
        "drift-trigger",
        "logs-audit-trail",
        "model-lock",
        "monitoring-plan",
        "monitoring-run",
        "reader-study",
        "reference-set-freeze",
        "robustness",
        "subgroup-fairness",
        "validation-run",
    }
)
# The catalog's evidence words are wider than what a record holds. These clauses ask for more; the
# first kind can be closed by a narrative that names the clause, the second by no words.
UNTOLD = {
    "fda.ai-dsf.viii.collection.sites": "the name of each site",
    "fda.ai-dsf.viii.independence.splits": "the split of the development data",
    "fda.ai-dsf.viii.independence.sequestration": "who could reach the test data",
    "fda.ai-dsf.viii.representativeness.disease": "severity, subtypes and comorbidities",
    "fda.ai-dsf.viii.representativeness.demographics": "race, ethnicity, or why not available",
    "fda.ai-dsf.viii.representativeness.acquisition": "acquisition equipment and conditions",
    "fda.ai-dsf.viii.representativeness.sites": "the sites and their settings",
    "fda.ai-dsf.viii.representativeness.covariates": "the distributions in the training data",
    "fda.ai-dsf.x.version-history": "the released version and its differences",
    "fda.ai-dsf.x.a.protocol.baseline": "equipment, configurations, and a justification",
    "fda.ai-dsf.x.a.sap.subgroups": "why these subgroups and no others",
    "fda.ai-dsf.xi.identify": "the effect of a change on safety and effectiveness",
    "fda.ai-dsf.xiii.datasets": "a comparison with the intended population",
    "fda.ai-dsf.app-c.prespecification": "a justification of the sample size",
    "fda.ai-dsf.app-c.reports": "a justification of each further look",
    "fda.ai-dsf.app-e.regulatory-status.authorization": "the authorization status",
    "fda.ai-dsf.app-e.regulatory-status.file-number": "the file number",
    "fda.ai-dsf.app-e.performance.test-data": "effect size and representativeness",
}
RATIOS, CURVE, PATIENTS = "positive-likelihood-ratio", "decision-curve", "patients"
NEVER = "nothing that is measured"
UNMEASURED = {  # what is needed, and what a run must hold for it
    "fda.ai-dsf.xi.cause.pipeline": ("a check for duplicates in production", {NEVER}),
    "fda.ai-dsf.app-c.metrics-by-output": (
        "likelihood ratios and a decision curve",
        {RATIOS, CURVE},
    ),
    "fda.ai-dsf.app-c.clustering": (
        "patients named, and intervals that respect them",
        {PATIENTS},
    ),
    "fda.ai-dsf.vi.b.metrics": ("likelihood ratios", {RATIOS}),
    "eu-aia.annex-iv.2.g": ("test reports signed by the responsible persons", {NEVER}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrative:
    """What a person wrote.

    Attributes:
        name: The file's stem.
        clauses: The clauses that it answers.
        text: Markdown without the front matter.
    """

    name: str
    clauses: tuple[str, ...]
    text: str


def narrative(name: str, content: str) -> Narrative:
    """Split a narrative into its front matter and its text."""
    found = FRONT.match(content)
    head = yaml.safe_load(found.group(1)) if found else {}
    clauses = head.get("clauses", []) if isinstance(head, dict) else []
    text = content[found.end() :] if found else content
    return Narrative(name=name, clauses=tuple(map(str, clauses)), text=text.strip())


def trace(
    catalog: Catalog,
    available: Mapping[str, str],
    narratives: list[Narrative],
    measured: frozenset[str] = frozenset(),
) -> list[dict[str, Any]]:
    """One row a clause.

    Args:
        catalog: The clauses.
        available: Kind of evidence to the records that hold it, in words.
        narratives: What people wrote.
        measured: What the runs hold beyond their kind: endpoints, a decision curve, patients.
    """
    return [_row(clause, available, narratives, measured) for clause in catalog.requirements]


def _row(
    clause: Clause,
    available: Mapping[str, str],
    narratives: list[Narrative],
    measured: frozenset[str],
) -> dict[str, Any]:
    written = [n.name for n in narratives if clause.id in n.clauses and n.text]
    named = [word for word in clause.evidence if word not in PEOPLE]
    missing = [NEEDED.get(w, w.replace("-", " ")) for w in named if w not in available]
    by_person = clause.automatable != "full" or bool(PEOPLE.intersection(clause.evidence))
    if by_person and not written:
        missing.append("a narrative that names this clause")
    # A narrative stands for what only people can supply, never for a measurement.
    if written and clause.automatable == "none":
        held = [w for w in named if w in MEASURED and w not in available]
        missing = [NEEDED.get(w, w.replace("-", " ")) for w in held]
    if clause.id in UNTOLD and not written:
        missing.append(UNTOLD[clause.id])
    need, holds = UNMEASURED.get(clause.id, ("", set()))
    if not holds <= measured:
        missing.append(need)
    sources = [available[w] for w in named if w in available]
    sources += [f"narrative “{name.replace('_', ' ')}”" for name in written]
    return {
        "id": clause.id,
        "ref": clause.ref,
        "title": clause.title,
        "text": clause.text,
        "severity": clause.severity,
        "status": "open" if missing else "answered",
        "by": list(dict.fromkeys(sources)),
        "missing": missing,
        "narratives": written,
    }
