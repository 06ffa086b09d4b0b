"""Nights that go wrong: each ends in whole records or a clear refusal; nothing twice, nothing lost."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from evidence.errors import DataError
from evidence.records import MonitoringRun, PolicyRegistration, Trigger
from monitoring import late
from monitoring.source import opening
from tests import nightly
from tests.clinic import PLAN, Clinic, draw
from tests.nightly import night

TODAY = dt.date(2025, 6, 2)
FEW = 60  # fewer than the plan needs: nothing is measured, so that a night is short
LABELS = ["2025-02", "2025-03", "2025-04", "2025-05"]
DAILY = PLAN.replace(
    "schedule: {every: month, start: 2025-02-01}",
    "schedule: {every: day, start: 2026-03-28, end: 2026-03-30, timezone: Europe/Berlin}",
)


@pytest.fixture(scope="module")
def validated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A validated clinic that was never watched."""
    made = Clinic.open(tmp_path_factory.mktemp("validated") / "clinic")
    made.validate()
    return made.folder


@pytest.fixture
def clinic(validated: Path, tmp_path: Path) -> Clinic:
    """A copy of it, with four short months of production."""
    shutil.copytree(validated, tmp_path / "clinic")
    made = Clinic(tmp_path / "clinic")
    made.produce(*(draw(month, FEW) for month in (2, 3, 4, 5)))
    return made


def _bodies(clinic: Clinic) -> list[object]:
    """All that nights wrote."""
    trail = clinic.space.trail
    return [v.body() for kind in (MonitoringRun, Trigger) for _, v in trail.all(kind)]


@pytest.fixture(scope="module")
def undisturbed(validated: Path, tmp_path_factory: pytest.TempPathFactory) -> list[object]:
    """What a night writes that nothing happens to."""
    folder = tmp_path_factory.mktemp("undisturbed") / "clinic"
    shutil.copytree(validated, folder)
    made = Clinic(folder)
    made.produce(*(draw(month, FEW) for month in (2, 3, 4, 5)))
    night(folder, TODAY)
    return _bodies(made)


def test_law_3_killed_at_each_step_and_at_random_a_window_stands_whole_or_not_at_all(
    clinic: Clinic, undisturbed: list[object]
) -> None:
    """`kill -9` at each word of the progress, then at random moments; in the end as undisturbed."""
    steps = ["reading production data", "predicting", *(f"window {label}" for label in LABELS)]
    for number, step in enumerate(steps):
        assert nightly.code(nightly.start(clinic.folder, TODAY, step)) == -9
        assert nightly.whole(clinic.space.trail) == LABELS[: max(0, number - 2)], step
    again = clinic.folder.with_name("again")
    shutil.copytree(clinic.folder, again)  # three windows stand
    begun = time.monotonic()
    assert nightly.code(nightly.start(again, TODAY)) == 0
    lasts = time.monotonic() - begun
    draws = random.Random(5)  # noqa: S311 - moments of death, no secrets
    for _ in range(4):
        nightly.killed_after(clinic.folder, TODAY, draws.uniform(0, lasts))
        assert nightly.whole(clinic.space.trail) in (LABELS[:3], LABELS)
    assert nightly.code(nightly.start(clinic.folder, TODAY)) == 0
    assert nightly.whole(clinic.space.trail) == LABELS
    assert _bodies(clinic) == undisturbed


def test_law_2_three_nights_at_once_write_each_window_once_and_none_of_them_fails(
    clinic: Clinic, undisturbed: list[object]
) -> None:
    """Real processes on one workspace; the policies, too, are registered once."""
    jobs = [nightly.start(clinic.folder, TODAY) for _ in range(3)]
    assert [nightly.code(job) for job in jobs] == [0, 0, 0]
    assert nightly.whole(clinic.space.trail) == LABELS
    assert _bodies(clinic) == undisturbed
    names = [value.name for _, value in clinic.space.trail.all(PolicyRegistration)]
    assert sorted(names) == sorted(set(names))


def test_nights_that_were_skipped_for_a_month_are_caught_up_in_one(clinic: Clinic) -> None:
    """Daily windows from February on, first run in March: each day once, in order, empty or not."""
    rows = draw(2, 6).assign(day=["2025-02-01"] * 2 + ["2025-02-17"] * 3 + ["2025-03-01"])
    clinic.produce(rows)
    plan = clinic.folder / "policies" / "monitoring.yaml"
    plan.write_text(PLAN.replace("every: month", "every: day"))
    runs = night(clinic.folder, dt.date(2025, 3, 2))
    days = [str(dt.date(2025, 2, 1) + dt.timedelta(days=n)) for n in range(29)]
    assert [run.window["label"] for run in runs] == days
    assert {run.window["label"]: run.rows for run in runs if run.rows} == {
        "2025-02-01": 2,
        "2025-02-17": 3,
        "2025-03-01": 1,
    }
    assert night(clinic.folder, dt.date(2025, 3, 2)) == []


def test_an_empty_window_is_a_record_that_says_so(clinic: Clinic) -> None:
    """No row, no failure: nothing arrived is what the record says."""
    clinic.produce(draw(2, FEW), draw(4, FEW))
    runs = {run.window["label"]: run for run in night(clinic.folder, dt.date(2025, 5, 2))}
    empty = runs["2025-03"]
    assert (empty.rows, empty.accounting[0]["rows"]) == (0, 0)
    assert [f["statement"] for f in empty.findings] == [
        "The window has 0 cases, 100 are needed to measure."
    ]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("kind", "spoil", "said"),
    [
        ("csv", _cut, "is half written (its last line has no end)"),
        ("csv.gz", _cut, "is half written (compressed data without their end)"),
        ("parquet", _cut, "is half written (a Parquet file without its end)"),
        ("csv", _emptied, "the file is empty"),
        ("csv", Path.unlink, "there is no such file"),
    ],
)
def test_a_file_that_is_half_written_or_gone_is_refused_and_healed_by_the_next_night(
    clinic: Clinic,
    undisturbed: list[object],
    kind: str,
    spoil: Callable[[Path], None],
    said: str,
) -> None:
    """The message names the file and what to do; nothing is written; then the file is there."""
    path = clinic.folder / f"production.{kind}"
    plan = clinic.folder / "policies" / "monitoring.yaml"
    plan.write_text(PLAN.replace("production.csv", path.name))
    frame = pd.read_csv(clinic.folder / "production.csv")
    frame.to_parquet(path) if kind == "parquet" else frame.to_csv(path, index=False)
    whole = path.read_bytes()
    spoil(path)
    before = len(_bodies(clinic))
    with pytest.raises(DataError) as caught:
        night(clinic.folder, TODAY)
    assert said in str(caught.value)
    assert path.name in str(caught.value)
    assert ("rename it" in str(caught.value)) == (said != "there is no such file")
    assert len(_bodies(clinic)) == before == 0
    path.write_bytes(whole)
    assert [run.window["label"] for run in night(clinic.folder, TODAY)] == LABELS
    assert len(_bodies(clinic)) == len(undisturbed)


def test_a_new_column_is_kept_out_and_wrong_types_are_named_by_column_and_count(
    clinic: Clinic, undisturbed: list[object]
) -> None:
    """What was not asked for changes no number; what cannot be read stops the night."""
    path = clinic.folder / "production.csv"
    frame = pd.read_csv(path, dtype=str)
    frame.assign(ward="west").to_csv(path, index=False)
    source = opening.at_path(path)
    source.frame(["case", "day"])
    (note,) = source.warnings()
    assert (note["code"], "ward" in note["columns"]) == ("columns-kept-out", True)
    night(clinic.folder, dt.date(2025, 5, 2))
    spoilt = frame.assign(age=frame.age.where(frame.day < "2025-05-20", "old"), day=frame.day)
    spoilt.loc[spoilt.index[-1], "day"] = "soon"
    spoilt.to_csv(path, index=False)
    number = int((frame.day >= "2025-05-20").sum())
    with pytest.raises(DataError) as caught:
        night(clinic.folder, TODAY)
    assert f"column 'age': {number} rows where the value is not a number" in str(caught.value)
    assert "column 'day': 1 rows where the value is no date" in str(caught.value)
    assert nightly.whole(clinic.space.trail) == LABELS[:3]
    frame.to_csv(path, index=False)
    night(clinic.folder, TODAY)
    assert [_alike(b) for b in _runs(clinic)] == [
        _alike(b) for b in undisturbed if isinstance(b, dict) and "source" in b
    ]


def _alike(body: dict[str, object]) -> dict[str, object]:
    """A run but for the file that it was read from, and the day on which it was judged."""
    stage = body["stage"]
    assert isinstance(stage, dict)
    return body | {"source_digest": "", "stage": stage | {"as_of": ""}}


def _runs(clinic: Clinic) -> list[dict[str, object]]:
    return [run.body() for _, run in clinic.space.trail.all(MonitoringRun)]


def test_a_clock_that_goes_back_runs_nothing_twice(clinic: Clinic) -> None:
    """Neither an earlier day, nor a moment before the records that stand; the trail holds."""
    night(clinic.folder, TODAY)
    assert night(clinic.folder, dt.date(2025, 3, 2)) == []
    clinic.produce(*(draw(month, FEW) for month in (2, 3, 4, 5, 6)))
    (run,) = night(clinic.folder, dt.date(2025, 7, 2), at="2020-01-01T00:00:00+00:00")
    assert run.window["label"] == "2025-06"
    assert nightly.whole(clinic.space.trail) == [*LABELS, "2025-06"]


def test_the_day_on_which_the_clocks_change_is_one_window_with_all_its_rows(
    clinic: Clinic,
) -> None:
    """Times with two offsets in one file: the day is that of the clock on the wall."""
    (clinic.folder / "policies" / "monitoring.yaml").write_text(DAILY)
    times = [
        "2026-03-28T23:30:00+01:00",
        "2026-03-29T00:15:00+01:00",
        "2026-03-29T01:59:59+01:00",
        "2026-03-29T03:00:00+02:00",
        "2026-03-29T23:59:59+02:00",
        "2026-03-30T00:10:00+02:00",
    ]
    rows = draw(2, len(times)).assign(day=times)
    clinic.produce(rows)
    runs = night(clinic.folder, dt.date(2026, 3, 31))
    assert {run.window["label"]: run.rows for run in runs} == {
        "2026-03-28": 1,
        "2026-03-29": 4,
        "2026-03-30": 1,
    }


def test_rows_that_come_late_are_told_and_the_record_stands_as_it_was_judged(
    clinic: Clinic,
) -> None:
    """Ten more rows of March, one of April gone; both by window and number."""
    months = [draw(month, FEW) for month in (2, 3, 4)]
    clinic.produce(*months)
    runs = night(clinic.folder, dt.date(2025, 5, 2))
    before = _bodies(clinic)
    source = opening.at_path(clinic.folder / "production.csv")
    assert late.changed(source, "day", runs) == []
    more = draw(3, 10, seed=8).assign(case=lambda frame: "late-" + frame.case)
    clinic.produce(months[0], months[1], more, months[2][1:], draw(5, FEW))
    source = opening.at_path(clinic.folder / "production.csv")
    found = late.changed(source, "day", runs)
    assert [dataclasses.astuple(change) for change in found] == [
        ("2025-03", FEW, FEW + 10),
        ("2025-04", FEW, FEW - 1),
    ]
    assert [change.warning()["code"] for change in found] == ["rows-arrived-late", "rows-gone"]
    assert len(night(clinic.folder, TODAY)) == 1
    assert _bodies(clinic)[: len(before) - 3] == before[: len(before) - 3]
    assert nightly.whole(clinic.space.trail) == LABELS


def test_a_file_that_is_written_while_it_is_read_is_refused(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its digest before and after differ; the night after reads it whole."""
    from monitoring.source import reading

    path, read = clinic.folder / "production.csv", reading.frame

    def slowly(*given: object) -> pd.DataFrame:
        found = read(*given)  # type: ignore[arg-type]
        with path.open("a") as stream:
            stream.write("c99,2025-05-27,60,male,0.5,1\n")
        return found

    monkeypatch.setattr(reading, "frame", slowly)
    with pytest.raises(DataError, match="changed while it was read"):
        night(clinic.folder, TODAY)
    assert nightly.whole(clinic.space.trail) == []
    monkeypatch.undo()
    assert len(night(clinic.folder, TODAY)) == len(LABELS)
