"""The documents beside the code say what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from console import cli, reference
from evidence.records import KINDS, Verdict
from policies.policy import POLICIES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text()
WORDS = """locked model, reference set, reference standard, endpoint, acceptance criterion, estimate,
verdict, subgroup, intersectional subgroup, operating point, protocol, surveillance, window, finding,
trigger, PCCP, change request, decision, signature, audit trail, record, dossier, packet, open item,
look, site, case, patient, reader"""


def _verbs(command: Any, path: str) -> list[str]:
    children = getattr(command, "commands", {})
    found = [v for name, child in children.items() for v in _verbs(child, f"{path} {name}")]
    return found or [path]


def test_the_reference_page_is_what_the_code_says() -> None:
    """Made by `make docs`; stale when a command, a key or a record kind changes."""
    assert (ROOT / "docs" / "reference.md").read_text() == reference.page()


def test_every_verb_is_in_the_readme() -> None:
    """A command that is not named there is not found by a newcomer."""
    verbs = _verbs(typer.main.get_command(cli.app), "tplc")
    assert len(verbs) > 12
    known = [v for v in verbs if not v.startswith("tplc stats ")]
    assert [v for v in known if f"`{v}" not in README] == []


@pytest.mark.parametrize("word", [" ".join(w.split()) for w in WORDS.split(",")])
def test_every_word_of_the_house_is_in_the_glossary(word: str) -> None:
    """One line each."""
    assert f"\n| {word} |" in GLOSSARY


def test_verdicts_policies_and_record_kinds_are_documented() -> None:
    """In the glossary or the reference."""
    page = reference.page()
    assert all(verdict.value in GLOSSARY for verdict in Verdict)
    assert all(f"`policies/{name}.yaml`" in page for name in POLICIES)
    assert all(f"### `{schema}`" in page for schema in KINDS)


def test_links_between_the_documents_lead_somewhere() -> None:
    """Relative ones, in every Markdown file."""
    broken = []
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)", path.read_text()):
            if "://" not in target and not (path.parent / target).exists():
                broken.append(f"{path.name}: {target}")
    assert broken == []


def test_a_number_of_seconds_is_not_claimed_without_its_command() -> None:
    """Speed is claimed in docs/performance.md only, beside the command that prints it."""
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        if path.name in ("performance.md", "reference.md"):
            continue
        assert not re.search(r"\b\d+(\.\d+)? (s|ms|seconds)\b", path.read_text()), path.name
