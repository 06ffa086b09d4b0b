"""The calculator's commands, gathered."""

from __future__ import annotations

import typer

from console.stats import (
    agreement,
    answers,
    binary,
    calibration,
    cusum,
    ewma,
    findings,
    images,
    label_delay,
    label_free,
    modalities,
    multiclass,
    multilabel,
    paired,
    power,
    power_compare,
    readers,
    regression,
    reliance,
    reports,
    slices,
    strata,
    subgroups,
    synthetic,
    words,
)

app = typer.Typer(
    cls=words.Wordy,
    help="The ruler as a calculator: no workspace needed, nothing recorded.",
    no_args_is_help=True,
)
for _name, _command, _short in (
    ("binary", binary.binary, "A score or call against yes or no: AUROC, 2x2, calibration."),
    ("multiclass", multiclass.multiclass, "Several classes, one score each."),
    ("multilabel", multilabel.multilabel, "Several findings a case, in two files."),
    ("paired", paired.paired, "Two tests or scores on the same cases."),
    ("unpaired", strata.unpaired, "One test in two separate groups of people."),
    ("readers", readers.readers, "Multi-reader multi-case study (Obuchowski-Rockette)."),
    ("agreement", agreement.agreement, "Raters: kappa, alpha, AC1, ICC, repeatability."),
    ("reliance", reliance.reliance, "Readers with and without AI: bias, benefit, reliance."),
    ("modalities", modalities.modalities, "The same items with and without a modality."),
    ("answers", answers.answers, "Answers to questions: accuracy, unparsable, consistency."),
    ("calibration", calibration.calibration, "Probabilities held against what happened."),
    ("decision-curve", calibration.decision_curve, "Net benefit at each threshold."),
    ("cusum", cusum.cusum, "A cumulative sum of outcomes: where it signals, how often by chance."),
    ("ewma", ewma.ewma, "A weighted average of windows' shares or counts, with its limits."),
    ("regression", regression.regression, "A measurement against its reference value."),
    ("reports", reports.reports, "Generated reports against references, and their diversity."),
    ("subgroups", subgroups.subgroups, "Endpoints, gaps and fairness by subgroup."),
    ("slices", slices.slices, "Where the model errs most."),
    ("images", images.images, "Scanner, site and quality of images, as case-table columns."),
    ("findings", findings.findings, "Clinical findings of reports: asserted, invented, omitted."),
    ("sites", strata.sites, "Each site, pooled, with heterogeneity."),
    ("label-free", label_free.label_free, "Expected endpoints before labels come (CBPE)."),
    ("label-delay", label_delay.label_delay, "How late labels come; completeness by age."),
    ("synthetic", synthetic.synthetic, "Synthetic data: fidelity, privacy, utility."),
):
    app.command(_name, short_help=_short)(_command)
power_compare.register(power.app)
app.add_typer(power.app, name="power", short_help="Sample size and power, before the study.")
