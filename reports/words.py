"""How things are said on a page: names of endpoints, numbers with their intervals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evidence.records import Body

NAMES = {
    "auroc": "AUROC",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "ppv": "Positive predictive value",
    "npv": "Negative predictive value",
    "accuracy": "Accuracy",
    "prevalence": "Prevalence",
    "brier": "Brier score",
    "calibration-intercept": "Calibration intercept",
    "calibration-slope": "Calibration slope",
    "observed-expected": "Observed / expected positives",
    "balanced-accuracy": "Balanced accuracy",
    "youden": "Youden index",
    "percent-agreement": "Percent agreement",
    "fleiss-kappa": "Fleiss kappa",
    "gwet-ac1": "Gwet AC1",
    "f1": "F1",
    "kappa": "Cohen kappa",
    "mcc": "Matthews correlation",
    "auprc-average-precision": "Average precision",
    "auprc-trapezoid": "AUPRC, trapezoid",
    "auroc-tau-squared": "AUROC: variance between sites (τ²)",
    "auroc-i-squared": "AUROC: heterogeneity (I²)",
    "equalized-odds": "Equalised odds",
    "unparsable-rate": "Unparsable answers",
    "empty-rate": "Empty outputs",
    "mode-share": "Share of the most frequent text",
    "distinct-share": "Distinct texts",
    "accuracy-parsable": "Accuracy, parsable answers only",
    "cohen-kappa": "Cohen kappa",
    "token-f1": "Token F1",
    "rouge-1": "ROUGE-1",
    "rouge-2": "ROUGE-2",
    "rouge-l": "ROUGE-L",
    "rouge-lsum": "ROUGE-Lsum",
    "meteor": "METEOR",
    "cider": "CIDEr",
    "bertscore-f1": "BERTScore F1",
    "finding-f1": "Finding F1",
    **{f"bleu-{n}": f"BLEU-{n}" for n in range(1, 5)},
}
METHODS = {
    "delong": "DeLong",
    "delong-logit": "DeLong, logit",
    "delong-paired": "DeLong, paired",
    "bootstrap-test-inversion": "bootstrap, test inversion",
    "distinct-texts": "count of distinct texts",
    "clopper-pearson-cases": "Clopper–Pearson, cases",
    "coco-bleu-whitespace-bootstrap-percentile": "COCO BLEU, words as written; bootstrap",
    "coco-cider-d-whitespace-bootstrap-percentile": "COCO CIDEr-D, words as written; bootstrap",
    "meteor-1.5-whitespace-bootstrap-percentile": "METEOR 1.5, words as written; bootstrap",
    "rouge-score-unstemmed-bootstrap-percentile": "rouge-score, not stemmed; bootstrap",
    "delong-unpaired": "DeLong, unpaired",
    "wilson": "Wilson",
    "clopper-pearson": "Clopper–Pearson",
    "newcombe": "Newcombe",
    "normal": "normal",
    "wald": "Wald",
    "log-normal": "log-normal",
    "newcombe-score": "Newcombe score",
    "obuchowski-clustered": "Obuchowski, clustered",
    "ratio-estimator": "ratio estimator",
    "ratio-estimator-wilson": "ratio estimator, Wilson",
    "bootstrap-percentile": "bootstrap",
    "bootstrap-percentile-clustered": "bootstrap of patients",
    "bootstrap-percentile-stratified": "bootstrap, stratified",
    "boyd-logit": "logit (Boyd)",
    "simel-log": "log (Simel)",
    "woolf-log": "log (Woolf)",
    "fleiss-cohen-everitt": "Fleiss, Cohen, Everitt",
    "delta-fisher-z": "Fisher z",
    "tango": "Tango score",
    "mover": "MOVER",
    "fixed-effect": "fixed effect",
    "random-reml-hartung-knapp": "random effects",
    "prediction-higgins-2009": "prediction",
    "q-profile": "Q profile",
    "higgins-thompson": "Higgins, Thompson",
    "benjamini-hochberg": "Benjamini and Hochberg",
    "holm": "Holm",
    "psi": "PSI",
    "jensenshannon": "Jensen–Shannon",
    "wasserstein": "Wasserstein",
    "hellinger": "Hellinger",
    "kl_div": "Kullback–Leibler",
    "ks": "Kolmogorov–Smirnov test",
    "chisquare": "χ² test",
    "chisquare-homogeneity": "χ² test of homogeneity",
    "z": "z test",
    "delong-half-split": "DeLong, unseen half",
    "text-content": "words, ROC AUC",
    "embedding-model": "embedding, ROC AUC",
    "embedding-mmd": "embedding, MMD",
    "embedding-ratio": "embedding, share of components",
    "rarefaction-hurlbert": "rarefaction (Hurlbert)",
}
KINDS = {
    "data-quality": "Data quality",
    "missingness": "Missing values",
    "drift": "Drift",
    "prevalence": "Prevalence",
    "performance": "Performance",
    "calibration": "Calibration",
    "subgroup-gap": "Subgroup gap",
    "unparsable": "Unparsable outputs",
    "collapse": "Collapsed generator",
    "labels": "Late labels",
    "label-free": "Estimate without labels",
    "abstention": "Cases without a score",
    "chart": "Control chart",
    "joint-drift": "Drift of columns together",
    "dataset-drift": "Drift of the data set",
    "new-category": "New values",
    "unit": "Other unit or exchanged columns",
}
POLICIES = {
    "validation": "Acceptance criteria",
    "fairness": "Subgroup criteria",
    "generative": "Criteria of generated text",
    "clinical_findings": "Clinical findings",
    "monitoring": "Surveillance plan",
    "change_control": "Change control",
    "data_quality": "Data quality",
    "access": "Access and signatures",
}
NONE = "not evaluable"


def endpoint(name: str) -> str:
    """An endpoint's name as a page prints it."""
    if name.endswith("-difference"):
        inner = endpoint(name.removesuffix("-difference"))
        return f"Difference in {inner if inner[:2].isupper() else inner[:1].lower() + inner[1:]}"
    return NAMES.get(name, name.replace("-", " ").capitalize())


def column(name: str) -> str:
    """A data column's name, readable: ``age_60_and_above`` as ``age 60 and above``."""
    return name.replace("_", " ")


def subgroup(name: str) -> str:
    """``gender=female`` as ``gender: female``; a difference names its attribute once."""
    one, minus, other = name.partition(" − ")
    if minus and "&" not in name and one.partition("=")[0] == other.partition("=")[0]:
        name = f"{one}{minus}{other.partition('=')[2]}"
    return column(name).replace("=", ": ") if name != "overall" else "All"


def number(value: float | None, unit: str = "") -> str:
    """One number in its unit."""
    if value is None:
        return NONE
    if unit == "proportion":
        return f"{value * 100:.1f} %".replace("-", "−")
    return f"{value:.3f}".replace("-", "−")


def p_value(value: float | None) -> str:
    """A p value to three decimals; very small ones as a bound."""
    if value is None:
        return NONE
    return "<0.001" if value < 0.001 else f"{value:.3f}"  # noqa: PLR2004 - the form itself


def whole(value: float) -> str:
    """A count."""
    return f"{int(value):,}"


def cell(count: int, minimum: int) -> str:
    """A count of people in a table; small ones are not printed (law 6)."""
    return f"<{minimum}" if 0 < count < minimum else f"{count:,}"


def interval(estimate: Body) -> str:
    """The interval alone, in the unit of the estimate."""
    low, high, unit = estimate["low"], estimate["high"], estimate["unit"]
    if low is None or high is None:
        return "—"
    if unit == "proportion":
        return f"{low * 100:.1f} to {high * 100:.1f} %".replace("-", "−")
    return f"{number(low)} to {number(high)}"


def estimate(body: Body, minimum: int) -> dict[str, Any]:
    """Everything that a row of an estimate shows."""
    events = body.get("events")
    small = 0 < body["positives"] < minimum or body["n"] < minimum
    shown = not withheld(body, minimum)
    return {
        "name": endpoint(body["endpoint"]),
        "subgroup": subgroup(body["subgroup"]),
        "value": number(body["value"], body["unit"]) if shown else "withheld",
        "interval": interval(body) if shown else "small cell",
        "n": cell(body["n"], minimum),
        "positives": cell(body["positives"], minimum),
        "events": "" if events is None or small or not shown else whole(events),
        "threshold": "" if body["threshold"] is None else f"{body['threshold']:g}",
        "method": METHODS.get(body["method"], body["method"].replace("-", " ")),
        "confidence": f"{body['confidence']:.0%}",
        "reason": body["reason"],
        "raw": body,
    }


def withheld(body: Body, minimum: int) -> bool:
    """Whether a share would give a small cell away: too few in it, or all but too few (law 6)."""
    events, n = body.get("events"), body["n"]
    if events is None or body["subgroup"] == "overall":
        return False
    return bool(n < minimum or 0 < events < minimum or 0 < n - events < minimum)


def reason(text: str, minimum: int) -> str:
    """Why a criterion is not evaluable, without small cells."""
    shown = re.sub(
        r"(?<![\d,.])\d+(?= (?:cases|positives|negatives), )",
        lambda found: cell(int(found[0]), minimum),
        text,
    )
    return re.sub(r"(?<!\S)-(?=\d)", "−", sentence(shown))


def sentence(text: str) -> str:
    """A statement made from column names, readable."""
    return text.replace("_", " ").replace("=", ": ")
