"""What people wrote, and which clauses it answers."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrative:
    """What a person wrote.

    Attributes:
        name: The file's stem.
        clauses: The clauses that it answers.
        text: Markdown without the front matter.
    """

    name: str
    clauses: tuple[str, ...]
    text: str


def narrative(name: str, content: str) -> Narrative:
    """Split a narrative into its front matter and its text."""
    found = FRONT.match(content)
    head = yaml.safe_load(found.group(1)) if found else {}
    clauses = head.get("clauses", []) if isinstance(head, dict) else []
    text = content[found.end() :] if found else content
    return Narrative(name=name, clauses=tuple(map(str, clauses)), text=text.strip())
