"""Figures of scores and windows as vector graphics, drawn from the facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reports import chart_figures, design_figures, text_figures, words
from reports.canvas import BLUE, GREY, INK, ORANGE, axes_of, figure, name_windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import Body

OF_TASK = {  # endpoints that are drawn by window
    "classification": ("auroc", "sensitivity", "prevalence", "observed-expected"),
    "answers": ("accuracy", "unparsable-rate", "mode-share"),
    "reports": ("empty-rate", "mode-share"),
}
MOST_VALUES = 16  # windows whose values are printed in the fields
HIGH = 1.0  # a divergence from here on has the darkest field


def roc(run: Body) -> Body:
    """The ROC curve with the pointwise interval of the sensitivity."""
    points = run["curves"]["roc"]["points"]
    area = next(row for row in run["overall"] if row["raw"]["endpoint"] == "auroc")
    with axes_of(3.1, 2.8) as (axes, svg):
        x = [p["fpr"] for p in points]
        low, high = [p["low"] for p in points], [p["high"] for p in points]
        axes.fill_between(x, low, high, color=BLUE, alpha=0.18, linewidth=0)
        axes.plot(x, [p["tpr"] for p in points], color=BLUE, linewidth=1.2)
        axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.6, linestyle=(0, (4, 3)))
        for point in run["curves"]["operating_points"]:
            false, true = _rates(point)
            axes.plot(false, true, "o", color=ORANGE, markersize=4)
            axes.annotate(
                f"{point['name']} (≥ {point['threshold']:g})",
                (false, true),
                xytext=(6, -10),
                textcoords="offset points",
            )
        axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
        axes.set_xlabel("1 − specificity")
        axes.set_ylabel("Sensitivity")
    text = f"ROC curve of {run['model']}: AUROC {area['value']} ({area['interval']})."
    band = "The band is the pointwise Wilson interval of the sensitivity."
    return figure(svg, f"ROC curve. {band}", f"{text} {band}")


def _rates(point: Body) -> tuple[float, float]:
    negatives, positives = point["fp"] + point["tn"], point["tp"] + point["fn"]
    return point["fp"] / max(negatives, 1), point["tp"] / max(positives, 1)


def calibration(run: Body) -> Body:
    """Observed share against mean score in tenths of the people."""
    groups = run["curves"]["calibration"]
    top = max([g["high"] for g in groups] + [g["score"] for g in groups]) * 1.05
    with axes_of(3.1, 2.8) as (axes, svg):
        axes.plot([0, top], [0, top], color=GREY, linewidth=0.6, linestyle=(0, (4, 3)))
        x, y = [g["score"] for g in groups], [g["observed"] for g in groups]
        below = [max(0.0, g["observed"] - g["low"]) for g in groups]
        above = [max(0.0, g["high"] - g["observed"]) for g in groups]
        axes.errorbar(
            x, y, yerr=[below, above], fmt="o", color=BLUE, markersize=3.5, linewidth=0.9, capsize=2
        )
        axes.set(xlim=(-0.01 * top, top), ylim=(-0.01 * top, top), aspect="equal")
        axes.set_xlabel("Mean score")
        axes.set_ylabel("Observed share of positives")
    last = groups[-1]
    alt = (
        f"Calibration of {run['model']} in {len(groups)} groups: in the highest the mean score is "
        f"{words.number(last['score'])} and the observed share {words.number(last['observed'])}."
    )
    caption = (
        "Calibration: observed share of positives against the mean score, in groups of about a "
        "tenth of the cases; equal scores stay together. Wilson intervals; the dashed line is "
        "perfection."
    )
    return figure(svg, caption, alt)


def decision(run: Body) -> Body:
    """Net benefit over thresholds, with treating all and none."""
    points = run["curves"]["decision"]
    with axes_of(6.3, 2.3) as (axes, svg):
        x = [p["threshold"] for p in points]
        axes.fill_between(
            x, [p["low"] for p in points], [p["high"] for p in points], color=BLUE, alpha=0.18,
            linewidth=0,
        )  # fmt: skip
        axes.plot(x, [p["value"] for p in points], color=BLUE, linewidth=1.2, label="model")
        axes.plot(x, [p["all"] for p in points], color=ORANGE, linewidth=1, label="all positive")
        axes.axhline(0, color=GREY, linewidth=0.8, linestyle=(0, (4, 3)), label="none positive")
        top = max(p["high"] for p in points)
        axes.set_ylim(-0.25 * top, 1.1 * top)
        axes.set_xlabel("Threshold probability at which one would act")
        axes.set_ylabel("Net benefit")
        axes.legend(frameon=False, loc="upper right")
    best = max(points, key=lambda p: p["value"] - max(p["all"], 0.0))
    alt = (
        f"Decision curve of {run['model']}: the model gains most over the better of both extremes "
        f"at a threshold of {best['threshold']:g}: net benefit {words.number(best['value'])}, "
        f"against {words.number(best['all'])} for all positive and 0 for none."
    )
    caption = (
        "Decision curve: net benefit of acting on the model, on everybody, and on nobody "
        "(Vickers and Elkin, Med Decis Making 2006; 26: 565), with a 95 % band by the delta method."
    )
    return figure(svg, caption, alt)


def forest(run: Body, endpoint: str) -> Body:
    """One endpoint by subgroup with its interval; the overall value as a line."""
    rows = [r for r in run["subgroups"] if r["raw"]["endpoint"] == endpoint]
    rows = [r for r in rows if r["raw"]["value"] is not None and r["raw"]["low"] is not None]
    whole = next(r for r in run["overall"] if r["raw"]["endpoint"] == endpoint)
    with axes_of(6.3, 0.55 + 0.24 * (len(rows) + 1)) as (axes, svg):
        for place, row in enumerate([*reversed(rows), whole]):
            raw = row["raw"]
            colour, mark = (INK, "D") if row is whole else (BLUE, "s")
            axes.plot([raw["low"], raw["high"]], [place, place], color=colour, linewidth=1.1)
            axes.plot(raw["value"], place, mark, color=colour, markersize=4)
        axes.axvline(whole["raw"]["value"], color=GREY, linewidth=0.6, linestyle=(0, (4, 3)))
        labels = [f"{r['subgroup']} (n {r['n']})" for r in [*reversed(rows), whole]]
        axes.set_yticks(range(len(labels)), labels)
        axes.set_ylim(-0.6, len(labels) - 0.4)
        axes.set_xlabel(f"{words.endpoint(endpoint)} with {whole['confidence']} interval")
        axes.tick_params(axis="y", length=0)
    said = "; ".join(f"{r['subgroup']} {r['value']} ({r['interval']})" for r in [whole, *rows])
    caption = f"{words.endpoint(endpoint)} by subgroup. Diamond and dashed line: all cases."
    return figure(svg, caption, f"{words.endpoint(endpoint)} by subgroup: {said}.")


def heat(windows: Sequence[Body], threshold: float) -> Body:
    """Drift by window and column, the value printed in each field."""
    columns = list(dict.fromkeys(d["column"] for w in windows for d in w["drift"]))
    table: list[list[Any]] = [
        [next((d for d in w["drift"] if d["column"] == c), None) for w in windows] for c in columns
    ]
    shown = windows if len(windows) <= MOST_VALUES else []  # more would not be readable
    with axes_of(6.3, 0.6 + 0.27 * len(columns)) as (axes, svg):
        shades = [[min(_value(d) / HIGH, 1.0) for d in row] for row in table]
        axes.pcolormesh(shades, cmap="Blues", vmin=0, vmax=1.6, edgecolors="white", linewidth=0.5)
        axes.invert_yaxis()
        for y, row in enumerate(table):
            for x, (d, _) in enumerate(zip(row, shown, strict=False)):
                text = "n.e." if d is None or d["value"] is None else f"{d['value']:.2f}"
                moved = d is not None and d["status"] == "drift"
                weight = "semibold" if moved else "normal"
                axes.text(
                    x + 0.5, y + 0.5, text, ha="center", va="center", fontsize=7, fontweight=weight
                )
        name_windows(axes, [w["label"] for w in windows], most=12, middle=0.5)
        axes.set_yticks([y + 0.5 for y in range(len(columns))], [words.column(c) for c in columns])
        axes.tick_params(length=0)
        for side in axes.spines.values():
            side.set_visible(False)
    moved_ones = [
        f"{words.column(d['column'])} {w['label']} ({d['value']:.2f})"
        for w in windows
        for d in w["drift"]
        if d["status"] == "drift"
    ]
    caption = (
        f"Drift of each {_watched_columns(windows)} against the reference set, by window "
        "(divergence as Evidently computes it; bold: above the threshold of "
        f"{threshold:g}; n.e.: not evaluable)."
    )
    return figure(svg, caption, f"Above the threshold: {', '.join(moved_ones) or 'none'}.")


def _watched_columns(windows: Sequence[Body]) -> str:
    written = any(w["written"] for w in windows)
    return "counted column" if written else "input and of the score"


def _value(drift: Body | None) -> float:
    if drift is None or drift["value"] is None:
        return 0.0
    if not drift.get("larger_is_drift", True):  # a p value says nothing of the size
        return HIGH if drift["status"] == "drift" else 0.0
    return float(drift["value"])


def over_time(windows: Sequence[Body], endpoint: str, reference: Body | None) -> Body | None:
    """An endpoint by window with its interval; the reference set's value as a line."""
    found = [(w["label"], _row(w["overall"], endpoint)) for w in windows]
    points = [(label, row) for label, row in found if row and row["raw"]["value"] is not None]
    if not points:
        return None
    base = _row(reference["overall"], endpoint) if reference else None
    percent = points[0][1]["raw"]["unit"] == "proportion"
    scale = 100 if percent else 1
    with axes_of(3.1, 1.9) as (axes, svg):
        x = range(len(points))
        y = [scale * r["raw"]["value"] for _, r in points]
        spread = [
            [scale * (r["raw"]["value"] - r["raw"]["low"]) for _, r in points],
            [scale * (r["raw"]["high"] - r["raw"]["value"]) for _, r in points],
        ]
        axes.errorbar(
            x, y, yerr=spread, fmt="o-", color=BLUE, markersize=3.5, linewidth=1, capsize=2
        )
        if base and base["raw"]["value"] is not None:
            axes.axhline(scale * base["raw"]["value"], color=ORANGE, linewidth=0.9, linestyle="--")
        name_windows(axes, [label for label, _ in points], most=5)
        axes.set_ylabel(words.endpoint(endpoint) + (" (%)" if percent else ""))
    name = words.endpoint(endpoint)
    said = "; ".join(f"{label} {r['value']} ({r['interval']})" for label, r in points)
    before = f" Reference set: {base['value']}." if base else ""
    line = " Dashed: reference set." if base else ""
    return figure(svg, f"{name} by window with its interval.{line}", f"{name}: {said}.{before}")


def _row(rows: Sequence[Body], endpoint: str) -> Body | None:
    return next((row for row in rows if row["raw"]["endpoint"] == endpoint), None)


def draw(facts: Body) -> dict[str, Body]:
    """Every figure of a document by name."""
    found: dict[str, Body] = {}
    if facts["kind"] == "pathway-memo":
        return found
    if facts["kind"] != "monitoring-report":
        shown = facts["validations"] if facts["kind"] == "validation-report" else []
        for run in shown or facts["validations"][:1]:
            found |= {f"roc {run['seq']}": roc(run), f"calibration {run['seq']}": calibration(run)}
            if run["subgroups"]:
                found[f"forest {run['seq']}"] = forest(run, "auroc")
            if run["curves"].get("decision") and facts["kind"] == "validation-report":
                found[f"decision {run['seq']}"] = decision(run)
    if facts["kind"] != "monitoring-report":
        found |= text_figures.draw(facts)
    if facts["kind"] != "validation-report" and facts["windows"]:
        found |= _watched(facts)
    if facts["kind"] == "monitoring-report" and facts["design"]:
        drawn = design_figures.delays(facts["design"]["raw"])
        found |= {"design": drawn} if drawn else {}
    if facts["kind"] == "monitoring-report":
        charts = chart_figures.draw(facts["windows"])
        found |= {f"chart {number}": made for number, made in enumerate(charts, 1)}
    return found


def _watched(facts: Body) -> dict[str, Body]:
    windows = facts["windows"]
    model = windows[0]["model"]
    runs = [*facts["validations"], *facts["generated"]]
    base = next((v for v in runs if v["model"] == model), None)
    found = {}
    if any(w["drift"] for w in windows):
        found["heat"] = heat(windows, facts["plan"].get("threshold", 0.2))
    for endpoint in OF_TASK[windows[0]["task"]]:
        drawn = over_time(windows, endpoint, base)
        if drawn:
            found[endpoint] = drawn
    return found
