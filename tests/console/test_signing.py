"""The board's sitting on the command line: enrol, request, assess, sign, decide, read the trail."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from console import cli
from evidence.errors import NotAllowedError, OutOfOrderError, UsageError
from policies.workspace import Workspace
from tests.board_room import TEXT, Room

DEVICE = "name: fever\n"
REASON = "The board approved it on the evidence named."
PASSWORD = {"quinn": "harbour-9-lantern", "ada": "meadow-3-bicycle", "ben": "copper-5-orchard"}
NAME = {"quinn": "Quinn Quality", "ada": "Ada Author", "ben": "Ben Approver"}


class Desk:
    """A workspace and a person who types."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def type(self, *words: str, said: tuple[str, ...] = ()) -> Any:
        """Run a command with lines on standard input; its JSON."""
        typed = "".join(f"{line}\n" for line in said)
        environment = {"TPLC_WORKSPACE": str(self.folder), "TPLC_ACTOR": "os-login"}
        extra = ["--password-stdin"] if said else []
        done = CliRunner().invoke(cli.app, [*words, *extra, "--json"], input=typed, env=environment)
        if done.exception:
            raise done.exception
        return json.loads(done.stdout)

    def enrol(self, user: str, *roles: str) -> None:
        """Enrol somebody, who then chooses a password of their own."""
        words = [f"--role={role}" for role in roles]
        first = f"first-of-{len(user)}-tulips"
        said = (PASSWORD["quinn"], first)
        self.type("user", "add", user, "--name", NAME[user], *words, "--as", "quinn", said=said)
        self.type("user", "password", user, said=(first, PASSWORD[user]))


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a trigger and three users, enrolled by the commands themselves."""
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "policies").mkdir()
    (folder / "device.yaml").write_text(DEVICE)
    shipped = Path(__file__).parents[2] / "policies"
    shutil.copy(shipped / "change_control.yaml", folder / "policies")
    (folder / "policies" / "access.yaml").write_text(TEXT.format(version=1, quorum=2))
    trail = Workspace(folder=folder).trail
    trail.append([Room.lock("1"), Room.trigger("T-1")], at="2026-03-02T09:00:00+00:00", actor="w")
    desk = Desk(folder)
    words = ("user", "add", "quinn", "--name", NAME["quinn"], "--role", "quality")
    desk.type(*words, said=(PASSWORD["quinn"],))
    desk.enrol("ada", "author", "reviewer")
    desk.enrol("ben", "approver")
    return folder


@pytest.fixture
def desk(furnished: Path, tmp_path: Path) -> Desk:
    """A copy of it."""
    shutil.copytree(furnished, tmp_path, dirs_exist_ok=True)
    return Desk(tmp_path)


def _raise(desk: Desk) -> Any:
    words = ("--title", "Do without it", "--description", "The answer stopped arriving at a site.")
    asked = ("--trigger", "T-1", "--decision", "no-action", "--as", "ada")
    return desk.type("change", "request", *words, *asked, said=(PASSWORD["ada"],))


def test_a_sitting_from_request_to_closed(desk: Desk) -> None:
    """Two people approve, the record closes, the trail verifies and tells who did what."""
    raised = _raise(desk)
    assert (raised["id"], raised["state"]) == ("C-1", "requested")
    text = ("--step", "assessment", "--text", "Inside the plan as record 2 says.", "--record", "2")
    desk.type("change", "step", "C-1", *text, "--as", "ada", said=(PASSWORD["ada"],))
    votes = [
        desk.type(
            "change", "sign", "C-1", "--meaning", "approval", "--as", user, said=(PASSWORD[user],)
        )
        for user in ("ben", "quinn")
    ]
    assert [v["votes"] for v in votes] == [
        "awaiting quality",
        "approved by Ben Approver, Quinn Quality",
    ]
    assert votes[0]["digest"] == votes[1]["digest"]
    said = (PASSWORD["ben"],)
    decided = desk.type("change", "decide", "C-1", "--reason", REASON, "--as", "ben", said=said)
    assert (decided["state"], decided["waits_for"]) == ("closed", "nothing more")
    listed = desk.type("change", "list")
    assert [t["status"] for t in listed["triggers"]] == ["decided: no-action"]
    assert [r["state"] for r in listed["requests"]] == ["closed"]
    shown = desk.type("change", "show", "C-1")
    assert [(s["name"], s["meaning"], s["valid"]) for s in shown["signatures"]] == [
        ("Ben Approver", "approval", True),
        ("Quinn Quality", "approval", True),
    ]
    read = desk.type("trail", "list", "--actor", "ben", "--kind", "signature")
    assert [(r["subject"], r["deed"]) for r in read["records"]] == [("C-1", "approval")]


def test_a_decision_on_a_trigger_is_signed_on_the_command_line(desk: Desk) -> None:
    """`decide` as before, then signatures on it."""
    words = ("--decision", "no-action", "--reason", REASON, "--as", "ben")
    done = desk.type("change", "decide", "T-1", *words, said=(PASSWORD["ben"],))
    assert done["status"] == "open (no-action: awaiting approver and quality)"
    with pytest.raises(NotAllowedError, match="author of this change"):
        desk.type("change", "sign", "T-1", "--meaning", "approval", "--as", "ben", said=("x",))
    signed = desk.type(
        "change", "sign", "T-1", "--meaning", "approval", "--as", "quinn", said=(PASSWORD["quinn"],)
    )
    assert (signed["votes"], signed["reached"]) == ("awaiting approver", False)
    shown = desk.type("change", "show", "T-1")
    assert [s["name"] for s in shown["decisions"][0]["signatures"]] == ["Quinn Quality"]


def test_a_password_is_in_no_output_argument_or_file_of_the_workspace(desk: Desk) -> None:
    """Only what was hashed and sealed is kept."""
    _raise(desk)
    for path in desk.folder.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert [u for u, p in PASSWORD.items() if p.encode() in held] == [], path
    for command in ("add", "password", "totp", "role", "disable"):
        told = CliRunner().invoke(cli.app, ["user", command, "--help"]).stdout
        assert "--password " not in told


def test_who_cannot_prove_themselves_is_refused(desk: Desk) -> None:
    """A wrong password, no line, no terminal, no user of that id, nobody named."""
    with pytest.raises(NotAllowedError, match="is wrong"):
        desk.type("user", "disable", "ben", "--reason", "r", "--as", "quinn", said=("guess",))
    with pytest.raises(UsageError, match="standard input has no line"):
        desk.type("user", "password", "ben", said=(PASSWORD["ben"],))
    with pytest.raises(UsageError, match="no terminal to ask on; give --password-stdin"):
        desk.type("user", "disable", "ben", "--reason", "r", "--as", "quinn")
    with pytest.raises(NotAllowedError, match="is wrong"):
        desk.type("user", "disable", "ben", "--reason", "r", said=("guess",))
    with pytest.raises(UsageError, match="Say which decision was taken"):
        desk.type("change", "decide", "T-1", "--reason", REASON, said=("x",))


def test_roles_one_time_passwords_and_the_end_of_an_account(desk: Desk) -> None:
    """Each is a record with its reason; the list says where everybody stands."""
    import pyotp

    said = (PASSWORD["quinn"],)
    reason = ("--reason", "He reviews from now on.", "--as", "quinn")
    desk.type("user", "role", "ben", "--role", "reviewer", *reason, said=said)
    secret = pyotp.random_base32()
    lines = (PASSWORD["ben"], secret, pyotp.TOTP(secret).now())
    desk.type("user", "totp", "ben", said=lines)
    desk.type("user", "totp", "ben", "--remove", "--reason", "Lost.", "--as", "quinn", said=said)
    reason = ("--reason", "She left the company.", "--as", "quinn")
    desk.type("user", "disable", "ada", *reason, said=said)
    people = {u["id"]: u for u in desk.type("user", "list")["users"]}
    assert people["ben"]["roles"] == ["reviewer"]
    assert people["ben"]["totp"] is False
    assert people["ada"]["status"].startswith("disabled 2")
    found = desk.type("trail", "search", "reviews from now on")["records"]
    assert found[0]["changes"] == [{"field": "roles", "old": ["approver"], "new": ["reviewer"]}]


def test_a_policy_that_nobody_signed_is_not_in_force(desk: Desk) -> None:
    """Registered by whoever can write the file; signed by a person of quality."""
    path = desk.folder / "policies" / "access.yaml"
    path.write_text(TEXT.format(version=2, quorum=3))
    number = desk.type("policy", "register", str(path))["record"]
    trail = Workspace(folder=desk.folder).trail
    from policies import in_force

    before = in_force.access(trail)
    assert before is not None
    assert before.policy.board.quorum == 2
    words = ("change", "sign", str(number), "--meaning", "approval", "--as", "quinn")
    desk.type(*words, said=(PASSWORD["quinn"],))
    after = in_force.access(trail)
    assert after is not None
    assert after.policy.board.quorum == 3


def test_the_trail_is_filtered_by_day_and_says_what_is_no_day(desk: Desk) -> None:
    """Since and until, days included."""
    assert desk.type("trail", "list", "--until", "2026-03-02")["found"] == 2
    assert (
        desk.type("trail", "list", "--since", "2026-03-02", "--until", "2026-03-02")["found"] == 2
    )
    assert len(desk.type("trail", "list", "--last", "1")["records"]) == 1
    with pytest.raises(UsageError, match="since 'soon' is no day"):
        desk.type("trail", "list", "--since", "soon")


def test_verify_names_a_user_that_nobody_enrolled(desk: Desk) -> None:
    """The chain is right, the proof is missing."""
    from evidence.errors import BrokenTrailError
    from tests.board_room import golden

    assert desk.type("verify")["faults"] == []
    trail = Workspace(folder=desk.folder).trail
    forged = golden("user/1", key="eve", id="eve", event="enrolled", roles=["quality"])
    trail.append([forged], at="2026-03-02T10:00:00+00:00", actor="quinn")
    with pytest.raises(BrokenTrailError, match="User 'eve'"):
        desk.type("verify")


def test_without_users_the_first_steps_are_told(tmp_path: Path, desk: Desk) -> None:
    """Nobody to sign as; the way to the first user is said; she needs the role quality."""
    folder = tmp_path / "other"
    shutil.copytree(desk.folder / "policies", folder / "policies")
    (folder / "device.yaml").write_text(DEVICE)
    other = Desk(folder)
    assert other.type("user", "list")["users"] == []
    with pytest.raises(OutOfOrderError, match="There are no users yet"):
        other.type("change", "sign", "1", "--meaning", "approval", said=("x",))
    words = ("user", "add", "ada", "--name", "Ada Author", "--role", "author")
    with pytest.raises(UsageError, match="needs the role quality"):
        other.type(*words, said=("meadow-3-bicycle",))
    assert other.type("user", "list")["users"] == []


def test_on_a_terminal_the_password_is_asked_for_and_not_shown(desk: Desk) -> None:
    """In a real pseudo-terminal: what is signed, the sentence, the prompt, the answer."""
    words = ("--decision", "no-action", "--reason", REASON, "--as", "ben")
    desk.type("change", "decide", "T-1", *words, said=(PASSWORD["ben"],))
    run = [sys.executable, "-c", "from console.cli import main; main()"]
    asked = [*run, "change", "sign", "T-1", "--meaning", "approval", "--as", "quinn"]
    master, slave = pty.openpty()
    environment = os.environ | {"TPLC_WORKSPACE": str(desk.folder), "COLUMNS": "120"}
    process = subprocess.Popen(
        asked,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment,
        start_new_session=True,
        preexec_fn=lambda: _control(slave),  # noqa: PLW1509 - getpass asks on /dev/tty
    )
    os.close(slave)
    seen = ""
    while "Password of quinn: " not in seen:
        seen += os.read(master, 4096).decode()
    os.write(master, f"{PASSWORD['quinn']}\n".encode())
    try:
        while piece := os.read(master, 4096):
            seen += piece.decode()
    except OSError:  # the other end is closed
        pass
    assert process.wait(30) == 0
    assert "I, Quinn Quality, approve record" in seen
    assert "Signed: Quinn Quality" in seen
    assert PASSWORD["quinn"] not in seen


def _control(terminal: int) -> None:
    import fcntl
    import termios

    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
