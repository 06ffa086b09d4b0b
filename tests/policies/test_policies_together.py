"""What two policies of one workspace must agree on."""

from __future__ import annotations

from pathlib import Path

import pytest

import policies
from evidence.errors import PolicyError
from policies import policy

SHIPPED = Path(str(policies.__file__)).parent


def _folder(at: Path, old: str, new: str) -> Path:
    for name in ("access.yaml", "change_control.yaml"):
        (at / name).write_text((SHIPPED / name).read_text().replace(old, new))
    return at


def test_the_shipped_ones_agree(tmp_path: Path) -> None:
    """As a new workspace has them."""
    assert set(policy.load_all(_folder(tmp_path, "", ""))) == {"access", "change_control"}


def test_a_misspelt_decision_of_the_board_is_named(tmp_path: Path) -> None:
    """It would be asked for no protocol run: the file, the line, the key and what there is."""
    folder = _folder(tmp_path, "by-submission, recalibrate]", "by-submission, recalibrat]")
    with pytest.raises(PolicyError) as caught:
        policy.load_all(folder)
    (fault,) = caught.value.faults
    line = (folder / "access.yaml").read_text().splitlines()[fault.line - 1]
    assert (Path(fault.file).name, fault.key) == ("access.yaml", "board.new_version")
    assert "recalibrat]" in line
    assert "'recalibrat' is no decision of change_control.yaml" in fault.message
