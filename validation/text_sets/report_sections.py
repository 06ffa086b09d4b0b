"""The sections of a radiology report: what stands under FINDINGS and IMPRESSION."""

from __future__ import annotations

import re

HEADING = re.compile(r"(?m)^[ \t]*([A-Z][A-Z /&,()-]{2,60}?)[ \t]*:")
NAMES = {
    "FINDINGS": "findings",
    "FINDING": "findings",
    "IMPRESSION": "impression",
    "IMPRESSIONS": "impression",
    "CONCLUSION": "impression",
    "CONCLUSIONS": "impression",
}
BOTH = {"FINDINGS AND IMPRESSION", "FINDINGS/IMPRESSION", "IMPRESSION AND FINDINGS"}
SECTIONS = ("findings", "impression", "both")


def split(text: str) -> dict[str, str]:
    """``findings`` and ``impression`` of a report; blank where it has no such heading.

    A heading is a line's beginning in capitals with a colon. Where one heading stands twice (an
    addendum), the texts are joined in order. What stands under FINDINGS AND IMPRESSION is findings.
    """
    found: dict[str, list[str]] = {"findings": [], "impression": []}
    headings = list(HEADING.finditer(text))
    for at, heading in enumerate(headings):
        end = headings[at + 1].start() if at + 1 < len(headings) else len(text)
        name = " ".join(heading[1].split())
        section = "findings" if name in BOTH else NAMES.get(name)
        body = " ".join(text[heading.end() : end].split())
        if section and body:
            found[section].append(body)
    return {section: " ".join(parts) for section, parts in found.items()}


def reference(findings: str, impression: str, section: str) -> str:
    """The reference report: one section, or both under each other."""
    chosen = {"findings": [findings], "impression": [impression]}
    return "\n".join(filter(None, chosen.get(section, [findings, impression])))
