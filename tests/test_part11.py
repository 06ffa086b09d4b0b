"""`docs/part11.md`: every control has a test that exists, or says what is yours to do."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from policies import catalog

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "part11.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("| 11.")
]
LAW = catalog.load("part11")
NODE = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_clause_of_the_catalog_has_one_row_in_its_order() -> None:
    """With its title, and the mark of those under enforcement discretion."""
    expected = [
        (r.ref.removeprefix("21 CFR ") + ("°" if r.enforcement_discretion else ""), r.title)
        for r in LAW.requirements
    ]
    assert [(row[0].strip("| "), row[1]) for row in ROWS] == expected


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip("| "))
def test_a_control_is_shown_by_a_test_or_is_yours_to_do(row: list[str]) -> None:
    """What a machine can answer alone has a test; what it cannot says what people do."""
    clause = next(r for r in LAW.requirements if r.title == row[1])
    tests, yours = NODE.findall(row[2]), row[3].strip("| ")
    said = yours != "nothing more"
    if clause.automatable == "full":
        assert tests
    elif clause.automatable == "partial":
        assert tests
        assert said
    else:
        assert said
    assert tests or row[2] == "procedural"


def test_every_test_that_the_page_names_exists() -> None:
    """By its function, in its file."""
    named = NODE.findall(PAGE)
    assert len(named) > 40
    assert PAGE.count("`tests/") == len(named)
    lost = [f"{path}::{name}" for path, name in named if name not in _functions(path)]
    assert lost == []


def _functions(path: str) -> set[str]:
    file = ROOT / path
    if not file.exists():
        return set()
    return {n.name for n in ast.walk(ast.parse(file.read_text())) if isinstance(n, ast.FunctionDef)}
