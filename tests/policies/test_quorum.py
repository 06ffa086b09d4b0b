"""The board's quorum: a pure count over signatures that stand; held to counting every way."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.records import Record, Signature
from evidence.signing.standing import Standing
from policies import quorum
from policies.access import AccessPolicy, Board

ROLES = ("author", "reviewer", "approver", "quality")
VOTER = st.lists(st.sampled_from(ROLES), min_size=1, max_size=3, unique=True)
DIGEST = "sha256:0"


def _vote(signer: str, roles: list[str], meaning: str = "approval", why: str = "") -> Standing:
    value = Signature(
        key=signer + meaning,
        object="C-1",
        object_digest=DIGEST,
        meaning=meaning,
        signer=signer,
        name=signer.title(),
        roles=roles,
        statement="",
        reason="",
        trail="",
        public_key="",
        proof="",
    )
    record = Record(
        seq=1, schema=value.schema, at="", actor=signer, body={}, previous="", digest=""
    )
    return Standing(record=record, signature=value, reason=why)


def _policy(**board: object) -> AccessPolicy:
    return AccessPolicy(
        policy="access", version=1, title="t", board=Board.model_validate({"quorum": 2} | board)
    )


@given(st.lists(VOTER, max_size=5), st.integers(1, 4), st.sampled_from([[], ["approver"], ["approver", "quality"]]))  # fmt: skip
def test_the_matching_finds_every_board_that_there_is(
    voters: list[list[str]], people: int, needed: list[str]
) -> None:
    """Against all assignments of people to roles."""
    board = Board.model_validate({"quorum": max(people, len(needed)), "roles": needed})
    signed = [_vote(f"u{n}", roles).signature for n, roles in enumerate(voters)]
    every = permutations(range(len(voters)), len(needed))
    possible = any(
        all(role in voters[at] for role, at in zip(needed, order, strict=True)) for order in every
    )
    expected = possible and len(voters) >= board.quorum
    assert (not quorum.missing(board, signed)) == expected


def test_one_person_with_both_roles_is_one_person() -> None:
    """And nobody counts twice."""
    both = _vote("ann", ["approver", "quality"])
    assert quorum.tally([both, both], _policy()).missing == ("quality",)
    assert quorum.tally([both, _vote("bob", ["approver"])], _policy()).reached


def test_void_signatures_authors_and_roles_without_a_vote_do_not_count() -> None:
    """Each is left out; what is still needed is said."""
    good = _vote("ann", ["approver"])
    policy = _policy()
    for other in (
        _vote("bob", ["quality"], why="what was signed was changed afterwards"),
        _vote("eve", ["quality"]),
        _vote("rae", ["reviewer"]),
        _vote("quinn", ["quality"], meaning="review"),
    ):
        assert quorum.tally([good, other], policy, {"eve"}).words == "awaiting quality"
    free = _policy(not_own=False)
    assert quorum.tally([good, _vote("eve", ["quality"])], free, {"eve"}).reached


def test_a_rejection_outweighs_approvals() -> None:
    """Also of somebody who approved before."""
    votes = [_vote("ann", ["approver"]), _vote("quinn", ["quality"])]
    against = quorum.tally([*votes, _vote("ann", ["approver"], "rejection")], _policy())
    assert (against.reached, against.words) == (False, "rejected by Ann")
    assert quorum.tally(votes, _policy()).words == "approved by Ann, Quinn"


def test_more_people_may_be_needed_than_roles() -> None:
    """Said as a number."""
    votes = [_vote("ann", ["approver"]), _vote("quinn", ["quality"])]
    assert quorum.tally(votes, _policy(quorum=4)).words == "awaiting 2 more people"
    assert quorum.tally(votes[:1], _policy(quorum=3)).words == "awaiting quality and 1 more person"


def test_a_board_that_cannot_be_is_refused() -> None:
    """All faults at once."""
    with pytest.raises(ValueError, match="2 roles cannot be held by 1 people; read-only approves"):
        _policy(quorum=1, roles=["quality", "read-only"])
    with pytest.raises(ValueError, match="modify: either a new version or nothing to do"):
        _policy(new_version=["modify"], nothing_to_do=["modify"])
    with pytest.raises(ValueError, match="author is needed but may not sign with approval"):
        _policy(roles=["author"])
