"""Control charts over the windows, drawn from what the records keep of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reports.canvas import BLUE, GREY, ORANGE, axes_of, figure, name_windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import Body

MOST_NAMED = 12  # windows
MOST = 6  # charts that are drawn, those that signalled first


def draw(windows: Sequence[Body]) -> list[Body]:
    """A figure for each chart that was run.

    Args:
        windows: As `postmarket.window` returns them, oldest first.
    """
    names = list(dict.fromkeys(c["id"] for w in windows for c in w["charts"] if c["path"]))
    of = {name: _windows(windows, name) for name in names}
    order = sorted(names, key=lambda name: -sum(bool(c["signals"]) for _, c in of[name]))
    return [chart(of[name]) for name in order[:MOST]]


def _windows(windows: Sequence[Body], name: str) -> list[tuple[Body, Body]]:
    return [(w, c) for w in windows for c in w["charts"] if c["id"] == name and c["path"]]


def chart(found: Sequence[tuple[Body, Body]]) -> Body:
    """One chart over its windows, each as wide as the others.

    Args:
        found: Each window with the chart after it, oldest first.
    """
    first = found[0][1]
    sums = first["kind"] != "ewma"
    with axes_of(6.3, 1.75) as (axes, svg):
        if sums:
            _sums(axes, found)
            axes.axhline(first["limit"], color=ORANGE, linewidth=0.9, linestyle="--")
            axes.set_ylim(0, 1.18 * first["limit"])
        else:
            _shares(axes, found)
            axes.set_ylim(bottom=0)
        for place in range(1, len(found)):
            axes.axvline(place, color=GREY, linewidth=0.4, linestyle=(0, (2, 3)))
        name_windows(axes, [w["label"] for w, _ in found], most=MOST_NAMED, middle=0.5)
        axes.tick_params(axis="x", length=0)
        axes.set_xlim(0, len(found))
        axes.set_ylabel("Sum" if sums else "Share")
    return figure(svg, _caption(first, sums=sums), _alt(found))


def _sums(axes: Any, found: Sequence[tuple[Body, Body]]) -> None:
    """The sum by people, up to a window's first signal; more of them are a number."""
    for place, (_, c) in enumerate(found):
        begin, end = c["path"][0][0], c["path"][-1][0]
        stop = c["signals"][0]["at"] if c["signals"] else end
        shown = [(at, level) for at, level in c["path"] if at <= stop]
        wide = max(1, end - begin)
        x = [place + (at - begin) / wide for at, _ in shown]
        axes.plot(x, [level for _, level in shown], color=BLUE, linewidth=0.9)
        if not c["signals"]:
            continue
        axes.plot(place + (stop - begin) / wide, c["limit"], "o", color=ORANGE, markersize=4)
        words = "signal" if not c["more"] else f"{c['more'] + 1:,} signals"
        axes.annotate(
            words, (place + 0.5, 1.04 * c["limit"]), ha="center", va="bottom", fontsize=6.5
        )


def _shares(axes: Any, found: Sequence[tuple[Body, Body]]) -> None:
    """One point a window, with its limits, which follow the number of people."""
    line = {"linewidth": 0.9, "markersize": 3}
    x = [place + 0.5 for place in range(len(found))]
    axes.plot(
        x, [c["path"][-1][1] for _, c in found], "o-", color=BLUE, linewidth=0.9, markersize=3
    )
    for side in (0, 1):
        limits = [(at, c["bounds"][side]) for at, (_, c) in zip(x, found, strict=True)]
        known = [(at, limit) for at, limit in limits if limit is not None]
        axes.plot([at for at, _ in known], [y for _, y in known], "--", color=ORANGE, **line)


def _caption(first: Body, *, sums: bool) -> str:
    what = (
        "drawn to the first signal of a window, after which it starts anew at zero"
        if sums
        else "one point a window"
    )
    return (
        f"Chart {first['name']}, {first['group']}: {first['what']}; {what}. Dashed: the limit; "
        f"without a change it signals {first['false_alarms']} times a year."
    )


def _alt(found: Sequence[tuple[Body, Body]]) -> str:
    first = found[0][1]
    signalled = [w["label"] for w, c in found if c["signals"]]
    last = found[-1][1]
    return (
        f"Chart {first['name']}, {first['group']}, over {len(found)} windows: "
        f"{'signals in ' + ', '.join(signalled) if signalled else 'no signal'}; the statistic "
        f"after the last window is {last['statistic']}."
    )
