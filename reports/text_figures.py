"""Figures of runs whose model writes answers or reports, drawn from the facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import words
from reports.canvas import BLUE, GREY, INK, ORANGE, axes_of, figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import Body

ROW = 0.22  # inches a line


def draw(facts: Body) -> dict[str, Body]:
    """Every figure of the runs by name."""
    runs = facts["generated"]
    found: dict[str, Body] = {}
    pairs = [(run, m) for run in runs for m in run["modalities"] if _known(m)]
    if facts["kind"] == "validation-report" and len(pairs) > 1:
        found["modalities"] = modalities(pairs)
    shown = runs if facts["kind"] == "validation-report" else runs[:1]
    for run in shown:
        rows = [r for r in run["subgroups"] if _same(r, run["overall"][0]) and _spans(r)]
        if rows:
            found[f"answers forest {run['seq']}"] = forest(run["overall"][0], rows)
    return found


def _known(modality: Body) -> bool:
    sides = (modality["full"], modality["degraded"])
    return all(side["raw"]["value"] is not None for side in sides)


def _same(row: Body, whole: Body) -> bool:
    return bool(row["raw"]["endpoint"] == whole["raw"]["endpoint"])


def _spans(row: Body) -> bool:
    return row["raw"]["value"] is not None and row["raw"]["low"] is not None


def modalities(pairs: Sequence[tuple[Body, Body]]) -> Body:
    """The value with and without a modality, a line a model and subgroup."""
    first = pairs[0][1]
    endpoint = words.endpoint(first["full"]["raw"]["endpoint"])
    with axes_of(6.3, 0.8 + ROW * len(pairs)) as (axes, svg):
        for place, (_, m) in enumerate(reversed(pairs)):
            full, less = (100 * m[side]["raw"]["value"] for side in ("full", "degraded"))
            axes.plot([less, full], [place, place], color=GREY, linewidth=1)
            one = axes.plot(full, place, "s", color=BLUE, markersize=4)[0]
            other = axes.plot(less, place, "o", color=ORANGE, markersize=4)[0]
        labels = [f"{run['model']}, {m['subgroup']}" for run, m in reversed(pairs)]
        axes.set_yticks(range(len(labels)), labels)
        axes.set_ylim(-0.6, len(labels) - 0.4)
        axes.set_xlabel(f"{endpoint} (%)")
        axes.tick_params(axis="y", length=0)
        axes.legend(
            [one, other],
            ["all modalities", f"without {first['modality']}"],
            frameon=False,
            loc="lower right",
        )
    said = "; ".join(
        f"{run['model']}, {m['subgroup']}: {m['full']['value']} with, "
        f"{m['degraded']['value']} without"
        for run, m in pairs
    )
    caption = f"{endpoint} with all modalities and without the {first['modality']}, same cases."
    return figure(svg, caption, f"{caption} {said}.")


def forest(whole: Body, rows: Sequence[Body]) -> Body:
    """The first endpoint by subgroup with its interval; the overall value as a line."""
    name = words.endpoint(whole["raw"]["endpoint"])
    percent = whole["raw"]["unit"] == "proportion"
    scale = 100 if percent else 1
    with axes_of(6.3, 0.55 + ROW * (len(rows) + 1)) as (axes, svg):
        for place, row in enumerate([*reversed(rows), whole]):
            raw = row["raw"]
            colour, mark = (INK, "D") if row is whole else (BLUE, "s")
            if raw["low"] is not None:
                ends = [scale * raw["low"], scale * raw["high"]]
                axes.plot(ends, [place, place], color=colour, linewidth=1.1)
            axes.plot(scale * raw["value"], place, mark, color=colour, markersize=4)
        line = scale * whole["raw"]["value"]
        axes.axvline(line, color=GREY, linewidth=0.6, linestyle=(0, (4, 3)))
        labels = [f"{r['subgroup']} (n {r['n']})" for r in [*reversed(rows), whole]]
        axes.set_yticks(range(len(labels)), labels)
        axes.set_ylim(-0.6, len(labels) - 0.4)
        axes.set_xlabel(f"{name}{' (%)' if percent else ''} with {whole['confidence']} interval")
        axes.tick_params(axis="y", length=0)
    said = "; ".join(f"{r['subgroup']} {r['value']} ({r['interval']})" for r in [whole, *rows])
    caption = f"{name} by subgroup. Diamond and dashed line: all cases."
    return figure(svg, caption, f"{name} by subgroup: {said}.")
