"""Law 5: the numbers that a document prints, and those that the records hold."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policies.workspace import Workspace


SECTION = re.compile(r"^\s*\d+\.\d+(?=\s+[A-Z])", re.MULTILINE)  # a heading's own number


def beyond_the_records(pdf: Path, space: Workspace) -> list[str]:
    """Decimal numbers of a document that no record and no prose of the workspace holds."""
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True
    ).stdout
    text = SECTION.sub("", text)
    prose = numbers(" ".join([*space.narratives.values(), *_texts(space)]))
    return sorted(numbers(text) - of_records(list(space.trail.records())) - prose)


def _texts(space: Workspace) -> list[str]:
    import templates
    from policies import catalog

    found = [p.read_text() for p in Path(str(templates.__file__)).parent.rglob("*.j2")]
    for name in ("fda_ai_dsf", "eu_ai_act"):
        found.append(catalog.load(name).model_dump_json())
    return [*found, (space.folder / "device.yaml").read_text()]


def numbers(text: str) -> set[str]:
    """Every decimal number of a text."""
    return set(re.findall(r"(?<![\w.])\d+\.\d+(?![\w.])", text))


def of_records(records: list[Any]) -> set[str]:
    """Every number of the records in every form that a page may give it."""
    found: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if "levels" in value:  # a page prints a level's share of the total beside it
                found.update(f"{x['n'] / value['total'] * 100:.1f}" for x in value["levels"])
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            size = abs(value)
            found.update({f"{size:.3f}", f"{size * 100:.1f}", f"{size:g}", f"{size:.2f}"})
        elif isinstance(value, str):
            found.update(numbers(value))

    for record in records:
        walk(record.body)
        cases = record.body.get("cases")
        if cases:
            found.add(f"{record.body['positives'] / cases * 100:.1f}")
            for rows in record.body.get("subgroups", {}).values():
                found.update(f"{r['cases'] / cases * 100:.1f}" for r in rows)
                found.update(f"{r['positives'] / r['cases'] * 100:.1f}" for r in rows)
    return found
