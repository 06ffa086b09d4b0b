"""What every figure is drawn on: axes, typeface, colours; the only door to Matplotlib.

Text is drawn as outlines, so that a figure looks the same everywhere; its numbers stand in the
tables and in the alternative text. Colours are told apart by the colour-blind and in grey
(Okabe and Ito 2008). The same facts give the same bytes.
"""

from __future__ import annotations

import io
import tempfile
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import templates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

    from evidence.records import Body

INK, BLUE, ORANGE, GREY = "#1a1a1a", "#0072b2", "#d55e00", "#8a8a8a"


@cache
def _typeface() -> tempfile.TemporaryDirectory[str]:
    """Give Matplotlib the bundled typeface, unwrapped from its web packing.

    Returns:
        The folder of the unwrapped file, kept for as long as this process draws.
    """
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # has no stubs
    from matplotlib import font_manager

    scratch = tempfile.TemporaryDirectory(prefix="tplc-")
    for name in ("Regular", "SemiBold"):
        packed = TTFont(
            str(files(templates) / "fonts" / f"IBMPlexSans-{name}.woff"), recalcTimestamp=False
        )
        packed.flavor = None
        path = Path(scratch.name) / f"IBMPlexSans-{name}.ttf"
        packed.save(path)
        font_manager.fontManager.addfont(path)
    return scratch


@contextmanager
def axes_of(width: float, height: float) -> Iterator[tuple[Axes, list[str]]]:
    """Axes to draw on, in inches; when left, the SVG text is the only item of the list."""
    import logging

    import matplotlib as mpl

    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    mpl.use("svg")
    from matplotlib import pyplot as plt

    _typeface()
    settings: Any = {
        "svg.fonttype": "path",
        "svg.hashsalt": "tplc",
        "font.family": ["IBM Plex Sans", "DejaVu Sans"],
        "font.size": 7.5,
        "axes.edgecolor": GREY,
        "axes.labelcolor": INK,
        "axes.linewidth": 0.6,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.color": INK,
        "ytick.color": INK,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
    }
    out: list[str] = []
    with mpl.rc_context(settings):
        figure, axes = plt.subplots(figsize=(width, height), layout="constrained")
        yield axes, out
        target = io.StringIO()
        figure.savefig(
            target,
            format="svg",
            metadata={"Date": None, "Creator": None},
            bbox_inches="tight",
            pad_inches=0.02,
        )
        plt.close(figure)
    text = target.getvalue()
    out.append(text[text.index("<svg") :])


def figure(svg: list[str], caption: str, alt: str) -> Body:
    """A figure as a template takes it."""
    return {"svg": svg[0], "caption": caption, "alt": alt}


def name_windows(axes: Axes, labels: list[str], *, most: int, middle: float = 0.0) -> None:
    """Name the windows, every second or third where all would not fit."""
    step = -(-len(labels) // most)
    axes.set_xticks([x + middle for x in range(0, len(labels), step)], labels[::step])
