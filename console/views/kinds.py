"""What each check of surveillance is called and asks, for somebody who is no statistician."""

from __future__ import annotations

from reports import words

ASKS = {
    "data-quality": "Are the data as the frozen reference set's were: types, ranges, enough cases?",
    "missingness": "Is an input missing more often than in the reference set?",
    "drift": "Is an input, or the score, distributed otherwise than in the reference set?",
    "prevalence": "Has the share of positives risen or fallen beyond what the plan allows?",
    "performance": "Is the model less able to tell positives from negatives than it was?",
    "calibration": "Do as many positives come as the scores promise?",
    "subgroup-gap": "Does the model work less well for some people than for others?",
    "unparsable": "Are more of the model's answers unreadable than allowed?",
    "collapse": "Does the model write the same text again and again?",
    "labels": "Do the reference standard's results come as late as planned, and no later?",
    "label-free": "What do the scores alone say of performance, before results come?",
    "abstention": "Is there more often no score at all?",
    "chart": "Has a control chart, which goes on from window to window, passed its limit?",
    "joint-drift": "Can production cases be told from reference cases by all columns together?",
    "dataset-drift": "Has a large share of all columns drifted?",
    "new-category": "Are there values that the reference set never had?",
    "unit": "Does a column look as if its unit changed, or as if two were exchanged?",
}
SEVERITY = {
    "critical": "the gravest of the plan's three severities",
    "major": "the second of the plan's three severities",
    "minor": "the least of the plan's three severities",
}


def name(kind: str) -> str:
    """A kind of finding as a page names it."""
    return words.KINDS.get(kind, kind.replace("-", " ").capitalize())


def asks(kind: str) -> str:
    """What a check asks, in one sentence; empty where that is not known."""
    return ASKS.get(kind, "")


def subject(kind: str, of: str) -> str:
    """What a finding is about: a column, an endpoint, a subgroup or a chart, readable."""
    if kind == "chart":
        rule, _, rest = of.partition(":")
        stream, _, direction = rest.rpartition(":")
        group = "" if stream in ("", "overall") else f", {words.subgroup(stream)}"
        return (
            rule.replace("-", " ") + group + (", for the better" if direction == "better" else "")
        )
    if kind == "subgroup-gap":
        attribute, _, pair = of.partition(":")
        higher, _, lower = pair.partition(">")
        named = f"{words.column(attribute)}, {higher} above {lower}"
        return named if lower else words.column(attribute)
    if kind in ("performance", "calibration"):
        name, _, point = of.partition("@")
        return words.endpoint(name) + (f" at {point}" if point else "")
    return words.column(of)


def sentence(text: str) -> str:
    """A statement of a record as a sentence that begins with a capital."""
    said = words.sentence(text)
    return said[:1].upper() + said[1:]


def decision(name: str) -> str:
    """A decision, or a state that names one, readable."""
    return name.replace("-", " ").replace("pccp", "PCCP")
