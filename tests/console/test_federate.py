"""Sites summarise with the layout that they were sent; the middle merges; nothing else travels."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from console import cli
from tests.clinic import Clinic, draw


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    """A validated clinic, from whose folder the commands are given."""
    (tmp_path / "middle").mkdir()
    found = Clinic.open(tmp_path / "middle")
    found.validate()
    monkeypatch.setenv("TPLC_WORKSPACE", str(found.folder))
    monkeypatch.setenv("TPLC_ACTOR", "tester")
    return found


def _run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, Any, str]:
    import sys

    sys.argv = ["tplc", "monitor", *map(str, words)]
    with pytest.raises(SystemExit) as left:
        cli.main()
    said = capsys.readouterr()
    made = json.loads(said.out) if "--json" in words and said.out else said.out
    return int(str(left.value.code)), made, said.err


def test_two_sites_without_a_workspace_equal_the_pooled_rows(
    clinic: Clinic,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Layout out, summaries in, merged; the pooled file through the workspace is the same."""
    monkeypatch.chdir(tmp_path)
    code, told, _ = _run(capsys, "layout", "--out", "layout.json", "--json")
    assert code == 0
    month = draw(3, 3000)
    Path("known").mkdir()
    for name, part in (("north", month[:1000]), ("south", month[1000:])):
        site = tmp_path / name
        site.mkdir()
        shutil.copy("layout.json", site)
        pd.concat([part, draw(4, 50)]).assign(ward="x").to_csv(site / "data.csv", index=False)
        monkeypatch.delenv("TPLC_WORKSPACE")
        words = ("--window", "2025-03", "--site", name, "--key", site / "key.pem", "--new-key")
        where = ("--layout", site / "layout.json", "--out", f"{name}.json")
        code, made, _ = _run(capsys, "summarise", site / "data.csv", *words, *where, "--json")
        assert (code, made["cases"], made["layout"]) == (0, len(part), told["layout"])
        assert made["extra"] == ["ward"]
        shutil.copy(site / "key.pem.pub", f"known/{name}.pub")
        monkeypatch.setenv("TPLC_WORKSPACE", str(clinic.folder))
    code, out, _ = _run(
        capsys, "merge", "north.json", "south.json", "--keys", "known", "--out", "merged.json"
    )
    assert code == 0
    assert "1,000" in out
    assert "3,000" in out
    clinic.produce(month, draw(4, 50))
    asked = ("--window", "2025-03", "--site", "all", "--key", "all.pem", "--new-key")
    code, _, _ = _run(capsys, "summarise", *asked, "--out", "pooled.json")
    assert code == 0
    merged, pooled = (json.loads(Path(f"{n}.json").read_text()) for n in ("merged", "pooled"))
    assert merged["summary"] | {"extra": []} == pooled["summary"]
    text = Path("merged.json").read_text() + Path("north.json").read_text()
    assert not any(case in text for case in month.case)


def test_refusals_say_what_to_do_and_write_nothing(
    clinic: Clinic,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An unknown window, no key, a changed file, a wrong memory limit: exit codes of law 8."""
    monkeypatch.chdir(tmp_path)
    clinic.produce(draw(3, 500))
    words = ["summarise", "--window", "2025-03", "--site", "a", "--key", "a.pem", "--out", "a.json"]
    code, _, said = _run(capsys, *words)
    assert (code, "--new-key" in said) == (4, True)
    code, _, said = _run(capsys, *words, "--new-key", "--memory-limit", "lots")
    assert (code, "memory_limit" in said) == (2, True)
    code, _, said = _run(capsys, *words, "--new-key", "--window", "2025-13")
    assert (code, "no ended window '2025-13'" in said) == (2, True)
    assert not list(tmp_path.glob("a.*"))
    assert _run(capsys, *words, "--new-key")[0] == 0
    Path("known").mkdir()
    shutil.copy("a.pem.pub", "known/a.pub")
    content = Path("a.json").read_text()
    Path("a.json").write_text(content.replace('"cases": 5', '"cases": 6', 1))
    assert Path("a.json").read_text() != content
    merge = ["merge", "a.json", "--keys", "known", "--out", "merged.json"]
    code, _, said = _run(capsys, *merge)
    assert (code, "changed after it was signed" in said) == (4, True)
    assert not Path("merged.json").exists()
    Path("a.json").write_text(content)
    assert _run(capsys, *merge)[0] == 0
