"""Each hazard to its control, the endpoint that watches it, the verdict, and the check in use.

What `watched_by` says is read as it is written: an endpoint (``sensitivity``), one by an attribute
(``auroc by sex``), one without an input (``accuracy without the image``), or a kind of finding
(``missingness``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evidence.records import Body, Record
    from policies.device import Risk
    from reports.traceability.facts import Facts

RUNS = ("validation-run", "generative-run")
FINDING = {  # kinds of findings by the endpoint whose loss in use they tell
    "unparsable-rate": ("unparsable", "performance"),
    "calibration-slope": ("calibration",),
    "observed-expected": ("calibration",),
    "prevalence": ("prevalence",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One endpoint or finding that watches a risk.

    Attributes:
        risk: Id of the risk.
        hazard: What can go wrong.
        harm: What it does to a person.
        control: What is done against it.
        residual: What risk is left.
        watched_by: The endpoint or finding, as `risks.yaml` names it; empty when nothing does.
        verdicts: Criteria of the newest run on it: id, verdict, record.
        checks: Rules of the surveillance plan on it: id, kind of finding, severity.
        triggers: Triggers that they raised, with their records.
        missing: What the chain lacks, in words.
    """

    risk: str
    hazard: str
    harm: str
    control: str
    residual: str
    watched_by: str
    verdicts: tuple[Body, ...] = ()
    checks: tuple[Body, ...] = ()
    triggers: tuple[Body, ...] = ()
    missing: tuple[str, ...] = ()


def links(facts: Facts) -> list[Link]:
    """One row for each thing that watches a risk; a risk that nothing watches has one row too."""
    return [link for risk in facts.risks for link in _of(risk, facts)]


def _of(risk: Risk, facts: Facts) -> Iterator[Link]:
    for said in risk.watched_by or [""]:
        verdicts = tuple(_verdicts(said, facts)) if said else ()
        checks = tuple(_checks(said, facts)) if said else ()
        rules = {check["id"] for check in checks}
        raised = facts.kinds.get("trigger", ())
        yield Link(
            risk=risk.id,
            hazard=risk.hazard,
            harm=risk.harm,
            control=risk.control,
            residual=risk.residual,
            watched_by=said,
            verdicts=verdicts,
            checks=checks,
            triggers=tuple(
                {"id": r.body["id"], "window": r.body["window"], "record": r.seq}
                for r in raised
                if r.body["rule"] in rules and _about(said, r.body)
            ),
            missing=tuple(_missing(risk, said, verdicts, checks)),
        )


def _missing(
    risk: Risk, said: str, verdicts: tuple[Body, ...], checks: tuple[Body, ...]
) -> Iterator[str]:
    if not risk.control:
        yield "a control"
    if not risk.residual:
        yield "the residual risk"
    if not said:
        yield "an endpoint or finding that watches it (watched_by)"
        return
    if not verdicts and not _is_finding(said):
        yield f"an acceptance criterion on {said}"
    if not checks:
        yield f"a check of the surveillance plan on {said}"


def _parts(said: str) -> tuple[str, str, str]:
    """Endpoint, attribute, what is left out: ``accuracy by language`` is of language."""
    head, _, without = said.lower().partition(" without ")
    head, _, by = head.partition(" by ")
    return head.strip().replace(" ", "-"), by.strip(), without.strip().removeprefix("the ")


def _is_finding(said: str) -> bool:
    return _parts(said)[0] in words.KINDS


def _verdicts(said: str, facts: Facts) -> Iterator[Body]:
    """Criteria of the newest run that judge it."""
    runs = sorted((r for kind in RUNS for r in facts.kinds.get(kind, ())), key=lambda r: r.seq)
    if not runs:
        return
    newest = runs[-1]
    for body, subject in _judged(newest):
        if _same(said, body, subject):
            yield {
                "id": body["id"],
                "subgroup": subject,
                "verdict": body["verdict"],
                "record": newest.seq,
            }


def _judged(run: Record) -> Iterator[tuple[Body, str]]:
    """Everything in a run that has a verdict, and of what it is."""
    for body in [*run.body["criteria"], *run.body.get("comparisons", ())]:
        yield body, body["estimate"]["subgroup"]
    for body in run.body.get("modalities", ()):
        yield body | {"id": f"without {words.column(body['without'])}"}, "without"


def _same(said: str, body: Body, subject: str) -> bool:
    endpoint, by, without = _parts(said)
    if without or subject == "without":
        left_out = str(body.get("modality", ""))
        return bool(without and left_out) and (without in left_out or left_out in without)
    name = body["estimate"]["endpoint"].removesuffix("-difference")
    of = {words.column(each.split("=")[0]) for each in subject.replace(" − ", "&").split("&")}
    if by:
        return _named(endpoint, name) and words.column(by) in of | _synonyms(of)
    return _named(endpoint, name) and subject == "overall"


def _named(said: str, endpoint: str) -> bool:
    return endpoint == said or endpoint.startswith(f"{said}-") or endpoint in ALSO.get(said, ())


ALSO = {"agreement": ("consistency", "fleiss-kappa", "cohen-kappa"), "auc": ("auroc",)}


def _synonyms(of: set[str]) -> set[str]:
    """Sex and gender are columns of one attribute in most data."""
    return {"sex", "gender"} if of & {"sex", "gender"} else set()


def _checks(said: str, facts: Facts) -> Iterator[Body]:
    """Rules of the newest registered surveillance plan that watch it in use."""
    plan = facts.policies["monitoring"][1] if "monitoring" in facts.policies else {}
    endpoint, by, _ = _parts(said)
    if by:
        kinds: tuple[str, ...] = ("subgroup-gap",) if _gap(by, endpoint, plan) else ()
    elif _is_finding(said):
        kinds = (endpoint,)
    else:
        watched = {rule["endpoint"] for rule in plan.get("performance") or ()}
        kinds = ("performance",) if endpoint in watched else ()
        kinds += FINDING.get(endpoint, ())
    for rule in plan.get("triggers") or ():
        if rule["finding"] in kinds:
            yield {key: rule[key] for key in ("id", "finding", "severity")}


def _gap(by: str, endpoint: str, plan: Body) -> bool:
    for rule in plan.get("gaps") or ():
        of = {words.column(name) for name in rule["by"]}
        same: bool = rule.get("endpoint", "auroc") == endpoint
        if same and by in of | _synonyms(of):
            return True
    return False


def _about(said: str, trigger: Body) -> bool:
    """Whether a trigger is of this endpoint: a rule on performance watches several."""
    endpoint, by, _ = _parts(said)
    kind, _, subject = trigger["cause"].partition(":")
    if kind == "performance":
        return str(subject).startswith(endpoint)
    if by:
        of = {words.column(subject.split(":")[0])}
        return by in (of | _synonyms(of))
    return True
