"""`tplc stats label-delay`: CHOP's turnaround, cardiac labels on a day, faults by count."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.console.calculator import Calculator
from tests.monitoring.maturity.cardiac import operations

CHOP = Path(__file__).parents[1] / "data/chop_covid_turnaround/covid_testing.csv.gz"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Calculator:
    """The calculator."""
    return Calculator(monkeypatch, capsys)


@pytest.fixture
def cardiac(tmp_path: Path) -> Path:
    """Cardiac operations with the day of each label."""
    path = tmp_path / "cardiac.csv"
    operations().to_csv(path, index=False)
    return path


@pytest.mark.parametrize(
    ("column", "published", "codes"),
    [
        ("rec_ver_tat", [3.2, 4, 5, 6.2, 9.5], {"negative-delay": 1}),
        ("col_rec_tat", [0.3, 0.7, 1.9, 3.6, 8], {"far-delay": 1}),
    ],
)
def test_chop_turnaround_as_published(
    run: Calculator, column: str, published: list[float], codes: dict[str, int]
) -> None:
    """Quantiles in hours; the negative one is left out, the one of 61,370 hours is used."""
    done = run("label-delay", CHOP, "--delay", column, "--unit", "hours", "--cite")
    assert done.code == 0
    found = [e for e in done.body["estimates"] if e["endpoint"] == "label-delay-quantile"]
    assert [e["threshold"] for e in found] == [0.05, 0.25, 0.5, 0.75, 0.95]
    assert [e["value"] for e in found] == pytest.approx(published)
    assert {e["unit"] for e in found} == {"hours"}
    assert found[0]["n"] == 15_524 - codes.get("negative-delay", 0)
    assert done.codes == codes
    assert "Greenwood" in done.body["references"]["kaplan-meier"]


def test_completeness_at_ages_is_the_share_within_them(run: Calculator) -> None:
    """With all labels there, Kaplan-Meier is the plain share."""
    done = run("label-delay", CHOP, "--delay", "rec_ver_tat", "--unit", "hours", "--age", 4, 24)
    hours = pd.read_csv(CHOP)["rec_ver_tat"]
    hours = hours[hours >= 0]
    for age in (4, 24):
        assert done.find("label-completeness", at=age)["value"] == pytest.approx(
            (hours <= age).mean()
        )


def test_positives_and_negatives_of_chop_come_equally_late(run: Calculator) -> None:
    """Invalid results are left out of the comparison, not of the delays."""
    done = run(
        "label-delay", CHOP, "--delay", "rec_ver_tat", "--unit", "hours", "--outcome", "result",
        "--positive", "positive", "--negative", "negative",
    )  # fmt: skip
    (test,) = done.body["tests"]
    assert test["n"] == 865 + 14_358  # the negative delay is one of an invalid result
    assert test["p"] > 0.05
    assert "outcome-dependent-delay" not in done.codes
    assert done.find("label-delay-quantile")["n"] == 15_523


def test_cardiac_labels_on_day_1000(run: Calculator, cardiac: Path) -> None:
    """2,331 operated, 2,256 labels known; later ones are not there yet; deaths come first."""
    done = run(
        "label-delay", cardiac, "--day", "date", "--known", "known", "--as-of", 1000,
        "--outcome", "died30", "--age", 30,
    )  # fmt: skip
    one = done.find("label-completeness", at=30)
    assert (one["n"], one["positives"], one["value"]) == (2331, 2256, 1)
    assert done.codes == {"not-yet": 5595 - 2331, "outcome-dependent-delay": 2256}
    assert done.find("label-delay-quantile", "outcome=positive")["value"] == 4
    (test,) = done.body["tests"]
    assert test["details"]["direction"] == "positive-earlier"


def test_a_delay_with_the_day_is_censored_alike(run: Calculator, cardiac: Path) -> None:
    """--delay with --day and --as-of is the same as --known; hours are 24 times as many."""
    by_day = ("--day", "date", "--as-of", 1000)
    known = run("label-delay", cardiac, *by_day, "--known", "known")
    delay = run("label-delay", cardiac, *by_day, "--delay", "delay")
    assert known.body["estimates"] == delay.body["estimates"]
    hours = run("label-delay", cardiac, *by_day, "--known", "known", "--unit", "hours")
    assert hours.find("label-delay-quantile", at=0.5)["value"] == 720


def test_blank_delays_without_a_day_are_counted(run: Calculator, tmp_path: Path) -> None:
    """They may be labels to come: the warning says what to give."""
    path = tmp_path / "f.csv"
    pd.DataFrame({"d": [1, 2, None, 4], "n": [1, 2, 1, 0]}).to_csv(path, index=False)
    done = run("label-delay", path, "--delay", "d", "--count", "n")
    assert done.codes == {"missing-values": 1}
    assert "--as-of" in done.body["warnings"][0]["message"]
    assert done.find("label-delay-quantile", at=0.5)["n"] == 3


def test_labelled_cases_only_are_read_backwards(
    run: Calculator, cardiac: Path, tmp_path: Path
) -> None:
    """The file of known labels on day 1000 gives the reverse-time estimate."""
    path = tmp_path / "known.csv"
    frame = operations()
    frame[frame["known"] <= 1000].to_csv(path, index=False)
    done = run(
        "label-delay", path, "--day", "date", "--known", "known", "--as-of", 1000,
        "--design", "reverse-kaplan-meier",
    )  # fmt: skip
    one = done.find("label-completeness", at=14)
    assert one["method"] == "reverse-kaplan-meier"
    all_cases = run("label-delay", cardiac, "--day", "date", "--known", "known", "--as-of", 1000)
    assert one["value"] == pytest.approx(
        all_cases.find("label-completeness", at=14)["value"], abs=0.005
    )


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "Give --delay, or --day with --known and --as-of"),
        (("--known", "known"), 2, "--known needs --day"),
        (("--delay", "delay", "--day", "date"), 2, "--day and --as-of go together"),
        (("--day", "date", "--known", "known", "--as-of", "soon"), 2, "--as-of is a day"),
        (("--day", "date", "--known", "known", "--as-of", 0), 4, "no row has a delay"),
        (("--delay", "nowhere"), 4, "column 'nowhere' is missing"),
    ],
)
def test_what_does_not_fit_is_refused(
    run: Calculator, cardiac: Path, words: tuple[object, ...], code: int, said: str
) -> None:
    """Usage and data apart."""
    done = run("label-delay", cardiac, *words)
    assert done.code == code
    assert said in done.body["error"]
