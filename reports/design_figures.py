"""The figure of a surveillance design: how long a loss stays unseen, against its size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reports import words
from reports.canvas import BLUE, GREY, INK, ORANGE, axes_of, figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import Body

COLOURS = (INK, BLUE, ORANGE, "#009e73", "#cc79a7", "#56b4e9", GREY)  # Okabe and Ito 2008
DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (5, 1.5, 1, 1.5)))
MARKS = ("o", "s", "^", "D", "v", "P", "X")
YEAR = 365.25
TICKS = (
    (7, "1 week"),
    (30.4, "1 month"),
    (91, "3 months"),
    (183, "6 months"),
    (YEAR, "1 year"),
    (2 * YEAR, "2 years"),
    (5 * YEAR, "5 years"),
)
MOST = 7  # lines of one figure that are still told apart
SAID = 4  # lines whose numbers the alternative text says


def delays(body: Body, chart: str = "") -> Body | None:
    """Median delay against the absolute loss, a line each stream of one chart.

    Args:
        body: The design as JSON.
        chart: The chart's id; the first that has lines when empty.

    Returns:
        The figure, or None when no chart has lines.
    """
    known = [line for line in body["curves"] if not chart or line["chart"] == chart]
    if not known:
        return None
    first = known[0]["chart"]
    lines = [line for line in known if line["chart"] == first]
    drawn = lines[:MOST]
    with axes_of(6.3, 2.9) as (axes, svg):
        for place, line in enumerate(drawn):
            _line(axes, line, place)
        top = drawn[0]["years"] * YEAR
        days = [d for line in drawn for d in line["days_median"] if d is not None and d <= top]
        _scale(axes, min(days, default=7), max(days, default=top))
        axes.set_xticks(sorted({loss for line in drawn for loss in line["losses"]}))
        axes.xaxis.set_major_formatter("{x:g}")
        axes.axvline(body["loss"], color=GREY, linewidth=0.6, linestyle=(0, (4, 3)))
        axes.set_xlabel(f"Loss of {_watch(drawn)} (absolute)")
        axes.set_ylabel("Unseen for (median)")
        axes.legend(frameon=False, loc="upper right", handlelength=3)
    return figure(svg, _caption(body, drawn, len(lines)), _alt(body, drawn))


def _line(axes: Any, line: Body, place: int) -> None:
    top = line["years"] * YEAR
    pairs = zip(line["losses"], line["days_median"], strict=True)
    seen = [(loss, days) for loss, days in pairs if days is not None and days <= top]
    axes.plot(
        [loss for loss, _ in seen],
        [days for _, days in seen],
        color=COLOURS[place % len(COLOURS)],
        linestyle=DASHES[place % len(DASHES)],
        marker=MARKS[place % len(MARKS)],
        markersize=3,
        linewidth=1.1,
        label=_name(line),
    )


def _name(line: Body) -> str:
    return "all cases" if line["stream"] == "overall" else words.subgroup(line["stream"])


def _watch(drawn: Sequence[Body]) -> str:
    name = str(drawn[0]["watch"])
    return name.upper() if name in ("ppv", "npv") else name


def _scale(axes: Any, low: float, high: float) -> None:
    """A logarithmic axis of time, named in the words of a calendar, up to the tick above."""
    top = min((days for days, _ in TICKS if days >= high), default=TICKS[-1][0])
    axes.set_yscale("log")
    axes.set_ylim(0.7 * low, 1.1 * top)
    ticks = [(days, word) for days, word in TICKS if 0.7 * low <= days <= 1.1 * top]
    axes.set_yticks([days for days, _ in ticks], [word for _, word in ticks])
    axes.minorticks_off()


def _caption(body: Body, drawn: Sequence[Body], all_lines: int) -> str:
    left = f" {all_lines - len(drawn)} further groups are in the table." * (all_lines > len(drawn))
    return (
        f"How long a loss of {_watch(drawn)} stays unseen by chart "
        f"{drawn[0]['chart']}: median time from the start of the loss until the labels of the "
        f"signalling window are known, at {body['cases_a_year']:,.0f} cases a year, by Markov "
        f"chain (Brook and Evans, Biometrika 1972; 59: 539). The upright line is the loss of "
        f"{body['loss']:g} that the table is made for; a delay beyond {drawn[0]['years']} years is "
        f"not drawn.{left}"
    )


def _alt(body: Body, drawn: Sequence[Body]) -> str:
    parts = [f"{_name(line)}: {_said(line, body['loss'])}" for line in drawn[:SAID]]
    more = f"; and {len(drawn) - SAID} more groups" if len(drawn) > SAID else ""
    return (
        f"Median delay of chart {drawn[0]['chart']} against the loss of "
        f"{_watch(drawn)}; larger losses are seen sooner. "
        f"{'; '.join(parts)}{more}."
    )


def _said(line: Body, loss: float) -> str:
    """The smallest loss drawn, and the one nearest to the design's."""
    near = min(line["losses"], key=lambda size: abs(size - loss))
    told = dict(zip(line["losses"], line["days_median"], strict=True))
    shown = [_told(size, told[size], line["years"]) for size in dict.fromkeys([near, max(told)])]
    return " and ".join(shown)


def _told(size: float, days: float | None, years: int) -> str:
    if days is None or days > years * YEAR:
        return f"a loss of {size:g} not within {years} years"
    return f"a loss of {size:g} after {days:,.0f} days"
