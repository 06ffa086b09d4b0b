"""HTML to PDF bytes; the only door to WeasyPrint.

Tagged (PDF/UA), fonts embedded from the template room, nothing fetched from disk or network. The
time in the file is the evidence's own, so that the same facts give the same bytes on any machine.
"""

from __future__ import annotations

import base64
import os
from importlib.resources import files
from typing import Any

import templates

PREFIX = "tplc:///"
FIGURE = "data:image/svg+xml;base64,"


def make(html: str, *, paper: str, epoch: int) -> bytes:
    """The PDF of a page.

    Args:
        html: The whole page.
        paper: ``A4`` or ``Letter``.
        epoch: Seconds since 1970 of the newest evidence, the document's time.
    """
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    os.environ["SOURCE_DATE_EPOCH"] = str(epoch)  # WeasyPrint and fontTools read it at call time
    fonts = FontConfiguration()
    text = (files(templates) / "report.css").read_text(encoding="utf-8")
    size = f"@page {{ size: {paper}; }}"
    style = [
        CSS(string=sheet, font_config=fonts, base_url=PREFIX, url_fetcher=_fetch)
        for sheet in (text, size)
    ]
    page = HTML(string=html, base_url=PREFIX, url_fetcher=_fetch)
    content: bytes = page.write_pdf(stylesheets=style, font_config=fonts, pdf_variant="pdf/ua-1")
    return content


def _fetch(url: str, *_: Any, **__: Any) -> Any:
    """Hand out the bundled fonts by name and the figures of the page itself; nothing else."""
    from weasyprint.urls import URLFetcherResponse

    if url.startswith(FIGURE):
        content, kind = base64.b64decode(url.removeprefix(FIGURE)), "image/svg+xml"
    else:
        name = url.removeprefix(PREFIX).removeprefix("fonts/")
        known = {place.name for place in (files(templates) / "fonts").iterdir()}
        if not url.startswith(PREFIX) or name not in known:
            raise ValueError(f"documents fetch nothing: {url}")
        content, kind = (files(templates) / "fonts" / name).read_bytes(), "font/woff"
    return URLFetcherResponse(url, body=content, headers={"Content-Type": kind})
