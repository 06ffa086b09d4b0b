"""The examples of deployment: each is read by its own tool, or by a stub that says so.

Neither a Kubernetes cluster nor Airflow is at hand in the tests: the manifest is checked by the
structure that batch/v1 gives it, and the DAG is run with stand-ins for Airflow's three names.
"""

from __future__ import annotations

import ast
import configparser
import datetime as dt
import re
import shutil
import subprocess
import sys
import types
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

import pytest
import typer
import yaml

from console import cli, reference
from policies import cron

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
CRONTAB = (EXAMPLES / "crontab").read_text()
SERVICE = EXAMPLES / "systemd" / "tplc-monitor.service"
TIMER = EXAMPLES / "systemd" / "tplc-monitor.timer"
CRONJOB = yaml.safe_load((EXAMPLES / "kubernetes" / "cronjob.yaml").read_text())
DAG = EXAMPLES / "airflow" / "tplc_monitor.py"
BERLIN = ZoneInfo("Europe/Berlin")


def _shell(script: str) -> None:
    """POSIX shell reads it."""
    subprocess.run(["sh", "-n", "-c", script], check=True, capture_output=True)


def test_the_crontab_line_is_one_and_runs_at_three() -> None:
    """Five fields of crontab, then a command that a shell reads; % is escaped, as cron needs it."""
    (line,) = [x for x in CRONTAB.splitlines() if re.match(r"[\d*]", x)]
    *fields, command = line.split(maxsplit=5)
    run = cron.next_run(" ".join(fields), "Europe/Berlin", dt.datetime(2026, 3, 29, tzinfo=BERLIN))
    assert run is not None
    assert run.isoformat() == "2026-03-29T03:00:00+02:00"
    assert not re.search(r"(?<!\\)%", command)
    _shell(command.replace(r"\%", "%"))


def test_the_systemd_units_are_whole() -> None:
    """By systemd itself where it is; and what the text promises is set."""
    units = {}
    for path in (SERVICE, TIMER):
        units[path.suffix] = configparser.ConfigParser(strict=True, interpolation=None)
        units[path.suffix].optionxform = str  # type: ignore[assignment,method-assign]
        units[path.suffix].read_string(path.read_text())
    service, timer = units[".service"]["Service"], units[".timer"]["Timer"]
    assert (service["Type"], service["SuccessExitStatus"]) == ("oneshot", "1")
    assert service["ExecStart"].endswith("tplc monitor")
    assert (timer["Persistent"], SERVICE.stem) == ("true", TIMER.stem)
    if shutil.which("systemd-analyze"):
        done = subprocess.run(
            ["systemd-analyze", "calendar", timer["OnCalendar"]],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_systemd_verifies_the_units(tmp_path: Path) -> None:
    """With the program's path replaced by one that exists on any machine."""
    for path in (SERVICE, TIMER):
        text = path.read_text().replace("/opt/tplc/bin/tplc monitor", "/bin/true")
        (tmp_path / path.name).write_text(text.replace("User=tplc\n", ""))
    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [x for x in done.stderr.splitlines() if "tplc-monitor" in x]
    assert ours == []


def test_the_cronjob_has_the_structure_of_batch_v1() -> None:
    """Nothing doubled, a missed start made good, exit 1 no failure, no right that is not needed."""
    spec = CRONJOB["spec"]
    assert (CRONJOB["apiVersion"], CRONJOB["kind"]) == ("batch/v1", "CronJob")
    assert cron.known(spec["schedule"]) == spec["schedule"]
    assert cron.zone(spec["timeZone"]) == "Europe/Berlin"
    assert spec["concurrencyPolicy"] == "Forbid"
    assert spec["startingDeadlineSeconds"] > 100
    pod = spec["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["restartPolicy"] in ("Never", "OnFailure")
    (container,) = pod["containers"]
    names = {volume["name"] for volume in pod["volumes"]}
    assert {mount["name"] for mount in container["volumeMounts"]} <= names
    assert {e["name"] for e in container["env"]} >= {"TPLC_WORKSPACE", "TPLC_ACTOR"}
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    _shell(container["args"][0])


@pytest.mark.parametrize(("code", "left"), [(0, 0), (1, 0), (3, 3), (4, 4)])
@pytest.mark.parametrize("who", ["kubernetes", "airflow"])
def test_a_raised_trigger_is_no_failed_job_and_a_refusal_is(
    tmp_path: Path, who: str, code: int, left: int
) -> None:
    """The shell of each example, run with a program that leaves with a code."""
    program = tmp_path / "tplc"
    program.write_text(f"#!/bin/sh\nexit {code}\n")
    program.chmod(0o755)
    script = {
        "kubernetes": CRONJOB["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0][
            "args"
        ][0],
        "airflow": _dag()["bash_command"],
    }[who].replace("/opt/tplc/bin/", "")
    done = subprocess.run(
        ["sh", "-c", script], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=False
    )
    assert done.returncode == left


def _dag() -> dict[str, Any]:
    """What the DAG's file hands to Airflow: its three names are stand-ins that write it down."""
    told: dict[str, Any] = {}

    class Stand:
        def __init__(self, *given: Any, **named: Any) -> None:
            told.update(named | {type(self).__name__: given})

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None: ...

    modules = {
        "airflow.providers.standard.operators.bash": "BashOperator",
        "airflow.sdk": "DAG",
        "airflow.timetables.trigger": "CronTriggerTimetable",
    }
    before = dict(sys.modules)
    try:
        for path, name in modules.items():
            for end in range(1, len(path.split(".")) + 1):
                part = ".".join(path.split(".")[:end])
                sys.modules.setdefault(part, types.ModuleType(part))
            setattr(sys.modules[path], name, type(name, (Stand,), {}))
        exec(compile(DAG.read_text(), str(DAG), "exec"), {"__name__": "dag"})  # noqa: S102 - our own file
    finally:
        for name in set(sys.modules) - set(before):
            del sys.modules[name]
    return told


def test_the_dag_compiles_and_neither_catches_up_nor_doubles() -> None:
    """Parsed as Python; run with stand-ins, since Airflow itself is not installed here."""
    assert ast.get_docstring(ast.parse(DAG.read_text()))
    told = _dag()
    assert (told["catchup"], told["max_active_runs"]) == (False, 1)
    assert told["CronTriggerTimetable"] == ("0 3 * * *",)
    assert told["append_env"] is True
    _shell(told["bash_command"])


def test_each_command_of_the_examples_is_one_of_ours() -> None:
    """`tplc monitor` and its options exist."""
    known = set(_verbs(typer.main.get_command(cli.app), "tplc"))
    for path in [p for p in EXAMPLES.rglob("*") if p.is_file()]:
        found = set(
            re.findall(
                r"(?:bin/|^|\s)(tplc monitor(?: --[a-z-]+)*)", path.read_text(), re.MULTILINE
            )
        )
        for words in found:
            assert words.split(" --")[0] in known
            assert all(f"`--{o}`" in reference.page() for o in words.split(" --")[1:])


def _verbs(command: Any, path: str) -> list[str]:
    children = getattr(command, "commands", {})
    return [path, *(v for name, child in children.items() for v in _verbs(child, f"{path} {name}"))]
