"""Facts and a template to HTML; the only door to Jinja.

A fact that is missing stops the build (`StrictUndefined`); all text is escaped; templates run in a
sandbox and read nothing but the template room.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

import templates
from reports import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evidence.records import Body

TEMPLATES = {
    "validation-report": "validation_report.html.j2",
    "monitoring-report": "monitoring_report.html.j2",
    "fda-tplc": "fda/tplc.html.j2",
    "eu-technical-documentation": "eu/technical_documentation.html.j2",
    "pathway-memo": "pathway_memo.html.j2",
}


def html(facts: Body, figures: Mapping[str, Body]) -> str:
    """The page of a document.

    Args:
        facts: As `dossier.collect` returns them, with edition.
        figures: As `figures.draw` returns them.

    Raises:
        jinja2.UndefinedError: The template asks for a fact that is not there.
    """
    from importlib.resources import files

    from jinja2 import FunctionLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment
    from markupsafe import Markup

    def source(name: str) -> str:
        return (files(templates) / name).read_text(encoding="utf-8")

    environment = SandboxedEnvironment(
        loader=FunctionLoader(source),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["markdown"] = lambda text: Markup(_markdown(text))  # noqa: S704 - HTML is off in it
    environment.filters["base64"] = lambda text: base64.b64encode(text.encode()).decode()
    environment.filters["column"] = words.column
    environment.filters["endpoint"] = words.endpoint
    environment.filters["sentence_end"] = lambda text: text if text.endswith(".") else f"{text}."
    environment.filters["first_upper"] = lambda text: text[:1].upper() + text[1:]
    environment.filters["short"] = lambda digest: digest.removeprefix("sha256:")[:16]
    template = environment.get_template(TEMPLATES[facts["kind"]])
    counter = _Counter()
    values: dict[str, Any] = {**facts, "figures": figures, "number": counter}
    return _with_contents(template.render(values))


class _Counter:
    """Numbers of tables and figures, in the order they are asked for."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}

    def next(self, what: str) -> int:
        self.seen[what] = self.seen.get(what, 0) + 1
        return self.seen[what]


def _with_contents(page: str) -> str:
    """Give each chapter an anchor and a line in the contents."""
    start = page.index("<main>")
    titles: list[str] = []

    def anchor(found: re.Match[str]) -> str:
        titles.append(found.group(1))
        return f'<h1 id="chapter-{len(titles)}">{found.group(1)}</h1>'

    body = re.sub(r"<h1>(.*?)</h1>", anchor, page[start:], flags=re.DOTALL)
    lines = [
        f'<li><a href="#chapter-{place}">{place}&ensp;{title}</a></li>'
        for place, title in enumerate(titles, start=1)
    ]
    return page[:start].replace("<!--contents-->", "".join(lines)) + body


def _markdown(text: str) -> str:
    from markdown_it import MarkdownIt

    rendered: str = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    return rendered
