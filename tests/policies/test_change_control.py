"""`change_control.yaml` is read strictly, every fault at once; plans of earlier versions stay readable."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import policies
from evidence.errors import PolicyError
from policies import catalog, change_control, policy, reader
from policies.change_bounds import release
from policies.change_control import ChangeControlPolicy
from tests.change_control.world import AUTHORISED, PLAN

EARLY = """\
policy: change_control
version: 1
title: Change control
decisions:
  - {id: no-action, meaning: The finding needs no change.}
  - {id: investigate, meaning: More evidence is needed., closes: false}
reason_at_least: 20
"""
BOARD = """\
board:
  roles: [{id: quality, title: Quality management}]
  quorum: 1
  must_approve: [quality]
  may_not_approve: [requester, author, implementer]
"""
BAD = """\
policy: change_control
version: 2
title: Change control
decisions:
  - {id: no-action, meaning: M}
board: {quorum: 1}
modifications:
  - id: M1
    title: T
    kind: magic
    allowed:
      parameters:
        depth: {at_least: 9, at_most: 2}
        width: {at_least: 1, free: true}
        start: {at_least: 2026-01-01, at_most: 5}
      thresholds: {standard: {at_least: 0.4, at_most: 1.4}}
      environment: {numpy: {at_least: "2", below: "1.9"}}
      bytes: any
    evaluation: {criteria: [], reference_sets: [r]}
  - id: M2
    title: T
    kind: threshold
    allowed: {}
    evaluation: {criteria: [V1], reference_sets: [r]}
"""


def _read(text: str) -> ChangeControlPolicy:
    return reader.parse(text, ChangeControlPolicy, "change_control.yaml")


def _faults(text: str) -> str:
    with pytest.raises(PolicyError) as caught:
        _read(text)
    return str(caught.value)


def test_a_plan_of_an_earlier_version_is_read_as_it_was() -> None:
    """No modifications: everything is outside such a plan."""
    plan = _read(EARLY)
    assert (plan.modifications, plan.authorisations) == ([], [])
    assert [d.closes for d in plan.decisions] == [True, False]


def test_law_7_every_fault_of_the_plan_is_named_with_its_line() -> None:
    """One reading."""
    text = _faults(BAD)
    for said in (
        "change_control.yaml:6: board: who must sign stands in policies/access.yaml alone",
        "change_control.yaml:10: modifications.0.kind",
        "change_control.yaml:13: modifications.0.allowed.parameters.depth: at_least 9.0 is above",
        "change_control.yaml:14: modifications.0.allowed.parameters.width: give either values",
        "change_control.yaml:15: modifications.0.allowed.parameters.start: at_least and at_most are of two",
        "change_control.yaml:16: modifications.0.allowed.thresholds.standard.at_most",
        "change_control.yaml:17: modifications.0.allowed.environment.numpy: at_least 2 is not below 1.9",
        "change_control.yaml:18: modifications.0.allowed.bytes: unknown key",
        "change_control.yaml:19: modifications.0.evaluation.criteria",
        "change_control.yaml:23: modifications.1.allowed: name at least one part",
    ):
        assert said in text, text


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: M2", "id: M1", "modification 'M1' is given twice"),
        ("{id: withdraw,", "{id: roll-back,", "decision 'roll-back' is given twice"),
        ("{version: 1, date", "{version: 2, date", "its last version is 2, the plan's 1"),
        (
            "authorisations: []",
            "authorisations: [{authority: fda, submission: K1, date: 2026-01-01, model: a/1, plan_version: 7}]",
            "version 7 of the plan is not written yet",
        ),
        ("authorisations: []", "authorisations: [{authority: mars, submission: K1}]", "authority"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_refused(old: str, new: str, said: str) -> None:
    """Ids, versions, authorisations."""
    assert PLAN.count(old) >= 1
    assert said in _faults(PLAN.replace(old, new, 1))


def test_a_board_in_the_plan_is_refused_and_the_author_told_where_it_went() -> None:
    """There is one board, the one that is enforced; what was registered is read for ever."""
    said = _faults(EARLY + BOARD)
    assert "change_control.yaml:8: board: who must sign stands in policies/access.yaml" in said
    assert "unknown key" not in said
    plan = change_control.as_registered(EARLY + BOARD, "record 7")
    assert isinstance(plan, ChangeControlPolicy)
    assert [d.id for d in plan.decisions] == ["no-action", "investigate"]
    with pytest.raises(PolicyError, match="record 7:8: boards: unknown key"):
        change_control.as_registered(EARLY + BOARD.replace("board:", "boards:"), "record 7")


def test_the_newest_authorisation_counts() -> None:
    """Of its own authority."""
    plan = _read(AUTHORISED)
    granted = plan.authorised_by("fda")
    assert granted is not None
    assert granted.date == dt.date(2020, 6, 1)
    assert plan.authorised_by("eu") is None


@pytest.mark.parametrize(
    ("text", "key"), [("1.10", (1, 10)), ("1.0", (1,)), ("2024.1.0.0", (2024, 1)), ("0", (0,))]
)
def test_releases_are_ordered_by_their_numbers(text: str, key: tuple[int, ...]) -> None:
    """Not by their letters."""
    assert release(text) == key
    assert release("1.10") > release("1.9")


@pytest.mark.parametrize("text", ["1.0rc1", "not pinned", "", "1..2"])
def test_what_is_no_release_is_refused(text: str) -> None:
    """A pre-release has no place in a range."""
    with pytest.raises(ValueError, match="no release number"):
        release(text)


def test_the_shipped_plan_holds_the_nine_decisions_and_plans_nothing() -> None:
    """Honest placeholders: what is not planned is outside."""
    plan = policy.load(Path(str(policies.__file__)).parent / "change_control.yaml").value
    assert isinstance(plan, ChangeControlPolicy)
    assert [d.id for d in plan.decisions] == [
        "no-action",
        "investigate",
        "restrict-use",
        "recalibrate",
        "roll-back",
        "modify-under-pccp",
        "modify-by-submission",
        "withdraw",
        "report-to-authority",
    ]
    assert (plan.modifications, plan.authorisations) == ([], [])


def test_the_example_in_the_shipped_plan_can_be_used_as_it_stands() -> None:
    """The comment is a modification: taken out of its comment it is read."""
    text = (Path(str(policies.__file__)).parent / "change_control.yaml").read_text()
    head, example = text.split("modifications: []\n")
    lines = [line.removeprefix("#") for line in example.splitlines() if line.startswith("#")]
    plan = _read(head + "modifications:\n" + "\n".join(lines) + "\n")
    (planned,) = plan.modifications
    assert planned.allowed.thresholds["standard"].at_most == 0.6
    assert planned.unwritten() == ["impact.benefits", "impact.risks", "impact.mitigations"]


def test_the_demos_plan_is_written_to_the_end_and_names_clauses_that_are_there() -> None:
    """Three modifications with every part that people write; each clause is one of the guidance."""
    plan = _read(PLAN)
    assert [m.id for m in plan.modifications] == ["M1", "M2", "M3"]
    assert {name for m in plan.modifications for name in m.unwritten()} == set()
    known = {clause.id for clause in catalog.load("fda_pccp").requirements}
    parts = [m.traceability.model_dump() for m in plan.modifications]
    named = {clause for part in parts for clauses in part.values() for clause in clauses}
    assert len(named) == 6
    assert named <= known
