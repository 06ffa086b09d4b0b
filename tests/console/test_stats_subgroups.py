"""`tplc stats subgroups`: attributes, cuts, intersections, patients, counts; refusals in plain words."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from console.cli import main


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """400 people, some twice; age and sex are blank now and then."""
    draw = np.random.default_rng(4)
    label = draw.binomial(1, 0.4, 400)
    d = pd.DataFrame(
        {
            "y": label,
            "score": np.round(1 / (1 + np.exp(-2 * (label - 0.5) - draw.normal(size=400))), 3),
            "sex": draw.choice(["f", "m", ""], 400, p=[0.5, 0.45, 0.05]),
            "age": [str(a) if a > 25 else "" for a in draw.integers(20, 90, 400)],
            "who": draw.integers(0, 250, 400),
            "people": draw.integers(1, 5, 400),
        }
    )
    path = tmp_path / "cases.csv"
    d.to_csv(path, index=False)
    return path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs the command: exit code, stdout, stderr."""

    def _run(*words: str, command: str = "subgroups") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["tplc", "stats", command, *words])
        with pytest.raises(SystemExit) as done:
            main()
        printed = capsys.readouterr()
        return int(done.value.code or 0), printed.out, printed.err

    return _run


BASE = ("--label", "y", "--score", "score", "--threshold", "0.5", "--replicates", "200")


def test_attributes_cuts_and_intersections_are_compared(run: Any, file: Path) -> None:
    """Blanks are a subgroup; the contract's keys are there; every method has its reference."""
    words = ("--by", "sex", "age", "--cut", "age=40,65", "--intersections", "--minimum", "5")
    code, out, _ = run(str(file), *BASE, *words, "--json", "--cite")
    assert code == 0
    body = json.loads(out)
    named = {e["subgroup"] for e in body["estimates"]}
    assert {
        "overall",
        "sex=f",
        "sex=missing",
        "age=[40, 65)",
        "age=missing",
        "sex=m & age=[65, inf)",
        "sex & age",
    } <= named
    assert {
        "endpoint",
        "subgroup",
        "value",
        "low",
        "high",
        "confidence",
        "method",
        "n",
        "positives",
        "unit",
    } <= set(body["estimates"][0])
    assert {"test", "endpoint", "statistic", "df", "p", "estimate", "low", "high", "method"} <= set(
        body["tests"][0]
    )
    assert all(text != "no reference is recorded" for text in body["references"].values())
    d = pd.read_csv(file)
    mine = d[(d.sex == "f") & (d.y == 1)]
    found = next(
        e for e in body["estimates"] if (e["endpoint"], e["subgroup"]) == ("sensitivity", "sex=f")
    )
    assert found["value"] == pytest.approx((mine.score >= 0.5).mean())


def test_patients_and_counts(run: Any, file: Path) -> None:
    """Patients are drawn again; counts are people a row; both together are refused with code 2."""
    code, out, _ = run(str(file), *BASE, "--by", "sex", "--cluster", "who", "--json")
    assert code == 0
    methods = {e["method"] for e in json.loads(out)["estimates"]}
    drawn = {"bootstrap-percentile-clustered", "bootstrap-test-inversion-clustered"}
    assert methods == drawn
    code, out, _ = run(str(file), *BASE, "--by", "sex", "--count", "people", "--json")
    overall = next(e for e in json.loads(out)["estimates"] if e["endpoint"] == "accuracy")
    assert overall["n"] == pd.read_csv(file).people.sum()
    code, _, err = run(str(file), *BASE, "--by", "sex", "--cluster", "who", "--count", "people")
    assert (code, "do not go together" in err) == (2, True)


def test_a_table_is_printed_and_small_subgroups_are_shown(run: Any, file: Path) -> None:
    """A subgroup below the minimum says what it lacks."""
    code, out, _ = run(
        str(file), *BASE, "--by", "sex", "--minimum", "100", "--endpoint", "sensitivity"
    )
    assert code == 0
    assert "not evaluable" in out
    assert "cases, 100 required (the stated minimum)" in " ".join(out.split())


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "Name the attributes with --by"),
        (("--by", "sex", "--cut", "age=old"), 2, "--cut reads COLUMN=EDGE"),
        (("--by", "sex", "--cut", "age=65,40"), 2, "finite and ascending"),
        (("--by", "sex", "--intersections"), 2, "needs two attributes"),
        (("--by", "age"), 4, "cut it, as in --cut age=40,65"),
        (("--by", "gender"), 4, "column 'gender' is missing"),
        (("--cut", "sex=40"), 4, "are no numbers (such as 'm')"),
        (("--by", "sex", "--endpoint", "charm"), 4, "unknown endpoint 'charm'"),
        (("--by", "sex", "--positive", "yes"), 4, "no value is 'yes'"),
    ],
)
def test_what_does_not_fit_is_refused_in_plain_words(
    run: Any, file: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    """2 for words, 4 for data, never a traceback."""
    d = pd.read_csv(file)
    d["sex"] = d.sex.fillna("m").where(d.index > 0, "m")
    d.to_csv(file, index=False)
    found, _, err = run(str(file), *BASE, *words)
    assert found == code
    assert said in err
    assert "Traceback" not in err


def test_missing_scores_and_odd_codes_are_warned_of(run: Any, file: Path) -> None:
    """Left out by count; 99 among ages is named."""
    d = pd.read_csv(file)
    d.loc[:2, "score"] = None
    d.loc[5:9, "age"] = 999
    d.to_csv(file, index=False)
    code, out, _ = run(str(file), *BASE, "--by", "sex", "--cut", "age=40,65", "--json")
    assert code == 0
    codes = {w["code"]: w["count"] for w in json.loads(out)["warnings"]}
    assert (codes["missing-values"], codes["coded-missing"]) == (3, 5)


def test_slices_that_are_worse_than_the_rest_are_found(run: Any, tmp_path: Path) -> None:
    """Half of the women at site c are called wrongly; only counts are printed."""
    draw = np.random.default_rng(2)
    d = pd.DataFrame(
        {
            "y": draw.binomial(1, 0.5, 2000),
            "sex": draw.choice(["f", "m"], 2000),
            "site": draw.choice(["a", "b", "c"], 2000),
        }
    )
    wrong = draw.random(2000) < np.where((d.sex == "f") & (d.site == "c"), 0.5, 0.1)
    d["score"] = np.where(wrong, 1 - d.y, d.y)
    file = tmp_path / "cases.csv"
    d.to_csv(file, index=False)
    words = (str(file), "--label", "y", "--score", "score", "--by", "sex", "site")
    code, out, _ = run(*words, "--json", "--cite", command="slices")
    body = json.loads(out)
    assert code == 0
    assert [e["subgroup"] for e in body["estimates"]][:2] == ["overall", "sex=f & site=c"]
    assert body["tests"][0]["details"]["p_adjusted"] < 1e-6
    assert body["warnings"][0]["count"] == 2 + 3 + 6
    assert all(text != "no reference is recorded" for text in body["references"].values())
    code, _, err = run(*words, "--endpoint", "charm", command="slices")
    assert (code, "'charm' is none of" in err) == (4, True)
    assert run(*words[:5], command="slices")[0] == 2
