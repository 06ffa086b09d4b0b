"""The pages of reference sets: freezes, small cells, and looks whose criteria came before them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console import start
from evidence.records import Look, PolicyRegistration, ReferenceFreeze
from policies.workspace import Workspace
from tests.console.web.served import pages, said
from tests.console.web.test_models import space as space  # noqa: PLC0414 - a fixture
from tests.reports.world import ACTOR, AT, bodies

if TYPE_CHECKING:
    from pathlib import Path


def test_each_set_is_listed(space: Workspace) -> None:
    """Cases, positives, looks, who froze it."""
    text = said(pages(space).get("/references").text)
    assert "spring Fever clinic 3,000 611" in text
    assert "by r.meier, record 6" in text
    assert text.endswith("record 6 2")


def test_a_freeze_shows_its_accounting_and_expectations(space: Workspace) -> None:
    """All as in the record."""
    text = said(pages(space).get("/references/spring").text)
    ((_, frozen),) = space.trail.all(ReferenceFreeze)
    assert frozen.digest in text
    assert "Panel of two physicians" in text
    for step in frozen.accounting:
        assert f"{step['step']} {step['cases']:,}".casefold() in text.casefold()
    failed = sum(not e["ok"] for e in frozen.expectations)
    held = f"{failed} of" if failed else f"all {len(frozen.expectations)} held"
    assert not frozen.expectations or held in text


def test_small_cells_are_not_printed(space: Workspace) -> None:
    """Two positives of twelve: neither the count nor their share."""
    text = said(pages(space).get("/references/spring").text)
    row = text.partition("age 60: not asked")[2].split()
    assert row[:5] == ["12", "0.4", "%", "<10", "—"]


def test_the_order_of_the_records_proves_what_came_before_a_look(space: Workspace) -> None:
    """Both policies were registered before both looks; each look names the run that came of it."""
    text = said(pages(space).get("/references/spring").text)
    looks = text.partition("What came of it")[2].partition("What was excluded")[0]
    assert "record 1 comes before record 7" in looks
    assert "record 2 comes before record 23" in looks
    assert "not before" not in looks
    assert looks.index("Look 2") < looks.index("Look 1")
    assert "fail record 8" in looks
    assert "fail record 24" in looks


def test_a_look_before_its_criteria_and_a_broken_off_one_are_told(tmp_path: Path) -> None:
    """A policy registered after the look does not count as pre-specified, nor one never seen."""
    start.make(tmp_path)
    kinds = bodies()
    look = next(b for b in kinds if isinstance(b, Look))
    frozen = next(b for b in kinds if isinstance(b, ReferenceFreeze))
    late = next(b for b in kinds if isinstance(b, PolicyRegistration) and b.name == "validation")
    Workspace(folder=tmp_path).trail.append([frozen, look, late], at=AT, actor=ACTOR)
    text = said(pages(Workspace(folder=tmp_path)).get("/references/spring").text)
    assert "not before Acceptance criteria, version 1: record 3 comes after record 2" in text
    assert "Subgroup criteria, version 1: the trail has no such registration" in text
    assert "no run: it was broken off" in text


def test_a_set_frozen_twice_keeps_both_freezes_and_their_looks(tmp_path: Path) -> None:
    """A look is at bytes, not at a name."""
    start.make(tmp_path)
    kinds = bodies()
    look = next(b for b in kinds if isinstance(b, Look))
    frozen = next(b for b in kinds if isinstance(b, ReferenceFreeze))
    again = replace(frozen, digest="sha256:again")
    Workspace(folder=tmp_path).trail.append([frozen, look, again], at=AT, actor=ACTOR)
    text = said(pages(Workspace(folder=tmp_path)).get("/references/spring").text)
    newest, earlier = text.partition("An earlier freeze")[::2]
    assert "Nobody has looked at it yet." in newest
    assert "1 look" in earlier


@pytest.mark.parametrize("name", ["none", "..%2F..%2Fetc%2Fpasswd", "<b>"])
def test_a_set_that_is_not_there(space: Workspace, name: str) -> None:
    """404 with the names that there are, and what was typed as text."""
    answer = pages(space).get(f"/references/{name}")
    assert answer.status_code == 404
    assert "frozen: spring" in said(answer.text)
    assert "<b>" not in answer.text
